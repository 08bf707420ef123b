import { expect, test } from 'vitest';
import { MASKED } from '../../../src/console/protocol/mask.ts';
import { newImages } from '../../../src/console/state/new-images.ts';
import { itemProblem } from '../../../src/testing/item-problem.ts';
import { shown } from './events.ts';

const KEYS = { keyNames: ['id'], keyTypes: ['S'] } as const;

test('before a record was seen, the images have keys of the types of the table', () => {
  const keys = { keyNames: ['pk', 'sk'], keyTypes: ['N', 'B'] } as const;
  const image = { pk: { N: '3' }, sk: { B: 'bmV3Mw==' } };
  expect(newImages(undefined, keys, 3)).toEqual({ before: image, after: image });
  expect(newImages(undefined, KEYS, 1).after).toEqual({ id: { S: 'new1' } });
  expect(newImages(undefined, { keyNames: ['id'], keyTypes: [] }, 1).after).toEqual({ id: { S: 'new1' } });
});

test('the images of a record that was seen get another partition key, and stay the same otherwise', () => {
  const oldImage = { id: { S: 'INV-1' }, line: { N: '1' } };
  const newImage = { id: { S: 'INV-1' }, line: { N: '1' }, total: { N: '5' } };
  const keys = { keyNames: ['id', 'line'], keyTypes: ['S', 'N'] } as const;
  expect(newImages(shown(1, { oldImage, newImage }), keys, 2)).toEqual({
    before: { id: { S: 'INV-1-new2' }, line: { N: '1' } },
    after: { id: { S: 'INV-1-new2' }, line: { N: '1' }, total: { N: '5' } },
  });
});

test.each([
  [{ S: 'a-new1' }, { S: 'a-new2' }],
  [{ S: MASKED }, { S: MASKED }],
  [{ N: '-7' }, { N: '-5' }],
  [{ N: '99999999999999999999' }, { N: '100000000000000000001' }],
  [{ N: '1.5' }, { N: '2' }],
  [{ B: 'AA==' }, { B: 'bmV3Mg==' }],
])('the key %j becomes %j', (id, other) => {
  const record = shown(1, { keys: { id }, newImage: { id, total: { N: '1' } } });
  expect(newImages(record, KEYS, 2).after).toEqual({ id: other, total: { N: '1' } });
});

test('a record without images gives its keys, and a removed one its old image', () => {
  const keysOnly = { keys: { id: { S: 'a' } }, newImage: undefined };
  expect(newImages(shown(1, keysOnly), KEYS, 1).after).toEqual({ id: { S: 'a-new1' } });
  const removed = { ...keysOnly, oldImage: { id: { S: 'a' }, total: { N: '1' } } };
  expect(newImages(shown(1, removed), KEYS, 1).after).toEqual({ id: { S: 'a-new1' }, total: { N: '1' } });
});

test('the longest key stays one that DynamoDB accepts', () => {
  const id = { S: '\u{1f600}'.repeat(512) };
  const { after } = newImages(shown(1, { keys: { id }, newImage: { id } }), KEYS, 1);
  expect(itemProblem(after as never, ['id'])).toBeUndefined();
});

import { expect, test } from 'vitest';
import { MASKED, maskOf, NO_MASK } from '../../../src/console/protocol/mask.ts';
import { type ImageContext, readImage } from '../../../src/console/rerun/read-image.ts';

const CONTEXT: ImageContext = {
  name: 'The new image',
  format: 'plain',
  keyNames: ['id'],
  mask: NO_MASK,
  original: undefined,
};

test('plain JSON becomes the attributes of an item, with every digit', () => {
  expect(readImage('{"id":"1","total":12345678901234567890.5,"tags":["a",null,true]}', CONTEXT)).toEqual({
    id: { S: '1' },
    total: { N: '12345678901234567890.5' },
    tags: { L: [{ S: 'a' }, { NULL: true }, { BOOL: true }] },
  });
});

test("DynamoDB's JSON stays unchanged", () => {
  const image = { id: { S: '1' }, tags: { SS: ['a'] }, bytes: { B: 'AQI=' } };
  expect(readImage(JSON.stringify(image), { ...CONTEXT, format: 'dynamodb' })).toEqual(image);
});

const deep = (levels: number) => `{"id":"1","deep":${'['.repeat(levels)}${']'.repeat(levels)}}`;

test.each([
  ['text', 'secret', /The new image is not an object of JSON. Write it as in {"id":"1"}/],
  ['a list', '["secret"]', /not an object/],
  ['no key', '{"total":1}', /nothing as the key attribute id. Expected a string/],
  ['an empty key', '{"id":""}', /an empty key attribute id/],
  ['a key of a wrong type', '{"id":true}', /BOOL as the key attribute id/],
  ['too many digits', `{"id":"1","n":${'1'.repeat(39)}}`, /at n a number of 39 significant digits/],
  [
    'a large item',
    JSON.stringify({ id: '1', text: 'x'.repeat(410_000) }),
    /410\d+ bytes. Expected at most 409600/,
  ],
  ['too many levels', deep(40), /AttributeValue at deep|nests deeper/],
  ['thousands of levels', deep(200_000), /is not an object of JSON|AttributeValue at deep/],
])('an item with %s is refused, without its content', (_name, text, message) => {
  expect(() => readImage(text, CONTEXT)).toThrow(message);
  expect(() => readImage(text, CONTEXT)).not.toThrow(/secret/);
});

test.each([
  [
    'a plain value',
    '{"id":"secret"}',
    /no AttributeValue at id: .* Write it as in {"S":"text"}, or choose plain JSON/,
  ],
  ['an unknown type', '{"id":{"X":"secret"}}', /no AttributeValue at id/],
  ['a number that is none', '{"id":{"S":"1"},"n":{"N":"secret"}}', /number/],
  ['a set with the same element twice', '{"id":{"S":"1"},"t":{"SS":["a","a"]}}', /same element twice/],
  ['thousands of levels', deep(200_000), /is not an object of JSON|AttributeValue at/],
  ['JSON that is none', '{', /is not an object of JSON. Write it as in {"id":{"S":"1"}}/],
])("DynamoDB's JSON with %s is refused, without its content", (_name, text, message) => {
  const context = { ...CONTEXT, format: 'dynamodb' } as const;
  expect(() => readImage(text, context)).toThrow(message);
  expect(() => readImage(text, context)).not.toThrow(/secret/);
});

test('a hidden value that was not edited is the original one; the mask itself never gets to the handler', () => {
  const original = { id: { S: '1' }, email: { S: 'secret' } };
  const context = { ...CONTEXT, mask: maskOf('email'), original };
  expect(readImage(`{"id":"1","email":"${MASKED}"}`, context)).toEqual(original);
  expect(() => readImage(`{"id":"1","copy":"${MASKED}"}`, context)).toThrow(
    'The new image has a hidden value at copy that cannot be put back, because it is not where it was. Write a value there.',
  );
  expect(readImage(`{"id":"1","copy":"${MASKED}"}`, CONTEXT)).toMatchObject({ copy: { S: MASKED } });
});

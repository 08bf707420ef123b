import type { AttributeValue, DynamoDBRecord } from 'aws-lambda';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { conditionData } from '../../src/conditions/built-in.ts';
import { type AnyItem, not, ownWrite, type StreamRecord, streamRouter } from '../../src/index.ts';
import { openRecord } from '../../src/record/lazy-record.ts';
import { deliver, testStream } from '../../src/testing/index.ts';
import { memoryLogger, recordOf } from '../fixtures/events.ts';

type Image = Record<string, AttributeValue>;
type AnyRecord = StreamRecord<AnyItem>;

const reading = { toNumber: Number, viewType: 'NEW_AND_OLD_IMAGES' } as const;
const opened = (raw: DynamoDBRecord): AnyRecord => openRecord(raw, reading) as unknown as AnyRecord;
const modified = (oldImage: Image, newImage: Image): AnyRecord =>
  opened(recordOf({ eventName: 'MODIFY', oldImage, newImage }));
const inserted = (newImage: Image): AnyRecord => opened(recordOf({ eventName: 'INSERT', newImage }));

const e1: AttributeValue = { S: 'e1' };
const e2: AttributeValue = { S: 'e2' };
const name: AttributeValue = { S: 'Lamp' };

describe('a write is the own one if it changed the marker', () => {
  test.each<[string, Image, Image, boolean]>([
    ['the marker appeared', { name }, { name, by: e1 }, true],
    ['the marker changed', { name, by: e1 }, { name, by: e2 }, true],
    ['the marker changed its type', { by: { S: '1' } }, { by: { N: '1' } }, true],
    [
      'the marker stayed, and something else changed',
      { name, by: e1 },
      { name: { S: 'Lamps' }, by: e1 },
      false,
    ],
    ['the marker is the same number', { by: { N: '1' } }, { name, by: { N: '1.0' } }, false],
    ['the marker went away', { name, by: e1 }, { name }, false],
    ['there is no marker', { name }, {}, false],
  ])('%s', (_name, before, after, expected) => {
    expect(ownWrite<AnyRecord>('by')(modified(before, after))).toBe(expected);
  });

  test.each<[string, Image, boolean]>([
    ['with a marker', { name, by: e1 }, true],
    ['without one', { name }, false],
  ])('an insert %s', (_name, image, expected) => {
    expect(ownWrite<AnyRecord>('by')(inserted(image))).toBe(expected);
  });

  test('never a delete', () => {
    const removed = opened(recordOf({ eventName: 'REMOVE', oldImage: { by: e1 } }));
    expect(ownWrite<AnyRecord>('by')(removed)).toBe(false);
    expect(ownWrite<AnyRecord>('by', { writes: [] })(removed)).toBe(false);
  });

  test.each(['constructor', '__proto__', 'toString'])('whatever its name: %s', (marker) => {
    const [before, after] = [{}, Object.fromEntries([[marker, e1]])];
    expect(ownWrite<AnyRecord>(marker)(modified(before, after))).toBe(true);
    expect(ownWrite<AnyRecord>(marker)(modified(before, { name }))).toBe(false);
    expect(ownWrite<AnyRecord>('by', { writes: [] })(modified({ by: e1 }, { ...after, by: e2 }))).toBe(false);
  });

  test('a name with a dot is written in brackets', () => {
    expect(ownWrite<AnyRecord>('["a.b"]')(modified({}, { 'a.b': e1 }))).toBe(true);
  });
});

describe('with writes, a change of anything else is that of others', () => {
  const own = ownWrite<AnyRecord>('by', { writes: ['text', 'words'] });

  test.each<[string, Image, Image, boolean]>([
    ['what the function writes', { name, by: e1 }, { name, by: e2, text: { S: 'lamp' } }, true],
    ['only the marker', { name, by: e1 }, { name, by: e2 }, true],
    [
      'a set stored in another order',
      { by: e1, tags: { SS: ['a', 'b'] } },
      { by: e2, tags: { SS: ['b', 'a'] } },
      true,
    ],
    ['an older copy, which brings an older marker', { name, by: e2 }, { name: { S: 'Lam' }, by: e1 }, false],
    ['another attribute appeared', { by: e1 }, { by: e2, name }, false],
    ['another attribute went away', { by: e1, name }, { by: e2 }, false],
    ['no marker', { name }, { name, text: { S: 'lamp' } }, false],
  ])('%s', (_name, before, after, expected) => {
    expect(own(modified(before, after))).toBe(expected);
  });

  test('an insert is the own one if it has nothing but keys and these', () => {
    expect(own(inserted({ by: e1, text: { S: 'lamp' } }))).toBe(true);
    expect(own(inserted({ by: e1, name }))).toBe(false);
  });
});

/** A write to an item: by the function itself, or by others. */
type Step =
  | { readonly by: 'function' }
  | { readonly by: 'others'; readonly name: string; readonly how: 'update' | 'put' | 'put an older copy' };

test('of any history, the own writes are recognized, and none of the others', () => {
  const step = fc.oneof(
    fc.constant<Step>({ by: 'function' }),
    fc.record<Extract<Step, { by: 'others' }>>({
      by: fc.constant('others'),
      name: fc.constantFrom('a', 'b', 'c', 'd'),
      how: fc.constantFrom('update', 'put', 'put an older copy'),
    }),
  );
  const own = ownWrite<AnyRecord>('by', { writes: ['text'] });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
      const versions: Image[] = [{ name: { S: 'a' } }];
      for (const [index, one] of steps.entries()) {
        const before = versions.at(-1) as Image;
        let after: Image;
        if (one.by === 'function') {
          after = { ...before, text: { S: `${before.name?.S}!` }, by: { S: `e${index}` } };
        } else {
          const copy = { update: before, put: {}, 'put an older copy': versions[index >> 1] as Image }[
            one.how
          ];
          after = { ...copy, name: { S: one.name } };
        }
        versions.push(after);
        // Others may put back an older copy as it was, with a text that fits: nothing has to be done.
        if (one.by === 'others' && before.name?.S === one.name) continue;
        expect(own(modified(before, after))).toBe(one.by === 'function');
      }
    }),
  );
});

test('a router that leaves its own writes out handles the others, and a retried write is not repeated', async () => {
  interface Product {
    readonly id: string;
    readonly name: string;
    readonly text?: string;
    readonly derivedFrom?: string;
  }
  const handled: string[] = [];
  const router = streamRouter<Product>({ logger: false }).onModify(
    not(ownWrite('derivedFrom', { writes: ['text'] })),
    ({ newImage }) => void handled.push(newImage.name),
  );
  const stream = testStream<Product>({ keys: ['id'] });
  const first = { id: '1', name: 'Lamp' };
  const derived = { ...first, text: 'lamp', derivedFrom: 'e1' };
  await deliver(router, [
    stream.modify(first, derived),
    stream.modify(derived, { ...derived, name: 'Lamps' }),
  ]);
  expect(handled).toEqual(['Lamps']);
});

test('a stream without the old image fails the record, with the remedy', async () => {
  const logger = memoryLogger();
  const router = streamRouter({ viewType: 'NEW_IMAGE', logger }).onModify(
    // biome-ignore lint/suspicious/noExplicitAny: does not compile otherwise
    ownWrite<any>('by' as never),
    () => {},
  );
  const stream = testStream({ keys: ['id'], viewType: 'NEW_IMAGE' });
  const { onFailure } = await deliver(router, [stream.modify({ id: '1' }, { id: '1', by: 'e1' })], {
    functionResponseTypes: ['ReportBatchItemFailures'],
    maximumRetryAttempts: 0,
  });
  expect(onFailure).toHaveLength(1);
  expect(logger.entries.map(({ fields }) => String(fields.error)).join('\n')).toMatch(
    /ownWrite\(\) .*the oldImage.*NEW_AND_OLD_IMAGES/,
  );
});

test('a value that no handler could read fails the record, with its path and without the value', () => {
  const broken = modified({ by: { N: 'secret' } }, { by: { N: '1' } });
  expect(() => ownWrite<AnyRecord>('by')(broken)).toThrow(
    expect.objectContaining({
      code: 'INVALID_ATTRIBUTE_VALUE',
      path: 'by',
      message: expect.not.stringContaining('secret'),
    }),
  );
});

test.each<[unknown, unknown, RegExp]>([
  [undefined, {}, /^ownWrite: the marker has to be the name of an attribute, .*got undefined/],
  ['', {}, /the marker has to be the name of an attribute/],
  ['a.b', {}, /the marker has to be the name of an attribute/],
  ['a[0]', {}, /the marker has to be the name of an attribute/],
  ['by', { writes: 'text' }, /^ownWrite: writes has to be an array with names of attributes/],
  ['by', { writes: ['a.b'] }, /writes has to be an array with names of attributes/],
  ['by', { write: [] }, /write is not an option\. Known options: writes\./],
])('ownWrite(%j, %j) is refused', (marker, options, message) => {
  expect(() => ownWrite(marker as never, options as never)).toThrow(
    expect.objectContaining({ name: 'ConfigurationError', message: expect.stringMatching(message) }),
  );
});

test('objects with images are refused: they do not hold the stored values', () => {
  const plain = { eventName: 'INSERT', newImage: { by: 'e1' } } as unknown as AnyRecord;
  expect(() => ownWrite<AnyRecord>('by')(plain)).toThrow(
    expect.objectContaining({ code: 'RECORD_REQUIRED' }),
  );
});

test('it is known as a built-in condition', () => {
  expect(conditionData(ownWrite<AnyRecord>('by', { writes: ['text'] }))).toMatchObject({
    kind: 'ownWrite',
    marker: 'by',
    writes: ['by', 'text'],
  });
});

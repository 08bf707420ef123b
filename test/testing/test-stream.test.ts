import { describe, expect, test } from 'vitest';
import { defineTable, itemOf, streamRouter } from '../../src/index.ts';
import { testStream } from '../../src/testing/index.ts';

interface Invoice {
  customerId: string;
  invoiceId: number;
  status: string;
}

const draft: Invoice = { customerId: 'C-7', invoiceId: 1, status: 'DRAFT' };
const open: Invoice = { ...draft, status: 'OPEN' };
const KEYS = { customerId: { S: 'C-7' }, invoiceId: { N: '1' } };
const DRAFT = { ...KEYS, status: { S: 'DRAFT' } };
const OPEN = { ...KEYS, status: { S: 'OPEN' } };

const invoices = defineTable({
  name: 'Invoices',
  item: itemOf<Invoice>(),
  keys: ['customerId', 'invoiceId'],
});

test('a record is as Lambda sends it', () => {
  const before = Math.floor(Date.now() / 1000);
  const stream = testStream(invoices);
  const record = stream.modify(draft, open);
  expect(record).toEqual({
    eventID: expect.stringMatching(/^[0-9a-f]{32}$/),
    eventName: 'MODIFY',
    eventVersion: '1.1',
    eventSource: 'aws:dynamodb',
    awsRegion: 'us-east-1',
    dynamodb: {
      ApproximateCreationDateTime: expect.any(Number),
      Keys: KEYS,
      NewImage: OPEN,
      OldImage: DRAFT,
      SequenceNumber: expect.stringMatching(/^\d{21}$/),
      SizeBytes: 24 + 24 + 10 + 24 + 11,
      StreamViewType: 'NEW_AND_OLD_IMAGES',
    },
    eventSourceARN: stream.streamArn,
  });
  expect(Object.keys(record)).toEqual([
    'eventID',
    'eventName',
    'eventVersion',
    'eventSource',
    'awsRegion',
    'dynamodb',
    'eventSourceARN',
  ]);
  expect(Number.isInteger(record.dynamodb.ApproximateCreationDateTime)).toBe(true);
  expect(record.dynamodb.ApproximateCreationDateTime).toBeGreaterThanOrEqual(before);
  expect(stream.streamArn).toMatch(
    /^arn:aws:dynamodb:us-east-1:123456789012:table\/Invoices\/stream\/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}$/,
  );
});

describe('images are those of event and view type', () => {
  test.each([
    ['KEYS_ONLY', [], [], []],
    ['NEW_IMAGE', ['NewImage'], ['NewImage'], []],
    ['OLD_IMAGE', [], ['OldImage'], ['OldImage']],
    ['NEW_AND_OLD_IMAGES', ['NewImage'], ['NewImage', 'OldImage'], ['OldImage']],
  ] as const)('%s', (viewType, ofInsert, ofModify, ofRemove) => {
    const stream = testStream<Invoice>({ keys: ['customerId', 'invoiceId'], viewType });
    const imagesOf = ({ dynamodb }: { dynamodb: object }) =>
      Object.keys(dynamodb)
        .filter((name) => name.endsWith('Image'))
        .toSorted();
    expect(imagesOf(stream.insert(draft))).toEqual(ofInsert);
    expect(imagesOf(stream.modify(draft, open))).toEqual(ofModify);
    expect(imagesOf(stream.remove(open))).toEqual(ofRemove);
    expect(imagesOf(stream.expire(open))).toEqual(ofRemove);
  });

  test('a declared table gives its own', () => {
    const table = defineTable({
      name: 'Invoices',
      item: itemOf<Invoice>(),
      keys: ['customerId', 'invoiceId'],
      viewType: 'OLD_IMAGE',
    });
    expect(testStream(table).insert(draft).dynamodb).toMatchObject({ StreamViewType: 'OLD_IMAGE' });
  });
});

test('an expired item is removed by DynamoDB', () => {
  const stream = testStream(invoices);
  expect(stream.expire(open)).toMatchObject({
    eventName: 'REMOVE',
    userIdentity: { type: 'Service', principalId: 'dynamodb.amazonaws.com' },
    dynamodb: { OldImage: OPEN },
  });
  expect(stream.remove(open)).not.toHaveProperty('userIdentity');
});

test('sequence numbers ascend, unevenly, and event ids are unique', () => {
  const stream = testStream(invoices);
  const records = Array.from({ length: 1000 }, () => stream.insert(draft));
  const numbers = records.map(({ dynamodb }) => BigInt(dynamodb.SequenceNumber));
  const gaps = numbers.slice(1).map((number, index) => number - (numbers[index] as bigint));
  expect(gaps.every((gap) => gap > 0n)).toBe(true);
  expect(new Set(gaps).size).toBeGreaterThan(500);
  expect(new Set(records.map(({ eventID }) => eventID)).size).toBe(1000);
  expect(records.every(({ dynamodb }) => dynamodb.SequenceNumber.length === 21)).toBe(true);
});

test('two streams share no event, so that a router that serves several tests mixes nothing up', () => {
  const [one, other] = [testStream(invoices), testStream(invoices)];
  expect(one.streamArn).not.toBe(other.streamArn);
  expect(one.insert(draft).eventID).not.toBe(other.insert(draft).eventID);
});

test('advance moves the time of the next change', () => {
  const stream = testStream(invoices);
  const first = stream.insert(draft).dynamodb.ApproximateCreationDateTime;
  stream.advance(1500);
  expect(stream.insert(draft).dynamodb.ApproximateCreationDateTime).toBe(first + 1);
  stream.advance(500);
  expect(stream.insert(draft).dynamodb.ApproximateCreationDateTime).toBe(first + 2);
});

test('binary is base64, in lists, maps and sets too', () => {
  const stream = testStream<{ id: Uint8Array; nested: unknown }>({ keys: ['id'], name: 'Blobs' });
  const bytes = new Uint8Array([1, 2, 3]);
  expect(stream.insert({ id: bytes, nested: [{ inner: bytes }, new Set([bytes])] }).dynamodb).toMatchObject({
    Keys: { id: { B: 'AQID' } },
    NewImage: {
      id: { B: 'AQID' },
      nested: { L: [{ M: { inner: { B: 'AQID' } } }, { BS: ['AQID'] }] },
    },
  });
  expect(stream.streamArn).toContain(':table/Blobs/stream/');
});

test('a router reads what a stream writes', async () => {
  const seen: unknown[] = [];
  const stream = testStream(invoices);
  const router = streamRouter(invoices)
    .onInsert(({ newImage, keys }) => void seen.push(newImage, keys))
    .onModify(({ oldImage, newImage }) => void seen.push(oldImage, newImage))
    .onRemove(({ oldImage, expired }) => void seen.push(oldImage, expired));
  const event = stream.event([stream.insert(draft), stream.modify(draft, open), stream.expire(open)]);
  expect(await router(event)).toEqual({ batchItemFailures: [] });
  expect(seen).toEqual([draft, { customerId: 'C-7', invoiceId: 1 }, draft, open, open, true]);
});

test('an event has the given records, in a new array', () => {
  const stream = testStream(invoices);
  const records = [stream.insert(draft)];
  const event = stream.event(records);
  expect(event).toEqual({ Records: records });
  expect(event.Records).not.toBe(records);
});

describe('refuses', () => {
  const stream = testStream(invoices);

  test.each([
    ['no options', undefined, 'INVALID_OPTION'],
    ['no keys', {}, 'INVALID_TABLE'],
    ['three keys', { keys: ['a', 'b', 'c'] }, 'INVALID_TABLE'],
    ['an unknown view type', { keys: ['a'], viewType: 'ALL' }, 'INVALID_TABLE'],
    ['an empty name', { keys: ['a'], name: '' }, 'INVALID_TABLE'],
    ['an unknown option', { keys: ['a'], view: 'KEYS_ONLY' }, 'UNKNOWN_OPTION'],
  ])('%s', (_, options, code) => {
    expect(() => testStream(options as never)).toThrow(expect.objectContaining({ code }));
  });

  test.each([
    [
      'an item without its key',
      { customerId: 'C-7', status: 'OPEN' },
      /insert: the item has nothing as the key attribute invoiceId/,
    ],
    ['a key that no key can be', { ...draft, invoiceId: [1] }, /has L as the key attribute invoiceId/],
    ['no item', undefined, /object of its attributes, got undefined/],
    ['an array', [draft], /object of its attributes, got an array/],
    ['a value that DynamoDB cannot hold', { ...draft, status: new Date(0) }, /cannot hold/],
  ])('%s', (_, item, message) => {
    expect(() => stream.insert(item as Invoice)).toThrow(
      expect.objectContaining({ code: 'INVALID_ITEM', message: expect.stringMatching(message) }),
    );
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY, '5', undefined])('to advance by %j', (ms) => {
    const clock = testStream(invoices);
    expect(() => clock.advance(ms as number)).toThrow(
      expect.objectContaining({
        code: 'INVALID_OPTION',
        message: expect.stringContaining('finite milliseconds'),
      }),
    );
    const { ApproximateCreationDateTime } = clock.insert(draft).dynamodb;
    expect(ApproximateCreationDateTime).toBeGreaterThan(0);
  });

  test('two items with different keys', () => {
    expect(() => stream.modify(draft, { ...draft, invoiceId: 2 })).toThrow(
      expect.objectContaining({
        code: 'INVALID_ITEM',
        message: expect.stringContaining('a REMOVE and an INSERT'),
      }),
    );
  });
});

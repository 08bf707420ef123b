import { S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type BucketWriterOptions, bucketWriter } from '../../src/sinks/s3.ts';
import { FakeAws } from '../fixtures/fake-aws/fake-aws.ts';
import { recordOf } from './sink-harness.ts';

let fake: FakeAws;

beforeAll(async () => {
  fake = await FakeAws.start();
});
afterAll(() => fake?.stop());
beforeEach(() => fake.reset());

const bucket = (options: Partial<BucketWriterOptions> = {}) =>
  bucketWriter({ bucket: 'archive', client: new S3Client(fake.connection), ...options });
const keys = (): unknown[] => fake.accepted.map(({ raw }) => raw.key);

test.each([
  ['an object', { total: 1 }, '{"total":1}', 'application/json', /\.json$/],
  ['text', 'total: 1', 'total: 1', 'text/plain; charset=utf-8', /\.txt$/],
  ['bytes', new Uint8Array([65, 66]), 'AB', 'application/octet-stream', /\.bin$/],
])('%s is stored with its own content type', async (_, message, text, contentType, key) => {
  await bucket().send(message, { detached: true });
  await bucket().send(message, { detached: true, contentType: 'text/csv' });
  expect(fake.accepted).toMatchObject([{ text, raw: { contentType } }, { raw: { contentType: 'text/csv' } }]);
  expect(keys()[0]).toMatch(key);
});

test('a record that is delivered again writes the same object again; keys sort as the changes', async () => {
  const [first, second] = [recordOf('a', { sequenceNumber: '99' }), recordOf('a', { sequenceNumber: '100' })];
  const sink = bucket({ prefix: 'changes/' });
  await sink.send({ total: 1, open: true }, { record: first });
  // DynamoDB may send the attributes in another order.
  await sink.send({ open: true, total: 1 }, { record: { ...first } });
  await sink.send({ total: 1 }, { record: second });
  await sink.send({ total: 2 }, { record: second });
  expect(keys()[0]).toMatch(/^changes\/Invoices\/0{38}99-[\da-f]{16}\.json$/);
  expect(keys()[1]).toBe(keys()[0]);
  expect(keys()[3]).not.toBe(keys()[2]);
  expect([...keys()].sort().slice(0, 2)).toEqual(keys().slice(0, 2));
});

test('without a record every object has a new key, with its time first', async () => {
  await bucket().send({}, { detached: true });
  await bucket().send({}, { detached: true });
  expect(new Set(keys()).size).toBe(2);
  expect(keys()[0]).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z-[\da-f-]{36}\.json$/);
});

test('an object may be given its key', async () => {
  await bucket({ prefix: 'invoices/' }).send({}, { detached: true, key: 'INV-1.json' });
  expect(keys()).toEqual(['invoices/INV-1.json']);
});

test.each([
  ['an empty key', ''],
  ['a key of 1,025 bytes', `ü${'x'.repeat(1023)}`],
])('refuses %s', async (_, key) => {
  await expect(bucket().send({}, { detached: true, key })).rejects.toMatchObject({
    code: 'SINK_MESSAGE_INVALID',
  });
});

test('refuses a body larger than an object that can be put', async () => {
  /** Five gigabytes and a byte, without the memory. */
  class Huge extends Uint8Array {
    override get byteLength(): number {
      return 5 * 1024 ** 3 + 1;
    }
  }
  await expect(bucket().send(new Huge(1), { detached: true, key: 'huge' })).rejects.toMatchObject({
    code: 'SINK_MESSAGE_TOO_LARGE',
  });
});

describe('lines', () => {
  test('of messages that are sent at the same time share an object', async () => {
    const sink = bucket({ format: 'ndjson', prefix: 'audit/' });
    const record = recordOf('a', { sequenceNumber: '7' });
    await Promise.all([
      sink.send({ a: 1 }, { record }),
      sink.send('text', { detached: true }),
      sink.send([2], { detached: true }),
    ]);
    expect(fake.requests).toHaveLength(1);
    expect(fake.accepted.map(({ text }) => text)).toEqual(['{"a":1}', '"text"', '[2]']);
    expect(keys()[0]).toMatch(/^audit\/Invoices\/0{39}7-[\da-f]{16}\.ndjson$/);
  });

  test('that are too many bytes for one object make two; one that is too long makes its own', async () => {
    const sink = bucket({ format: 'ndjson' });
    const line = 'x'.repeat(2 * 1024 ** 2);
    await Promise.all([line, line, line, line.repeat(3)].map((text) => sink.send(text, { detached: true })));
    expect(fake.requests.map(({ entries }) => entries.length).sort()).toEqual([1, 1, 2]);
  });

  test.each([{ key: 'a' }, { contentType: 'text/csv' }])('have no %j of their own', async (options) => {
    const sent = bucket({ format: 'ndjson' }).send({}, { detached: true, ...(options as object) });
    await expect(sent).rejects.toMatchObject({ name: 'ConfigurationError', code: 'INVALID_OPTION' });
  });
});

test.each([undefined, 'ndjson'] as const)(
  'an answer without an ETag proves nothing: the object is written again (%s)',
  async (format) => {
    let calls = 0;
    const client = { send: async () => (++calls === 1 ? {} : { ETag: '"e"' }) } as unknown as S3Client;
    const sink = bucket({ client, ...(format && { format }) });
    await sink.send({ n: 1 }, { record: recordOf('item') });
    expect(calls).toBe(2);
  },
);

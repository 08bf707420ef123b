import type { Context, DynamoDBStreamEvent } from 'aws-lambda';
import { describe, expect, test } from 'vitest';
import { processBatch, streamRouter } from '../../src/index.ts';
import { deadLetter } from '../../src/middleware/dead-letter.ts';
import { type DeliverOptions, deliver, testStream } from '../../src/testing/index.ts';

interface Item {
  id: string;
  part: number;
}

const REPORT: DeliverOptions = {
  functionResponseTypes: ['ReportBatchItemFailures'],
  maximumRetryAttempts: 1,
};

const stream = testStream<Item>({ keys: ['id', 'part'] });
const a = stream.insert({ id: 'a', part: 1 });
const b = stream.insert({ id: 'b', part: 2 });

const no = new Error('no');

describe('failures', () => {
  test('has each failure of a record, with key, error and attempt', async () => {
    const router = streamRouter<Item>().onInsert(({ newImage }) => {
      if (newImage.id === 'b') throw no;
    });

    const { failures, deadLettered, invocations } = await deliver(router, [a, b], REPORT);

    const requestIds = invocations.slice(1).map(({ requestId }) => requestId);
    expect(failures).toEqual([
      { keys: { id: 'b', part: 2 }, error: no, requestId: invocations[0]?.requestId, attempt: 1, record: b },
      { keys: { id: 'b', part: 2 }, error: no, requestId: requestIds[0], attempt: 1, record: b },
      { keys: { id: 'b', part: 2 }, error: no, requestId: requestIds[1], attempt: 2, record: b },
    ]);
    expect(failures[0]?.error).toBe(no);
    expect(failures[0]?.record).toBe(b);
    expect(deadLettered).toEqual([]);
  });

  test('has the thrown value, of whatever type', async () => {
    const router = streamRouter<Item>().onInsert(() => Promise.reject('text'));
    const { failures } = await deliver(router, [a], { ...REPORT, maximumRetryAttempts: 0 });
    expect(failures.map(({ error }) => error)).toEqual(['text']);
  });

  test('has those of processBatch, and of a router that throws', async () => {
    const once = { ...REPORT, maximumRetryAttempts: 0 };
    const batch = (event: DynamoDBStreamEvent, context: Context) =>
      processBatch(event, context, () => Promise.reject(no));
    const throwing = streamRouter<Item>({ partialResponses: false }).onInsert(() => Promise.reject(no));

    for (const handler of [batch, throwing]) {
      const { failures } = await deliver(handler, [a], once);
      expect(failures.map(({ error, record }) => [error, record])).toEqual([[no, a]]);
    }
  });

  test('has no record of an invocation that throws before it handles one', async () => {
    const { failures, errors } = await deliver(() => Promise.reject(no), [a], REPORT);
    expect(failures).toEqual([]);
    expect(errors).toEqual([no, no]);
  });

  test.each([
    ['names a record', [b], [b]],
    ['names a record twice', [b, b], [b]],
    ['names two records', [a, b], [a, b]],
    ['names a record of another batch', [stream.insert({ id: 'c', part: 3 })], []],
  ])('has a record without an error where the response %s', async (_, named, failed) => {
    const handler = () => ({
      batchItemFailures: named.map(({ dynamodb }) => ({ itemIdentifier: dynamodb.SequenceNumber })),
    });
    const { failures } = await deliver(handler, [a, b], { ...REPORT, maximumRetryAttempts: 0 });
    const [{ requestId } = {}] = failures;
    expect(failures.filter((failure) => failure.requestId === requestId).map(({ record }) => record)).toEqual(
      failed,
    );
    expect(failures.every(({ error }) => error === undefined)).toBe(true);
  });

  test('has a record without an error that the deadline left unfinished', async () => {
    const router = streamRouter<Item>().onInsert(() => new Promise(() => {}));
    const options = { ...REPORT, maximumRetryAttempts: 0, settleWithinMs: 20 };
    const { failures } = await deliver(router, [a], options);
    expect(failures).toMatchObject([{ error: undefined, record: a }]);
  });

  test('has a record whose Keys cannot be read', async () => {
    const malformed = { ...a, dynamodb: { ...a.dynamodb, Keys: { id: {} } } };
    const without = { ...b, dynamodb: { ...b.dynamodb, Keys: undefined } };
    for (const record of [malformed, without]) {
      const router = streamRouter<Item>().onInsert(({ keys }) => void keys.id);
      const { failures } = await deliver(router, [record] as never, { ...REPORT, maximumRetryAttempts: 0 });
      expect(failures).toMatchObject([{ keys: {}, record }]);
    }
  });

  test('has what the mapping ignores', async () => {
    const { failures, succeeded } = await deliver(
      streamRouter<Item>().onInsert(() => Promise.reject(no)),
      [a],
    );
    expect(failures).toMatchObject([{ error: no, record: a }]);
    expect(succeeded).toHaveLength(1);
  });
});

test('deadLettered has the records whose letter was accepted, with their error', async () => {
  const invalid = Object.assign(new Error('invalid'), { retryable: false });
  const router = streamRouter<Item>()
    .use(deadLetter({ target: 'letters', send: async () => {} }))
    .onInsert(({ newImage }) => {
      if (newImage.id === 'a') throw invalid;
    });

  const { deadLettered, failures, succeeded } = await deliver(router, [a, b], REPORT);

  expect(deadLettered).toMatchObject([{ keys: { id: 'a', part: 1 }, error: invalid, attempt: 1, record: a }]);
  expect(failures).toEqual([]);
  expect(succeeded).toHaveLength(2);
});

test('deliveries that overlap have their own failures', async () => {
  const failing = (error: Error, ms: number) =>
    deliver(
      streamRouter<Item>().onInsert(async () => {
        await new Promise((resolve) => setTimeout(resolve, ms));
        throw error;
      }),
      [a],
      { ...REPORT, maximumRetryAttempts: 0 },
    );
  const errors = ['one', 'two', 'three'].map((text) => new Error(text));
  const deliveries = await Promise.all(errors.map((error, index) => failing(error, 20 - 5 * index)));
  expect(deliveries.map(({ failures }) => failures.map(({ error }) => error))).toEqual(
    errors.map((error) => [error]),
  );
});

import { channel } from 'node:diagnostics_channel';
import type { DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda';
import { describe, expect, test } from 'vitest';
import { createDeadLetter } from '../../src/dead-letter/create-dead-letter.ts';
import type { DeadLetter } from '../../src/dead-letter/dead-letter.ts';
import { streamRouter } from '../../src/index.ts';
import { deadLetter } from '../../src/middleware/dead-letter.ts';
import { type ReplaySummary, replay } from '../../src/replay/index.ts';
import {
  contextOf,
  memoryLogger,
  type RecordSketch,
  recordOf,
  sequenceNumberAt,
} from '../fixtures/events.ts';

const letterAt = (index: number, sketch: RecordSketch = {}): DeadLetter =>
  createDeadLetter(recordOf(sketch, index), new Error('then'), undefined);
const answer = (...numbers: unknown[]): DynamoDBBatchResponse => ({
  batchItemFailures: numbers.map((itemIdentifier) => ({ itemIdentifier: itemIdentifier as string })),
});
const reasonsOf = ({ messages }: ReplaySummary) => messages.map(({ reason }) => reason);

/** A handler that keeps the sequence numbers of each event, and answers what it is told to. */
function recording(respond: (numbers: readonly string[]) => unknown = () => answer()) {
  const events: string[][] = [];
  const handler = async ({ Records }: DynamoDBStreamEvent): Promise<unknown> => {
    const numbers = Records.map(({ dynamodb }) => dynamodb?.SequenceNumber as string);
    events.push(numbers);
    return respond(numbers);
  };
  return { events, handler };
}

test('records arrive in the order of their sequence numbers, compared as numbers', async () => {
  const { events, handler } = recording();
  const documents = ['100', '9', '0000011', '10'].map((sequenceNumber) => letterAt(1, { sequenceNumber }));
  expect(await replay({ documents, handler })).toMatchObject({ succeeded: 4, remaining: 0 });
  expect(events).toEqual([['9', '10', '0000011', '100']]);
});

test('each stream gets separate events', async () => {
  const { events, handler } = recording();
  const other = letterAt(1);
  const elsewhere = { ...other, record: { ...other.record, eventSourceARN: 'arn:elsewhere' } };
  const { eventSourceARN, ...unsourced } = letterAt(3).record;
  const documents = [letterAt(1), elsewhere, { ...other, record: unsourced }, letterAt(2)];
  await replay({ documents, handler });
  expect(events).toEqual([
    [sequenceNumberAt(1), sequenceNumberAt(2)],
    [sequenceNumberAt(1)],
    [sequenceNumberAt(3)],
  ]);
});

test('the reports are in the order of the documents, whatever else those carry', async () => {
  const { handler } = recording(([first]) => answer(...(first === sequenceNumberAt(2) ? [first] : [])));
  const documents = [3, 2, 1].map((index) => ({ ...letterAt(index), receiptHandle: `handle-${index}` }));
  const { messages } = await replay({ documents, handler, batchSize: 1 });
  const isReplayed = (_: unknown, index: number) => messages[index]?.status === 'replayed';
  expect(documents.filter(isReplayed).map(({ receiptHandle }) => receiptHandle)).toEqual([
    'handle-3',
    'handle-1',
  ]);
});

test('letters about one record are one record, and share its outcome', async () => {
  const { events, handler } = recording();
  const documents = [letterAt(1), letterAt(2), letterAt(1)];
  const { messages } = await replay({ documents, handler });
  expect(events).toEqual([[sequenceNumberAt(1), sequenceNumberAt(2)]]);
  expect(messages.map(({ status }) => status)).toEqual(['replayed', 'replayed', 'replayed']);
});

test('later letters of an item wait across events, whatever the order of its keys', async () => {
  const keyed = (index: number, Keys: object) => {
    const { record, ...letter } = letterAt(index);
    return { ...letter, record: { ...record, dynamodb: { ...record.dynamodb, Keys } } };
  };
  const documents = [keyed(1, { a: { S: '1' }, b: { S: '2' } }), keyed(2, { b: { S: '2' }, a: { S: '1' } })];
  const { events, handler } = recording((numbers) => answer(numbers[0]));
  const summary = await replay({ documents, handler, batchSize: 1 });
  expect(events).toEqual([[sequenceNumberAt(1)]]);
  expect(reasonsOf(summary)).toEqual(['failed', 'blocked']);
});

test.each<[string, unknown]>([
  ['an identifier that is not in the event', answer('5')],
  ['no identifier', answer(undefined)],
  ['text', 'done'],
])('%s in the response is a failure, as in Lambda', async (_, response) => {
  const { handler } = recording(() => response);
  const summary = await replay({ documents: [letterAt(1)], handler });
  expect(summary).toMatchObject({ succeeded: 0, failed: 1, messages: [{ reason: 'failed' }] });
});

test('a signal ends it, and the report still distinguishes failed from blocked', async () => {
  const controller = new AbortController();
  const { handler } = recording(([number]) => {
    controller.abort();
    return answer(number);
  });
  const documents = ['a', 'a', 'b'].map((id, index) => letterAt(index, { id }));
  const summary = await replay({ documents, handler, signal: controller.signal });
  expect(reasonsOf(summary)).toEqual(['failed', 'blocked', 'stopped']);
});

test('a signal that has aborted already: nothing is handled, and every document is reported', async () => {
  const { events, handler } = recording();
  const documents = [letterAt(1), letterAt(2)];
  const summary = await replay({ documents, handler, signal: AbortSignal.abort() });
  expect(events).toEqual([]);
  expect(summary.remaining).toBe(2);
  expect(reasonsOf(summary)).toEqual(['stopped', 'stopped']);
});

test.each([true, false])('what comes after a record that is held is blocked, dry run: %j', async (dryRun) => {
  const records = ['a', 'c', 'a', 'b'].map((id, index) => recordOf({ id }, index));
  // One item of the message cannot be read, so the whole message is held.
  const tableClient = {
    send: async ({
      input,
    }: {
      readonly input: { readonly Key: { readonly id: { readonly S: string } } };
    }) => {
      if (input.Key.id.S === 'c') throw new Error('denied');
      return { Item: input.Key };
    },
  };
  const payload = JSON.stringify({ Records: records.slice(0, 2) });
  const letters = records.slice(2).map((record) => createDeadLetter(record, new Error('then'), undefined));
  const summary = await replay({
    documents: [{ DDBStreamBatchInfo: {}, payload }, ...letters],
    newestOnly: true,
    tableClient: tableClient as never,
    dryRun,
    handler: () => {},
  });
  expect(reasonsOf(summary)).toEqual(['unreadable', 'blocked', undefined]);
  expect(summary.messages.at(-1)?.status).toBe(dryRun ? 'planned' : 'replayed');
});

test('each event has a context with the function of the first letter, and a running countdown', async () => {
  const of = (name: string, index: number) => ({
    ...letterAt(index),
    function: { name, version: '3', requestId: 'r' },
  });
  const seen: unknown[][] = [];
  const handler: NonNullable<Parameters<typeof replay>[0]['handler']> = (_event, context) => {
    seen.push([context.functionName, context.awsRequestId, context.getRemainingTimeInMillis()]);
  };
  const documents = [of('', 1), of('invoices', 1), of('totals', 2), of('', 3)];
  await replay({ documents, handler, batchSize: 1, timeoutSeconds: 5 });
  await replay({ documents: [of('invoices', 1)], handler, functionName: 'fixed' });
  expect(seen.map(([name]) => name)).toEqual(['invoices', 'totals', 'replay', 'fixed']);
  expect(seen[0]?.[1]).toMatch(/^[\da-f-]{36}$/);
  expect(seen[0]?.[2]).toBeGreaterThan(0);
  expect(seen[0]?.[2]).toBeLessThanOrEqual(5000);
});

test('a handler never changes a document', async () => {
  const letter = letterAt(1);
  const before = structuredClone(letter);
  const handler = ({ Records }: DynamoDBStreamEvent): void => {
    (Records[0] as { dynamodb?: unknown }).dynamodb = undefined;
    throw new Error('again');
  };
  await replay({ documents: [letter], handler });
  expect(letter).toEqual(before);
});

test('a router reports what failed, and logs the error', async () => {
  const logger = memoryLogger();
  const router = streamRouter<{ id: string }>({ logger }).onInsert(async ({ keys }) => {
    if (keys.id === 'b') throw new Error('still broken');
  });
  const documents = ['a', 'b', 'c'].map((id, index) => letterAt(index, { id }));
  expect(reasonsOf(await replay({ documents, handler: router }))).toEqual([undefined, 'failed', undefined]);
  expect(logger.entries).toContainEqual(
    expect.objectContaining({ level: 'error', message: 'Record failed' }),
  );
});

test('no documents, no event', async () => {
  const { events, handler } = recording();
  const summary = await replay({ documents: [], handler });
  expect(summary).toMatchObject({ succeeded: 0, invocations: 0, remaining: 0, messages: [] });
  expect(events).toEqual([]);
});

test('a document that is not a letter remains, and the letters beside it are replayed', async () => {
  const { events, handler } = recording();
  const summary = await replay({ documents: [letterAt(1), {}, letterAt(2)], handler });
  expect(reasonsOf(summary)).toEqual([undefined, 'unrecognized', undefined]);
  expect(events).toEqual([[sequenceNumberAt(1), sequenceNumberAt(2)]]);
});

test.each([
  [
    'throws',
    () => {
      throw new Error('EPIPE');
    },
  ],
  ['rejects', async () => Promise.reject(new Error('EPIPE'))],
])('onProgress that %s does not end the replay', async (_, onProgress) => {
  const { events, handler } = recording();
  const documents = [letterAt(1), letterAt(2)];
  expect(await replay({ documents, handler, batchSize: 1, onProgress })).toMatchObject({
    succeeded: 2,
    remaining: 0,
  });
  expect(events).toHaveLength(2);
});

describe('records that become dead letters again', () => {
  const failing = (ids: readonly string[], around: (id: string) => void = () => {}) =>
    streamRouter<{ id: string }>({ logger: false })
      .use(async ({ keys }, _context, next) => {
        await next();
        around(keys.id as string);
      })
      .use(deadLetter({ target: 'memory', send: async () => {} }, { when: () => true }))
      .onInsert(({ newImage }) => {
        if (ids.includes(newImage.id)) throw new Error('again');
      });

  test('are counted, each once however many letters are about it', async () => {
    const documents = ['a', 'b', 'c'].map((id, index) => letterAt(index, { id }));
    const summary = await replay({ documents: [...documents, ...documents], handler: failing(['a', 'c']) });
    expect(summary).toMatchObject({ records: 3, succeeded: 3, failed: 0, deadLettered: 2, remaining: 0 });
  });

  test('are none where the handler succeeds, and in a dry run', async () => {
    const documents = [letterAt(1)];
    expect(await replay({ documents, handler: failing([]) })).toMatchObject({ deadLettered: 0 });
    expect(await replay({ documents, dryRun: true })).toMatchObject({ deadLettered: 0 });
  });

  test('are not those that fail after their letter was accepted', async () => {
    const handler = failing(['a', 'b'], (id) => {
      if (id === 'a') throw new Error('refused around it');
    });
    const documents = ['a', 'b'].map((id, index) => letterAt(index, { id }));
    expect(await replay({ documents, handler })).toMatchObject({ succeeded: 1, failed: 1, deadLettered: 1 });
  });

  test('are not those of other invocations in the process', async () => {
    const other = failing(['b']);
    const stream = { Records: [recordOf({ id: 'b' }, 7)] } as DynamoDBStreamEvent;
    const handler = async (): Promise<void> => void (await other(stream, contextOf()));
    expect(await replay({ documents: [letterAt(1)], handler })).toMatchObject({
      succeeded: 1,
      deadLettered: 0,
    });
    expect(channel('streamlane:record-failed').hasSubscribers).toBe(false);
  });
});

// A sandbox cannot know what other sandboxes have handled since, or that a copy was emptied: it skips nothing.
import { setImmediate as nextTurn } from 'node:timers/promises';
import { processPartialResponse } from '@aws-lambda-powertools/batch';
import middy from '@middy/core';
import type { Context, DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import { describe, expect, test } from 'vitest';
import { processBatch, streamRouter } from '../../src/index.ts';
import { type DeadLetter, deadLetter } from '../../src/middleware/dead-letter.ts';
import { OrderedStreamProcessor } from '../../src/powertools/index.ts';
import { replay } from '../../src/replay/index.ts';
import { contextOf, eventOf, memoryLogger, sequenceNumberAt } from '../fixtures/events.ts';

type Handler = (event: DynamoDBStreamEvent, context: Context) => Promise<DynamoDBBatchResponse>;
type Handle = (sequenceNumber: string) => Promise<void>;

const NOT_FAILED = { batchItemFailures: [] };
const failedAt = (index: number) => ({ batchItemFailures: [{ itemIdentifier: sequenceNumberAt(index) }] });

const ENTRY_POINTS: Readonly<Record<string, (handle: Handle) => Handler>> = {
  streamRouter: (handle) =>
    streamRouter({ logger: memoryLogger() }).onInsert(({ sequenceNumber }) => handle(sequenceNumber)),
  processBatch: (handle) => {
    const recordHandler = ({ sequenceNumber }: { sequenceNumber: string }) => handle(sequenceNumber);
    return (event, context) => processBatch(event, context, recordHandler, { logger: memoryLogger() });
  },
  OrderedStreamProcessor: (handle) => {
    const processor = new OrderedStreamProcessor({ logger: memoryLogger() });
    const recordHandler = ({ dynamodb }: DynamoDBRecord) => handle(dynamodb?.SequenceNumber ?? '');
    return (event, context) => processPartialResponse(event, recordHandler, processor, { context });
  },
};

/** Handlers that note what they complete. Those of the records that are to fail do so last. */
function witness() {
  const completed: number[] = [];
  const failing = new Set<string>();
  const handle: Handle = async (sequenceNumber) => {
    if (failing.has(sequenceNumber)) {
      for (let turn = 0; turn < 5; turn++) await nextTurn();
      throw new Error('not yet');
    }
    await nextTurn();
    completed.push(Number(sequenceNumber.slice(-1)));
  };
  const fail = (index: number): void => void failing.add(sequenceNumberAt(index));
  return { completed, handle, fail, recover: () => failing.clear() };
}

/** x1, y2, x3: their sequence numbers end so. */
const SHARD = eventOf({ id: 'x' }, { id: 'y' }, { id: 'x' });
const from = (index: number): DynamoDBStreamEvent => ({ Records: SHARD.Records.slice(index) });

describe.each(Object.entries(ENTRY_POINTS))('%s', (_name, handlerOf) => {
  test('an answer that a Middy hook throws away: the newest change is handled again after the older one', async () => {
    const { completed, handle, fail, recover } = witness();
    let loses = true;
    const handler = middy(handlerOf(handle)).use({
      after() {
        if (loses) throw new Error('The hook throws.');
      },
    }) as unknown as Handler;

    fail(1);
    await expect(handler(SHARD, contextOf())).rejects.toThrow('The hook throws.');
    expect(completed).toEqual([1, 3]);
    completed.length = 0;
    recover();
    loses = false;
    expect(await handler(SHARD, contextOf())).toEqual(NOT_FAILED);
    expect(completed.toSorted()).toEqual([1, 2, 3]);
    expect(completed.indexOf(1)).toBeLessThan(completed.indexOf(3));
  });

  test('a mapping that is created again at TRIM_HORIZON: a warm sandbox handles all records', async () => {
    const { completed, handle, fail, recover } = witness();
    const handler = handlerOf(handle);
    const shard = eventOf({ id: 'a' }, { id: 'b' }, { id: 'c' }, { id: 'd' });

    fail(0);
    expect(await handler(shard, contextOf())).toEqual(failedAt(0));
    expect(completed.toSorted()).toEqual([2, 3, 4]);
    completed.length = 0;
    recover();
    expect(await handler(shard, contextOf())).toEqual(NOT_FAILED);
    expect(completed.toSorted()).toEqual([1, 2, 3, 4]);
  });

  test('a poller that goes back: this sandbox handles x3 again after another one handled x1', async () => {
    const { completed, handle, fail, recover } = witness();
    const [here, there] = [handlerOf(handle), handlerOf(handle)];

    fail(1);
    expect(await here(SHARD, contextOf())).toEqual(failedAt(1));
    completed.length = 0;
    recover();
    expect(await there({ Records: SHARD.Records.slice(0, 2) }, contextOf())).toEqual(NOT_FAILED);
    expect(await here(from(2), contextOf())).toEqual(NOT_FAILED);
    expect(completed.at(-1)).toBe(3);
  });
});

test('a dead letter that is replayed through the same warm router: its handler runs', async () => {
  const letters: DeadLetter[] = [];
  const sink = { target: 'memory', send: async (letter: unknown) => void letters.push(letter as DeadLetter) };
  const { completed, handle, fail, recover } = witness();
  const router = streamRouter({ logger: memoryLogger() })
    .use(deadLetter(sink, { when: (_error, { record }) => record.sequenceNumber === sequenceNumberAt(1) }))
    .onInsert(({ sequenceNumber }) => handle(sequenceNumber));

  // x1 fails as well: y2 lies past the checkpoint.
  fail(0);
  fail(1);
  expect(await router(SHARD, contextOf())).toEqual(failedAt(0));
  expect(letters).toHaveLength(1);
  completed.length = 0;
  recover();
  expect(await replay({ documents: letters, handler: router })).toMatchObject({ succeeded: 1, remaining: 0 });
  expect(completed).toEqual([2]);
});

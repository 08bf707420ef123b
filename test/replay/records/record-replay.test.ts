import type { DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createDeadLetter } from '../../../src/dead-letter/create-dead-letter.ts';
import { streamRouter } from '../../../src/index.ts';
import { type ReplayOptions, type ReplayProgress, replay } from '../../../src/replay/index.ts';
import { recordOf } from '../../fixtures/events.ts';
import { quietLogger } from '../../fixtures/quiet-logger.ts';

const letterOf = (record: DynamoDBRecord) => createDeadLetter(record, new Error('no'), undefined);
const indexOf = ({ eventID }: DynamoDBRecord) => Number.parseInt(`${eventID}`, 16);

/** Letters about the changes of these items, in the order of the stream. */
const lettersOf = (items: string) => [...items].map((id, index) => letterOf(recordOf({ id }, index)));

function run(
  documents: readonly unknown[],
  handler: ReplayOptions['handler'],
  options: Partial<ReplayOptions> = {},
) {
  return replay({ documents, ...(handler && { handler }), ...options });
}

const reasonsOf = ({ messages }: Awaited<ReturnType<typeof replay>>) => messages.map(({ reason }) => reason);

test('the messages of an item are handled in order, whatever their own', async () => {
  const seen: number[] = [];
  const router = streamRouter().onInsert(({ eventID }) => void seen.push(Number.parseInt(eventID, 16)));
  const summary = await run(lettersOf('ababab').toReversed(), router, { batchSize: 2 });
  expect(seen).toEqual([0, 1, 2, 3, 4, 5]);
  expect(summary).toMatchObject({ records: 6, succeeded: 6, invocations: 3, remaining: 0 });
});

test('what failed remains, with what comes after it in its item; other items go on', async () => {
  const seen: number[] = [];
  const router = streamRouter({ logger: quietLogger() }).onInsert(({ eventID }) => {
    const index = Number.parseInt(eventID, 16);
    if (index === 2) throw new Error('no');
    seen.push(index);
  });
  const summary = await run(lettersOf('ababab'), router);
  expect(seen.toSorted()).toEqual([0, 1, 3, 5]);
  expect(reasonsOf(summary)).toEqual([undefined, undefined, 'failed', undefined, 'blocked', undefined]);
  expect(summary).toMatchObject({ succeeded: 4, failed: 1, remaining: 2 });
  expect(summary.messages[2]).toMatchObject({
    kind: 'deadLetter',
    tableName: 'Invoices',
    detail: 'INSERT 00000000000000000000000000000002: the handler reported it',
  });
});

test('a handler that throws is given halves, until the record is found', async () => {
  const batches: number[][] = [];
  const handler = ({ Records }: DynamoDBStreamEvent) => {
    batches.push(Records.map(indexOf));
    if (Records.some((record) => indexOf(record) === 2)) throw new RangeError('not this one');
  };
  const summary = await run(lettersOf('abcdc'), handler);
  expect(batches).toEqual([[0, 1, 2, 3, 4], [0, 1], [2, 3, 4], [2], [3]]);
  expect(reasonsOf(summary)).toEqual([undefined, undefined, 'failed', undefined, 'blocked']);
  expect(summary.messages[2]?.detail).toContain('RangeError: not this one');
});

test('what a half leaves is handled before the other half', async () => {
  const seen: number[] = [];
  const handler = ({ Records }: DynamoDBStreamEvent) => {
    if (Records.length === 4) throw new Error('too many');
    const failed = Records.filter((record) => indexOf(record) === 0);
    if (failed.length === 0) seen.push(...Records.map(indexOf));
    return {
      batchItemFailures: failed.map(({ dynamodb }) => ({ itemIdentifier: dynamodb?.SequenceNumber })),
    };
  };
  const summary = await run(lettersOf('abbc'), handler);
  expect(seen).toEqual([1, 2, 3]);
  expect(reasonsOf(summary)).toEqual(['failed', undefined, undefined, undefined]);
});

test('of two records with one sequence number, none succeeds that may be the one reported', async () => {
  const records = ['a', 'b'].map((id) => recordOf({ id }, 0));
  const failures = [{ itemIdentifier: records[0]?.dynamodb?.SequenceNumber }];
  const handler = ({ Records }: DynamoDBStreamEvent) => {
    const hasA = Records.some(({ dynamodb }) => dynamodb?.Keys?.id?.S === 'a');
    return { batchItemFailures: hasA ? failures : [] };
  };
  expect(reasonsOf(await run(records.map(letterOf), handler))).toEqual(['failed', undefined]);
});

test('a handler that throws nothing that can be named fails anyway', async () => {
  const summary = await run(lettersOf('a'), () => Promise.reject(undefined));
  expect(summary.messages[0]).toMatchObject({
    reason: 'failed',
    detail: expect.stringContaining('undefined'),
  });
});

test('a handler that takes too long has failed', async () => {
  const { messages } = await run(lettersOf('a'), () => new Promise(() => {}), { timeoutSeconds: 0.02 });
  expect(messages[0]?.detail).toContain('timed out');
});

test('without partial responses any answer is success', async () => {
  expect(await run(lettersOf('aa'), () => 'whatever', { partialResponses: false })).toMatchObject({
    remaining: 0,
  });
});

test('the payload of an S3 destination is replayed without the stream', async () => {
  const Records = [recordOf({ id: 'a' }, 1), recordOf({ id: 'a' }, 0)];
  const document = { DDBStreamBatchInfo: {}, payload: JSON.stringify({ Records }) };
  const seen: number[] = [];
  const { messages } = await run(
    [document],
    (event: DynamoDBStreamEvent) => void seen.push(...event.Records.map(indexOf)),
  );
  expect(seen).toEqual([0, 1]);
  expect(messages).toMatchObject([
    { kind: 'payload', records: 2, startSequenceNumber: '400000000000000000001' },
  ]);
});

test('two items that share a sequence number are two records; one record in two forms is one', async () => {
  const { eventSourceARN: _, ...bare } = recordOf({ id: 'a' }, 0);
  const number = bare.dynamodb?.SequenceNumber;
  const padded = { ...bare, dynamodb: { ...bare.dynamodb, SequenceNumber: `00${number}` } };
  const other = { ...bare, dynamodb: { ...bare.dynamodb, Keys: { id: { S: 'b' } } } };
  const seen: string[] = [];
  const summary = await run([bare, padded, other].map(letterOf), ({ Records }: DynamoDBStreamEvent) => {
    seen.push(...Records.map(({ dynamodb }) => `${dynamodb?.Keys?.id?.S}`));
  });
  expect(seen).toEqual(['a', 'b']);
  expect(summary).toMatchObject({ records: 2, remaining: 0 });
});

test('an item is the same whatever the order of its keys', async () => {
  const [first, second] = [recordOf({}, 0), recordOf({}, 1)];
  const [pk, sk] = [{ S: 'a' }, { S: 'b' }];
  const letters = [
    letterOf({ ...first, dynamodb: { ...first.dynamodb, Keys: { pk, sk } } }),
    letterOf({ ...second, dynamodb: { ...second.dynamodb, Keys: { sk, pk } } }),
  ];
  const summary = await run(letters, () => Promise.reject(new Error('no')));
  expect(reasonsOf(summary)).toEqual(['failed', 'blocked']);
});

test('a batch has 6 MB at most', async () => {
  const large = (index: number) => recordOf({ newImage: { text: { S: 'x'.repeat(350_000) } } }, index);
  const sizes: number[] = [];
  const letters = Array.from({ length: 20 }, (_, index) => letterOf(large(index)));
  await run(letters, ({ Records }: DynamoDBStreamEvent) => void sizes.push(Records.length));
  expect(sizes).toEqual([17, 3]);
});

test('a signal ends it after the invocation that runs', async () => {
  const stopping = new AbortController();
  const progress: ReplayProgress[] = [];
  const summary = await run(lettersOf('abc'), () => stopping.abort(), {
    batchSize: 1,
    signal: stopping.signal,
    onProgress: (now) => void progress.push(now),
  });
  expect(reasonsOf(summary)).toEqual([undefined, 'stopped', 'stopped']);
  expect(progress).toEqual([
    { records: 3, succeeded: 0, failed: 0 },
    { records: 3, succeeded: 1, failed: 0 },
  ]);
});

test('a signal ends it between two halves too', async () => {
  const stopping = new AbortController();
  let calls = 0;
  const handler = () => {
    if (++calls === 2) stopping.abort();
    throw new Error('no');
  };
  const summary = await run(lettersOf('abcd'), handler, { signal: stopping.signal });
  expect(calls).toBe(2);
  expect(reasonsOf(summary)).toEqual(['stopped', 'stopped', 'stopped', 'stopped']);
});

test('whatever fails, nothing is handled out of order, counted wrongly, or left out', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 12 }),
      fc.array(fc.nat({ max: 11 }), { maxLength: 4 }),
      fc.func(fc.boolean()),
      fc.integer({ min: 1, max: 5 }),
      fc.func(fc.nat()),
      async (items, poison, throws, batchSize, shuffle) => {
        const letters = lettersOf(items.join(''));
        const succeeded = new Set<number>();
        const handler = ({ Records }: DynamoDBStreamEvent) => {
          for (const record of Records) {
            const index = indexOf(record);
            const before = items.slice(0, index).map((item, at) => ({ item, at }));
            // Everything before it in its item has succeeded.
            expect(
              before.filter(({ item }) => item === items[index]).every(({ at }) => succeeded.has(at)),
            ).toBe(true);
            if (poison.includes(index)) {
              if (throws(index)) throw new Error('no');
              return { batchItemFailures: [{ itemIdentifier: `${record.dynamodb?.SequenceNumber}` }] };
            }
            succeeded.add(index);
          }
          return { batchItemFailures: [] };
        };
        const order = letters.map((letter, index) => ({ letter, key: shuffle(index), index }));
        order.sort((a, b) => a.key - b.key);
        const { messages } = await run(
          order.map(({ letter }) => letter),
          handler,
          { batchSize },
        );
        for (const [at, { status, reason }] of messages.entries()) {
          const { index } = order[at] as { index: number };
          const blocked = poison.some((bad) => bad < index && items[bad] === items[index]);
          expect(status).toBe(poison.includes(index) || blocked ? 'remaining' : 'replayed');
          expect(reason).toBe(blocked ? 'blocked' : poison.includes(index) ? 'failed' : undefined);
        }
      },
    ),
  );
});

import { AsyncLocalStorage } from 'node:async_hooks';
import type { Context } from 'aws-lambda';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { streamRouter } from '../../src/index.ts';
import { createSink, type EntryOutcome, type RequestContext } from '../../src/sinks/index.ts';
import { contextOf, eventOf, memoryLogger, sequenceNumberAt } from '../fixtures/events.ts';
import { PROPERTY_TIMEOUT_MS, runs } from '../fixtures/play.ts';

/** Lambda keeps the request id of an invocation there when it runs several at once. */
const requestId = new AsyncLocalStorage<number>();

interface Message {
  readonly invocation: number;
  readonly record: number;
}

/** Invokes as Lambda Managed Instances do. */
function within<Result>(invocation: number, work: () => Result): Result {
  return requestId.run(invocation, work);
}

function sinkOf(request: (messages: readonly Message[], context: RequestContext) => Promise<unknown>) {
  const sent: Message[][] = [];
  const sink = createSink<Message>({
    target: 'https://example.com/invoices',
    maxEntries: 7,
    maxBytes: 10_000,
    concurrency: 2,
    async request(entries, context) {
      const messages = entries.map((text) => JSON.parse(text) as Message);
      sent.push(messages);
      return (await request(messages, context)) as readonly EntryOutcome[];
    },
  });
  return { sink, sent };
}

describe('a sink that invocations share', () => {
  test(
    'mixes their messages, and fails the right record of the right invocation',
    async () => {
      const invocations = fc.array(
        fc.record({
          records: fc.integer({ min: 1, max: 12 }),
          /** The record that the target refuses for good. */
          refused: fc.option(fc.nat(11), { nil: undefined }),
          /** The record that the target accepts at the second attempt. */
          delayed: fc.option(fc.nat(11), { nil: undefined }),
          startMs: fc.nat(4),
        }),
        { minLength: 2, maxLength: 64, size: 'max' },
      );
      let mixed = 0;
      await fc.assert(
        fc.asyncProperty(invocations, async (plans) => {
          const foreign: unknown[] = [];
          const attempted = new Set<string>();
          const { sink, sent } = sinkOf(async (messages) => {
            const sender = requestId.getStore();
            if (!messages.some(({ invocation }) => invocation === sender)) foreign.push(sender);
            await new Promise((resolve) => setTimeout(resolve, 1));
            return messages.map(({ invocation, record }): EntryOutcome => {
              const plan = plans[invocation];
              const isFirst = !attempted.has(`${invocation} ${record}`);
              attempted.add(`${invocation} ${record}`);
              if (plan?.refused === record) return { code: 'Bad', retryable: false };
              if (plan?.delayed === record && isFirst) return { code: 'Busy', retryable: true };
              return 'accepted';
            });
          });
          const logs = plans.map(() => memoryLogger());
          const router = streamRouter<{ id: string }>({
            logger: {
              debug() {},
              info() {},
              warn() {},
              error: (message, fields) => logs[requestId.getStore() ?? -1]?.error(message, fields),
            },
          }).onInsert(async (record, { lambdaContext }) => {
            const invocation = Number(lambdaContext.awsRequestId);
            expect(requestId.getStore()).toBe(invocation);
            await sink.send({ invocation, record: Number(record.keys.id?.split('-')[1]) }, { record });
            expect(requestId.getStore()).toBe(invocation);
          });
          const responses = await Promise.all(
            plans.map(async ({ records, startMs }, invocation) => {
              await new Promise((resolve) => setTimeout(resolve, startMs));
              const event = eventOf(
                ...Array.from({ length: records }, (_, index) => ({ id: `${invocation}-${index}` })),
              );
              return within(invocation, () =>
                router(event, { ...contextOf(), awsRequestId: `${invocation}` } as Context),
              );
            }),
          );

          expect(foreign).toEqual([]);
          for (const [invocation, { records, refused }] of plans.entries()) {
            const isRefused = refused !== undefined && refused < records;
            const itemIdentifier = sequenceNumberAt(refused ?? 0);
            expect(responses[invocation]).toEqual({
              batchItemFailures: isRefused ? [{ itemIdentifier }] : [],
            });
            expect(logs[invocation]?.entries.map(({ fields }) => fields?.sequenceNumber)).toEqual(
              isRefused ? [itemIdentifier] : [],
            );
          }
          mixed += sent.filter(
            (messages) => new Set(messages.map(({ invocation }) => invocation)).size > 1,
          ).length;
        }),
        runs(30),
      );
      expect(mixed).toBeGreaterThan(20);
    },
    PROPERTY_TIMEOUT_MS,
  );

  test('refuses the messages of one at its deadline, and sends those of another', async () => {
    const requests: {
      readonly messages: readonly Message[];
      readonly signal: AbortSignal;
      answer(): void;
    }[] = [];
    const { sink } = sinkOf(
      (messages, { signal }) =>
        new Promise((resolve) => {
          requests.push({ messages, signal, answer: () => resolve(messages.map(() => 'accepted')) });
        }),
    );
    const codes: unknown[] = [];
    const router = streamRouter<{ id: string }>({ reserveMs: 0, logger: false }).onInsert(
      async (record, { lambdaContext }) => {
        const message = { invocation: Number(lambdaContext.awsRequestId), record: 0 };
        await sink.send(message, { record }).catch((error) => {
          codes.push([message.invocation, error.code]);
          throw error;
        });
      },
    );
    const invoke = (invocation: number, remainingMs: number) =>
      within(invocation, () =>
        router(eventOf({ id: `${invocation}` }), {
          ...contextOf(remainingMs),
          awsRequestId: `${invocation}`,
        } as Context),
      );
    const answers = [invoke(0, 30), invoke(1, 30_000)];

    const first = await answers[0];

    expect(first).toEqual({ batchItemFailures: [{ itemIdentifier: sequenceNumberAt(0) }] });
    expect(requests).toHaveLength(1);
    expect(requests[0]?.messages.map(({ invocation }) => invocation)).toEqual([0, 1]);
    expect(requests[0]?.signal.aborted).toBe(false);
    requests[0]?.answer();
    expect(await answers[1]).toEqual({ batchItemFailures: [] });
    expect(codes).toEqual([[0, 'SINK_DEADLINE']]);
  });

  test('refuses a message that code of a timed-out invocation sends, although its thread runs on', async () => {
    const { sink, sent } = sinkOf(async (messages) => messages.map(() => 'accepted'));
    const late = Promise.withResolvers<void>();
    const results: unknown[] = [];
    const router = streamRouter<{ id: string }>({ reserveMs: 0, logger: false }).onInsert(
      async (record, { lambdaContext }) => {
        const isStuck = lambdaContext.awsRequestId === '0';
        if (isStuck) await late.promise;
        await sink.send({ invocation: isStuck ? 0 : 1, record: 0 }, { record }).then(
          () => results.push('accepted'),
          (error) => results.push(error.code),
        );
      },
    );
    const stuck = { ...contextOf(20), awsRequestId: '0' } as Context;
    expect((await router(eventOf({}), stuck)).batchItemFailures).toHaveLength(1);

    late.resolve();
    await new Promise((resolve) => setImmediate(resolve));
    const next = await router(eventOf({}), { ...contextOf(), awsRequestId: '1' } as Context);

    expect(next.batchItemFailures).toEqual([]);
    expect(results).toEqual(['SINK_DEADLINE', 'accepted']);
    expect(sent).toEqual([[{ invocation: 1, record: 0 }]]);
  });

  test('tells the listeners of a deadline in their own invocation', async () => {
    const { sink } = sinkOf((messages) =>
      new Promise<void>((resolve) => setTimeout(resolve, 5)).then(() => messages.map(() => 'accepted')),
    );
    let [elapsedMs, heard] = [0, undefined as number | undefined];
    const clock = { awsRequestId: '0', getRemainingTimeInMillis: () => 10_000 - elapsedMs } as Context;
    const router = streamRouter<{ id: string }>({ reserveMs: 0, logger: false }).onInsert(
      async (record, { signal, lambdaContext }) => {
        const invocation = Number(lambdaContext.awsRequestId);
        if (invocation === 0) signal.addEventListener('abort', () => (heard = requestId.getStore()));
        await sink.send({ invocation, record: 0 }, { record });
      },
    );
    // The other invocation starts the batcher, which looks at the clock of the first one's message.
    const other = within(1, () =>
      router(eventOf({ id: 'a' }), { ...contextOf(), awsRequestId: '1' } as Context),
    );
    const first = within(0, () => router(eventOf({ id: 'b' }), clock));
    elapsedMs = 10_001;
    await other;

    expect(heard).toBe(0);
    void first;
  });
});

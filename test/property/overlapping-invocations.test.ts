import { AsyncLocalStorage } from 'node:async_hooks';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type BatchSummary, DeadlineError, type RecordContext, streamRouter } from '../../src/index.ts';
import { retry } from '../../src/middleware/retry.ts';
import { type ClockContext, runningContext } from '../fixtures/clocks.ts';
import { deliver, type Handler } from '../fixtures/lambda.ts';
import { outOfOrder } from '../fixtures/lane-order.ts';
import { checkpointOf, PROPERTY_TIMEOUT_MS, runs, type Scenario, scenarios } from '../fixtures/play.ts';
import { Stage, type Step, sequenceNumberOf } from '../fixtures/stage.ts';
import { type Copy, type Shard, shardsOf } from './overlapping/shards.ts';
import { Workers } from './overlapping/workers.ts';

/** The most that Lambda Managed Instances send to one thread at once, by default. */
const MAX_CONCURRENCY = 64;

const RESERVE_MS = 1000;

/** Lambda's runtime keeps the request id of an invocation there. */
const requestId = new AsyncLocalStorage<string>();

interface Invocation {
  readonly scenario: Scenario;
  readonly startMs: number;
  /** Its deadline comes so soon, and records hang until then; undefined: none does. */
  readonly budgetMs: number | undefined;
}

const invocations: fc.Arbitrary<readonly Invocation[]> = fc.array(
  fc.record({
    scenario: scenarios({ maxRecords: 30, oneFailureIn: 30 }),
    startMs: fc.nat(6),
    budgetMs: fc.option(fc.integer({ min: -20, max: 12 }), { nil: undefined, freq: 3 }),
  }),
  { minLength: 2, maxLength: MAX_CONCURRENCY, size: 'max' },
);

/** Every so many records hang in an invocation whose deadline comes soon. */
const ONE_HANGS_IN = 4;

/** The records, signals and summaries of one invocation. */
class Seen {
  readonly invocation: Invocation;
  readonly stage: Stage;
  readonly contexts: Set<RecordContext> = new Set();
  readonly signals: Set<AbortSignal> = new Set();
  readonly summaries: BatchSummary[] = [];
  readonly late: (() => void)[] = [];
  readonly faults: string[] = [];
  answered = false;

  constructor(invocation: Invocation) {
    this.invocation = invocation;
    this.stage = new Stage(invocation.scenario.plan);
  }

  /** The lowest record whose handler has not completed. */
  unfinished(): number {
    const succeeded = new Set(this.stage.indexesOf('success'));
    const index = this.stage.records.findIndex((_, record) => !succeeded.has(record));
    return index === -1 ? this.stage.records.length : index;
  }
}

test(
  'up to 64 invocations at once keep the guarantees that each has alone',
  async () => {
    let most = 0;
    await fc.assert(
      fc.asyncProperty(invocations, fc.boolean(), async (plans, retries) => {
        const seen = plans.map((plan) => new Seen(plan));
        const seenNow = (): Seen => seen[Number(requestId.getStore())] as Seen;
        const log = (_message: string, fields?: object): void => {
          const { sequenceNumber } = (fields ?? {}) as { readonly sequenceNumber?: string };
          if (sequenceNumber === undefined) return;
          const own = seenNow();
          if (own.stage.indexOf(sequenceNumber) === -1) own.faults.push('logged a record of another one');
          if (own.answered) own.faults.push('logged a record after its answer');
        };
        const [{ scenario }] = plans as readonly [Invocation];
        const { order, concurrency } = scenario;
        const handle = (record: { readonly sequenceNumber: string }, context: RecordContext): unknown => {
          const own = seen[Number(context.lambdaContext.awsRequestId)] as Seen;
          if (own !== seenNow()) own.faults.push('ran with the request id of another one');
          if ((context.lambdaContext as ClockContext).lastAnswer < RESERVE_MS)
            own.faults.push('started past its deadline');
          if (own.answered) own.faults.push('started after its answer');
          own.contexts.add(context);
          own.signals.add(context.signal);
          const index = own.stage.indexOf(record.sequenceNumber);
          if (own.invocation.budgetMs === undefined || index % ONE_HANGS_IN !== ONE_HANGS_IN - 1) {
            return own.stage.handle(record);
          }
          own.stage.steps.push({ what: 'start', index });
          return new Promise((resolve, reject) => {
            own.late.push(() => (index % 2 === 0 ? resolve(undefined) : reject(new Error('late'))));
          });
        };
        const router = streamRouter({
          concurrency,
          order: order === 'shard' ? order : 'item',
          reserveMs: RESERVE_MS,
          logger: { debug: log, info: log, warn: log, error: log },
          onBatch: (summary) => void seenNow().summaries.push(summary),
        });
        // A deadline would end its attempts: they are for the others.
        if (retries) router.use(retry({ attempts: 2, backoff: { minMs: 1, maxMs: 1 } }));
        router.use(async (_record, _context, next) => void (await next()));
        router.onInsert(handle).onModify(handle).onRemove(handle);

        let atOnce = 0;
        await Promise.all(
          seen.map(async (own, number) => {
            const { startMs, budgetMs } = own.invocation;
            await new Promise((resolve) => setTimeout(resolve, startMs));
            most = Math.max(most, ++atOnce);
            // Each its own shard: the same position is in one stream only.
            const Records = own.stage.records.map((record) => ({
              ...record,
              eventSourceARN: `${record.eventSourceARN}${number}`,
            }));
            const context = runningContext(
              budgetMs === undefined ? 600_000 : RESERVE_MS + budgetMs,
              `${number}`,
            );
            const response = await requestId.run(`${number}`, () => router({ Records }, context));
            atOnce--;
            own.answered = true;
            // 1 and 5: the answer names the lowest record that did not complete, whatever the others do.
            expect(checkpointOf(own.stage, response)).toBe(own.unfinished());
            for (const signal of own.signals) {
              const hasHung = own.late.length > 0;
              if (hasHung) expect(signal.reason).toBeInstanceOf(DeadlineError);
              if (budgetMs === undefined) expect(signal.aborted).toBe(false);
            }
          }),
        );

        // Managed Instances do not freeze: what hangs goes on, and finds every door closed.
        const steps = seen.map(({ stage }) => stage.steps.length);
        for (const { late } of seen) for (const settle of late) settle();
        await new Promise((resolve) => setTimeout(resolve, 5));
        for (const [number, own] of seen.entries()) {
          const { stage, invocation, summaries, contexts, faults } = own;
          const isStarted = ({ what }: Step): boolean => what === 'start';
          expect(faults).toEqual([]);
          expect(stage.steps.slice(steps[number]).filter(isStarted)).toEqual([]); // 12
          if (!retries)
            expect(outOfOrder(stage, { ...invocation.scenario, order: laneOrder(order) })).toEqual([]); // 3
          expect(contexts.size).toBeLessThanOrEqual(1); // 8
          expect(summaries.map(({ records }) => records)).toEqual([stage.records.length]);
        }
      }),
      runs(40),
    );
    expect(most).toBeGreaterThan(20);
  },
  PROPERTY_TIMEOUT_MS,
);

/** All scenarios are played in the order of the first one. */
function laneOrder(order: Scenario['order']): Scenario['order'] {
  return order === 'shard' ? order : 'item';
}

test(
  'the last completed change of each item is its newest, with up to 64 shards in few sandboxes',
  async () => {
    await fc.assert(
      fc.asyncProperty(
        shardsOf(MAX_CONCURRENCY),
        fc.integer({ min: 1, max: 3 }),
        async (shards, sandboxes) => {
          const copy: Copy = new Map();
          const completed = new Set<string>();
          const routers = Array.from({ length: sandboxes }, () =>
            streamRouter({ logger: false, reserveMs: 5 }).use(async (record, { signal, lambdaContext }) => {
              const { awsRequestId } = lambdaContext;
              const shard = shards[Number(awsRequestId)] as Shard;
              await shard.handle(record.sequenceNumber);
              // Obeys the signal, as a plain copy needs.
              if (signal.aborted) throw signal.reason;
              shard.write(copy, record.sequenceNumber);
              completed.add(`${awsRequestId} ${record.sequenceNumber}`);
            }),
          );
          await Promise.all(
            shards.map(async (shard, number) => {
              let invocations = 0;
              await deliver(shard.records, {
                partialResponses: true,
                bisectBatchOnFunctionError: true,
                sandbox: () => async (event, context) => {
                  const invocation = invocations++;
                  const router = routers[(number + invocation) % sandboxes] as unknown as Handler;
                  const answer = await router(event, context);
                  // Past its timeout it is not stopped, and its answer does not count.
                  const isLate = context.getRemainingTimeInMillis() < 0;
                  if (isLate || shard.losesAnswer(invocation)) throw new Error('Lambda has no answer.');
                  return answer;
                },
                contextOf: () => runningContext(shard.budgetMs(invocations), `${number}`),
                passed(records) {
                  for (const record of records)
                    expect(completed).toContain(`${number} ${sequenceNumberOf(record)}`);
                },
              });
            }),
          );
          for (const shard of shards) expect(shard.isConverged(copy)).toBe(true);
        },
      ),
      runs(25),
    );
  },
  PROPERTY_TIMEOUT_MS,
);

test(
  'and in worker threads, each with several invocations at once',
  async () => {
    const workers = new Workers(3);
    await fc.assert(
      fc.asyncProperty(shardsOf(MAX_CONCURRENCY), async (shards) => {
        const copy: Copy = new Map();
        const faults: string[] = [];
        await Promise.all(
          shards.map(async (shard, number) => {
            let invocations = 0;
            const completed = new Set<string>();
            await deliver(shard.records, {
              partialResponses: true,
              bisectBatchOnFunctionError: true,
              sandbox: () => async (event) => {
                const invocation = invocations++;
                const newest = new Map<number, bigint>();
                const remainingMs = shard.budgetMs(invocation);
                const failing = shard.failing(invocation);
                const answer = await workers.invoke(
                  event,
                  { remainingMs, failing },
                  {
                    wrote(sequenceNumber) {
                      const item = shard.itemOf(sequenceNumber);
                      if ((newest.get(item) ?? -1n) >= BigInt(sequenceNumber)) faults.push('out of order');
                      newest.set(item, BigInt(sequenceNumber));
                      shard.write(copy, sequenceNumber);
                      completed.add(sequenceNumber);
                    },
                  },
                );
                if (shard.losesAnswer(invocation)) throw new Error('The answer was lost.');
                return answer;
              },
              passed(records) {
                for (const record of records) {
                  if (!completed.has(sequenceNumberOf(record)))
                    faults.push(`false success in shard ${number}`);
                }
              },
            });
          }),
        );
        expect([...faults, ...workers.faults]).toEqual([]);
        for (const shard of shards) expect(shard.isConverged(copy)).toBe(true);
      }),
      runs(15),
    );
    await workers.stop();
    expect(workers.mostAtOnce).toBeGreaterThan(10);
  },
  PROPERTY_TIMEOUT_MS,
);

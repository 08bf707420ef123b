import type { DynamoDBRecord } from 'aws-lambda';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Logger, type StreamRouter, streamRouter } from '../../src/index.ts';
import { type DeadLetterOptions, deadLetter, parseDeadLetter } from '../../src/middleware/dead-letter.ts';
import { retry } from '../../src/middleware/retry.ts';
import type { Sink } from '../../src/sinks/sink.ts';
import { lambdaContext } from '../../src/testing/index.ts';
import { memoryLogger, recordOf, sequenceNumberAt } from '../fixtures/events.ts';
import { deliver } from '../fixtures/lambda.ts';
import { PROPERTY_TIMEOUT_MS, runs } from '../fixtures/play.ts';
import { sequenceNumberOf } from '../fixtures/stage.ts';

const declined = Object.assign(new Error('declined'), { retryable: false });

/** The outcome of one attempt of a handler, or of one letter. */
type Attempt = 'succeeds' | 'permanent' | 'transient' | 'undefined' | 'at once';
type Letter = 'accepted' | 'refused' | 'accepted and lost' | 'refused at once';

const attempts = fc.array(
  fc.constantFrom<Attempt[]>('succeeds', 'permanent', 'transient', 'undefined', 'at once'),
  {
    maxLength: 6,
  },
);
const letters = fc.array(
  fc.constantFrom<Letter[]>('accepted', 'refused', 'accepted and lost', 'refused at once'),
  {
    maxLength: 30,
  },
);

const plans = fc.record({
  records: fc.array(fc.record({ item: fc.nat(3), attempts, elapsesMs: fc.nat(600) }), {
    minLength: 1,
    maxLength: 12,
  }),
  letters,
  fallback: fc.option(letters, { nil: undefined }),
  when: fc.constantFrom<NonNullable<DeadLetterOptions['when']>[]>('permanent', 'exhausted', () => true),
  order: fc.constantFrom('deadLetter around retry', 'retry around deadLetter', 'deadLetter alone'),
  concurrency: fc.integer({ min: 1, max: 4 }),
  /** How much of its time an invocation has. What elapses in handlers may use it up. */
  remainingMs: fc.integer({ min: 1700, max: 6000 }),
  partialResponses: fc.boolean(),
  sandboxes: fc.integer({ min: 1, max: 3 }),
});

/** A sink that does as planned, and then accepts everything. */
function plannedSink(target: string, plan: readonly Letter[], accepted: Set<string>): Sink {
  let sent = 0;
  return {
    target,
    send(message) {
      const outcome = plan[sent++] ?? 'accepted';
      if (outcome === 'refused at once') throw undefined;
      const letter = parseDeadLetter(JSON.stringify(message));
      return new Promise((resolve, reject) => {
        setImmediate(() => {
          if (outcome.startsWith('accepted')) accepted.add(sequenceNumberOf(letter.record));
          if (outcome === 'accepted') resolve();
          else reject(new Error('throttled'));
        });
      });
    },
  };
}

function composed(order: string, dead: Parameters<typeof deadLetter>, logger: Logger, settings: object) {
  const router: StreamRouter<Record<string, unknown>, 'NEW_AND_OLD_IMAGES', object> = streamRouter({
    logger,
    ...settings,
  });
  const layers = [deadLetter(...dead), retry({ attempts: 3, backoff: { minMs: 0 } })];
  if (order === 'retry around deadLetter') layers.reverse();
  if (order === 'deadLetter alone') layers.pop();
  for (const layer of layers) router.use(layer);
  return router;
}

test(
  'no record is reported succeeded unless it was handled or its dead letter was accepted, and none gets stuck',
  async () => {
    await fc.assert(
      fc.asyncProperty(plans, async (plan) => {
        const records = plan.records.map(({ item }, index) => recordOf({ id: `${item}` }, index));
        const indexes = new Map(records.map((_, index) => [sequenceNumberAt(index), index]));
        const made = records.map(() => 0);
        const handled = new Set<string>();
        const accepted = new Set<string>();
        const finished: number[] = [];
        let context = lambdaContext();

        const handle = ({ sequenceNumber }: { readonly sequenceNumber: string }): unknown => {
          const index = indexes.get(sequenceNumber) as number;
          const record = plan.records[index] as (typeof plan.records)[number];
          const attempt = record.attempts[made[index] as number] ?? 'succeeds';
          made[index] = (made[index] as number) + 1;
          if (attempt === 'at once') throw null;
          const invocation = context;
          return new Promise<void>((resolve, reject) => {
            setImmediate(() => {
              invocation.advance(record.elapsesMs);
              if (attempt === 'permanent') return reject(declined);
              if (attempt === 'transient') return reject(new Error('busy'));
              if (attempt === 'undefined') return reject(undefined);
              handled.add(sequenceNumber);
              finished.push(index);
              resolve();
            });
          });
        };

        const sink = plannedSink('queue', plan.letters, accepted);
        const fallback = plan.fallback && { fallback: plannedSink('bucket', plan.fallback, accepted) };
        const { concurrency, partialResponses } = plan;
        const sandboxes = Array.from({ length: plan.sandboxes }, () =>
          composed(plan.order, [sink, { when: plan.when, ...fallback }], memoryLogger(), {
            concurrency,
            partialResponses,
          }).onInsert(handle),
        );
        let turn = 0;
        const untouched: DynamoDBRecord[] = [];
        await deliver(records, {
          partialResponses,
          bisectBatchOnFunctionError: !partialResponses,
          sandbox: () => sandboxes[turn++ % sandboxes.length] as (typeof sandboxes)[number],
          contextOf: () => {
            context = lambdaContext({ remainingMs: plan.remainingMs });
            return context;
          },
          passed: (done) => {
            untouched.push(
              ...done.filter(
                (record) => !handled.has(sequenceNumberOf(record)) && !accepted.has(sequenceNumberOf(record)),
              ),
            );
          },
        });
        expect(untouched).toEqual([]);
        // The first time that each record was handled, those of its item before it were processed: only one that has
        // a dead letter as well, and was delivered again with its batch, may have been handled after later ones.
        const first = finished.filter(
          (index, at) => finished.indexOf(index) === at && !accepted.has(sequenceNumberAt(index)),
        );
        for (const item of [0, 1, 2, 3]) {
          const order = first.filter((index) => plan.records[index]?.item === item);
          expect(order).toEqual(order.toSorted((a, b) => a - b));
        }
      }),
      runs(200),
    );
  },
  PROPERTY_TIMEOUT_MS,
);

import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import * as z from 'zod';
import { defineTable, type Next, type RecordMiddleware, streamRouter } from '../../src/index.ts';
import { retry } from '../../src/middleware/retry.ts';
import { lambdaContext } from '../../src/testing/index.ts';
import { eventOf, memoryLogger, sequenceNumberAt } from '../fixtures/events.ts';
import { PROPERTY_TIMEOUT_MS, runs } from '../fixtures/play.ts';

const tick = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
const failIn = (ms: number) =>
  tick(ms).then(() => {
    throw new Error('middleware');
  });

/** Longer than anything that a play does: what starts late has started by then. */
const AFTER_MS = 25;

type Pace = 'sync' | 'microtask' | 'timer';
type Result = 'nothing' | 'promises' | 'generator';

interface HandlerPlan {
  readonly pace: Pace;
  readonly ms: number;
  /** How many of its first calls fail. */
  readonly failures: number;
  readonly result: Result;
}

const LAYERS = [
  'passes on',
  'awaits',
  'waits first',
  'races a failure',
  'races a success',
  'waits for another that fails',
  'forgets',
  'forgets two',
  'forgets and throws',
  'forgets and rejects',
  'calls twice',
  'changes the item and calls again',
  'calls twice at once',
  'calls again late',
  'calls late only',
  'calls late and rejects',
  'calls from a detached promise',
] as const;

interface LayerPlan {
  readonly kind: (typeof LAYERS)[number];
  readonly ms: number;
}

interface Play {
  /** The items of the records, one letter each. */
  readonly items: readonly string[];
  /** For each route, and within it for each record. */
  readonly routes: readonly (readonly HandlerPlan[])[];
  readonly layers: readonly LayerPlan[];
  readonly retries: boolean;
  readonly schema: 'none' | 'sync' | 'async';
  /** When the deadline comes, in milliseconds; undefined: not at all. */
  readonly deadlineMs: number | undefined;
}

const plays: fc.Arbitrary<Play> = fc
  .tuple(fc.array(fc.constantFrom('a', 'b'), { minLength: 1, maxLength: 4 }), fc.integer({ min: 1, max: 3 }))
  .chain(([items, routes]) => {
    const handler = fc.record({
      pace: fc.constantFrom<Pace>('sync', 'microtask', 'timer'),
      ms: fc.nat(8),
      failures: fc.constantFrom(0, 0, 0, 1, 9),
      result: fc.constantFrom<Result>(
        'nothing',
        'nothing',
        'nothing',
        'nothing',
        'nothing',
        'promises',
        'generator',
      ),
    });
    const handlers = fc.array(handler, { minLength: items.length, maxLength: items.length });
    return fc.record({
      items: fc.constant(items),
      routes: fc.array(handlers, { minLength: routes, maxLength: routes }),
      layers: fc.array(fc.record({ kind: fc.constantFrom(...LAYERS), ms: fc.nat(6) }), { maxLength: 3 }),
      retries: fc.boolean(),
      schema: fc.constantFrom('none' as const, 'sync' as const, 'async' as const),
      deadlineMs: fc.option(fc.nat(12), { nil: undefined }),
    });
  });

/** Records the events of a play, and the violations. */
class Journal {
  readonly play: Play;
  readonly faults: string[] = [];
  /** How many handlers of each record run. */
  readonly running: number[];
  /** From the deadline, or the answer, on. */
  closed = false;
  lateCalls = 0;
  /** Calls of next() beside each other are at one record object, and share its images. */
  readonly sharesItems: boolean;

  constructor(play: Play) {
    this.play = play;
    this.sharesItems = play.layers.some(
      ({ kind }) => kind === 'calls twice at once' || kind === 'forgets two',
    );
    this.running = play.items.map(() => 0);
  }

  start(index: number, what: string): void {
    const { items } = this.play;
    if (this.closed) this.faults.push(`${what} of record ${index} started after the deadline or the answer`);
    for (const [other, item] of items.entries()) {
      if (other !== index && item === items[index] && (this.running[other] ?? 0) > 0) {
        this.faults.push(`${what} of record ${index} started beside record ${other} of its lane`);
      }
    }
    this.goOn(index);
  }

  /** A handler that runs already starts something: that is its own affair, but it is waited for. */
  goOn(index: number): void {
    this.running[index] = (this.running[index] ?? 0) + 1;
  }

  end(index: number): void {
    this.running[index] = (this.running[index] ?? 0) - 1;
  }

  attempt(index: number): void {
    if ((this.running[index] ?? 0) > 0)
      this.faults.push(`an attempt at record ${index} began beside another`);
  }

  late(next: Next): void {
    this.lateCalls++;
    try {
      void next();
      this.faults.push('a late next() was accepted');
    } catch (error) {
      const { code } = error as { code?: string };
      if (code !== 'LATE_NEXT') this.faults.push(`a late next() threw ${code}`);
    }
  }
}

function layerOf({ kind, ms }: LayerPlan, journal: Journal): RecordMiddleware<unknown> {
  const later = (next: Next) => setTimeout(() => journal.late(next), ms);
  const layers: Readonly<Record<LayerPlan['kind'], (next: Next, record: unknown) => unknown>> = {
    'passes on': (next) => next(),
    awaits: async (next) => {
      await next();
    },
    'waits first': async (next) => {
      await tick(ms);
      await next();
    },
    'races a failure': async (next) => Promise.race([next(), failIn(ms)]),
    'races a success': async (next) => Promise.race([next(), tick(ms)]),
    'waits for another that fails': async (next) => Promise.all([next(), failIn(ms)]),
    forgets: (next) => void next(),
    'forgets two': async (next) => {
      void next();
      await tick(ms);
      void next();
    },
    'forgets and throws': (next) => {
      void next();
      throw new Error('middleware');
    },
    'forgets and rejects': async (next) => {
      void next();
      throw new Error('middleware');
    },
    'calls twice': async (next) => {
      await next();
      await next();
    },
    'changes the item and calls again': async (next, record) => {
      await next();
      (record as { newImage: { total: number } }).newImage.total = 0;
      await next();
    },
    'calls twice at once': async (next) => {
      await Promise.all([next(), next()]);
    },
    'calls again late': async (next) => {
      await next();
      later(next);
    },
    'calls late only': (next) => void later(next),
    'calls late and rejects': async (next) => {
      later(next);
      throw new Error('middleware');
    },
    'calls from a detached promise': async (next) => {
      void tick(ms).then(() => journal.late(next));
    },
  };
  return (record, _context, next) => layers[kind](next, record);
}

const indexOf = (record: unknown): number =>
  Number(BigInt((record as { sequenceNumber: string }).sequenceNumber) - BigInt(sequenceNumberAt(0)));

function handlerOf(plans: readonly HandlerPlan[], what: string, journal: Journal) {
  const calls = plans.map(() => 0);
  return (record: unknown): unknown => {
    const index = indexOf(record);
    const plan = plans[index] as HandlerPlan;
    const call = calls[index] ?? 0;
    calls[index] = call + 1;
    journal.start(index, what);
    const { newImage } = record as { newImage: { total: number } };
    if (newImage.total !== 1.5 && !journal.sharesItems)
      journal.faults.push(`${what} of record ${index} saw a changed item`);
    newImage.total *= 100;
    const work = async (ms: number): Promise<void> => {
      journal.goOn(index);
      await tick(ms);
      journal.end(index);
    };
    const finish = (): unknown => {
      journal.end(index);
      if (call < plan.failures) throw new Error('handler');
      if (plan.result === 'promises') return [work(plan.ms), work(0)];
      return plan.result === 'generator' ? (function* () {})() : undefined;
    };
    if (plan.pace === 'sync') return finish();
    return plan.pace === 'microtask' ? Promise.resolve().then(finish) : tick(plan.ms).then(finish);
  };
}

const ITEM = z.object({ id: z.string(), total: z.number() });
const SCHEMAS = { sync: ITEM, async: ITEM.refine(async () => tick(2).then(() => true)) };

async function perform(play: Play): Promise<Journal> {
  const journal = new Journal(play);
  const logger = memoryLogger();
  const router = (
    play.schema === 'none'
      ? streamRouter({ logger })
      : streamRouter(defineTable({ name: 'Invoices', item: SCHEMAS[play.schema], keys: ['id'] }), { logger })
  ) as ReturnType<typeof streamRouter>;
  if (play.retries) {
    router.use(retry({ attempts: 3, backoff: { minMs: 1, maxMs: 1, jitter: false } }));
    router.use((record, _context, next) => {
      journal.attempt(indexOf(record));
      return next();
    });
  }
  for (const layer of play.layers) router.use(layerOf(layer, journal));
  for (const [route, plans] of play.routes.entries()) {
    router.onInsert(handlerOf(plans, `route ${route}`, journal));
  }
  const clock = lambdaContext({ remainingMs: 60_000 });
  let atDeadline = false;
  const deadline =
    play.deadlineMs === undefined
      ? undefined
      : setTimeout(() => {
          atDeadline = true;
          clock.advance(59_500);
          journal.closed = true;
        }, play.deadlineMs);
  const event = eventOf(...play.items.map((id) => ({ id, newImage: { total: { N: '1.5' } } })));
  const { batchItemFailures } = await router(event, clock);
  clearTimeout(deadline);
  journal.closed = true;
  const named = batchItemFailures[0]?.itemIdentifier;
  const checkpoint =
    named === undefined ? play.items.length : Number(BigInt(named) - BigInt(sequenceNumberAt(0)));
  for (const [index, running] of journal.running.entries()) {
    // At the deadline the answer waits for nothing, but names the lowest record that still runs.
    if (running > 0 && (!atDeadline || index < checkpoint)) {
      journal.faults.push(`a handler of record ${index} ran on after the answer ${checkpoint}`);
    }
  }
  await tick(AFTER_MS);
  const logged = logger.entries.filter(({ message }) => message === 'next() was called too late');
  if (logged.length !== journal.lateCalls) {
    journal.faults.push(`${journal.lateCalls} late calls of next(), ${logged.length} in the log`);
  }
  return journal;
}

// An unhandled rejection ends a sandbox.
const unhandled: unknown[] = [];
const listener = (reason: unknown) => void unhandled.push(reason);
beforeEach(() => void process.on('unhandledRejection', listener));
afterEach(() => {
  process.off('unhandledRejection', listener);
  expect(unhandled.splice(0)).toEqual([]);
});

test(
  'lane, retry and answer wait for all that a record started, and nothing starts late',
  async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(plays, { minLength: 40, maxLength: 40, size: 'max' }),
        async (performances) => {
          // Side by side, as most of each is waiting.
          const journals = await Promise.all(performances.map(perform));
          expect(
            journals.filter(({ faults }) => faults.length > 0).map(({ play, faults }) => ({ play, faults })),
          ).toEqual([]);
        },
      ),
      // Of 40 plays most do nothing for the fault, so the report shows the one, and nothing is shrunk.
      { ...runs(25), endOnFailure: true },
    );
  },
  PROPERTY_TIMEOUT_MS,
);

test(
  'a result whose work nothing waits for never counts as success',
  async () => {
    const results = fc.array(fc.constantFrom<Result>('nothing', 'promises', 'generator'), {
      minLength: 1,
      maxLength: 6,
    });
    await fc.assert(
      fc.asyncProperty(
        results,
        fc.constantFrom<Pace>('sync', 'microtask', 'timer'),
        async (results, pace) => {
          const items = results.map((_, index) => `item ${index}`);
          const play: Play = {
            items,
            routes: [results.map((result) => ({ pace, ms: 1, failures: 0, result }))],
            layers: [],
            retries: false,
            schema: 'none',
            deadlineMs: undefined,
          };
          const journal = new Journal(play);
          const logger = memoryLogger();
          const router = streamRouter({ logger }).onInsert(
            handlerOf(play.routes[0] as readonly HandlerPlan[], 'handler', journal),
          );
          const event = eventOf(...items.map((id) => ({ id, newImage: { total: { N: '1.5' } } })));
          const lowest = results.findIndex((result) => result !== 'nothing');
          expect(await router(event)).toEqual({
            batchItemFailures: lowest === -1 ? [] : [{ itemIdentifier: sequenceNumberAt(lowest) }],
          });
          expect(journal.faults).toEqual([]);
          expect(journal.running.every((running) => running === 0)).toBe(true);
        },
      ),
      runs(100),
    );
  },
  PROPERTY_TIMEOUT_MS,
);

import { JSON_PARSE, jsonParse } from '../batch-entrant.ts';
import type { EventHandler } from '../contenders/contender.ts';
import { batchText, FULL_BATCH } from '../data/batch.ts';
import type { BenchItem } from '../data/items.ts';
import { deadLetter, metrics, retry, type StreamRouter, streamRouter, validate } from '../library.ts';
import { alone, type Effort, type Entrant, type GroupPlan, type Measure } from '../run/plan.ts';
import { silentLogger } from '../silent-logger.ts';
import type { Tally } from '../tally.ts';
import { auditPlan } from './audit.ts';
import { roundsFor } from './rounds-for.ts';
import { smallBatchEntrant } from './small-batch.ts';

const POWERTOOLS = 'Powertools parallel + unmarshall, a function around the handler';
const MIDDY = 'Middy + event-normalizer, a function around the handler';

type BenchRouter = StreamRouter<BenchItem, 'NEW_AND_OLD_IMAGES', Partial<BenchItem>>;

const sink = { target: 'bench', send: async () => {} };
const anyItem = {
  '~standard': { version: 1, vendor: 'bench', validate: (value: unknown) => ({ value }) },
} as const;
const router = (): BenchRouter => streamRouter<BenchItem>({ logger: silentLogger });

/** Routers by name: what lies around their handlers. None of it has anything to do. */
const ROUTERS: Readonly<Record<string, () => BenchRouter>> = {
  streamlane: router,
  'streamlane, a pass-through middleware': () => router().use((_record, _context, next) => next()),
  'streamlane, an async pass-through middleware': () =>
    router().use(async (_record, _context, next) => {
      await next();
    }),
  'streamlane, retry': () => router().use(retry()),
  'streamlane, validate': () => router().use(validate(anyItem)),
  'streamlane, deadLetter + retry + metrics': () =>
    streamRouter<BenchItem>({
      logger: silentLogger,
      onBatch: metrics({ addMetric: () => {}, publishStoredMetrics: () => {} }),
    })
      .use(deadLetter(sink, { when: 'exhausted' }))
      .use(retry()),
};

export const middlewareMeasure: Measure = {
  name: 'middleware',
  title: 'Middleware and audit',
  method:
    'The batch of 10,000 small records, with asynchronous handlers that read both images, and with middleware around ' +
    'them. No record fails, so middleware has nothing to do but to pass each record on. Powertools and Middy have no ' +
    'middleware for a record: there, an async function lies around the handler, as a user would write it. ' +
    '`auditTrail` makes an entry of each record, and passes it to a sink that accepts it at once. Beside it are entries ' +
    "that a user's handler makes of both unmarshalled images, with `isDeepStrictEqual`.",
  plans: (effort) => [layersPlan(effort), auditPlan(effort)],
};

function layersPlan({ quick }: Effort): GroupPlan {
  const others = quick ? [] : [POWERTOOLS, MIDDY, JSON_PARSE];
  return {
    id: 'middleware/layers',
    title: '10,000 small records, both images, asynchronous handlers, middleware around them',
    unit: 'ms',
    places: alone(...Object.keys(ROUTERS), ...others),
    ...roundsFor('small', quick),
    entrant: entrantOf,
  };
}

async function entrantOf(name: string): Promise<Entrant> {
  if (name === JSON_PARSE) return jsonParse(batchText({ profile: 'small', ...FULL_BATCH }));
  return smallBatchEntrant(name, (tally) => handlerOf(name, tally));
}

async function handlerOf(name: string, tally: Tally): Promise<EventHandler> {
  if (name === POWERTOOLS) return (await import('../contenders/powertools.ts')).powertoolsWrapped(tally);
  if (name === MIDDY) return (await import('../contenders/middy.ts')).middyWrapped(tally);
  const make = ROUTERS[name];
  if (make === undefined) throw new RangeError(`There is no router ${name}`);
  return make()
    .onInsert(async ({ newImage }) => tally.images(newImage, undefined))
    .onModify(async ({ newImage, oldImage }) => tally.images(newImage, oldImage))
    .onRemove(async ({ oldImage }) => tally.images(undefined, oldImage));
}

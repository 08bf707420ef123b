import type { EventHandler } from '../contenders/contender.ts';
import type { BenchItem } from '../data/items.ts';
import {
  changed,
  defineTable,
  itemOf,
  matches,
  prefix,
  type StreamRouter,
  streamRouter,
} from '../library.ts';
import { alone, type Effort, type GroupPlan } from '../run/plan.ts';
import { silentLogger } from '../silent-logger.ts';
import type { Tally } from '../tally.ts';
import { roundsFor } from './rounds-for.ts';
import { type Handlers, handlerNamed, smallBatchEntrant } from './small-batch.ts';

const NEVER = 'NO SUCH STATUS';
const ROUTES = 5;
/** Each is tried before the next; the last one takes the rest. */
const PREFIXES = ['C-10', 'C-11', 'C-12', 'C-13', 'C-'];

const item = itemOf<BenchItem>();
const entities = Object.fromEntries(
  PREFIXES.map((start) => [start, { item, match: { customerId: prefix(start) } }]),
);
const app = defineTable({ name: 'App', keys: ['customerId', 'invoiceId'], entities });
const invoices = defineTable({ name: 'App', keys: ['customerId', 'invoiceId'], item });

type BenchRouter = StreamRouter<BenchItem, 'NEW_AND_OLD_IMAGES', Partial<BenchItem>>;

const ROUTERS: Handlers = {
  'streamlane, 5 routes': (tally) =>
    addRoutes(streamRouter(invoices, { logger: silentLogger }) as BenchRouter, tally),
  'streamlane, 5 entities with 5 routes': (tally) => {
    const router = streamRouter(app, { logger: silentLogger });
    for (const name of PREFIXES) {
      router.entity(name, (routes) => addRoutes(routes as unknown as BenchRouter, tally));
    }
    return router as EventHandler;
  },
};

/** A plan that measures the cost of finding the entity of each record. */
export function entitiesPlan({ quick }: Effort): GroupPlan {
  return {
    id: 'router/small/entities',
    title: '10,000 small records, both images, asynchronous handlers, with and without entities',
    unit: 'ms',
    places: alone(...Object.keys(ROUTERS)),
    ...roundsFor('small', quick),
    notes: [
      'A prefix of the partition key tells the entity. Each event name has five routes with a built-in condition, and ' +
        'the last one matches the record.',
    ],
    entrant: (name) => smallBatchEntrant(name, handlerNamed(ROUTERS, name)),
  };
}

/** Routes per event name, of which only the last one takes a record. */
function addRoutes(router: BenchRouter, tally: Tally): BenchRouter {
  for (let route = 1; route < ROUTES; route++) {
    const status = `${NEVER} ${route}`;
    router
      .onInsert(matches({ newImage: { status } }), async () => tally.nothing())
      .onModify(changed('status', { to: status }), async () => tally.nothing())
      .onRemove(matches({ oldImage: { status } }), async () => tally.nothing());
  }
  return router
    .onInsert(async ({ newImage }) => tally.images(newImage, undefined))
    .onModify(async ({ newImage, oldImage }) => tally.images(newImage, oldImage))
    .onRemove(async ({ oldImage }) => tally.images(undefined, oldImage));
}

import type { EventHandler } from '../contenders/contender.ts';
import type { BenchItem } from '../data/items.ts';
import { changed, streamRouter } from '../library.ts';
import { alone, type Effort, type GroupPlan } from '../run/plan.ts';
import { silentLogger } from '../silent-logger.ts';
import type { Tally } from '../tally.ts';
import { roundsFor } from './rounds-for.ts';
import { type Handlers, handlerNamed, smallBatchEntrant } from './small-batch.ts';

const NEVER = 'NO SUCH STATUS';

/** Routers by name: what a record passes on its way to the handler. */
const ROUTERS: Handlers = {
  'streamlane, no route': () => streamRouter<BenchItem>({ logger: silentLogger }),
  'streamlane, no condition': (tally) =>
    streamRouter<BenchItem>({ logger: silentLogger })
      .onInsert(({ newImage }) => tally.images(newImage, undefined))
      .onModify(({ newImage, oldImage }) => tally.images(newImage, oldImage))
      .onRemove(({ oldImage }) => tally.images(undefined, oldImage)),
  'streamlane, 1 condition': (tally) => conditions(tally, 1),
  'streamlane, 5 conditions': (tally) => conditions(tally, 5),
};

/** Measures the cost of none, one and several conditions per record. */
export function routesPlan({ quick }: Effort): GroupPlan {
  return {
    id: 'router/small/routes',
    title: '10,000 small records, both images, synchronous handlers, routes with conditions',
    unit: 'ms',
    places: alone(...Object.keys(ROUTERS)),
    ...roundsFor('small', quick),
    notes: [
      'Each condition reads one attribute. With five routes for each event name, the last one matches the record.',
    ],
    entrant: (name) =>
      smallBatchEntrant(
        name,
        handlerNamed(ROUTERS, name),
        name === 'streamlane, no route' ? 'nothing' : 'both',
      ),
  };
}

/** Routes per event name, of which only the last one takes a record. */
function conditions(tally: Tally, routes: number): EventHandler {
  const router = streamRouter<BenchItem>({ logger: silentLogger });
  for (let route = 1; route < routes; route++) {
    const status = `${NEVER} ${route}`;
    router
      .onInsert(
        ({ newImage }) => newImage.status === status,
        () => tally.nothing(),
      )
      .onModify(changed('status', { to: status }), () => tally.nothing())
      .onRemove(
        ({ oldImage }) => oldImage.status === status,
        () => tally.nothing(),
      );
  }
  return router
    .onInsert(
      ({ newImage }) => newImage.status !== NEVER,
      ({ newImage }) => tally.images(newImage, undefined),
    )
    .onModify(
      ({ newImage }) => newImage.status !== NEVER,
      ({ newImage, oldImage }) => tally.images(newImage, oldImage),
    )
    .onRemove(
      ({ oldImage }) => oldImage.status !== NEVER,
      ({ oldImage }) => tally.images(undefined, oldImage),
    );
}

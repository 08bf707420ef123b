import type { DynamoDBStreamEvent } from 'aws-lambda';
import type { EventHandler } from '../contenders/contender.ts';
import { batchText, FULL_BATCH } from '../data/batch.ts';
import type { BenchItem } from '../data/items.ts';
import { changed, streamRouter } from '../library.ts';
import { alone, type Effort, type Entrant, type GroupPlan } from '../run/plan.ts';
import { timed } from '../run/timed.ts';
import { silentLogger } from '../silent-logger.ts';
import { expectedTally, Tally } from '../tally.ts';
import { roundsFor } from './rounds-for.ts';

const NEVER = 'NO SUCH STATUS';

/** Routers by name: what a record passes on its way to the handler. */
const ROUTERS: Readonly<Record<string, (tally: Tally) => EventHandler>> = {
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
    entrant: async (name) => entrantOf(name),
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

function entrantOf(name: string): Entrant {
  const router = ROUTERS[name];
  if (router === undefined) throw new RangeError(`There is no router ${name}`);
  const text = batchText({ profile: 'small', ...FULL_BATCH });
  const parse = (): DynamoDBStreamEvent => JSON.parse(text);
  const tally = new Tally();
  const expected = name === 'streamlane, no route' ? new Tally() : expectedTally(parse().Records, 'both');
  return timed({
    prepare: () => {
      tally.reset();
      return parse();
    },
    run: router(tally),
    verify: () => tally.verify(name, expected),
  });
}

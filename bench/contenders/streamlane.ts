import type { BenchItem } from '../data/items.ts';
import { streamRouter } from '../library.ts';
import { silentLogger } from '../silent-logger.ts';
import type { Contender, EventHandler, Work } from './contender.ts';

/** A router with one route per event name and every option at its default, but for a logger that prints nothing. */
export const streamlane: Contender = {
  name: 'streamlane',
  handler: (work) => (work.async ? asyncRouter(work) : syncRouter(work)),
  each: (task, concurrency) =>
    streamRouter<BenchItem>({ logger: silentLogger, concurrency })
      .onInsert(({ sequenceNumber }) => task(sequenceNumber))
      .onModify(({ sequenceNumber }) => task(sequenceNumber))
      .onRemove(({ sequenceNumber }) => task(sequenceNumber)),
};

function syncRouter({ reads, tally }: Work): EventHandler {
  const router = streamRouter<BenchItem>({ logger: silentLogger });
  switch (reads) {
    case 'both':
      return router
        .onInsert(({ newImage }) => tally.images(newImage, undefined))
        .onModify(({ newImage, oldImage }) => tally.images(newImage, oldImage))
        .onRemove(({ oldImage }) => tally.images(undefined, oldImage));
    case 'one':
      return router
        .onInsert(({ newImage }) => tally.images(newImage, undefined))
        .onModify(({ newImage }) => tally.images(newImage, undefined))
        .onRemove(({ oldImage }) => tally.images(undefined, oldImage));
    case 'keys':
      return router
        .onInsert(({ keys }) => tally.keys(keys))
        .onModify(({ keys }) => tally.keys(keys))
        .onRemove(({ keys }) => tally.keys(keys));
    case 'nothing':
      return router
        .onInsert(() => tally.nothing())
        .onModify(() => tally.nothing())
        .onRemove(() => tally.nothing());
  }
}

function asyncRouter({ reads, tally }: Work): EventHandler {
  const router = streamRouter<BenchItem>({ logger: silentLogger });
  switch (reads) {
    case 'both':
      return router
        .onInsert(async ({ newImage }) => tally.images(newImage, undefined))
        .onModify(async ({ newImage, oldImage }) => tally.images(newImage, oldImage))
        .onRemove(async ({ oldImage }) => tally.images(undefined, oldImage));
    case 'one':
      return router
        .onInsert(async ({ newImage }) => tally.images(newImage, undefined))
        .onModify(async ({ newImage }) => tally.images(newImage, undefined))
        .onRemove(async ({ oldImage }) => tally.images(undefined, oldImage));
    case 'keys':
      return router
        .onInsert(async ({ keys }) => tally.keys(keys))
        .onModify(async ({ keys }) => tally.keys(keys))
        .onRemove(async ({ keys }) => tally.keys(keys));
    case 'nothing':
      return router
        .onInsert(async () => tally.nothing())
        .onModify(async () => tally.nothing())
        .onRemove(async () => tally.nothing());
  }
}

import type { Order } from '../../src/batch/lane-index.ts';

/** How changes spread over items, and with that over lanes. */
export type Spread =
  /** Each change is about another item, and items are spread evenly over the parallel slots of a shard. */
  | { readonly kind: 'even' }
  /** Each change is about a random item of a million. */
  | { readonly kind: 'random' }
  /** This share of the changes is about one item; the others are about an item each. */
  | { readonly kind: 'hot'; readonly share: number }
  /** So many partition keys take turns; each change is about another item. */
  | { readonly kind: 'partitions'; readonly count: number };

/** A stream, its mapping and its function. */
export interface Setup {
  readonly shards: number;
  /** Changes per second and shard, at random moments; `'backlog'`: all of them wait from the start. */
  readonly rate: number | 'backlog';
  readonly spread: Spread;
  readonly parallelizationFactor: number;
  readonly batchSize: number;
  readonly windowSeconds: number;
  /** The router's `concurrency`. */
  readonly concurrency: number;
  /** The router's `order`. */
  readonly order: Order;
  /** The time of a handler for one record, which waits and does not compute. */
  readonly handlerMs: number;
  /** The time between two batches outside of the function: reading, sending the event, taking the answer. */
  readonly overheadMs: number;
  /** The function's timeout. */
  readonly timeoutMs: number;
  readonly memoryMB: number;
}

/** The settings that a row leaves out: the defaults of router and mapping, and assumptions about the rest. */
export const DEFAULTS: Setup = {
  shards: 1,
  rate: 'backlog',
  spread: { kind: 'even' },
  parallelizationFactor: 1,
  batchSize: 100,
  windowSeconds: 0,
  concurrency: 10,
  order: 'item',
  handlerMs: 20,
  overheadMs: 20,
  timeoutMs: 30_000,
  memoryMB: 256,
};

/**
 * US East (N. Virginia), x86, the first tier, without the free tier. Prices vary by Region, architecture and time.
 *
 * @see https://aws.amazon.com/lambda/pricing/
 */
export const PRICES = {
  usdPerGBSecond: 0.000_016_666_7,
  usdPerMillionRequests: 0.2,
  /** In archived copies of the page. */
  lookedUpOn: '2026-11-30',
} as const;

import type { Context, DynamoDBRecord } from 'aws-lambda';
import {
  type DeliveryOptions,
  deliverBatch,
  type InvocationResult,
} from '../../src/delivery/deliver-batch.ts';
import { type QueuedRecord, queued } from '../../src/delivery/queued-record.ts';
import { exponentialDelay } from '../../src/delivery/retry-delay.ts';
import { slotOf } from '../../src/delivery/slot-of.ts';
import { defineTable, itemOf, streamRouter } from '../../src/index.ts';
import { Slot } from '../../src/local/delivery/slot.ts';
import { Changes, indexOf } from './changes.ts';
import { type Figures, Meter } from './meter.ts';
import type { Setup } from './setup.ts';
import { onVirtualTime, sleep } from './virtual-time.ts';

/** Lambda asks a shard for records four times a second, when it has nothing to do. */
const POLL_MS = 250;

/** The most that GetRecords returns. Records of the simulation are small: 1 MB is never reached before. */
const MAX_RECORDS_A_PAGE = 1000;

/** How long a simulation goes on. */
export interface Extent {
  /** Virtual seconds, of which the first fifth is not measured. */
  readonly seconds?: number;
  /** Changes in each shard. */
  readonly records?: number;
}

/**
 * Simulates a mapping between a stream and a function, on virtual time.
 *
 * Real: the router with its lanes and deadline (`src/router`, `src/batch`); the closing of a batch (`Slot`, `nextBatch`); the slot
 * of an item (`slotOf`); the handling of an answer (`deliverBatch`). Simulated: the stream, the poller's reads, the
 * invocation, and a handler that waits.
 */
export function simulate(setup: Setup, extent: Extent): Promise<Figures> {
  return onVirtualTime(() => new Simulation(setup, extent).run());
}

class Simulation {
  readonly #setup: Setup;
  readonly #extent: Extent;
  readonly #meter: Meter;
  readonly #stopped: AbortController = new AbortController();
  readonly #router: (event: { Records: DynamoDBRecord[] }, context: Context) => Promise<unknown>;
  readonly #delivery: DeliveryOptions;
  #requests = 0;

  constructor(setup: Setup, extent: Extent) {
    const { seconds = Number.POSITIVE_INFINITY } = extent;
    this.#setup = setup;
    this.#extent = extent;
    this.#meter = new Meter(setup, seconds * 1000);
    this.#router = this.#newRouter();
    this.#delivery = {
      maximumRetryAttempts: -1,
      maximumRecordAgeInSeconds: -1,
      bisectBatchOnFunctionError: true,
      reportBatchItemFailures: true,
      functionArn: 'arn:aws:lambda:us-east-1:123456789012:function:on-change',
      retryDelayMs: exponentialDelay(),
      now: () => Date.now(),
      requestId: () => `request-${this.#requests++}`,
    };
  }

  #newRouter() {
    const { concurrency, order, handlerMs } = this.#setup;
    const table = defineTable({
      name: 'Invoices',
      keys: ['pk', 'sk'],
      item: itemOf<{ pk: string; sk: string }>(),
    });
    // At the deadline the router logs a warning, which the simulation expects.
    return streamRouter(table, { concurrency, order, logger: false }).onInsert(
      async ({ sequenceNumber }, { signal }) => {
        await sleep(handlerMs, signal);
        this.#meter.handled(sequenceNumber);
      },
    );
  }

  async run(): Promise<Figures> {
    const { seconds, records = Number.POSITIVE_INFINITY } = this.#extent;
    if (seconds !== undefined) void sleep(seconds * 1000).then(() => this.#stopped.abort());
    const shards = Array.from(
      { length: this.#setup.shards },
      (_, shard) => new Changes(this.#setup, shard, records, Date.now()),
    );
    await Promise.all(shards.map((changes, shard) => this.#runShard(changes, `shard-${shard}`)));
    return this.#meter.figures();
  }

  /** Reads a shard whenever one of its slots is free, and delivers the records. */
  async #runShard(changes: Changes, shardId: string): Promise<void> {
    const { parallelizationFactor, batchSize, windowSeconds } = this.#setup;
    const { signal } = this.#stopped;
    let busy = 0;
    let freed = Promise.withResolvers<void>();
    const deliver = async (batch: readonly QueuedRecord[]): Promise<boolean> => {
      busy++;
      await this.#deliver(batch, changes, shardId);
      busy--;
      freed.resolve();
      return true;
    };
    const slots = Array.from(
      { length: parallelizationFactor },
      () =>
        new Slot({
          batchSize,
          windowMs: windowSeconds * 1000,
          maxBytes: () => Number.POSITIVE_INFINITY,
          onHandled: () => {},
          deliver,
        }),
    );
    const running = slots.map((slot) => slot.run(signal));
    for (let page = 1; !changes.ended && !signal.aborted; page++) {
      while (busy === parallelizationFactor) {
        freed = Promise.withResolvers();
        await freed.promise;
        // The slot may go on at once, with what waits from the last page.
        await sleep(0);
      }
      const read = changes.read(performance.now(), MAX_RECORDS_A_PAGE);
      const bySlot = Map.groupBy(read, (record) => slotOf(record, parallelizationFactor));
      for (const [slot, records] of bySlot) slots[slot]?.add(records.map((record) => queued(record, page)));
      // Behind a full page there is more.
      await sleep(read.length === MAX_RECORDS_A_PAGE ? 0 : POLL_MS);
    }
    for (const slot of slots) slot.end();
    await Promise.all(running);
  }

  /** Does what the engine decides, until the batch is processed. */
  async #deliver(batch: readonly QueuedRecord[], changes: Changes, shardId: string): Promise<void> {
    const records = batch.map(({ record }) => record);
    const streamArn = records[0]?.eventSourceARN ?? '';
    const decisions = deliverBatch({ streamArn, shardId, records }, this.#delivery);
    let result: InvocationResult | undefined;
    for (;;) {
      const { value: decision, done } = decisions.next(result);
      if (done) return;
      result = undefined;
      if (decision.type === 'invoke') result = await this.#invoke(decision.records);
      else if (decision.type === 'retry') await sleep(decision.delayMs);
      else if (decision.type === 'checkpoint')
        for (const { dynamodb } of decision.records) {
          const sequenceNumber = dynamodb?.SequenceNumber;
          this.#meter.processed(sequenceNumber, changes.writtenAt[indexOf(sequenceNumber)] as number);
        }
    }
  }

  async #invoke(records: readonly DynamoDBRecord[]): Promise<InvocationResult> {
    const { overheadMs, timeoutMs } = this.#setup;
    await sleep(overheadMs);
    const startedAt = performance.now();
    const context = {
      awsRequestId: `request-${this.#requests}`,
      getRemainingTimeInMillis: () => startedAt + timeoutMs - performance.now(),
    } as Context;
    this.#meter.begin(startedAt);
    const response = await this.#router({ Records: [...records] }, context);
    this.#meter.end(startedAt, performance.now());
    return { type: 'returned', response };
  }
}

import type { DynamoDBRecord } from 'aws-lambda';
import { nextBatch } from '../delivery/batch-size.ts';
import { deliverBatch, type InvocationResult, type Invoked, takeResult } from '../delivery/deliver-batch.ts';
import type { QueuedRecord } from '../delivery/queued-record.ts';
import type { RetryDelay } from '../delivery/retry-delay.ts';
import {
  type TumblingWindowOptions,
  TumblingWindows,
  type WindowDecision,
} from '../delivery/tumbling-window.ts';
import type { MappingSettings } from '../mapping/options.ts';

/** As DynamoDB names shards. Delivered records come from one. */
const SHARD_ID = 'shardId-00000001767225600000-00000000';

/** The surroundings of a slot. */
export interface SlotSurroundings {
  readonly mapping: MappingSettings;
  readonly streamArn: string;
  readonly functionArn: string;
  readonly retryDelayMs: RetryDelay;
  readonly requestId: () => string;
}

type Deciding = Generator<WindowDecision, void, InvocationResult | undefined>;

/**
 * Records that are delivered in order, on a clock of their own. Slots of one shard run side by side: of them,
 * the slot goes on whose clock is behind.
 */
export class VirtualSlot {
  /** Epoch milliseconds. */
  now: number;
  readonly #queue: readonly QueuedRecord[];
  readonly #mapping: MappingSettings;
  readonly #decisions: Deciding;

  constructor(queue: readonly QueuedRecord[], startedAt: number, surroundings: SlotSurroundings) {
    const { mapping, streamArn, ...tools } = surroundings;
    this.now = startedAt;
    this.#queue = queue;
    this.#mapping = mapping;
    const options: TumblingWindowOptions = {
      ...tools,
      maximumRetryAttempts: mapping.maximumRetryAttempts,
      maximumRecordAgeInSeconds: mapping.maximumRecordAgeInSeconds,
      bisectBatchOnFunctionError: mapping.bisectBatchOnFunctionError,
      reportBatchItemFailures: mapping.functionResponseTypes.includes('ReportBatchItemFailures'),
      tumblingWindowInSeconds: mapping.tumblingWindowInSeconds,
      streamArn,
      shardId: SHARD_ID,
      now: () => this.now,
    };
    this.#decisions = mapping.tumblingWindowInSeconds > 0 ? this.#inWindows(options) : this.#plain(options);
  }

  /** The next step; undefined when all records are processed. */
  decide(): WindowDecision | undefined {
    return this.#decisions.next().value ?? undefined;
  }

  /** Takes in the result of the invocation that was decided on. */
  answer<Result extends InvocationResult>(result: Result): Invoked<Result> {
    return takeResult(this.#decisions, result);
  }

  *#plain(options: TumblingWindowOptions): Deciding {
    const { streamArn, shardId } = options;
    for (const records of this.#batches()) yield* deliverBatch({ streamArn, shardId, records }, options);
  }

  *#inWindows(options: TumblingWindowOptions): Deciding {
    const windows = new TumblingWindows(options);
    for (const records of this.#batches()) yield* windows.deliver(records);
    // The shard ends with the records that were given.
    yield* windows.close();
  }

  /** The next batch closes when the one before is processed. */
  *#batches(): Generator<readonly DynamoDBRecord[], void> {
    const { batchSize, maximumBatchingWindowInSeconds: windowInSeconds } = this.#mapping;
    for (let next = 0; next < this.#queue.length; ) {
      // One more than fits tells whether the batch is full.
      const waiting = this.#queue.slice(next, next + batchSize + 1);
      const { count, full } = nextBatch(waiting, { batchSize, acrossPages: windowInSeconds > 0 });
      // All records that there will be are there: only the window's end closes a batch that is not full.
      if (!full) this.now += windowInSeconds * 1000;
      next += count;
      yield waiting.slice(0, count).map(({ record }) => record);
    }
  }
}

import type { DynamoDBRecord } from 'aws-lambda';
import { deliverBatch } from '../../delivery/deliver-batch.ts';
import { type QueuedRecord, queued } from '../../delivery/queued-record.ts';
import { slotOf } from '../../delivery/slot-of.ts';
import { type OpenWindow, TumblingWindows } from '../../delivery/tumbling-window.ts';
import { ownWork } from '../../stream/event-loop.ts';
import type { StreamAdapter } from '../../stream/records/emulator-quirks.ts';
import { lambdaRecord } from '../../stream/records/lambda-record.ts';
import type { ServerRecord } from '../../stream/records/server-record.ts';
import { ShardReader, type ShardReaderOptions } from '../../stream/shard-reader.ts';
import { type Commit, type Decisions, type DeliveryTools, deliver } from '../delivery/deliver.ts';
import { readAhead, ShardAllowance } from '../delivery/read-ahead.ts';
import { Slot } from '../delivery/slot.ts';
import { ShardProgress } from './shard-progress.ts';

/** The surroundings that all shards of a mapping share. */
export interface ShardTools {
  readonly adapter: StreamAdapter;
  readonly delivery: DeliveryTools;
  readonly batchSize: number;
  readonly windowMs: number;
  /** 0: no windows. */
  readonly tumblingWindowInSeconds: number;
  readonly closeIdleWindowAfterSeconds: number;
  /** Slots of a shard. */
  readonly parallelizationFactor: number;
  /** Returns true if a record passes the filters. */
  readonly matches: (record: DynamoDBRecord) => boolean;
}

export interface ShardWorkerOptions extends ShardReaderOptions {
  readonly tools: ShardTools;
  /** Stops the worker, once invocations in flight have ended. */
  readonly signal: AbortSignal;
  /** Writes down how far the shard is processed, and the window that is open there. */
  readonly onPosition: (after: string, window: OpenWindow | undefined) => Promise<void>;
  /** Writes down what there is: the position has not moved. */
  readonly onSamePosition: () => Promise<void>;
}

/** Reads a shard and delivers its records. */
export class ShardWorker {
  readonly #options: ShardWorkerOptions;
  readonly #progress: ShardProgress;
  readonly #windows: TumblingWindows | undefined;
  readonly #slots: readonly Slot[];
  readonly #signal: AbortSignal;
  readonly #broken: AbortController = new AbortController();
  readonly #reader: ShardReader;
  readonly #allowance: ShardAllowance;
  #pages = 0;
  /** When the last poll began that found nothing, once enough of them had found nothing. */
  #idlePollAt = Number.NEGATIVE_INFINITY;

  constructor(options: ShardWorkerOptions) {
    const { batchSize, windowMs, parallelizationFactor } = options.tools;
    const allowance = new ShardAllowance(readAhead, parallelizationFactor, windowMs);
    const maxBytes = (): number => allowance.slotBytes;
    const onHandled = (bytes: number): void => allowance.handled(bytes);
    this.#allowance = allowance;
    this.#options = options;
    this.#signal = AbortSignal.any([options.signal, this.#broken.signal]);
    this.#reader = new ShardReader(options);
    this.#progress = new ShardProgress(options.position.after);
    this.#windows = windowsOf(options);
    // What the clock says counts only once there is nothing left to read.
    const idleAt = (): number | undefined => this.#idleAt();
    const onIdle = (): Promise<boolean> => this.#deliver(0, [], this.#windows?.closeIdle());
    this.#slots = Array.from({ length: parallelizationFactor }, (_, slot) => {
      const onBatch = (batch: readonly QueuedRecord[]): Promise<boolean> =>
        this.#deliver(slot, batch, this.#decisions(batch.map(({ record }) => record)));
      return new Slot({ batchSize, windowMs, maxBytes, onHandled, deliver: onBatch, idleAt, onIdle });
    });
  }

  /** The time at which the open window closes for lack of records. Only a poll that began after that moment can tell. */
  #idleAt(): number | undefined {
    const idleAt = this.#windows?.idleAt;
    if (idleAt === undefined || this.#idlePollAt < 0) return undefined;
    const polledAt = performance.timeOrigin + this.#idlePollAt;
    // The next page, empty or not, makes the slot look again.
    return polledAt >= idleAt || idleAt > Date.now() ? idleAt : undefined;
  }

  /** The time before which all records were written that are processed, as `performance.now()` says; -Infinity while there are others. */
  get emptySince(): number {
    return this.#slots.every((slot) => slot.idle) ? this.#reader.emptySince : Number.NEGATIVE_INFINITY;
  }

  /** Finds out soon if there are new records. */
  recheck(): void {
    this.#reader.recheck();
  }

  /** Opens the shard, so that LATEST is now. */
  open(): Promise<void> {
    return this.#reader.open(this.#signal);
  }

  /**
   * Works until the shard is closed and processed, or until the signal aborts and invocations in flight have ended.
   *
   * @returns whether the whole shard is processed
   * @throws ResourceNotFoundException
   */
  async run(): Promise<boolean> {
    const signal = this.#signal;
    readAhead.open(this.#allowance);
    const slots = this.#slots.map((slot) => slot.run(signal));
    // A slot that breaks must not leave the reader running.
    for (const slot of slots) slot.catch(() => this.#broken.abort());
    try {
      await this.#read(signal);
    } catch (error) {
      if (!signal.aborted) throw error;
    } finally {
      for (const slot of this.#slots) slot.end();
      await Promise.all(slots).finally(() => readAhead.close(this.#allowance));
      await this.#deliver(0, [], this.#windows?.close());
    }
    return !signal.aborted;
  }

  async #read(signal: AbortSignal): Promise<void> {
    for (;;) {
      for (const slot of this.#slots) await slot.room(signal);
      const startedAt = performance.now();
      const page = await this.#nextPage(signal);
      if (page === undefined) return;
      const isEmpty = page.length === 0 && this.#reader.hasReadAll;
      this.#idlePollAt = isEmpty ? startedAt : Number.NEGATIVE_INFINITY;
      const filtered = ownWork(() => this.#queue(page));
      if (filtered.length > 0) await this.#pass(filtered);
    }
  }

  async #nextPage(signal: AbortSignal): Promise<readonly ServerRecord[] | undefined> {
    try {
      return await this.#reader.next(signal, () => this.#allowance.ask());
    } finally {
      this.#allowance.answered();
    }
  }

  /** @returns the records that match no filter */
  #queue(page: readonly ServerRecord[]): readonly DynamoDBRecord[] {
    const { shardId, tools } = this.#options;
    const { adapter, delivery, parallelizationFactor, matches } = tools;
    const records = adapter.normalize(page).map((record) => lambdaRecord(record, adapter.eventSourceArn));
    if (records.length > 0) delivery.emitter.tell('read', { shardId, records });
    const filtered: DynamoDBRecord[] = [];
    const slots: QueuedRecord[][] = this.#slots.map(() => []);
    this.#pages++;
    for (const record of records) {
      if (matches(record)) {
        delivery.recursiveLoop.read(shardId, record);
        slots[slotOf(record, parallelizationFactor)]?.push(queued(record, this.#pages));
      } else {
        filtered.push(record);
      }
    }
    delivery.tally.recordsRead += records.length;
    delivery.tally.recordsFiltered += filtered.length;
    this.#progress.add(records.map(sequenceNumberOf));
    const bytes = slots.flat().reduce((sum, record) => sum + record.bytes, 0);
    this.#allowance.hold(records.length - filtered.length, bytes);
    for (const [index, slot] of this.#slots.entries()) slot.add(slots[index] as QueuedRecord[]);
    return filtered;
  }

  /** Moves past records that match no filter. */
  async #pass(records: readonly DynamoDBRecord[]): Promise<void> {
    const { shardId, tools } = this.#options;
    tools.delivery.emitter.tell('filtered', { shardId, records });
    await this.#commit(records);
  }

  #decisions(records: readonly DynamoDBRecord[]): Decisions {
    const { shardId, tools } = this.#options;
    const { streamArn, settings } = tools.delivery;
    return this.#windows?.deliver(records) ?? deliverBatch({ streamArn, shardId, records }, settings);
  }

  async #deliver(
    slot: number,
    batch: readonly QueuedRecord[],
    decisions: Decisions | undefined,
  ): Promise<boolean> {
    const { shardId, tools } = this.#options;
    if (decisions === undefined) return true;
    const delivery = { shardId, slot, batch, decisions, commit: this.#commit, signal: this.#signal };
    return deliver(delivery, tools.delivery);
  }

  readonly #commit: Commit = async (records) => {
    const moved = this.#progress.finish(records.map(sequenceNumberOf));
    const { position } = this.#progress;
    if (moved || records.length === 0) {
      // A window that closes has had records.
      await this.#options.onPosition(position as string, this.#windows?.open);
    } else {
      // A slot that is ahead waits as long as the one that holds the position back. It would run away from it otherwise, and a process
      // that is killed repeats all of that lead.
      await this.#options.onSamePosition();
    }
    return position;
  };
}

function windowsOf({ shardId, position, tools }: ShardWorkerOptions): TumblingWindows | undefined {
  const { tumblingWindowInSeconds, closeIdleWindowAfterSeconds, delivery } = tools;
  if (tumblingWindowInSeconds === 0) return undefined;
  return new TumblingWindows({
    ...delivery.settings,
    streamArn: delivery.streamArn,
    shardId,
    tumblingWindowInSeconds,
    closeIdleWindowAfterSeconds,
    open: position.window,
  });
}

function sequenceNumberOf({ dynamodb }: DynamoDBRecord): string {
  return dynamodb?.SequenceNumber as string;
}

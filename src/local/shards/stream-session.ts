import type { Shard } from '@aws-sdk/client-dynamodb-streams';
import type { Logger } from '../../logger.ts';
import { ancestors, readableShards, withShards } from '../../stream/lineage.ts';
import { isNotFound, type StreamDescription, type StreamSource } from '../../stream/stream-source.ts';
import { wait } from '../../stream/wait.ts';
import { Notifier } from '../delivery/notifier.ts';
import type { MappingEmitter, StoppedEvent } from '../mapping-events.ts';
import type { ShardPositions } from './positions.ts';
import { type ShardTools, ShardWorker } from './shard-worker.ts';

// How far the clock of this machine may be ahead of the stream's, which makes the times of records. More of it
// repeats records, less of it would lose them.
const CLOCK_MARGIN_SECONDS = 60;

export interface StreamSessionOptions {
  readonly source: StreamSource;
  readonly positions: ShardPositions;
  readonly tools: ShardTools;
  readonly emitter: MappingEmitter;
  readonly logger: Logger;
  readonly pollIntervalMs: number;
  /** How often shards are looked for, apart from when one is finished. */
  readonly discoveryIntervalMs: number;
}

/** Reads all shards of a stream, each when it is its turn, from the position up to which they are processed. */
export class StreamSession {
  readonly #options: StreamSessionOptions;
  readonly #workers: Map<string, ShardWorker> = new Map();
  readonly #running: Set<Promise<void>> = new Set();
  readonly #changed: Notifier = new Notifier();
  /** Shards that were not found while they were read. */
  readonly #vanished: Set<string> = new Set();
  /** Shards that were finished since the last look: their children may be read. */
  readonly #finished: string[] = [];
  /** The last full description, and the children that were found since. */
  #known: StreamDescription = { enabled: true, createdAt: undefined, shards: [], pages: 0 };
  #describedAt = 0;
  #failure: { readonly error: unknown } | undefined;
  /** A shard has ended: those behind it may be read. */
  #lookIsDue = false;
  /** When the last look for shards began; undefined until it has ended. */
  #lookedAt: number | undefined;

  constructor(options: StreamSessionOptions) {
    this.#options = options;
  }

  /** The time before which everything was written that is processed, as `performance.now()` says; -Infinity while there is more. */
  get emptySince(): number {
    const workers = [...this.#workers.values()];
    if (this.#lookIsDue || this.#lookedAt === undefined) return Number.NEGATIVE_INFINITY;
    return workers.length === 0 ? this.#lookedAt : Math.min(...workers.map(({ emptySince }) => emptySince));
  }

  /** Finds out soon if there are new records. */
  recheck(): void {
    for (const worker of this.#workers.values()) worker.recheck();
  }

  /** Looks for shards now, if none is read. */
  look(): void {
    if (this.#workers.size === 0) this.#changed.notify();
  }

  /** Marks where reading begins at LATEST. @returns the shards that are open there */
  async beginAtLatest({ shards }: StreamDescription): Promise<ReadonlySet<string>> {
    const { positions } = this.#options;
    const behind = new Set(ancestors(shards));
    const since = Math.floor(Date.now() / 1000) - CLOCK_MARGIN_SECONDS;
    const unknown = shards.map(({ ShardId }) => ShardId as string);
    await positions.setAll(
      unknown.map((shardId) => [shardId, behind.has(shardId) ? { finished: true } : { since }] as const),
    );
    return new Set(unknown.filter((shardId) => !behind.has(shardId)));
  }

  /**
   * Works until the stream ends or the signal aborts. Waits for invocations in flight.
   *
   * @param atLatest shards that begin at LATEST, now
   * @param onReady told once every shard whose turn it is has been opened
   */
  async run(
    signal: AbortSignal,
    atLatest: ReadonlySet<string>,
    onReady: () => void,
  ): Promise<StoppedEvent['reason']> {
    const ending = new AbortController();
    const either = AbortSignal.any([signal, ending.signal]);
    const reason = await this.#supervise(either, atLatest, onReady).catch((error: unknown) => {
      if (signal.aborted) return 'stopped';
      if (isNotFound(error)) return 'streamDeleted';
      this.#failure = { error };
      return 'failed';
    });
    ending.abort();
    await Promise.all(this.#running);
    // A checkpoint that could not be written counts, even if it was the last one.
    if (this.#failure !== undefined) throw this.#failure.error;
    return reason;
  }

  async #supervise(
    signal: AbortSignal,
    atLatest: ReadonlySet<string>,
    onReady: () => void,
  ): Promise<StoppedEvent['reason']> {
    const { positions, discoveryIntervalMs } = this.#options;
    for (;;) {
      const startedAt = performance.now();
      // Before the look, so that a shard that ends meanwhile is not missed.
      const change = this.#changed.notified(signal, discoveryIntervalMs);
      this.#lookIsDue = false;
      this.#lookedAt = undefined;
      const { shards, enabled } = (await this.#lookForChildren(signal)) ?? (await this.#describe(signal));
      const turns = readableShards(shards, (shardId) => positions.isFinished(shardId));
      const fresh = turns.filter((shardId) => !this.#workers.has(shardId));
      // All are opened before any is read, so that nothing happens before the caller can listen.
      const opening = fresh.map((shardId) => this.#open(shardId, atLatest.has(shardId), signal));
      for (const [shardId, worker] of await Promise.all(opening)) this.#start(shardId, worker, signal);
      onReady();
      this.#lookedAt = startedAt;
      if (turns.length === 0 && !enabled) return 'streamDisabled';
      await change;
      if (this.#failure !== undefined) return 'failed';
      signal.throwIfAborted();
    }
  }

  async #describe(signal: AbortSignal): Promise<StreamDescription> {
    const { source, positions } = this.#options;
    this.#describedAt = performance.now();
    const description = await source.describeAgain(signal);
    // The stream is there, so it was the shard that left it.
    for (const shardId of this.#vanished) this.#trimmed(shardId);
    this.#vanished.clear();
    positions.keep(new Set(description.shards.map(({ ShardId }) => ShardId as string)));
    this.#known = description;
    return description;
  }

  /**
   * Asks for the children of the finished shards alone, if that takes no more requests than the full description: AWS allows
   * ten a second.
   *
   * @returns undefined if the full description is needed
   */
  async #lookForChildren(signal: AbortSignal): Promise<StreamDescription | undefined> {
    const { source, positions, discoveryIntervalMs } = this.#options;
    const finished = this.#finished.splice(0);
    const known = this.#known;
    const isDue = performance.now() - this.#describedAt >= discoveryIntervalMs || this.#vanished.size > 0;
    if (isDue || finished.length === 0 || finished.length > known.pages) return undefined;
    const children = await Promise.all(finished.map((shardId) => source.childrenOf(shardId, signal)));
    if (children.includes(undefined)) return undefined;
    const shards = withShards(known.shards, children.flat() as Shard[]);
    // Without a shard to begin with, only the full description says whether there is more to read.
    const turns = readableShards(shards, (shardId) => positions.isFinished(shardId));
    if (turns.every((shardId) => this.#workers.has(shardId))) return undefined;
    this.#known = { ...known, shards };
    return this.#known;
  }

  async #open(
    shardId: string,
    atLatest: boolean,
    signal: AbortSignal,
  ): Promise<readonly [shardId: string, worker: ShardWorker]> {
    const { source, positions, tools, logger, pollIntervalMs } = this.#options;
    const worker = new ShardWorker({
      source,
      shardId,
      position: positions.get(shardId),
      atLatest,
      pollIntervalMs,
      tools,
      signal,
      onPosition: (after, window) => positions.set(shardId, { after, ...(window && { window }) }),
      onSamePosition: () => positions.write(),
      onTrimmed: () => this.#trimmed(shardId),
      onUnreadable: (records) =>
        logger.warn(
          'Records without a sequence number of 1 to 40 digits are ignored: they have no position in the shard',
          { shardId, records },
        ),
    });
    await worker.open().catch(() => {}); // seen again, and dealt with, when it is read
    return [shardId, worker];
  }

  #start(shardId: string, worker: ShardWorker, signal: AbortSignal): void {
    this.#workers.set(shardId, worker);
    this.#options.emitter.tell('shardStarted', { shardId });
    const running = this.#work(shardId, worker, signal).finally(() => {
      this.#running.delete(running);
      this.#workers.delete(shardId);
      this.#lookIsDue = true;
      this.#changed.notify();
    });
    this.#running.add(running);
  }

  async #work(shardId: string, worker: ShardWorker, signal: AbortSignal): Promise<void> {
    const { positions, emitter, pollIntervalMs } = this.#options;
    try {
      if (!(await worker.run())) return;
      await positions.set(shardId, { finished: true });
      this.#finished.push(shardId);
      emitter.tell('shardFinished', { shardId });
    } catch (error) {
      if (isNotFound(error)) {
        // The shard or the stream: the next look says which.
        this.#vanished.add(shardId);
        await wait(pollIntervalMs, signal);
      } else {
        this.#failure = { error };
      }
    }
  }

  #trimmed(shardId: string): void {
    this.#options.logger.warn('Records have left the stream before they could be read', { shardId });
    // A shard may be opened before the caller of startEventSourceMapping can listen.
    setImmediate(() => this.#options.emitter.tell('trimmed', { shardId }));
  }
}

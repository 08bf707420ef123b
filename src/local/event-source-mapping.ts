import type { EventEmitter } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { ConfigurationError } from '../errors.ts';
import type { ShardPosition } from '../stream/shard-position.ts';
import type { MappingEmitter, MappingEvents, MappingState, StoppedEvent } from './mapping-events.ts';
import type { ShardPositions } from './shards/positions.ts';
import type { StreamSession } from './shards/stream-session.ts';
import type { MappingStatistics, Tally } from './statistics.ts';

/** As on AWS. `OK` also after a valid partial response. */
export type LastProcessingResult = 'No records processed' | 'OK' | 'PROBLEM: Function call failed';

/** A running event source mapping. */
export interface LocalEventSourceMapping {
  /** A UUID of its own, as on AWS. */
  readonly uuid: string;
  /** The stream it reads, as the server names it. */
  readonly streamArn: string;
  /** The state of the mapping. */
  readonly state: MappingState;
  /** The result of the last invocation. */
  readonly lastProcessingResult: LastProcessingResult;
  /** The position up to which each shard is processed, by shard. Where the mapping goes on after a pause. */
  readonly position: Readonly<Record<string, ShardPosition>>;
  /** The counts so far: a copy. */
  readonly statistics: MappingStatistics;
  /** Resolves when the mapping has stopped, for whatever reason. */
  readonly ended: Promise<StoppedEvent>;

  /** Listens to an event. */
  on<Name extends keyof MappingEvents>(name: Name, listener: (event: MappingEvents[Name][0]) => void): this;
  /** Listens to an event once. */
  once<Name extends keyof MappingEvents>(name: Name, listener: (event: MappingEvents[Name][0]) => void): this;
  /** Listens no more. */
  off<Name extends keyof MappingEvents>(name: Name, listener: (event: MappingEvents[Name][0]) => void): this;

  /**
   * Resolves when everything written before the call is processed: every shard was polled and had nothing new,
   * and nothing is under way. A batch that fails for ever keeps it waiting. Rejects with `MAPPING_NOT_ENABLED`
   * when the mapping is disabled or has stopped first, unless it stopped because the stream was read to its end.
   */
  caughtUp(): Promise<void>;
  /**
   * Disables the mapping: it keeps its position. Resolves when invocations in flight have ended. Retries of a failing
   * batch begin anew after `resume()`; AWS does not document this case.
   */
  pause(): Promise<void>;
  /** Enables the mapping again, from its position. */
  resume(): Promise<void>;
  /** Ends the mapping. Resolves when invocations in flight have ended. */
  stop(): Promise<void>;
  /** `stop()`, for `await using`. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** @internal The parts of a mapping. */
export interface MappingParts {
  readonly uuid: string;
  readonly streamArn: string;
  readonly emitter: MappingEmitter;
  readonly tally: Tally;
  readonly positions: ShardPositions;
  /** A session for the time until the next pause. */
  readonly newSession: () => StreamSession;
  readonly lastProcessingResult: () => LastProcessingResult;
  /** Called before `caughtUp()` resolves. */
  readonly onCaughtUp: () => void;
}

interface Running {
  readonly session: StreamSession;
  readonly stopping: AbortController;
  readonly done: Promise<void>;
  /** Every shard is open, or it is done before that. */
  readonly ready: Promise<void>;
}

/** @internal Begins, ends and begins again the sessions that do the work. */
export class LocalMapping implements LocalEventSourceMapping {
  readonly uuid: string;
  readonly streamArn: string;
  readonly ended: Promise<StoppedEvent>;
  readonly #parts: MappingParts;
  readonly #end: (event: StoppedEvent) => void;
  #state: MappingState = 'Creating';
  #running: Running | undefined;
  #reason: StoppedEvent['reason'] | undefined;
  /** Pauses, resumptions and stops, one after the other, in the order of their calls. None of them rejects. */
  #turns: Promise<void> = Promise.resolve();

  constructor(parts: MappingParts) {
    const { promise, resolve } = Promise.withResolvers<StoppedEvent>();
    this.uuid = parts.uuid;
    this.streamArn = parts.streamArn;
    this.ended = promise;
    this.#end = resolve;
    this.#parts = parts;
  }

  get state(): MappingState {
    return this.#state;
  }

  get lastProcessingResult(): LastProcessingResult {
    return this.#parts.lastProcessingResult();
  }

  get position(): Readonly<Record<string, ShardPosition>> {
    return this.#parts.positions.all();
  }

  get statistics(): MappingStatistics {
    return { ...this.#parts.tally };
  }

  on(...listening: Parameters<EventEmitter<MappingEvents>['on']>): this {
    this.#parts.emitter.on(...listening);
    return this;
  }

  once(...listening: Parameters<EventEmitter<MappingEvents>['once']>): this {
    this.#parts.emitter.once(...listening);
    return this;
  }

  off(...listening: Parameters<EventEmitter<MappingEvents>['off']>): this {
    this.#parts.emitter.off(...listening);
    return this;
  }

  /** Begins to read, if the mapping is enabled. */
  async begin(enabled: boolean, atLatest: ReadonlySet<string>): Promise<void> {
    if (enabled) this.#enable(atLatest);
    else this.#enter('Disabled');
    await this.#running?.ready;
  }

  async caughtUp(): Promise<void> {
    const since = performance.now();
    await this.#turns;
    this.#running?.session.recheck();
    while (this.#reason !== 'streamDisabled' && !((this.#running?.session.emptySince ?? 0) >= since)) {
      if (this.#state !== 'Enabled' && this.#state !== 'Enabling')
        throw notEnabled(this.#state, this.#reason);
      this.#running?.session.look();
      await sleep(10);
    }
    this.#parts.onCaughtUp();
  }

  pause(): Promise<void> {
    return this.#inTurn(async () => {
      if (this.#state !== 'Enabled' && this.#state !== 'Enabling') return;
      this.#enter('Disabling');
      await this.#halt();
      // It may have stopped meanwhile.
      if (this.state === 'Disabling') this.#enter('Disabled');
    });
  }

  async resume(): Promise<void> {
    await this.#inTurn(() => {
      if (this.#state === 'Disabled') this.#enable(new Set());
    });
    // Not part of the turn: a pause need not wait for a stream that cannot be reached.
    await this.#running?.ready;
  }

  stop(): Promise<void> {
    return this.#inTurn(async () => {
      if (this.#state === 'Stopped') return;
      this.#enter('Stopping');
      await this.#halt();
      this.#stopped({ reason: 'stopped' });
    });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  #inTurn(operation: () => Promise<void> | void): Promise<void> {
    this.#turns = this.#turns.then(operation);
    return this.#turns;
  }

  #enable(atLatest: ReadonlySet<string>): void {
    this.#enter('Enabling');
    const session = this.#parts.newSession();
    const stopping = new AbortController();
    const { promise: opened, resolve: onReady } = Promise.withResolvers<void>();
    const done = session.run(stopping.signal, atLatest, onReady).then(
      (reason) => {
        if (reason !== 'stopped') this.#stopped({ reason });
      },
      (error) => this.#stopped({ reason: 'failed', error }),
    );
    const ready = Promise.race([opened, done]).then(() => {
      // It may have been paused meanwhile, and another one begun.
      if (this.#state === 'Enabling' && !stopping.signal.aborted) this.#enter('Enabled');
    });
    this.#running = { session, stopping, done, ready };
  }

  async #halt(): Promise<void> {
    this.#running?.stopping.abort();
    await this.#running?.done;
    this.#running = undefined;
  }

  #stopped(event: StoppedEvent): void {
    if (this.#state === 'Stopped') return;
    this.#reason = event.reason;
    // First of all: the end does not depend on listeners.
    this.#end(event);
    this.#enter('Stopped');
    this.#parts.emitter.tell('stopped', event);
  }

  #enter(state: MappingState): void {
    this.#state = state;
    this.#parts.emitter.tell('state', { state });
  }
}

function notEnabled(state: MappingState, reason: StoppedEvent['reason'] | undefined): ConfigurationError {
  return new ConfigurationError(
    'MAPPING_NOT_ENABLED',
    reason === undefined
      ? `the mapping is ${state}, so it does not catch up. Call resume() first.`
      : `the mapping has stopped (${reason}) before it had caught up. Start another one.`,
    { owner: 'caughtUp' },
  );
}

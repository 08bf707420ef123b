import { EventEmitter } from 'node:events';
import type { DynamoDBRecord } from 'aws-lambda';
import type { OnFailureDocument } from '../delivery/on-failure-document.ts';
import type { Logger } from '../logger.ts';

/** Where something happened. */
export interface ShardEvent {
  /** The id of the shard. */
  readonly shardId: string;
}

/** Some records of a shard. */
export interface RecordsEvent extends ShardEvent {
  /** The records, as the function gets them. */
  readonly records: readonly DynamoDBRecord[];
}

/** An invocation that begins. */
export interface InvocationStartedEvent extends RecordsEvent {
  /** `context.awsRequestId`: the same for all attempts of these records. */
  readonly requestId: string;
  /** 1 for the first invocation with these records. */
  readonly attempt: number;
  /** The part of the shard that the records belong to: from 0 up to `parallelizationFactor` - 1. */
  readonly slot: number;
}

/** An invocation that has ended. */
export interface InvocationEvent extends RecordsEvent {
  /** `context.awsRequestId`: the same for all attempts of these records. */
  readonly requestId: string;
  /** 1 for the first invocation with these records. */
  readonly attempt: number;
  /** `'throttled'`: it did not start, and uses up no retry. */
  readonly outcome: 'succeeded' | 'partial' | 'failed' | 'throttled';
  /** Milliseconds until the answer or the error. */
  readonly durationMs: number;
  /** The answer of the function, as JSON carries it; undefined when it threw. */
  readonly response: unknown;
  /** The error that it threw, or why it did not start; undefined when it answered. */
  readonly error: unknown;
}

/** A failed or throttled batch waits for its next invocation. */
export interface RetryEvent extends RecordsEvent {
  /** The same as that of the invocation before. */
  readonly requestId: string;
  /** The number of the invocation to come. */
  readonly attempt: number;
  /** Milliseconds until that invocation. */
  readonly delayMs: number;
  /** The outcome of the invocation before. */
  readonly reason: 'failed' | 'throttled';
}

/** A failed batch was halved. */
export interface SplitEvent extends ShardEvent {
  /** The half that is delivered first. */
  readonly left: readonly DynamoDBRecord[];
  /** The half that follows. */
  readonly right: readonly DynamoDBRecord[];
  /** Of the invocation that failed. */
  readonly requestId: string;
}

/** Records were discarded. The destination, if there is one, has the document by now. */
export interface DiscardEvent extends RecordsEvent {
  /** Of the invocations of these records, if there were any. */
  readonly requestId: string;
  /** The document about the records, as the destination gets it. */
  readonly document: OnFailureDocument;
}

/** Records are processed. If there is a `checkpointFile`, it says so by now. */
export interface CheckpointEvent extends RecordsEvent {
  /** The records succeeded, or were discarded. */
  readonly outcome: 'succeeded' | 'discarded';
  /** Of the invocations of these records, if there were any. */
  readonly requestId: string;
  /** Of the last of these records. */
  readonly sequenceNumber: string;
  /**
   * Where the shard would go on: everything up to here is processed. Behind `sequenceNumber` when
   * `parallelizationFactor` lets other items lag behind. Undefined: nothing yet.
   */
  readonly position: string | undefined;
}

/** A tumbling window has closed: its final invocation has ended. */
export interface WindowClosedEvent extends ShardEvent {
  /** From when to when the window goes: ISO 8601. */
  readonly window: { readonly start: string; readonly end: string };
  /** `discarded`: the final invocation failed until nothing was left to try; the state is lost. */
  readonly outcome: 'succeeded' | 'discarded';
  /** Closed before its end, because its state was over 1 MB. */
  readonly early: boolean;
  /** Of its final invocation. */
  readonly requestId: string;
}

/** The function invokes itself: handling the changes of an item led to more of them. Sent once for an item, and for three items at most. */
export interface RecursiveLoopEvent extends RecordsEvent {
  /** How many changes of the item followed each other in this way. `records` has the last one. */
  readonly times: number;
}

/** The stream could not be read, or a destination not be written to; it is tried again. */
export interface ProblemEvent {
  /** The operation that was tried, as in `GetRecords`. */
  readonly operation: string;
  /** The error of the operation. */
  readonly error: unknown;
  /** Milliseconds until the next try. */
  readonly delayMs: number;
}

/** Why a mapping has come to its end. */
export interface StoppedEvent {
  /**
   * - `stopped`: `stop()` was called.
   * - `streamDeleted`: the stream or its table was deleted.
   * - `streamDisabled`: the stream was disabled, and everything that was in it has been read.
   * - `failed`: an error that this mapping does not know; see `error`.
   */
  readonly reason: 'stopped' | 'streamDeleted' | 'streamDisabled' | 'failed';
  /** The unknown error, for `failed`. */
  readonly error?: unknown;
}

/** As on AWS, and `Stopping` and `Stopped` for {@link StoppedEvent}. */
export type MappingState =
  | 'Creating'
  | 'Enabling'
  | 'Enabled'
  | 'Disabling'
  | 'Disabled'
  | 'Stopping'
  | 'Stopped';

/** The events of a mapping, by name. Listeners run at once; what one throws is logged and changes nothing. */
export interface MappingEvents {
  /** Records were read from a shard. Those that match no filter are among them, and follow as `filtered`. */
  read: [RecordsEvent];
  /** Before each invocation. */
  invocationStarted: [InvocationStartedEvent];
  /** After each invocation. */
  invocation: [InvocationEvent];
  /** A failed or throttled batch waits for its next invocation. */
  retry: [RetryEvent];
  /** A failed batch was halved. */
  split: [SplitEvent];
  /** Records were discarded. */
  discard: [DiscardEvent];
  /** Records are processed: they succeeded or were discarded. */
  checkpoint: [CheckpointEvent];
  /** Records that match none of the filters. */
  filtered: [RecordsEvent];
  /** Reading of a shard begins. */
  shardStarted: [ShardEvent];
  /** A shard is closed, and all of its records are processed. */
  shardFinished: [ShardEvent];
  /** Records left the stream before they could be read: they are lost to this mapping. */
  trimmed: [ShardEvent];
  /** A tumbling window has closed. */
  windowClosed: [WindowClosedEvent];
  /** The function invokes itself. */
  recursiveLoop: [RecursiveLoopEvent];
  /** The stream could not be read, or a destination not be written to. */
  problem: [ProblemEvent];
  /** The state has changed. */
  state: [{ readonly state: MappingState }];
  /** The mapping has come to its end. */
  stopped: [StoppedEvent];
}

/** An emitter whose listeners cannot do harm. */
export class MappingEmitter extends EventEmitter<MappingEvents> {
  readonly #logger: Logger;

  constructor(logger: Logger) {
    super();
    this.#logger = logger;
  }

  /** Tells all listeners. */
  tell<Name extends keyof MappingEvents>(name: Name, event: MappingEvents[Name][0]): void {
    for (const listener of this.rawListeners(name)) {
      try {
        Reflect.apply(listener, this, [event]);
      } catch (error) {
        this.#logger.error(`A listener for ${name} threw`, { error });
      }
    }
  }
}

import type { DynamoDBRecord } from 'aws-lambda';
import type { WindowFields, WindowSpan } from '../window/window-event.ts';
import { MAX_STATE_BYTES } from '../window/window-state.ts';
import { type BatchResult, readBatchResponse } from './batch-response.ts';
import {
  type Decision,
  type DeliveryBatch,
  type DeliveryOptions,
  deliverBatch,
  type InvocationAnswer,
  type InvocationResult,
  STREAM_RETENTION_SECONDS,
} from './deliver-batch.ts';
import { isOpenAt, spanFrom, windowStartOf } from './window-span.ts';

type State = Readonly<Record<string, unknown>>;

/** The next step with a tumbling window: that of a batch, or the close of a window. */
export type WindowDecision =
  | Decision
  | {
      readonly type: 'windowClosed';
      readonly window: WindowSpan;
      /** `discarded`: the final invocation failed until nothing was left to try; the state is lost. */
      readonly outcome: 'succeeded' | 'discarded';
      /** Closed before its end, because its state was over 1 MB. */
      readonly early: boolean;
      /** Of its final invocation. */
      readonly requestId: string;
    };

/** A window that has begun and not closed: plain JSON, so that it can be kept across restarts. */
export interface OpenWindow {
  /** Epoch seconds. */
  readonly start: number;
  /** The state in the last response of the function. */
  readonly state: State;
}

/** One shard's windows. */
export interface TumblingWindowOptions extends DeliveryOptions {
  readonly streamArn: string;
  readonly shardId: string;
  /** Length of a window, 1 to 900 seconds. */
  readonly tumblingWindowInSeconds: number;
  /**
   * Seconds from a window's end until it closes by the clock, when no later record has closed it.
   * **AWS does not say when an idle window closes**: code must not depend on it. Infinity: it stays open.
   *
   * @defaultValue 5
   */
  readonly closeIdleWindowAfterSeconds?: number;
  /** The window that was open when the shard was last read. @defaultValue none */
  readonly open?: OpenWindow | undefined;
}

/**
 * The tumbling windows of one shard, on top of {@link deliverBatch}: the same decisions, with `window` in every
 * `invoke`, and a final invocation without records for each window that closes.
 *
 * ```text
 *   records            10:00:07  10:00:58 | 10:01:02            windows of 60 seconds
 *   invoke             2 records, state {}      -> state a
 *   invoke (final)     no records, state a      -> windowClosed
 *   invoke                                  1 record, state {}
 * ```
 *
 * - A window goes from one multiple of its length to the next, in record creation time.
 * - A window closes when a record of a later one comes, when {@link TumblingWindows.close} is called at the
 *   shard's end, and by the clock when {@link TumblingWindows.closeIdle} is called after its end.
 * - A record that is older than the open window counts into it: a window that has closed does not open again.
 * - A response without `state` is a failure, in the final invocation as well. The state of a failure is dropped,
 *   that of a partial response kept: it holds the records before the checkpoint.
 * - A final invocation that fails is tried `maximumRetryAttempts` times, for as long as the window's records would
 *   be. Then it is discarded, without a document: there are no records to name.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-windows.html
 */
export class TumblingWindows {
  readonly #options: TumblingWindowOptions;
  readonly #idleSeconds: number;
  #open: OpenWindow | undefined;
  /** Epoch milliseconds: when records came last. */
  #deliveredAt = Number.NEGATIVE_INFINITY;

  constructor(options: TumblingWindowOptions) {
    this.#options = options;
    this.#idleSeconds = options.closeIdleWindowAfterSeconds ?? 5;
    this.#open = options.open;
  }

  /** The window that has begun and not closed, with its state up to the last checkpoint. */
  get open(): OpenWindow | undefined {
    return this.#open;
  }

  /** Epoch milliseconds from which on {@link TumblingWindows.closeIdle} closes; undefined when nothing is open. */
  get idleAt(): number | undefined {
    if (this.#open === undefined) return undefined;
    const end = (this.#open.start + this.#options.tumblingWindowInSeconds) * 1000;
    return Math.max(end, this.#deliveredAt) + this.#idleSeconds * 1000;
  }

  /** Delivers a batch, cut where windows meet. */
  *deliver(
    records: readonly DynamoDBRecord[],
  ): Generator<WindowDecision, void, InvocationAnswer | undefined> {
    const { tumblingWindowInSeconds: length, now } = this.#options;
    for (let from = 0; from < records.length; ) {
      const begun = windowStartOf(records[from], length);
      if (this.#open !== undefined && begun !== undefined && begun > this.#open.start) yield* this.close();
      // The clock, for a record that does not say when it was made, first of all.
      const start = this.#open?.start ?? begun ?? Math.floor(now() / 1000 / length) * length;
      let to = from + 1;
      while (to < records.length && isOpenAt(start, records[to], length)) to++;
      yield* this.#deliverPart(records.slice(from, to), start);
      from = to;
    }
    this.#deliveredAt = now();
  }

  /** Closes the window that is open, if one is: the shard has ended, or a later window begins. */
  *close(): Generator<WindowDecision, void, InvocationAnswer | undefined> {
    yield* this.#close(false);
  }

  /** Closes the window that is open, if its time is over by the clock: call it when no records came. */
  *closeIdle(): Generator<WindowDecision, void, InvocationAnswer | undefined> {
    const { idleAt } = this;
    if (idleAt !== undefined && this.#options.now() >= idleAt) yield* this.#close(false);
  }

  /** Delivers records of one window, which opens with its first invocation. */
  *#deliverPart(
    records: readonly DynamoDBRecord[],
    start: number,
  ): Generator<WindowDecision, void, InvocationAnswer | undefined> {
    const { streamArn, shardId } = this.#options;
    const batch: DeliveryBatch = { streamArn, shardId, records };
    const delivery = deliverBatch(batch, {
      ...this.#options,
      readResponse: (response, invoked) => this.#read(response, invoked, start),
    });
    let next = delivery.next();
    while (!next.done) {
      const decision = next.value;
      const result = yield decision.type === 'invoke'
        ? { ...decision, window: this.#fields(this.#openAt(start), false, false) }
        : decision;
      // After the checkpoint and before anything else of the batch.
      if (decision.type === 'checkpoint' && this.#isTooLarge()) yield* this.#close(true);
      next = delivery.next(result);
    }
  }

  /** Reads a response and keeps the state it carries, unless it fails the batch. */
  #read(response: unknown, records: readonly DynamoDBRecord[], start: number): BatchResult {
    const state = stateOf(response);
    if (state === undefined) return { type: 'failed' };
    const verdict: BatchResult = this.#options.reportBatchItemFailures
      ? readBatchResponse(response, records)
      : { type: 'succeeded' };
    if (verdict.type !== 'failed') this.#open = { start, state };
    return verdict;
  }

  *#close(early: boolean): Generator<WindowDecision, void, InvocationAnswer | undefined> {
    if (this.#open === undefined) return;
    const { start } = this.#open;
    const requestId = this.#options.requestId();
    const outcome = yield* this.#finalInvocation(this.#open, early, requestId);
    // One that was closed early opens again with the next record of its time.
    this.#open = undefined;
    const window = spanFrom(start, this.#options.tumblingWindowInSeconds);
    yield { type: 'windowClosed', window, outcome, early, requestId };
  }

  *#finalInvocation(
    open: OpenWindow,
    early: boolean,
    requestId: string,
  ): Generator<WindowDecision, 'succeeded' | 'discarded', InvocationAnswer | undefined> {
    const { maximumRetryAttempts, retryDelayMs } = this.#options;
    let attempts = 0;
    let throttles = 0;
    for (;;) {
      const invocation = { records: [], requestId, attempt: attempts + 1 };
      const window = this.#fields(open, true, early);
      const result = (yield { type: 'invoke', ...invocation, window }) as InvocationAnswer;
      if (result.type === 'skipped') return 'discarded';
      if (result.type === 'delayed') continue;
      const outcome = outcomeOf(result);
      yield { type: 'invoked', ...invocation, outcome, done: 0 };
      if (outcome === 'succeeded') return outcome;
      if (outcome === 'throttled') throttles++;
      else {
        throttles = 0;
        attempts++;
      }
      if (maximumRetryAttempts >= 0 && attempts > maximumRetryAttempts) return 'discarded';
      if (this.#isTooOld(open.start)) return 'discarded';
      yield {
        type: 'retry',
        delayMs: retryDelayMs(throttles || attempts),
        reason: throttles > 0 ? 'throttled' : 'failed',
        records: [],
        requestId,
        attempt: attempts + 1,
      };
    }
  }

  /** Checks if the newest record that the window can have would be too old by now. */
  #isTooOld(start: number): boolean {
    const { maximumRecordAgeInSeconds: maximum, tumblingWindowInSeconds, now } = this.#options;
    const allowed = maximum < 0 ? STREAM_RETENTION_SECONDS : Math.min(maximum, STREAM_RETENTION_SECONDS);
    return now() / 1000 > start + tumblingWindowInSeconds + allowed;
  }

  #openAt(start: number): OpenWindow {
    this.#open ??= { start, state: {} };
    return this.#open;
  }

  #isTooLarge(): boolean {
    return Buffer.byteLength(JSON.stringify(this.#open?.state ?? {})) > MAX_STATE_BYTES;
  }

  #fields(
    { start, state }: OpenWindow,
    isFinalInvokeForWindow: boolean,
    isWindowTerminatedEarly: boolean,
  ): WindowFields {
    const { streamArn, shardId, tumblingWindowInSeconds } = this.#options;
    return {
      window: spanFrom(start, tumblingWindowInSeconds),
      // A copy: what a handler writes into its event must not outlive an invocation that fails.
      state: structuredClone(state),
      shardId,
      eventSourceARN: streamArn,
      isFinalInvokeForWindow,
      isWindowTerminatedEarly,
    };
  }
}

/** Returns the result of a final invocation. It has no records, so its response reports none. */
function outcomeOf(result: InvocationResult): 'succeeded' | 'failed' | 'throttled' {
  if (result.type !== 'returned') return result.type;
  return stateOf(result.response) === undefined ? 'failed' : 'succeeded';
}

/** The state that a response carries; undefined when it carries none, which fails the invocation. */
function stateOf(response: unknown): State | undefined {
  const state: unknown = (response as { readonly state?: unknown } | null | undefined)?.state;
  return typeof state === 'object' && state !== null && !Array.isArray(state) ? (state as State) : undefined;
}

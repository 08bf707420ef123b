import type { HandleRecord } from '../batch/process-event.ts';
import type { RecordContext } from '../batch/record-context.ts';
import { logFieldsOf, requireTime } from '../batch/require-time.ts';
import { ConfigurationError } from '../errors.ts';
import { ignoreErrors } from '../promise/ignore-errors.ts';
import { isThenable } from '../promise/thenable.ts';
import { isUnfinished, refuseUnfinished } from '../promise/unfinished.ts';
import type { LazyRecord } from '../record/lazy-record.ts';
import { type CallingLayer, NextCall, watchForgotten } from './next-call.ts';

/** Runs the next middleware, at last validation and the routes. Throws when one of them fails. */
export type Next = () => void | Promise<void>;

/**
 * Wraps the handling of every record, as a layer of an onion: before `next()`, after it, around it.
 *
 * `next()` may be called again, as a retry does, or not at all: then the record counts as handled. It
 * answers synchronously as long as everything within does, so `await` it rather than chaining on it.
 *
 * - A call that is not awaited is waited for, and fails the record when it fails.
 * - What the middleware throws is the verdict. Until the handler has settled, or the deadline is reached, neither a
 *   retry nor the next record of the lane starts.
 * - Every call, and the middleware after it, read the item as it was. Others do not see the changes that a
 *   middleware makes to the images. Calls beside each other share the images.
 * - A call after the middleware has settled throws a ConfigurationError `LATE_NEXT` and starts nothing. A middleware that
 *   returns the promise of its only call has settled then.
 */
export type RecordMiddleware<R> = (record: R, context: RecordContext, next: Next) => unknown;

/** A middleware that may bring its own layer, which then decides for each record whether the middleware runs at all. */
export type LayerMiddleware = RecordMiddleware<LazyRecord> & { readonly '~wrap'?: typeof wrapLayer };

/**
 * Wraps `inner` in one layer.
 *
 * The layer ends when the middleware and everything that it started have ended, whichever is later: a middleware that
 * stops waiting for its `next()` does not let the lane, a retry or the answer go on beside the handler.
 */
export function wrapLayer(middleware: RecordMiddleware<LazyRecord>, inner: HandleRecord): HandleRecord {
  return (record, context) => {
    const layer = new Layer(inner, record, context);
    return layer.end(() => middleware(record, context, () => layer.next()));
  };
}

const NONE: readonly NextCall[] = [];

/** One record on its way through one middleware. */
class Layer implements CallingLayer {
  readonly record: LazyRecord;
  readonly #context: RecordContext;
  readonly #inner: HandleRecord;
  #calls: readonly NextCall[] = NONE;
  #returned = false;
  #settled = false;

  constructor(inner: HandleRecord, record: LazyRecord, context: RecordContext) {
    this.#inner = inner;
    this.record = record;
    this.#context = context;
  }

  end(verdict: () => unknown): unknown {
    try {
      const result = verdict();
      const passedOn = this.#calls.length === 1 ? this.#calls[0]?.passedOnAs(result) : undefined;
      if (passedOn !== undefined) {
        // With the handler's own promise, no code of this layer runs when that settles. What follows the call may return that
        // promise itself, which can then only fail.
        this.#settled = passedOn !== result || this.#returned;
        return passedOn;
      }
      // The value may throw too, when its `then` is read.
      if (!isThenable(result)) return this.#settle(succeedAfter, result);
      return Promise.resolve(result).then(
        (value) => this.#settle(succeedAfter, value),
        (thrown) => this.#settle(failAfter, thrown),
      );
    } catch (thrown) {
      return this.#settle(failAfter, thrown);
    } finally {
      this.#returned = true;
      watchForgotten(this.#calls);
    }
  }

  #settle(after: typeof succeedAfter, result: unknown): Promise<void> | undefined {
    this.#settled = true;
    return after(this.#calls, result, this.record, this.#context);
  }

  next(): void | Promise<void> {
    const { record } = this;
    // Before the middleware has returned no time has passed: the usual call costs no further check.
    if (this.#returned) {
      if (this.#settled) refuseLate(record, this.#context);
      requireTime(record, this.#context, 'the handler within a middleware');
    }
    // Whatever the calls before did, and the middleware.
    record.reread();
    let result: unknown;
    try {
      result = this.#inner(record, this.#context);
    } catch (thrown) {
      record.reread();
      throw thrown;
    }
    if (!isThenable(result)) {
      record.reread();
      return;
    }
    const call = new NextCall(result, this);
    // Not an empty array that grows: it would take the room of 17 calls for each record.
    this.#calls = this.#calls.length > 0 ? [...this.#calls, call] : [call];
    if (this.#returned) watchForgotten(this.#calls);
    return call as unknown as Promise<void>;
  }
}

/** @throws ConfigurationError `LATE_NEXT` always */
function refuseLate(record: LazyRecord, { logger }: RecordContext): never {
  const error = new ConfigurationError(
    'LATE_NEXT',
    'next() was called after its middleware had settled, so no handler was started. ' +
      'Await or return every next() before the middleware ends.',
  );
  ignoreErrors(() => logger.error('next() was called too late', { ...logFieldsOf(record), error }));
  throw error;
}

/**
 * Waits for the calls that a middleware which succeeded has let go of. A forgotten `await` would otherwise report
 * success for a handler that still runs, or whose failure was not seen.
 *
 * @param value what the middleware returned
 */
function succeedAfter(
  calls: readonly NextCall[],
  value: unknown,
  record: LazyRecord,
  context: RecordContext,
): Promise<void> | undefined {
  if (isUnfinished(value)) {
    return refuseUnfinished(value, 'A middleware').catch((thrown) =>
      failAfter(calls, thrown, record, context),
    );
  }
  const left = calls.filter((call) => !(call.seen && call.done));
  if (left.length === 0) return undefined;
  // All of them, also when the first one fails: none may run on beside a retry.
  return Promise.allSettled(left).then((outcomes) => {
    for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
  });
}

/**
 * Fails with what the middleware threw, once the calls that it no longer waits for have settled, or at the deadline.
 *
 * @throws what the middleware threw, at once where nothing runs any more
 */
function failAfter(
  calls: readonly NextCall[],
  thrown: unknown,
  record: LazyRecord,
  { signal, logger }: RecordContext,
): Promise<never> {
  const running = calls.filter((call) => !call.done);
  if (running.length === 0 || signal.aborted) throw thrown;
  return new Promise((_, reject) => {
    const atDeadline = (): void => {
      // The answer names the record as unfinished, and no other code logs the error.
      ignoreErrors(() =>
        logger.error('A middleware failed, and its handler still ran at the deadline', {
          ...logFieldsOf(record),
          error: thrown,
        }),
      );
      reject(thrown);
    };
    signal.addEventListener('abort', atDeadline, { once: true });
    Promise.allSettled(running).then(() => {
      signal.removeEventListener('abort', atDeadline);
      reject(thrown);
    });
  });
}

import type { HandleRecord } from '../batch/process-event.ts';
import type { RecordContext } from '../batch/record-context.ts';
import { logFieldsOf, requireTime } from '../batch/require-time.ts';
import { ConfigurationError } from '../errors.ts';
import { ignoreErrors } from '../promise/ignore-errors.ts';
import { isThenable } from '../promise/thenable.ts';
import { isUnfinished, refuseUnfinished } from '../promise/unfinished.ts';
import type { LazyRecord } from '../record/lazy-record.ts';

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
 * - A call after the middleware has settled throws a ConfigurationError `LATE_NEXT` and starts nothing.
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
    let calls = NONE;
    let returned = false;
    let settled = false;
    const next: Next = () => {
      // Before the middleware has returned no time has passed: the usual call costs no further check.
      if (returned) {
        if (settled) refuseLate(record, context);
        requireTime(record, context, 'the handler within a middleware');
      }
      // Whatever the calls before did, and the middleware.
      record.reread();
      let result: unknown;
      try {
        result = inner(record, context);
      } catch (thrown) {
        record.reread();
        throw thrown;
      }
      if (!isThenable(result)) {
        record.reread();
        return;
      }
      const call = new NextCall(result, record);
      // Not an empty array that grows: it would take the room of 17 calls for each record.
      calls = calls.length > 0 ? [...calls, call] : [call];
      if (returned) watchForgotten(calls);
      return call as unknown as Promise<void>;
    };
    const ended =
      <Verdict>(after: After<Verdict>) =>
      (result: unknown): Verdict => {
        settled = true;
        return after(calls, result, record, context);
      };
    let result: unknown;
    let end: (result: unknown) => unknown = ended(succeedAfter);
    try {
      result = middleware(record, context, next);
      // The value that it returned may throw too, when its `then` is read.
      if (isThenable(result)) {
        // The usual call that the middleware has passed on settles the record itself, without a promise around it.
        const pending: PromiseLike<unknown> = result === calls[0] ? result : Promise.resolve(result);
        result = pending.then<unknown, unknown>(end, ended(failAfter));
        end = itself;
      }
    } catch (thrown) {
      result = thrown;
      end = ended(failAfter);
    }
    returned = true;
    watchForgotten(calls);
    return end(result);
  };
}

/** The step that follows when a middleware has settled. */
type After<Verdict> = (
  calls: readonly NextCall[],
  result: unknown,
  record: LazyRecord,
  context: RecordContext,
) => Verdict;

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
 * A call of next() that has to be waited for.
 *
 * For its caller it is a promise. It has only the prototype of one: with a promise of its own, a middleware that
 * only passes records on took 1.8 times as long as the bare router, and takes 1.2 times as long now (bench: middleware/layers).
 */
class NextCall {
  static {
    Object.setPrototypeOf(NextCall.prototype, Promise.prototype);
  }

  /** True once the middleware has awaited it, and so decides what its failure means. */
  seen = false;
  done = false;
  readonly #inner: Promise<unknown>;
  readonly #record: LazyRecord;

  constructor(inner: PromiseLike<unknown>, record: LazyRecord) {
    this.#inner = Promise.resolve(inner);
    this.#record = record;
  }

  // biome-ignore lint/suspicious/noThenProperty: await and every other way of looking goes through it
  then<A, B>(
    onFulfilled?: ((value: unknown) => A) | null,
    onRejected?: ((reason: unknown) => B) | null,
  ): Promise<unknown> {
    this.seen = true;
    const failed = (thrown: unknown): B => {
      this.#settle();
      if (onRejected) return onRejected(thrown);
      throw thrown;
    };
    return this.#inner.then((value) => {
      if (isUnfinished(value)) return refuseUnfinished(value).catch(failed);
      this.#settle();
      return onFulfilled ? onFulfilled(value) : value;
    }, failed);
  }

  #settle(): void {
    this.done = true;
    this.#record.reread();
  }
}

const NONE: readonly NextCall[] = [];
const ignore = (): void => {};
const itself = <Value>(value: Value): Value => value;

/**
 * Notes when the calls settle that the middleware has not awaited when it returns. It also keeps Node from ending the process for
 * their rejections: `succeedAfter` fails the record with them instead.
 */
function watchForgotten(calls: readonly NextCall[]): void {
  for (const call of calls) {
    if (call.seen) continue;
    call.then(ignore, ignore);
    call.seen = false;
  }
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

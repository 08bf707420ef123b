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

/**
 * Wraps `inner` in one layer.
 *
 * The layer ends when the middleware and everything that it started have ended, whichever is later: a middleware that
 * stops waiting for its `next()` does not let the lane, a retry or the answer go on beside the handler.
 */
export function wrapLayer(middleware: RecordMiddleware<LazyRecord>, inner: HandleRecord): HandleRecord {
  return (record, context) => {
    let calls: NextCall<void>[] | undefined;
    let returned = false;
    let settled = false;
    const next: Next = () => {
      // Before the middleware has returned no time has passed: the usual call costs no further check.
      if (returned) {
        if (settled) refuseLate(record, context);
        requireTime(record, context, 'what lies within a middleware');
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
      const call = nextCall(result, record);
      calls ??= [];
      calls.push(call);
      return call;
    };
    let result: unknown;
    let waits: boolean;
    try {
      result = middleware(record, context, next);
      // The value that it returned may throw too, when its `then` is read.
      waits = isThenable(result);
    } catch (thrown) {
      returned = settled = true;
      return failAfter(calls, thrown, record, context);
    }
    returned = true;
    if (!waits) {
      settled = true;
      return succeedAfter(calls, result, record, context);
    }
    return Promise.resolve(result).then(
      (value) => {
        settled = true;
        return succeedAfter(calls, value, record, context);
      },
      (thrown) => {
        settled = true;
        return failAfter(calls, thrown, record, context);
      },
    );
  };
}

/** @throws ConfigurationError `LATE_NEXT` always */
function refuseLate(record: LazyRecord, { logger }: RecordContext): never {
  const error = new ConfigurationError(
    'LATE_NEXT',
    'next() was called after its middleware had settled. The record has its verdict, so no handler was started. ' +
      'Await or return every next() before the middleware ends.',
  );
  ignoreErrors(() => logger.error('next() was called too late', { ...logFieldsOf(record), error }));
  throw error;
}

/** A call of next() that has to be waited for. */
class NextCall<T> extends Promise<T> {
  /** True once the middleware has awaited it, and so decides what its failure means. */
  observed = false;
  settled = false;

  static override get [Symbol.species](): PromiseConstructor {
    return Promise;
  }

  // biome-ignore lint/suspicious/noThenProperty: await and every other way of looking goes through it
  override then<A = T, B = never>(
    onFulfilled?: ((value: T) => A | PromiseLike<A>) | null,
    onRejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    this.observed = true;
    return super.then(onFulfilled, onRejected);
  }
}

function nextCall(result: PromiseLike<unknown>, record: LazyRecord): NextCall<void> {
  const call = new NextCall<void>((resolve, reject) => {
    result.then(
      (value) =>
        resolve(isUnfinished(value) ? refuseUnfinished('A handler', value) : (value as PromiseLike<void>)),
      reject,
    );
  });
  const settle = (): void => {
    call.settled = true;
    record.reread();
  };
  // Not call.then: that would count as observed. It also keeps Node from ending the process for a rejection
  // that is not awaited: `succeedAfter` fails the record with it instead.
  Promise.prototype.then.call(call, settle, settle);
  return call;
}

/**
 * Waits for the calls that a middleware which succeeded has let go of. A forgotten `await` would otherwise report
 * success for a handler that still runs, or whose failure was not seen.
 *
 * @param value what the middleware returned
 */
function succeedAfter(
  calls: readonly NextCall<void>[] | undefined,
  value: unknown,
  record: LazyRecord,
  context: RecordContext,
): Promise<void> | undefined {
  if (isUnfinished(value)) {
    return refuseUnfinished('A middleware', value).catch((thrown) =>
      failAfter(calls, thrown, record, context),
    );
  }
  const left = calls?.filter((call) => !(call.observed && call.settled));
  if (left === undefined || left.length === 0) return undefined;
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
  calls: readonly NextCall<void>[] | undefined,
  thrown: unknown,
  record: LazyRecord,
  { signal, logger }: RecordContext,
): Promise<never> {
  const running = calls?.filter((call) => !call.settled);
  if (running === undefined || running.length === 0 || signal.aborted) throw thrown;
  return new Promise((_, reject) => {
    const atDeadline = (): void => {
      // The answer names the record as unfinished, and no other code logs the error.
      ignoreErrors(() =>
        logger.error('A middleware failed, and what it had started still ran at the deadline', {
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

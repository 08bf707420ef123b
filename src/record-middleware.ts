import type { HandleRecord } from './batch/process-event.ts';
import type { RecordContext } from './batch/record-context.ts';
import type { LazyRecord } from './record/lazy-record.ts';
import { isThenable } from './thenable.ts';

/** Runs what lies within: the next middleware, at last validation and the routes. Throws when that fails. */
export type Next = () => void | Promise<void>;

/**
 * Wraps the handling of every record, as a layer of an onion: before `next()`, after it, around it.
 *
 * `next()` may be called again, as a retry does, or not at all: then the record counts as handled. It
 * answers synchronously as long as everything within does, so `await` it rather than chaining on it. A call
 * that nobody awaits is waited for, and fails the record when it fails.
 */
export type RecordMiddleware<R> = (record: R, context: RecordContext, next: Next) => unknown;

/** Wraps `inner` in one layer. */
export function wrapLayer(middleware: RecordMiddleware<LazyRecord>, inner: HandleRecord): HandleRecord {
  return (record, context) => {
    let calls: NextCall<void>[] | undefined;
    const next: Next = () => {
      const result = inner(record, context);
      if (!isThenable(result)) return;
      const call = nextCall(result);
      calls ??= [];
      calls.push(call);
      return call;
    };
    const result = middleware(record, context, next);
    if (isThenable(result)) return Promise.resolve(result).then(() => loose(calls));
    return loose(calls);
  };
}

/** A call of next() that has to be waited for. */
class NextCall<T> extends Promise<T> {
  /** Whether the middleware has awaited it, and so decides what its failure means. */
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

function nextCall(result: PromiseLike<unknown>): NextCall<void> {
  const call = new NextCall<void>((resolve) => resolve(result as PromiseLike<void>));
  const settle = (): void => {
    call.settled = true;
  };
  // Not call.then: that would count as observed. It also keeps Node from ending the process for a rejection
  // that nobody awaits: `loose` fails the record with it instead.
  Promise.prototype.then.call(call, settle, settle);
  return call;
}

/**
 * Waits for the calls that the middleware has let go of. A forgotten `await` would otherwise report success
 * for a handler that is still running, or that has failed with nobody looking.
 */
function loose(calls: readonly NextCall<void>[] | undefined): Promise<unknown> | undefined {
  const left = calls?.filter((call) => !(call.observed && call.settled));
  return left === undefined || left.length === 0 ? undefined : Promise.all(left);
}

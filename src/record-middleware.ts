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
 * answers synchronously as long as everything within does, so `await` it rather than chaining on it.
 */
export type RecordMiddleware<R> = (record: R, context: RecordContext, next: Next) => unknown;

/** Wraps `inner` in one layer. */
export function wrapLayer(middleware: RecordMiddleware<LazyRecord>, inner: HandleRecord): HandleRecord {
  return (record, context) => {
    // Calls of next() that have not settled, and what the middleware got for them. A middleware that
    // forgets to await one would otherwise report success for a handler that is still running.
    const open = new Map<Promise<void>, Promise<void>>();
    const next: Next = () => {
      const result = inner(record, context);
      if (!isThenable(result)) return;
      const inside = Promise.resolve(result).then(() => {});
      const close = (): void => void open.delete(inside);
      inside.then(close, close);
      // A promise of its own for the middleware: when nobody handles its rejection, Node says so.
      const outside = inside.then(() => {});
      open.set(inside, outside);
      return outside;
    };
    const result = middleware(record, context, next);
    if (isThenable(result)) return Promise.resolve(result).then(() => closeAll(open));
    return open.size > 0 ? closeAll(open) : undefined;
  };
}

async function closeAll(open: ReadonlyMap<Promise<void>, Promise<void>>): Promise<void> {
  // What they reject with fails the record here, so it is handled.
  for (const outside of open.values()) outside.catch(() => {});
  await Promise.all(open.keys());
}

import type { RecordContext } from '../batch/record-context.ts';
import { requireTime } from '../batch/require-time.ts';
import { type Condition, holds } from '../conditions/condition.ts';
import { FUNCTION } from '../options/check.ts';
import { requireArgument } from '../options/check-options.ts';
import { invalidOption } from '../options/invalid-option.ts';
import { isThenable } from '../promise/thenable.ts';
import { isUnfinished, refuseUnfinished } from '../promise/unfinished.ts';
import type { LazyRecord } from '../record/lazy-record.ts';

/** Handles one record. What it throws or rejects with fails that record; a thenable is waited for. */
export type RecordHandler<R> = (record: R, context: RecordContext) => unknown;

/** Event name + optional condition + handler. */
export interface Route {
  readonly condition: Condition<LazyRecord> | undefined;
  readonly handler: RecordHandler<LazyRecord>;
}

/**
 * Makes a route of what `onInsert`, `onModify` or `onRemove` was called with.
 *
 * @throws ConfigurationError `INVALID_HANDLER`
 */
export function routeOf(method: string, args: readonly unknown[]): Route {
  const [condition, handler] = args.length > 1 ? args : [undefined, args[0]];
  const code = 'INVALID_HANDLER';
  const use = `Use ${method}(handler) or ${method}(condition, handler)`;
  // A third argument would be a handler that never runs.
  if (args.length > 2) {
    throw invalidOption(method, undefined, `got ${args.length} arguments. ${use}, once for each route.`, {
      code,
    });
  }
  const advice = { code, remedy: `${use}.` } as const;
  requireArgument(method, 'handler', handler, FUNCTION, advice);
  if (args.length > 1) requireArgument(method, 'condition', condition, FUNCTION, advice);
  return { condition: condition as Route['condition'], handler: handler as Route['handler'] };
}

/**
 * Runs all routes that match, one after the other, in the order registered. Each gets the item as it was, whatever those
 * before it did to their images.
 *
 * @throws DeadlineError when a route would start after the deadline
 */
export function runRoutes(routes: readonly Route[], record: LazyRecord, context: RecordContext): unknown {
  return runFrom(matching(routes, record, 0), routes, record, context);
}

function runFrom(
  first: number,
  routes: readonly Route[],
  record: LazyRecord,
  context: RecordContext,
): unknown {
  let index = first;
  while (index < routes.length) {
    // Asked before the handler, so that images are unmarshalled again only for a handler that runs.
    const following = matching(routes, record, index + 1);
    // biome-ignore lint/style/noNonNullAssertion: index is below routes.length
    const { handler } = routes[index]!;
    const checking = record.revalidate();
    const result = checking
      ? checking.then(() => {
          requireTime(record, context, 'the handler behind the schema');
          return handler(record, context);
        })
      : handler(record, context);
    if (isThenable(result)) {
      // The caller that waits for the last one looks at what it resolves with: a further promise would cost every record.
      if (following === routes.length) return result;
      return Promise.resolve(result).then((value) => {
        if (isUnfinished(value)) return refuseUnfinished(value);
        requireTime(record, context, 'the next route');
        record.reread();
        return runFrom(following, routes, record, context);
      });
    }
    if (isUnfinished(result)) return refuseUnfinished(result);
    if (following < routes.length) record.reread();
    index = following;
  }
  return undefined;
}

/** The first route from an index on that takes the record; the number of routes when none does. */
function matching(routes: readonly Route[], record: LazyRecord, from: number): number {
  let index = from;
  for (; index < routes.length; index++) {
    // biome-ignore lint/style/noNonNullAssertion: index is below routes.length
    const { condition } = routes[index]!;
    if (condition === undefined || holds(condition, record)) break;
  }
  return index;
}

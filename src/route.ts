import type { RecordContext } from './batch/record-context.ts';
import { requireTime } from './batch/require-time.ts';
import { type Condition, holds } from './conditions/condition.ts';
import { ConfigurationError } from './errors.ts';
import { kindOf } from './options.ts';
import type { LazyRecord } from './record/lazy-record.ts';
import { isThenable } from './thenable.ts';
import { isUnfinished, refuseUnfinished } from './unfinished.ts';

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
  // A third argument would be a handler that never runs.
  if (args.length > 2) {
    throw new ConfigurationError(
      'INVALID_HANDLER',
      `${method}: got ${args.length} arguments. Use ${method}(handler) or ${method}(condition, handler), ` +
        'once for each route.',
    );
  }
  for (const [role, value] of [
    ['handler', handler],
    ['condition', condition],
  ] as const) {
    if (typeof value !== 'function' && (role === 'handler' || args.length > 1)) {
      throw new ConfigurationError(
        'INVALID_HANDLER',
        `${method}: the ${role} has to be a function, got ${kindOf(value)}. ` +
          `Use ${method}(handler) or ${method}(condition, handler).`,
      );
    }
  }
  return { condition: condition as Route['condition'], handler: handler as Route['handler'] };
}

/**
 * Runs all routes that match, one after the other, in the order registered.
 *
 * @param from the first route to look at: above 0, the routes before it were waited for
 * @throws DeadlineError when a route would start after the deadline
 */
export function runRoutes(
  routes: readonly Route[],
  record: LazyRecord,
  context: RecordContext,
  from = 0,
): unknown {
  for (let index = from; index < routes.length; index++) {
    // biome-ignore lint/style/noNonNullAssertion: index is below routes.length
    const { condition, handler } = routes[index]!;
    if (condition !== undefined && !holds(condition, record)) continue;
    if (from > 0) requireTime(record, context, 'the next route');
    const result = handler(record, context);
    if (!isThenable(result)) {
      if (isUnfinished(result)) return refuseUnfinished('A handler', result);
      continue;
    }
    // Whoever waits for the last one looks at what it resolves with: a further promise would cost every record.
    if (index === routes.length - 1) return result;
    return Promise.resolve(result).then((value) =>
      isUnfinished(value)
        ? refuseUnfinished('A handler', value)
        : runRoutes(routes, record, context, index + 1),
    );
  }
  return undefined;
}

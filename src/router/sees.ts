import type { Sees } from '../batch/handler-facts.ts';
import { oneOf } from '../options/check.ts';
import { rejectUnknownOptions, requireOption } from '../options/check-options.ts';

/** How a middleware is added to a router. */
export interface UseOptions {
  /**
   * The records that the middleware needs. `'routed'`: those that a route may take, so that `eventSourceMapping` can derive filters.
   * It changes the filters only: the middleware gets every record that reaches the function.
   *
   * @defaultValue `'routed'` for the middleware of streamlane other than `auditTrail`, else `'all'`
   */
  readonly sees?: Sees;
}

/** The name under which a middleware says that it needs no records without a route. */
const SEES = '~sees';

/** Lets a middleware say that it needs no records without a route. */
export function seesRouted<Middleware extends object>(middleware: Middleware): Middleware {
  // Not enumerable: a middleware around it that took its properties may need other records.
  return Object.defineProperty(middleware, SEES, { value: 'routed' });
}

/** @throws ConfigurationError `UNKNOWN_OPTION` or `INVALID_OPTION` */
export function seesOf(middleware: object, options: UseOptions = {}): Sees {
  rejectUnknownOptions('use', options, ['sees']);
  const { sees = (middleware as { readonly [SEES]?: Sees })[SEES] ?? 'all' } = options;
  requireOption('use', 'sees', sees, oneOf(['all', 'routed']));
  return sees;
}

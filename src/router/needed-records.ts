import type { Sees } from '../batch/handler-facts.ts';
import { oneOf } from '../options/check.ts';
import { checkOptions } from '../options/check-options.ts';

/** How a middleware is added to a router. */
export interface UseOptions {
  /**
   * The records that the middleware needs. `'routed'`: those that a route may take, so that `eventSourceMapping` can derive filters.
   * It changes the filters only: the middleware gets every record that reaches the function. `eventSourceMapping` refuses it for
   * `auditTrail`, whose entries would be missing for records that the filters drop.
   *
   * @defaultValue `'routed'` for the middleware of streamlane other than `auditTrail`, else `'all'`
   */
  readonly sees?: Sees;
}

/** The name under which a middleware says that it needs no records without a route. */
const SEES = '~sees';

type Declared = object & { readonly [SEES]?: Sees };

/** Lets a middleware say that it needs no records without a route. */
export function seesRouted<Middleware extends object>(middleware: Middleware): Middleware {
  // Not enumerable: a middleware around it that took its properties may need other records.
  return Object.defineProperty(middleware, SEES, { value: 'routed' });
}

/** Lets a middleware say that it needs every record, so that `eventSourceMapping` refuses it with `sees: 'routed'`. */
export function seesAll<Middleware extends object>(middleware: Middleware): Middleware {
  return Object.defineProperty(middleware, SEES, { value: 'all' });
}

/** The records that a middleware says itself that it needs. */
export function declaredSees(middleware: Declared): Sees | undefined {
  return middleware[SEES];
}

/** @throws ConfigurationError `UNKNOWN_OPTION` or `INVALID_OPTION` */
export function seesOf(middleware: Declared, options: UseOptions = {}): Sees {
  checkOptions('use', options, { sees: oneOf(['all', 'routed']) });
  // Not declaredSees, which would be in every bundle.
  return options.sees ?? middleware[SEES] ?? 'all';
}

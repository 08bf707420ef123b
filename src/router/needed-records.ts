import type { NeededRecords } from '../batch/handler-metadata.ts';
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
  readonly needs?: NeededRecords;
}

/** The name under which a middleware says that it needs no records without a route. */
const NEEDS = '~needs';

type Declared = object & { readonly [NEEDS]?: NeededRecords };

/** Lets a middleware say that it needs no records without a route. */
export function needsRouted<Middleware extends object>(middleware: Middleware): Middleware {
  // Not enumerable: a middleware around it that took its properties may need other records.
  return Object.defineProperty(middleware, NEEDS, { value: 'routed' });
}

/** Lets a middleware say that it needs every record, so that `eventSourceMapping` refuses it with `needs: 'routed'`. */
export function needsAllRecords<Middleware extends object>(middleware: Middleware): Middleware {
  return Object.defineProperty(middleware, NEEDS, { value: 'all' });
}

/** The records that a middleware says itself that it needs. */
export function declaredNeeds(middleware: Declared): NeededRecords | undefined {
  return middleware[NEEDS];
}

/** @throws ConfigurationError `UNKNOWN_OPTION` or `INVALID_OPTION` */
export function neededRecordsOf(middleware: Declared, options: UseOptions = {}): NeededRecords {
  checkOptions('use', options, { needs: oneOf(['all', 'routed']) });
  // Not declaredNeeds, which would be in every bundle.
  return options.needs ?? middleware[NEEDS] ?? 'all';
}

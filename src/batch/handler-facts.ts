import type { EventName } from '../record/stream-record.ts';
import type { BatchSettings } from './options.ts';

/** The facts of a handler that its event source mapping is derived from. */
export interface HandlerFacts {
  readonly kind: 'router' | 'window';
  readonly settings: BatchSettings;
  readonly routes: readonly RouteFacts[];
  /** For each middleware, in the order added. */
  readonly sees: readonly Sees[];
  /** Refuses routes and middleware from now on: a filter that was derived before would drop their records. */
  close(): void;
}

/** The records that a middleware has to see: all, or only those that a route may take. */
export type Sees = 'all' | 'routed';

/** A route, as far as a mapping can know it. */
export interface RouteFacts {
  readonly eventName: EventName;
  /** Undefined: the records of all entities, or of a table without entities. */
  readonly entity: string | undefined;
  readonly condition: unknown;
}

/** The name under which a handler carries its facts. */
export const FACTS = '~router';

/** The facts that a handler carries. Undefined for a handler that is neither a router nor a window. */
export function factsOf(handler: unknown): HandlerFacts | undefined {
  return typeof handler === 'function' ? (handler as { readonly [FACTS]?: HandlerFacts })[FACTS] : undefined;
}

/** A handler that carries its routes, for `eventSourceMapping`: what `streamRouter` and `streamWindow` make. */
export interface RoutedHandler {
  /** For `eventSourceMapping` alone. Optional, so that a function that wraps a window may have its type. */
  readonly [FACTS]?: object;
}

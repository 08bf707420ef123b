import type { EventName } from '../record/stream-record.ts';
import type { BatchSettings } from './options.ts';

/** The metadata of a handler that its event source mapping is derived from. */
export interface HandlerMetadata {
  readonly kind: 'router' | 'window';
  readonly settings: BatchSettings;
  readonly routes: RouteMetadata[];
  /** The middleware, in the order added. */
  readonly layers: readonly object[];
  /** For each middleware, in the same order. */
  readonly needs: NeededRecords[];
  /**
   * Called before a route or a middleware is added. `eventSourceMapping` sets it: the filters that it derived would drop their
   * records. It says so itself, so that the text is in no bundle.
   */
  refuse?: (method: string) => never;
}

/** The records that a middleware has to see: all, or only those that a route may take. */
export type NeededRecords = 'all' | 'routed';

/** A route, as far as a mapping can know it. */
export interface RouteMetadata {
  readonly eventName: EventName;
  /** Undefined: the records of all entities, or of a table without entities. */
  readonly entity: string | undefined;
  readonly condition: unknown;
}

/** The name under which a handler carries its metadata. */
const METADATA = '~router';

/** Lets a handler carry its metadata. Not enumerable: a function around the handler that took its properties may need other records. */
export function withMetadata<Handler extends object>(handler: Handler, metadata: HandlerMetadata): Handler {
  return Object.defineProperty(handler, METADATA, { value: metadata });
}

/** The metadata that a handler carries. Undefined for a handler that is neither a router nor a window. */
export function metadataOf(handler: unknown): HandlerMetadata | undefined {
  return typeof handler === 'function'
    ? (handler as { readonly [METADATA]?: HandlerMetadata })[METADATA]
    : undefined;
}

/** A handler that carries its routes, for `eventSourceMapping`: what `streamRouter` and `streamWindow` make. */
export interface RoutedHandler {
  /** For `eventSourceMapping` alone. Optional, so that a function that wraps a window may have its type. */
  readonly [METADATA]?: object;
}

/** A route of a router, as the page shows it. */
export interface RouteText {
  readonly eventName: 'INSERT' | 'MODIFY' | 'REMOVE';
  /** Undefined: the records of all entities, or of a table without entities. */
  readonly entity?: string;
  /** In words. Undefined: the route takes every record of its event. */
  readonly condition?: string;
}

/** The handler, as far as its code tells. */
export interface HandlerRoutes {
  /** Another one if anything else here is another. */
  readonly routesId: string;
  /** `unknown`: the handler does not tell which routes it has. */
  readonly kind: 'router' | 'window' | 'unknown';
  /**
   * Exports of the handler's module that are routers or windows, if the handler itself is neither. With one of them, the rest describes
   * it. With several, `kind` is `unknown`.
   */
  readonly exported: readonly string[];
  /** The rest is known of a router. Batches run in so many lanes at once. */
  readonly lanes?: number;
  /** The changes of one item, of one partition key, or of the shard run in order. */
  readonly order?: 'item' | 'partition' | 'shard';
  /** How many record middlewares are around the routes. */
  readonly middlewares?: number;
  /** The entities of the table, in their order. */
  readonly entities: readonly string[];
  readonly routes: readonly RouteText[];
}

import { mayHold } from '../conditions/built-in.ts';
import type { LazyRecord } from '../record/lazy-record.ts';
import type { EventName } from '../record/stream-record.ts';
import type { AnyTable } from '../table/table.ts';
import type { Route } from './route.ts';

type RoutesByEvent = Record<EventName, readonly Route[]>;

/** The routes of a router, by entity and event, each list in the order registered. */
export class RouteTable {
  readonly #table: AnyTable | undefined;
  /** Of a table without entities, all routes are those of `undefined`. */
  readonly #routes: ReadonlyMap<string | undefined, RoutesByEvent>;

  constructor(table: AnyTable | undefined) {
    this.#table = table;
    const names = table?.['~entities']?.names ?? [undefined];
    this.#routes = new Map(names.map((name) => [name, { INSERT: [], MODIFY: [], REMOVE: [] }]));
  }

  /** The routes for a record's entity and event. A record that belongs to no entity has none. */
  of(record: LazyRecord): readonly Route[] {
    return this.#routes.get(record.entity)?.[record.eventName] ?? [];
  }

  /** Tells if a route is left for the record once the built-in conditions are asked. */
  mayTake(record: LazyRecord): boolean {
    return this.of(record).some(({ condition }) => mayHold(condition, record));
  }

  /**
   * Adds a route.
   *
   * @param entity undefined for the records of all entities
   * @throws ConfigurationError `INVALID_HANDLER` where the records do not tell their entity
   */
  add(method: string, entity: string | undefined, eventName: EventName, route: Route): void {
    const table = this.#table;
    table?.['~entities']?.requireRoute(method, entity, eventName, table.viewType);
    for (const [name, routes] of this.#routes) {
      // A new list: records in flight go on with the one they began with, where each place has been asked for its condition.
      if (entity === undefined || name === entity) routes[eventName] = [...routes[eventName], route];
    }
  }
}

import type { EventName } from '../record/stream-record.ts';
import type { RouteTable } from '../table/table-entities.ts';

/** The routes of a router whose table has no entities. */
export function plainRoutes<Route>(): RouteTable<Route> {
  const routes: Record<EventName, readonly Route[]> = { INSERT: [], MODIFY: [], REMOVE: [] };
  return {
    of: ({ eventName }) => routes[eventName],
    add(_method, _entity, eventName, route) {
      // A new list: records in flight go on with the one they began with, where each place has been asked for its condition.
      routes[eventName] = [...routes[eventName], route];
    },
  };
}

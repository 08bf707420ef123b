import { FUNCTION, oneOf } from '../options/check.ts';
import { requireArgument } from '../options/check-options.ts';
import { invalidOption } from '../options/invalid-option.ts';
import { ignoreErrors } from '../promise/ignore-errors.ts';
import { isThenable } from '../promise/thenable.ts';
import { isUnfinished, refuseUnfinished } from '../promise/unfinished.ts';
import type { EventName } from '../record/stream-record.ts';
import type { RouteTable } from './table-entities.ts';

/**
 * The routes of a router for a table with entities.
 *
 * @param names the entities of the table
 * @param requireRoute refuses a route whose event's records do not tell whether they belong to the entity
 */
export function entityRoutes<Route>(
  names: readonly string[],
  requireRoute: (method: string, entity: string | undefined, eventName: EventName) => void,
): RouteTable<Route> {
  const byEntity = new Map(
    names.map((name): [string, Record<EventName, readonly Route[]>] => [
      name,
      { INSERT: [], MODIFY: [], REMOVE: [] },
    ]),
  );
  return {
    of: ({ entity, eventName }) => byEntity.get(entity as string)?.[eventName] ?? [],
    add(method, entity, eventName, route) {
      requireRoute(method, entity, eventName);
      for (const [name, routes] of byEntity) {
        // A new list: records in flight go on with the one they began with, where each place has been asked for its condition.
        if (entity === undefined || name === entity) routes[eventName] = [...routes[eventName], route];
      }
    },
  };
}

/**
 * Lets a callback add routes for one entity.
 *
 * @param names the entities of the table
 * @param routes what the callback gets
 * @throws ConfigurationError `INVALID_OPTION` for a name that the table does not declare, `INVALID_HANDLER`
 */
export function addRoutes(names: readonly string[], name: unknown, add: unknown, routes: object): void {
  requireArgument('entity', 'name', name, oneOf(names));
  requireArgument('entity', 'second argument', add, FUNCTION, {
    code: 'INVALID_HANDLER',
    remedy: "Use entity('order', (orders) => orders.onInsert(handler)).",
  });
  const added = (add as (routes: object) => unknown)(routes);
  // Routes that come later would miss records, and no user would notice.
  const promise = isThenable(added);
  if (promise || isUnfinished(added)) {
    // Nothing waits for it any more, and an unhandled rejection would end the process.
    ignoreErrors(() => (promise ? added : refuseUnfinished(added, 'The callback of entity')));
    throw invalidOption('entity', undefined, 'the routes have to be added synchronously.', {
      code: 'INVALID_HANDLER',
    });
  }
}

import type { HandlerRoutes } from '../../../../src/console/protocol/routes.ts';
import { Store } from '../../../../src/console/state/store.ts';
import type { Topology } from '../../../../src/console/state/topology/topology.ts';
import { messageOf, shown } from '../events.ts';

export type Fields = Parameters<typeof messageOf>[0][number];

/** A router with three routes. The last one is decided by code of the user. */
export const ROUTER: HandlerRoutes = {
  routesId: 'one',
  kind: 'router',
  exported: [],
  lanes: 10,
  order: 'item',
  middlewares: 0,
  entities: [],
  routes: [
    { eventName: 'INSERT' },
    { eventName: 'MODIFY', condition: 'status changed' },
    { eventName: 'MODIFY', condition: 'your own code' },
  ],
};

export function routes(fields: Partial<HandlerRoutes> = {}): Fields {
  return { event: 'routes', ...ROUTER, ...fields };
}

/** The records with these numbers, from the first to the last one, were read. */
export function read(first: number, last: number, shardId = 's'): Fields {
  const records = Array.from({ length: last - first + 1 }, (_, index) => shown(first + index));
  return { event: 'read', shardId, records };
}

export function started(requestId: string, slot = 0, shardId = 's'): Fields {
  return { event: 'invocationStarted', shardId, slot, requestId, records: [], attempt: 1 };
}

/** An invocation has ended. */
export function invoked(first: number, last: number, fields: object = {}): Fields {
  return {
    event: 'invocation',
    shardId: 's',
    requestId: 'r',
    outcome: 'succeeded',
    records: [[first, last]],
    ...fields,
  };
}

/** The routes of some records of an invocation. */
export function taking(
  first: number,
  last: number,
  taken: readonly number[],
  undecided: readonly number[] = [],
  routesId = 'one',
): object {
  return { routesId, taken, undecided, records: [[first, last]] };
}

export function passed(first: number, last: number, outcome = 'succeeded', shardId = 's'): Fields {
  return { event: 'checkpoint', shardId, outcome, records: [[first, last]] };
}

export function storeOf(...events: readonly Fields[]): Store {
  const store = new Store();
  store.add(messageOf(events));
  return store;
}

export function topologyOf(...events: readonly Fields[]): Topology {
  return storeOf(...events).topology;
}

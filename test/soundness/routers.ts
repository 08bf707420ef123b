import fc from 'fast-check';
import {
  defineTable,
  itemOf,
  type NumberPolicy,
  oneOf,
  prefix,
  type StreamViewType,
  streamRouter,
  wildcard,
} from '../../src/index.ts';
import { deadLetter } from '../../src/middleware/dead-letter.ts';
import { retry } from '../../src/middleware/retry.ts';
import { VIEW_TYPES } from '../../src/record/view-type.ts';
import type { AnyTable } from '../../src/table/table.ts';
import { type DrawnCondition, drawnCondition } from './conditions.ts';

/** The calls that a router made for a record. */
export interface Seen {
  handlers: number;
  middleware: number;
}

/** A router, as data. */
export interface RouterPlan {
  readonly table: 'none' | 'plain' | 'entities';
  readonly viewType: StreamViewType;
  readonly numbers: NumberPolicy;
  readonly unknownEntity: 'ignore' | 'fail';
  readonly middleware: readonly ('retry' | 'deadLetter' | 'plain' | 'routed')[];
  readonly routes: readonly RoutePlan[];
}

interface RoutePlan {
  readonly eventName: 'INSERT' | 'MODIFY' | 'REMOVE';
  readonly entity: string | undefined;
  readonly drawn: DrawnCondition | undefined;
}

const ENTITIES = {
  line: { item: itemOf<object>(), match: { sk: wildcard('ORDER#*#LINE#*') } },
  order: { item: itemOf<object>(), match: { sk: prefix('ORDER#') } },
  customer: { item: itemOf<object>(), match: { sk: 'PROFILE', type: 'CUSTOMER' } },
  payment: { item: itemOf<object>(), match: { type: oneOf('PAYMENT', 'REFUND') } },
};

export const drawnRouter: fc.Arbitrary<RouterPlan> = fc.record({
  table: fc.constantFrom('none', 'plain', 'entities'),
  viewType: fc.oneof(
    { weight: 5, arbitrary: fc.constant<StreamViewType>('NEW_AND_OLD_IMAGES') },
    fc.constantFrom(...VIEW_TYPES),
  ),
  numbers: fc.constantFrom<NumberPolicy>('number', 'number', 'string', (text: string) => text),
  unknownEntity: fc.constantFrom('ignore', 'ignore', 'ignore', 'fail'),
  middleware: fc.oneof(
    { weight: 4, arbitrary: fc.constant([]) },
    fc.array(fc.constantFrom('retry', 'deadLetter', 'plain', 'routed'), { maxLength: 2 }),
  ),
  routes: fc.array(
    fc.record({
      eventName: fc.constantFrom('INSERT', 'MODIFY', 'MODIFY', 'REMOVE'),
      entity: fc.constantFrom(undefined, ...Object.keys(ENTITIES)),
      drawn: fc.option(drawnCondition, { nil: undefined, freq: 6 }),
    }),
    { maxLength: 3 },
  ),
});

/** Makes the router of a plan. It notes what it was seen to do. */
export function routerOf(plan: RouterPlan, seen: Seen) {
  const options = {
    logger: false as const,
    numbers: plan.numbers,
    ...(plan.table === 'entities' && { unknownEntity: plan.unknownEntity }),
  };
  const table = tableOf(plan);
  const router = (table === undefined
    ? streamRouter({ ...options, viewType: plan.viewType } as never)
    : streamRouter(table as never, options)) as unknown as AnyRouter;
  for (const name of plan.middleware) addMiddleware(router, name, seen);
  for (const { eventName, entity, drawn } of plan.routes) {
    const handler = (): void => void seen.handlers++;
    const args = drawn === undefined ? [handler] : [drawn.condition, handler];
    const method = ({ INSERT: 'onInsert', MODIFY: 'onModify', REMOVE: 'onRemove' } as const)[eventName];
    try {
      if (entity === undefined || plan.table !== 'entities') router[method](...args);
      else router.entity(entity, (routes) => routes[method](...args));
    } catch {
      // The records of this event do not tell their entity: the router refuses the route.
    }
  }
  return router;
}

type Add = (...args: readonly unknown[]) => unknown;

interface AnyRouter {
  (event: object): Promise<{ readonly batchItemFailures: readonly unknown[] }>;
  readonly onInsert: Add;
  readonly onModify: Add;
  readonly onRemove: Add;
  entity(name: string, add: (routes: AnyRouter) => unknown): unknown;
  use(middleware: unknown, options?: object): unknown;
}

function tableOf({ table, viewType }: RouterPlan): AnyTable | undefined {
  const named = { name: 'App', keys: ['pk', 'sk'] as const, viewType };
  if (table === 'none') return undefined;
  return table === 'plain'
    ? defineTable({ ...named, item: itemOf<{ pk: string; sk: string }>() })
    : (defineTable({ ...named, entities: ENTITIES } as never) as AnyTable);
}

function addMiddleware(router: AnyRouter, name: RouterPlan['middleware'][number], seen: Seen): void {
  if (name === 'retry') router.use(retry({ attempts: 1 }));
  if (name === 'deadLetter')
    router.use(deadLetter({ target: 'nowhere', send: () => Promise.reject(new Error()) } as never));
  const pass = (_record: unknown, _context: unknown, next: () => unknown): unknown => next();
  if (name === 'routed') router.use(pass, { needs: 'routed' });
  if (name === 'plain') {
    router.use((record: unknown, context: unknown, next: () => unknown) => {
      seen.middleware++;
      return pass(record, context, next);
    });
  }
}

import fc from 'fast-check';
import type { Order, StreamViewType } from '../../../src/index.ts';
import type { NumberPlan } from './amounts.ts';
import { CONDITIONS, type Condition } from './conditions.ts';

/** A write to the table. What the item was before decides which record it makes. */
export interface Write {
  readonly item: number;
  readonly kind: 'put' | 'put' | 'delete' | 'expire' | 'no-op';
  readonly status: 'OPEN' | 'PAID';
  /** Written in one transaction with the write before: at the same second. */
  readonly together: boolean;
  /** The image holds a number that cannot be read. */
  readonly malformed: boolean;
  /** Its handlers fail for good at every attempt. */
  readonly poison: boolean;
}

export interface TablePlan {
  readonly viewType: StreamViewType;
  readonly writes: readonly Write[];
  /** Partition keys. */
  readonly partitions: number;
  readonly shards: number;
  /** After so many writes the first shard ends, and two children go on. Undefined: it does not. */
  readonly splitAfter: number | undefined;
  /** Digits of the first sequence number: their count grows within the shard. */
  readonly digits: number;
}

export interface MappingPlan {
  readonly batchSize: number;
  readonly partialResponses: boolean;
  readonly bisectBatchOnFunctionError: boolean;
  readonly maximumRetryAttempts: number;
  readonly maximumRecordAgeInSeconds: number;
  readonly parallelizationFactor: number;
  readonly filter: 'none' | 'writes only' | 'paid only';
  readonly retryDelayMs: number;
  /** Seconds, for a window. */
  readonly tumblingWindowInSeconds: number;
}

/** Mishaps around an invocation. */
export type Fault =
  | 'answer lost'
  | 'killed after its answer'
  | 'hard timeout'
  | 'killed'
  | 'throttled'
  | 'delivered twice'
  | 'delivered twice at once'
  | 'rewind'
  | 'mapping made anew';

const FAULTS: readonly Fault[] = [
  'answer lost',
  'killed after its answer',
  'hard timeout',
  'killed',
  'throttled',
  'delivered twice',
  'delivered twice at once',
  'rewind',
  'mapping made anew',
];

export interface LambdaPlan {
  readonly sandboxes: number;
  /** Lambda Managed Instances: several invocations at once in a sandbox, no freeze. */
  readonly managed: boolean;
  /** Milliseconds until the deadline. */
  readonly budgetMs: number;
  /** How many of 100 invocations meet a fault, until `troubledInvocations` have been made. */
  readonly faultPercent: number;
  readonly faults: readonly Fault[];
  readonly troubledInvocations: number;
  /** The clock of the machine jumps by so many milliseconds in the midst. */
  readonly clockJumpMs: number;
}

/** The entry points that a function may have. */
export const ENTRY_POINTS = [
  'router',
  'router behind Middy',
  'processBatch',
  'OrderedStreamProcessor',
  'window',
] as const;

export type EntryPoint = (typeof ENTRY_POINTS)[number];

export type PassThrough =
  | 'returns'
  | 'awaits'
  | 'forgets'
  | 'races'
  | 'swallows late'
  | 'swallows'
  | 'calls twice'
  | 'calls late'
  | 'fails'
  | 'rethrows'
  | 'swallows in catch'
  | 'goes on'
  | 'tries again'
  | 'ends with finally'
  | 'returns and calls late';

export type Layer =
  | { readonly kind: 'audit' }
  | { readonly kind: 'deadLetter'; readonly when: 'permanent' | 'exhausted' | 'every failure' }
  | { readonly kind: 'idempotent'; readonly localCache: boolean }
  | { readonly kind: 'retry'; readonly attempts: number }
  | { readonly kind: 'validate'; readonly delayMs: number }
  | { readonly kind: 'own'; readonly how: PassThrough };

export interface Route {
  readonly eventName: 'INSERT' | 'MODIFY' | 'REMOVE';
  readonly condition: Condition;
  readonly sink: SinkName | 'none';
  /** Not awaited: the library has to notice. */
  readonly forgetsToAwait: boolean;
  /** Its messages are sent without their record. */
  readonly detached: Detached;
}

export type Detached = 'no' | 'with the signal' | 'without a signal';

export type SinkName = 'topic' | 'fifoTopic' | 'queue' | 'fifoQueue' | 'bus' | 'table' | 'bucket' | 'own';

export interface FunctionPlan {
  readonly entryPoint: EntryPoint;
  readonly order: Order;
  readonly concurrency: number;
  readonly declared: boolean;
  readonly layers: readonly Layer[];
  readonly routes: readonly Route[];
  /** How many of 100 attempts fail, until an attempt has been made three times. */
  readonly failPercent: number;
  /** How many of 100 handlers work without waiting, some of them until the deadline has passed. */
  readonly busyPercent: number;
  /** How many of 100 handlers answer without a promise. */
  readonly syncPercent: number;
  /** How many of 100 handlers do not obey the signal. */
  readonly deafPercent: number;
  readonly numbers: NumberPlan;
  /** Handlers change what they get. */
  readonly mutates: boolean;
  readonly throwOnFullBatchFailure: boolean;
  readonly metrics: 'none' | 'plain' | 'fails';
}

export interface TargetsPlan {
  /** How many of 100 requests meet a fault, until `troubledRequests` have been made. */
  readonly faultPercent: number;
  /** How many of 100 entries are refused for a passing reason. */
  readonly refusePercent: number;
  /** How many of 100 changes have messages that no target takes, where the mapping discards records. */
  readonly refusedForGoodPercent: number;
  readonly troubledRequests: number;
  /** All requests to handlers' sinks are denied for the first so many requests: a missing permission. */
  readonly deniedRequests: number;
  readonly lettersRefusedPercent: number;
  readonly storeFaultPercent: number;
}

export type EntityName = 'note' | 'bill' | 'thing';

/** A table that holds several kinds of items. */
export interface EntityPlan {
  readonly unknownEntity: 'ignore' | 'fail';
  /** Whose records each route takes, by the places of routes. */
  readonly routes: readonly (EntityName | 'all')[];
}

/** Everything that is drawn for one history. */
export interface Scenario {
  readonly seed: number;
  readonly table: TablePlan;
  readonly mapping: MappingPlan;
  readonly lambda: LambdaPlan;
  readonly fn: FunctionPlan;
  readonly targets: TargetsPlan;
  /** Letters and on-failure documents are replayed at the end. */
  readonly replays: boolean;
  /** Undefined: all items are of one kind. */
  readonly entities: EntityPlan | undefined;
}

const likely = (percent: number): fc.Arbitrary<boolean> => fc.nat(99).map((drawn) => drawn < percent);

/** A number that is 0 in half of the scenarios, so that faults are also seen apart. */
const rate = (most: number): fc.Arbitrary<number> =>
  fc.oneof(
    { weight: 1, arbitrary: fc.constant(0) },
    { weight: 2, arbitrary: fc.integer({ min: 1, max: most }) },
  );

const write: fc.Arbitrary<Write> = fc.record({
  item: fc.oneof({ weight: 2, arbitrary: fc.constant(0) }, { weight: 3, arbitrary: fc.nat(4) }),
  kind: fc.constantFrom('put', 'put', 'put', 'put', 'delete', 'expire', 'no-op'),
  status: fc.constantFrom('OPEN', 'PAID'),
  together: likely(20),
  malformed: likely(2),
  poison: likely(8),
});

const table: fc.Arbitrary<TablePlan> = fc.record({
  viewType: fc.constantFrom(
    'NEW_AND_OLD_IMAGES',
    'NEW_AND_OLD_IMAGES',
    'NEW_AND_OLD_IMAGES',
    'NEW_IMAGE',
    'OLD_IMAGE',
    'KEYS_ONLY',
  ),
  writes: fc.array(write, { minLength: 1, maxLength: 24, size: 'max' }),
  partitions: fc.constant(2),
  shards: fc.constantFrom(1, 1, 2, 3),
  splitAfter: fc.option(fc.nat(10), { nil: undefined }),
  digits: fc.constantFrom(21, 30, 39),
});

const mapping: fc.Arbitrary<MappingPlan> = fc.record({
  batchSize: fc.integer({ min: 1, max: 12 }),
  partialResponses: likely(80),
  bisectBatchOnFunctionError: fc.boolean(),
  maximumRetryAttempts: fc.oneof(fc.constant(-1), fc.nat(4)),
  maximumRecordAgeInSeconds: fc.constantFrom(-1, -1, -1, 60, 600),
  parallelizationFactor: fc.constantFrom(1, 1, 2, 4),
  filter: fc.constantFrom('none', 'none', 'none', 'writes only', 'paid only'),
  retryDelayMs: fc.constantFrom(1, 50, 1000, 20_000),
  tumblingWindowInSeconds: fc.constantFrom(1, 5, 60),
});

const lambda: fc.Arbitrary<LambdaPlan> = fc.record({
  sandboxes: fc.integer({ min: 1, max: 3 }),
  managed: likely(25),
  budgetMs: fc.oneof(fc.integer({ min: 20, max: 60 }), fc.constant(500), fc.constant(5000)),
  faultPercent: rate(60),
  faults: fc.subarray([...FAULTS], { minLength: 1 }),
  troubledInvocations: fc.nat(20),
  clockJumpMs: fc.constantFrom(0, 0, 0, -5000, 5000, 3_600_000),
});

const layer: fc.Arbitrary<Layer> = fc.oneof(
  fc.constant<Layer>({ kind: 'audit' }),
  fc.record({
    kind: fc.constant('own' as const),
    how: fc.constantFrom<PassThrough>(
      'returns',
      'awaits',
      'forgets',
      'races',
      'swallows late',
      'swallows',
      'calls twice',
      'calls late',
      'fails',
      'rethrows',
      'swallows in catch',
      'goes on',
      'tries again',
      'ends with finally',
      'returns and calls late',
    ),
  }),
);

/** deadLetter, idempotent, retry, validate in the documented order, and others anywhere between them. */
const layers: fc.Arbitrary<readonly Layer[]> = fc
  .tuple(
    fc.option(
      fc.record({
        kind: fc.constant('deadLetter' as const),
        when: fc.constantFrom('permanent', 'exhausted', 'every failure'),
      }),
      { freq: 3 },
    ),
    fc.option(fc.record({ kind: fc.constant('idempotent' as const), localCache: fc.boolean() }), { freq: 2 }),
    fc.option(fc.record({ kind: fc.constant('retry' as const), attempts: fc.integer({ min: 1, max: 4 }) })),
    fc.option(fc.record({ kind: fc.constant('validate' as const), delayMs: fc.constantFrom(0, 0, 2) }), {
      freq: 2,
    }),
    fc.array(fc.tuple(layer, fc.nat(4)), { maxLength: 2 }),
  )
  .map(([letters, once, again, valid, others]) => {
    const all: Layer[] = [letters, once, again, valid].filter((layer) => layer !== null);
    for (const [other, at] of others) all.splice(Math.min(at, all.length), 0, other);
    return all;
  });

const route: fc.Arbitrary<Route> = fc.record({
  eventName: fc.constantFrom('INSERT', 'MODIFY', 'MODIFY', 'REMOVE'),
  condition: fc.oneof(
    { weight: 1, arbitrary: fc.constant<Condition>('none') },
    {
      weight: 1,
      arbitrary: fc.constantFrom<Condition>('changed to PAID', 'expired', 'own', 'own that throws'),
    },
    { weight: 2, arbitrary: fc.constantFrom(...(Object.keys(CONDITIONS) as Condition[])) },
  ),
  sink: fc.oneof(
    { weight: 2, arbitrary: fc.constant('none' as const) },
    {
      weight: 2,
      arbitrary: fc.constantFrom<SinkName>(
        'topic',
        'fifoTopic',
        'queue',
        'fifoQueue',
        'bus',
        'table',
        'bucket',
        'own',
      ),
    },
  ),
  forgetsToAwait: likely(3),
  detached: fc.constantFrom<Detached>('no', 'no', 'no', 'no', 'no', 'with the signal', 'without a signal'),
});

/** Takes every record of its event name. */
const plainRoute: fc.Arbitrary<Route> = route.map((drawn) => ({ ...drawn, condition: 'none' }));

const fn: fc.Arbitrary<FunctionPlan> = fc.record({
  entryPoint: fc.constantFrom<EntryPoint>(
    'router',
    'router',
    'router',
    'router behind Middy',
    'processBatch',
    'OrderedStreamProcessor',
    'window',
  ),
  order: fc.constantFrom<Order>('item', 'item', 'item', 'partition', 'shard'),
  concurrency: fc.oneof(fc.integer({ min: 1, max: 4 }), fc.constant(100)),
  declared: fc.boolean(),
  layers,
  routes: fc
    .tuple(fc.array(route, { maxLength: 3 }), fc.array(plainRoute, { minLength: 1, maxLength: 3 }))
    .map(([some, plain]) => [...some, ...plain]),
  failPercent: rate(40),
  busyPercent: rate(30),
  syncPercent: fc.constantFrom(0, 30, 100),
  deafPercent: fc.constantFrom(0, 0, 0, 40),
  numbers: fc.constantFrom<NumberPlan>('number', 'number', 'exact', 'string', 'BigInt'),
  mutates: likely(30),
  throwOnFullBatchFailure: fc.boolean(),
  metrics: fc.constantFrom('none', 'plain', 'fails'),
});

const targets: fc.Arbitrary<TargetsPlan> = fc.record({
  faultPercent: rate(50),
  refusePercent: fc.oneof({ weight: 5, arbitrary: rate(30) }, { weight: 1, arbitrary: fc.constant(90) }),
  refusedForGoodPercent: fc.constantFrom(0, 0, 0, 15),
  troubledRequests: fc.nat(40),
  deniedRequests: fc.constantFrom(0, 0, 0, 5, 30),
  lettersRefusedPercent: rate(40),
  storeFaultPercent: rate(20),
});

/** For the most routes that a function has. */
const MAX_ROUTES = 6;

const entities: fc.Arbitrary<EntityPlan> = fc.record({
  unknownEntity: fc.constantFrom('ignore', 'fail'),
  routes: fc.array(fc.constantFrom('all', 'all', 'note', 'bill', 'bill', 'thing'), {
    minLength: MAX_ROUTES,
    maxLength: MAX_ROUTES,
  }),
});

/** Any scenario. `only` narrows the entry points. */
export function scenarios(only?: readonly EntryPoint[]): fc.Arbitrary<Scenario> {
  const narrowed =
    only === undefined
      ? fn
      : fc.tuple(fn, fc.constantFrom(...only)).map(([plan, entryPoint]) => ({ ...plan, entryPoint }));
  // Without bias, as each history is a run of its own: biased ones are small.
  return fc.noBias(
    fc
      .record({
        seed: fc.nat(),
        table,
        mapping,
        lambda,
        fn: narrowed,
        targets,
        replays: fc.boolean(),
        isCrowded: likely(2),
        entities: fc.option(entities, { freq: 2, nil: undefined }),
      })
      .map(({ isCrowded, ...scenario }) => coherent(isCrowded ? crowded(scenario) : scenario)),
  );
}

/**
 * A scenario within the conditions under which copies converge: no invocations of one slot overlap, and handlers settle
 * before the deadline or obey the signal.
 */
export function convergent(scenario: Scenario): Scenario {
  const { fn, lambda } = scenario;
  const faults = lambda.faults.filter((fault) => !fault.startsWith('delivered twice'));
  // Powertools hands on no signal, and a handler's own timer is late behind work that never waits.
  const busyPercent = fn.entryPoint === 'OrderedStreamProcessor' ? 0 : fn.busyPercent;
  return {
    ...scenario,
    lambda: { ...lambda, faults, ...(faults.length === 0 && { faultPercent: 0 }) },
    fn: {
      ...fn,
      deafPercent: 0,
      busyPercent,
      routes: fn.routes.map((route) => ({ ...route, detached: 'no' })),
    },
  };
}

/** As many invocations at once as Lambda Managed Instances allow. */
export const CROWD = 64;

/** So many shards, each with an item of its own, and one sandbox for all of them. */
function crowded(scenario: Scenario): Scenario {
  const { table, lambda } = scenario;
  const first = Array.from(
    { length: CROWD },
    (_, item): Write => ({ ...(table.writes[item % table.writes.length] as Write), item, kind: 'put' }),
  );
  return {
    ...scenario,
    table: {
      ...table,
      partitions: CROWD,
      shards: CROWD,
      splitAfter: undefined,
      writes: [...first, ...table.writes],
    },
    lambda: { ...lambda, managed: true, sandboxes: 1 },
  };
}

/** Milliseconds that a handler may take that sends, and a middleware that waits for a target or a store. */
const SEND_MS = 25;

/** Corrects what no mapping could bring to an end, or what Powertools' processor makes of failures. */
function coherent(scenario: Scenario): Scenario {
  const { fn, mapping, lambda } = scenario;
  const partialResponses = mapping.partialResponses || fn.entryPoint === 'OrderedStreamProcessor';
  // A record that needs more time than there is, and that nothing discards, would be delivered for a day.
  const minMs = mapping.maximumRetryAttempts < 0 ? (fn.routes.length + fn.layers.length) * SEND_MS : 0;
  return {
    ...scenario,
    mapping: { ...mapping, partialResponses },
    lambda: { ...lambda, budgetMs: Math.max(lambda.budgetMs, minMs) },
  };
}

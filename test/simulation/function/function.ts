import { processPartialResponse } from '@aws-lambda-powertools/batch';
import middy from '@middy/core';
import type { Context, DynamoDBRecord } from 'aws-lambda';
import {
  type BatchSummary,
  type ClosedWindow,
  defineTable,
  itemOf,
  processBatch,
  type RecordContext,
  streamRouter,
  streamWindow,
} from '../../../src/index.ts';
import { metrics } from '../../../src/middleware/metrics.ts';
import { OrderedStreamProcessor } from '../../../src/powertools/index.ts';
import { publishTo } from '../../../src/sinks/publish-to.ts';
import type { Sink } from '../../../src/sinks/sink.ts';
import type { AnyTable } from '../../../src/table/table.ts';
import { isRead } from '../model/amounts.ts';
import { declaredEntities, unknownEntityOf } from '../model/entities.ts';
import { usable } from '../model/reference.ts';
import type { Detached, Route, Scenario } from '../model/scenario.ts';
import type { Change } from '../model/table.ts';
import { type Halting, monotonicNow, never } from '../world/clock.ts';
import type { Handler } from '../world/sandbox.ts';
import type { InvocationContext, World } from '../world/world.ts';
import { conditionOf } from './conditions.ts';
import { handle } from './handle.ts';
import { checksImage, entitiesOf, layersOf, tableSchemaOf } from './layers.ts';
import { memoryLogger } from './logger.ts';
import { type Sinks, sinksOf } from './sinks.ts';

/** Messages that a handler sends at once: more than go into a request. */
const MANY_PARTS = 12;

/** Milliseconds that the function keeps back to answer. */
export const RESERVE_MS = 10;

interface Stored {
  readonly customerId: string;
  readonly invoiceId: string;
  readonly status: 'OPEN' | 'PAID';
  readonly version: number;
}

/** A record of any view type, as far as handlers here look at it. */
interface AnyRecord {
  readonly sequenceNumber: string;
  readonly entity: string | undefined;
  readonly raw: DynamoDBRecord;
  readonly newImage?: object;
  readonly oldImage?: object;
}

/** The state of a window: the changes that it counted, by index. */
export interface WindowState {
  readonly seen: number[];
}

/** Sees what a window's `close` got, once that has completed. */
export type OnClose = (shardId: string, seen: readonly number[]) => void;

/** Makes the handler of a new sandbox. */
export function handlerOf(world: World, sandbox: Halting, deployment: number, onClose: OnClose): Handler {
  const { fn, mapping, table } = world.scenario;
  const sinks = sinksOf(world.targets);
  const logger = memoryLogger(world, sandbox);
  const own = { reserveMs: RESERVE_MS, logger, ...onBatchOf(world) };
  const common = {
    ...own,
    concurrency: fn.concurrency,
    order: fn.order,
    partialResponses: mapping.partialResponses,
    ...(declaredEntities(world.scenario) && { unknownEntity: unknownEntityOf(world.scenario) }),
    numbers: fn.numbers === 'BigInt' ? (BigInt as (text: string) => unknown) : fn.numbers,
  };
  const { viewType } = table;
  const declared = tableOf(world);
  const knowsTable = fn.declared || fn.order === 'partition';

  if (fn.entryPoint === 'OrderedStreamProcessor') return processorOf(world, sandbox, common);
  if (fn.entryPoint === 'window') {
    const { order: _o, concurrency: _c, ...options } = common;
    const window = {
      ...options,
      initial: { seen: [] } as WindowState,
      reduce: (state: WindowState, record: AnyRecord, context: RecordContext): void | Promise<void> => {
        const index = world.indexOf(record.sequenceNumber);
        const count = (): void => {
          state.seen.push(index);
        };
        const called = callHandler(world, sandbox, sinks, record, context, 0);
        if (called instanceof Promise) return handedOn(world, 0, index, called.then(count)) as Promise<void>;
        count();
      },
      close: async (state: WindowState, { shardId, start }: ClosedWindow, { signal }: RecordContext) => {
        const seen = [...state.seen];
        const window = `${shardId} ${start.toISOString()}`;
        await sendWindow(world, sinks, window, signal);
        failToClose(world, window);
        onClose(shardId, seen);
        // What close does to its state is its own affair.
        if (fn.mutates) Object.assign(state, { itself: state });
      },
    };
    return (fn.declared
      ? streamWindow(declared as never, window as never)
      : streamWindow({ ...window, viewType } as never)) as unknown as Handler;
  }
  if (fn.entryPoint === 'processBatch') {
    const run = (record: AnyRecord, context: RecordContext): unknown =>
      handedOn(
        world,
        0,
        world.indexOf(record.sequenceNumber),
        callHandler(world, sandbox, sinks, record, context, 0),
      );
    const options = knowsTable ? { ...common, table: declared } : { ...common, viewType };
    return (event, context) => processBatch(event, context, run as never, options as never);
  }
  const router = (knowsTable
    ? streamRouter(declared as never, common as never)
    : streamRouter({ ...common, viewType } as never)) as unknown as LooseRouter;
  for (const layer of layersOf(world, sandbox, sinks, deployment)) router.use(layer);
  for (const place of usable(world.scenario)) addRoute(world, sandbox, sinks, router, place);
  const handler = router as unknown as Handler;
  return fn.entryPoint === 'router' ? handler : behindMiddy(handler);
}

function tableOf(world: World): AnyTable {
  const { viewType } = world.scenario.table;
  const table = { name: 'Invoices', keys: ['customerId', 'invoiceId'], viewType } as const;
  if (declaredEntities(world.scenario) !== undefined)
    return defineTable({ ...table, entities: entitiesOf(world) });
  const schema = tableSchemaOf(world);
  return defineTable({
    ...table,
    item: schema === undefined ? itemOf<Stored>() : (schema as never),
  }) as never;
}

/** A router whose types are not told: view types and conditions are drawn. */
interface LooseRouter extends LooseRoutes {
  use(layer: unknown): void;
  entity(name: string, add: (routes: LooseRoutes) => void): void;
}

interface LooseRoutes {
  onInsert(...route: unknown[]): void;
  onModify(...route: unknown[]): void;
  onRemove(...route: unknown[]): void;
}

function addRoute(world: World, sandbox: Halting, sinks: Sinks, router: LooseRouter, place: number): void {
  const route = world.scenario.fn.routes[place] as Route;
  const run = (record: AnyRecord, context: RecordContext): unknown => {
    if (world.unanswered.has(`${place} ${world.indexOf(record.sequenceNumber)}`))
      world.history.violate('route', `route ${place} took a record for a promise of its condition`);
    const called = callHandler(world, sandbox, sinks, record, context, place);
    return handedOn(world, place, world.indexOf(record.sequenceNumber), called);
  };
  world.history.count(`condition: ${route.condition}`);
  const condition = conditionOf(world, route.condition, place);
  const args = condition === undefined ? [run] : [condition, run];
  const add = (routes: LooseRoutes): void => {
    if (route.eventName === 'INSERT') routes.onInsert(...args);
    else if (route.eventName === 'MODIFY') routes.onModify(...args);
    else routes.onRemove(...args);
  };
  const entity = declaredEntities(world.scenario)?.routes[place] ?? 'all';
  if (entity === 'all') add(router);
  else router.entity(entity, add);
}

/** A user's slip: a handler does not wait for what it began, but hands it on, to be noticed. */
function handedOn(world: World, place: number, index: number, called: unknown): unknown {
  if (!world.scenario.fn.routes[place]?.forgetsToAwait) return called;
  if (world.nextAttempt(`forgets ${place} ${index}`) > 0) return called;
  world.history.count('handler forgets to await');
  return index % 2 === 0 ? [called] : Promise.resolve([called]);
}

function callHandler(
  world: World,
  sandbox: Halting,
  sinks: Sinks,
  record: AnyRecord,
  context: RecordContext,
  route: number,
): unknown {
  const { invocation } = context.lambdaContext as InvocationContext;
  const index = world.indexOf(record.sequenceNumber);
  return handle(world, sandbox, {
    index,
    route,
    invocation,
    signal: () => context.signal,
    read: () => checkImages(world, index, record),
    mutate: () => {
      // The list of records is the batch's no more.
      invocation.event.Records.shift();
      for (const image of [record.newImage, record.oldImage])
        if (image !== undefined) Object.assign(image, { status: 'GONE', version: -1 });
      tryTo(() => Object.assign(record.raw, { eventID: 'changed' }));
      tryTo(() => Object.assign(record.raw.dynamodb ?? {}, { SequenceNumber: '1' }));
    },
    // A middleware reads the record again.
    ...(!isWrapped(world.scenario) && {
      spoil: () => {
        const place = invocation.indexes.indexOf(index);
        const own = invocation.records[place] as DynamoDBRecord;
        Object.assign(own.dynamodb ?? {}, { SequenceNumber: '1' });
      },
    }),
    send: async ({ sink, detached }) => {
      if (sink === 'none') return;
      const item = String((world.changes[index] as { readonly item: number }).item);
      if (world.random.percent(3, 'without record', index, route))
        await sendWithoutRecord(world, sinks[sink], index);
      // In one group they travel one after the other, which takes its time.
      const { lambda, mapping } = world.scenario;
      const isRoomy = lambda.budgetMs >= 500;
      const mayHaveMany = isRoomy || mapping.maximumRetryAttempts >= 0;
      const parts = mayHaveMany && world.random.percent(20, 'parts', index, route) ? MANY_PARTS : 1;
      const sent = await Promise.allSettled(
        Array.from({ length: parts }, async (_, part) => {
          const message = { index, item: `${item}-${part}`, route, part, detached };
          if (detached !== 'no') world.history.count(`message sent detached, ${detached}`);
          const isLate = monotonicNow() > invocation.deadlineAt;
          await world.targets.sends.follow(sink, message, sandbox, () =>
            detached === 'no' && world.random.percent(30, 'publishes', route)
              ? publishTo(sinks[sink], () => message)(record as never, context)
              : sinks[sink].send(message, sendOptions(detached, record, context, message)),
          );
          if (isLate && detached === 'no')
            world.history.violate('12 nothing outside', `change ${index} was sent after the deadline`);
          if (!world.targets.hasAccepted(sink, index, route, part))
            world.history.violate(
              'sink',
              `change ${index} was not accepted by ${sink}, and its send resolved`,
            );
        }),
      );
      // All of them, as a handler must not leave any behind.
      for (const part of sent) if (part.status === 'rejected') throw part.reason;
    },
  });
}

/** Fails as handlers do, in some attempts. */
function failToClose(world: World, window: string): void {
  const attempt = world.nextAttempt(`close ${window}`);
  if (attempt > 1 || !world.random.percent(world.scenario.fn.failPercent, 'close', window, attempt)) return;
  world.history.count('window failed to close');
  throw new Error('The close did not work.');
}

/** Sends a message about a window, which has no record. */
async function sendWindow(
  { scenario, history, targets }: World,
  sinks: Sinks,
  window: string,
  signal: AbortSignal,
): Promise<void> {
  const { sink = 'none', detached } = scenario.fn.routes[0] ?? {};
  if (sink === 'none') return;
  history.count('message of a window');
  await sinks[sink].send({ window, item: window }, {
    detached: true,
    // One for all shards would let each attempt queue up behind the one before.
    groupId: window.split(' ')[0] as string,
    deduplicationId: window.replaceAll(' ', '-'),
    detailType: 'WindowClosed',
    ...(detached !== 'without a signal' && { signal }),
  } as never);
  if (!targets.accepted.some(({ body }) => (body as { readonly window?: string }).window === window))
    history.violate('sink', `the message of ${window} was not accepted, and its send resolved`);
}

/** How a message is sent: with its record, or without and with what the record would give. */
function sendOptions(
  detached: Detached,
  record: AnyRecord,
  { signal }: RecordContext,
  {
    index,
    item,
    route,
    part,
  }: Readonly<Record<'index' | 'route' | 'part', number>> & { readonly item: string },
): never {
  if (detached === 'no') return { record } as never;
  return {
    detached: true,
    groupId: item,
    deduplicationId: `${index}-${route}-${part}`,
    detailType: 'Changed',
    ...(detached === 'with the signal' && { signal }),
  } as never;
}

/** Tells if a middleware may hand a record to its handler again. */
function isWrapped({ fn }: Scenario): boolean {
  return fn.entryPoint.startsWith('router') && fn.layers.length > 0;
}

/** A user's slip: a message without its record, which would have no deadline. */
async function sendWithoutRecord({ history }: World, sink: Sink, index: number): Promise<void> {
  history.count('message sent without its record');
  try {
    await sink.send({ index, item: 'none', route: -1, part: -1 }, {} as never);
  } catch (error) {
    if ((error as { readonly code?: string }).code === 'RECORD_REQUIRED') return;
  }
  history.violate('sink', `a message of change ${index} was taken without its record`);
}

/** Reads the images, which are as the stream sent them, whatever was done to them before. */
function checkImages(world: World, index: number, record: AnyRecord): void {
  const { changes, history, journal, scenario } = world;
  const change = changes[index] as Change;
  const entity = journal.reference.entityOf(change);
  if (record.entity !== entity)
    history.violate('entity', `change ${index} is of ${entity}, and came as ${record.entity}`);
  if (declaredEntities(scenario) !== undefined) history.count(`record of ${entity ?? 'no entity'}`);
  if (entity !== undefined && change.eventName === 'MODIFY' && change.oldKind !== change.kind)
    history.count('change of the entity');
  const images = [record.newImage, record.oldImage] as readonly (
    | { readonly status?: string; readonly bad?: boolean; readonly amount?: unknown }
    | undefined
  )[];
  const isBad = images.some(
    (image, place) => image?.bad && checksImage(world, change, place === 0 ? 'newImage' : 'oldImage'),
  );
  if (isBad) history.violate('6 one bad record', `change ${index} was handled, and its schema refuses it`);
  const [newStatus, oldStatus] = images.map((image) => image?.status);
  if ((newStatus ?? change.status) !== change.status || (oldStatus ?? change.oldStatus) !== change.oldStatus)
    history.violate('10 nothing is mutated', `the images of change ${index} are not those of the stream`);
  for (const [place, amount] of [change.amount, change.oldAmount].entries()) {
    const image = images[place];
    if (image === undefined || amount === undefined) continue;
    if (!isRead(image.amount, amount, scenario.fn.numbers))
      history.violate(
        'numbers',
        `${amount.text} was read as ${String(image.amount)} by ${scenario.fn.numbers}`,
      );
  }
}

/** Frozen objects throw, as they should. */
function tryTo(run: () => void): void {
  try {
    run();
  } catch {}
}

function behindMiddy(handler: Handler): Handler {
  return middy(handler as never, { timeoutEarlyInMillis: 0 }).use({
    after({ context }) {
      if ((context as InvocationContext).hookThrows) throw new Error('The hook throws.');
    },
  }) as unknown as Handler;
}

function processorOf(
  world: World,
  sandbox: Halting,
  options: { readonly concurrency: number; readonly reserveMs: number; readonly logger: object },
): Handler {
  const { order, throwOnFullBatchFailure } = world.scenario.fn;
  const processor = new OrderedStreamProcessor({
    concurrency: options.concurrency,
    reserveMs: options.reserveMs,
    logger: options.logger as never,
    order,
    ...(order === 'partition' && { partitionKey: 'customerId' }),
  });
  const run = (record: DynamoDBRecord, context: InvocationContext): unknown => {
    const index = world.indexOf(record.dynamodb?.SequenceNumber);
    return handle(world, sandbox, {
      index,
      route: 0,
      invocation: context.invocation,
      signal: () => deadlineSignal(context),
      read: () => {
        if ((world.changes[index] as { readonly malformed: boolean }).malformed)
          throw new Error('It cannot be read.');
      },
      mutate: () => {
        tryTo(() => Object.assign(record.dynamodb?.NewImage ?? {}, { status: { S: 'GONE' } }));
        tryTo(() => Object.assign(record, { eventID: 'changed' }));
        context.invocation.event.Records.shift();
        delete (record.dynamodb as { SequenceNumber?: string }).SequenceNumber;
      },
      send: undefined,
    });
  };
  return (event: never, context: Context) =>
    processPartialResponse(event, run as never, processor, {
      context,
      throwOnFullBatchFailure,
    }) as Promise<unknown>;
}

/** Powertools hands on no signal: a handler that minds the time makes one. */
function deadlineSignal(context: Context): AbortSignal {
  const controller = new AbortController();
  const leftMs = context.getRemainingTimeInMillis() - RESERVE_MS;
  if (leftMs <= 0) controller.abort(new Error('There is no time left.'));
  else setTimeout(() => controller.abort(new Error('There is no time left.')), leftMs);
  return controller.signal;
}

function onBatchOf({ scenario, history, random }: World): object {
  const entities = declaredEntities(scenario) !== undefined;
  const hasMetrics = scenario.fn.metrics !== 'none';
  if (!hasMetrics && !entities) return {};
  const fails = scenario.fn.metrics === 'fails';
  const add = (name: string, _unit: string, value: number): unknown => {
    history.count('metrics added');
    if (!(value >= 0)) history.violate('metrics', `${name} is ${value}`);
    history.metrics.set(name, (history.metrics.get(name) ?? 0) + value);
    if (!fails) return undefined;
    const how = random.below(3, 'metrics', name);
    if (how === 0) throw new Error('The metrics did not work.');
    return how === 1 ? Promise.reject(new Error('The metrics did not work.')) : never();
  };
  const report = metrics({ addMetric: add, publishStoredMetrics: () => {} }, { entities });
  const onBatch = (summary: BatchSummary): unknown => {
    const counts = Object.values(summary.byEntity()).map(({ records }) => records);
    const counted = counts.reduce((total, count) => total + count, summary.unknownEntity);
    if (counted > summary.records)
      history.violate('metrics', `a batch of ${summary.records} records has ${counted} by entity`);
    return hasMetrics ? report(summary) : undefined;
  };
  return { onBatch };
}

/** Tells if the entry point may throw instead of reporting failures. */
export function mayThrow({ fn, mapping }: Scenario): boolean {
  return (
    !mapping.partialResponses || (fn.entryPoint === 'OrderedStreamProcessor' && fn.throwOnFullBatchFailure)
  );
}

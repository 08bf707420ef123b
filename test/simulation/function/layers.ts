import { IdempotencyConfig } from '@aws-lambda-powertools/idempotency';
import type { StandardSchemaV1 } from '@standard-schema/spec';
import { auditTrail } from '../../../src/audit/index.ts';
import { exists, itemOf, prefix } from '../../../src/index.ts';
import { type DeadLetter, deadLetter } from '../../../src/middleware/dead-letter.ts';
import { idempotent } from '../../../src/middleware/idempotent.ts';
import { retry } from '../../../src/middleware/retry.ts';
import { validate } from '../../../src/middleware/validate.ts';
import type { EventName, RecordBase } from '../../../src/record/stream-record.ts';
import type { Next, RecordMiddleware } from '../../../src/router/record-middleware.ts';
import type { Sink } from '../../../src/sinks/sink.ts';
import type { EntityMap } from '../../../src/table/entity-types.ts';
import { declaredEntities, kindIn, NOTE } from '../model/entities.ts';
import type { EntityName, PassThrough, Scenario } from '../model/scenario.ts';
import type { Change } from '../model/table.ts';
import { type Halting, never, sleep } from '../world/clock.ts';
import type { InvocationContext, World } from '../world/world.ts';
import { asLateCall } from './late-call.ts';
import { NoteStore } from './note-store.ts';
import type { Sinks } from './sinks.ts';

export type RouterLayer = RecordMiddleware<RecordBase<EventName, object>>;

/** The middleware of a sandbox, the outermost first. */
export function layersOf(
  world: World,
  sandbox: Halting,
  sinks: Sinks,
  deployment: number,
): readonly RouterLayer[] {
  return world.scenario.fn.layers.map((layer, place) => {
    world.history.count(`layer: ${layer.kind}`);
    switch (layer.kind) {
      case 'audit':
        return auditTrail(sinks.audit, {
          redact:
            declaredEntities(world.scenario) === undefined
              ? ['secret', 'total']
              : { note: ['secret', 'total'], bill: ['secret', 'total'], thing: [] },
          changes: world.scenario.table.viewType === 'NEW_AND_OLD_IMAGES',
        } as { changes: false }) as unknown as RouterLayer;
      case 'deadLetter':
        return deadLetter(noting(world, sandbox, sinks.letters), {
          when: layer.when === 'every failure' ? () => true : layer.when,
        });
      case 'idempotent':
        return idempotentLayer(world, sandbox, layer.localCache, `${place}-${deployment}`);
      case 'retry':
        // Without jitter, so that a history can be repeated.
        return retry({ attempts: layer.attempts, backoff: { minMs: 1, maxMs: 3, jitter: false } });
      case 'validate':
        return validate(imageSchema(layer.delayMs, world.scenario)) as RouterLayer;
      default:
        return OWN[layer.how](world, place);
    }
  });
}

/** Notes the letters that the sandbox knows to be accepted while their invocation lasts. */
function noting(world: World, sandbox: Halting, sink: Sink): Sink {
  return {
    target: sink.target,
    async send(letter, options) {
      const { record } = letter as DeadLetter;
      const index = world.indexOf(record.dynamodb?.SequenceNumber);
      const invocation = world.openIn(sandbox, index);
      await sink.send(letter, options);
      if (invocation?.over === false) invocation.letters.add(index);
    },
  };
}

function idempotentLayer(
  world: World,
  sandbox: Halting,
  useLocalCache: boolean,
  keyPrefix: string,
): RouterLayer {
  const access = async (): Promise<void> => {
    await sleep(1);
    if (sandbox.dead) return never();
    fault('store');
  };
  const fault = (when: 'store' | 'store answers'): void => {
    const number = world.nextAttempt(when);
    if (number > 30 || !world.random.percent(world.scenario.targets.storeFaultPercent, when, number)) return;
    world.history.count('idempotency store fails');
    throw Object.assign(new Error('The store is throttled.'), { name: 'ThrottlingException' });
  };
  const persistenceStore = new NoteStore(world, access);
  const config = new IdempotencyConfig({ expiresAfterSeconds: 86_400, useLocalCache });
  return idempotent({ persistenceStore, keyPrefix, config });
}

/** The schema of a declared table, if it has one. */
export function tableSchemaOf({ random, scenario }: World): StandardSchemaV1 | undefined {
  const delayMs = random.pick([undefined, 0, 2, 5], 'schema');
  if (delayMs === undefined) return undefined;
  // validate() reads the images in its middleware, where no asynchronous schema of the table has checked them.
  const isRead = scenario.fn.layers.some(({ kind }) => kind === 'validate');
  return imageSchema(isRead ? 0 : delayMs, scenario);
}

/** The entities of the table, which are tried in this order: a bill is a thing as well. */
export function entitiesOf(world: World): EntityMap {
  const schema = tableSchemaOf(world);
  const itemIs = (entity: EntityName) => (schema === undefined ? itemOf() : only(world, schema, entity));
  return {
    note: { item: itemOf(), match: { invoiceId: prefix(NOTE) } },
    bill: { item: itemIs('bill'), match: { type: 'BILL' } },
    thing: { item: itemIs('thing'), match: { type: exists() } },
  };
}

/** A schema that may be asked about items of its own entity only. */
function only({ history }: World, schema: StandardSchemaV1, entity: EntityName): StandardSchemaV1 {
  const validate = (value: unknown) => {
    const kind = kindIn(value as object);
    if (kind !== entity) history.violate('entity', `the schema of a ${entity} checks a ${kind}`);
    return schema['~standard'].validate(value);
  };
  return { '~standard': { ...schema['~standard'], validate } };
}

/** Tells if a schema checks an image before a handler gets it. */
export function checksImage(world: World, change: Change, image: 'newImage' | 'oldImage'): boolean {
  if (!checksImages(world)) return false;
  const { entryPoint, layers } = world.scenario.fn;
  if (entryPoint.startsWith('router') && layers.some(({ kind }) => kind === 'validate')) return true;
  if (declaredEntities(world.scenario) === undefined) return true;
  const entity = world.journal.reference.entityOf(change);
  if (entity === undefined || entity === 'note') return false;
  return image === 'newImage' || change.oldKind === entity;
}

function checksImages(world: World): boolean {
  const { entryPoint, layers, declared, order } = world.scenario.fn;
  if (entryPoint.startsWith('router') && layers.some(({ kind }) => kind === 'validate')) return true;
  if (entryPoint === 'OrderedStreamProcessor') return false;
  const knowsTable = declared || (order === 'partition' && entryPoint !== 'window');
  return knowsTable && tableSchemaOf(world) !== undefined;
}

/**
 * A schema that bad images do not fit, and that changes what it gets. Where the mapping discards records, half of its
 * refusals are broken: those are the schema's fault, so they make no letter and wait for its fix.
 */
function imageSchema(delayMs: number, { mapping }: Scenario): StandardSchemaV1 {
  const mayBeBroken = mapping.maximumRetryAttempts >= 0;
  const judge = (value: { bad?: boolean; version?: unknown; status?: string }) => {
    if (mayBeBroken && value.bad && Number(value.version) % 2 === 0) return {} as never;
    if (value.bad) return { issues: [{ message: 'It is bad.', path: ['bad'] }] };
    const result = { value: { ...value } };
    value.status = 'GONE';
    return result;
  };
  const check = (value: unknown) =>
    delayMs === 0 ? judge(value as never) : sleep(delayMs).then(() => judge(value as never));
  return { '~standard': { version: 1, vendor: 'simulation', validate: check } };
}

/** Middleware as users write it, well or badly. */
const OWN: Readonly<Record<PassThrough, (world: World, place: number) => RouterLayer>> = {
  returns: () => (_record, _context, next) => next(),
  awaits: () => async (_record, _context, next) => void (await next()),
  forgets: () => (_record, _context, next) => {
    void next();
  },
  // Ends before its calls have settled.
  races: (world, place) => async (record, _context, next) => {
    const attempt = world.nextAttempt(`race ${place} ${record.sequenceNumber}`);
    if (attempt > 1) return next();
    const first = await Promise.race([
      Promise.resolve(next()).then(() => 'done'),
      sleep(4).then(() => 'too long'),
    ]);
    if (first === 'done') return;
    world.history.count('middleware gave up early');
    throw new Error('It takes too long.');
  },
  'swallows late':
    (world) =>
    async (record, { signal, lambdaContext }, next) => {
      try {
        await next();
      } catch (error) {
        if (!signal.aborted) throw error;
        await sleep(2);
        world.history.count('middleware swallowed an error after the deadline');
        const { invocation } = lambdaContext as InvocationContext;
        world.journal.swallowed(world.indexOf(record.sequenceNumber), invocation);
      }
    },
  // Its user means it: a failure counts as success.
  swallows: (world) => async (record, context, next) => {
    try {
      await next();
    } catch {
      world.history.count('middleware swallowed an error');
      const { invocation } = context.lambdaContext as InvocationContext;
      world.journal.swallowed(world.indexOf(record.sequenceNumber), invocation);
    }
  },
  'calls twice': () => async (_record, _context, next) => {
    await next();
    await next();
  },
  'calls late': (world) => async (_record, _context, next) => {
    try {
      await next();
    } finally {
      void callLate(world, next);
    }
  },
  fails: (world, place) => async (record, context, next) => {
    await next();
    const index = world.indexOf(record.sequenceNumber);
    const attempt = world.nextAttempt(`middleware ${place} ${index}`);
    if (attempt > 1 || !world.random.percent(40, 'middleware', place, index, attempt)) return;
    world.history.count('middleware fails after its handler');
    world.journal.failed(index, (context.lambdaContext as InvocationContext).invocation);
    throw new Error('The middleware did not work.');
  },
  rethrows: () =>
    chained((call) =>
      call.catch((error) => {
        throw error;
      }),
    ),
  // As `swallows`.
  'swallows in catch': (world) => (record, context, next) => {
    const call = next();
    if (!(call instanceof Promise)) return undefined;
    return call.catch(() => {
      world.history.count('middleware swallowed an error in catch()');
      const { invocation } = context.lambdaContext as InvocationContext;
      world.journal.swallowed(world.indexOf(record.sequenceNumber), invocation);
    });
  },
  'goes on': (world) => chained((call) => call.then(() => world.history.count('middleware goes on'))),
  // Its first failure is forgiven, if the second call succeeds.
  'tries again': (world) =>
    chained((call, next) =>
      call.catch(() => {
        world.history.count('middleware tries again');
        return next();
      }),
    ),
  'ends with finally': (world) => chained((call, next) => call.finally(() => void callLate(world, next))),
  'returns and calls late': (world) => (_record, _context, next) => {
    const call = next();
    void callLate(world, next);
    return call;
  },
};

/** Chains on next() where it waits, without `await`. */
function chained(how: (call: Promise<void>, next: Next) => unknown): RouterLayer {
  return (_record, _context, next) => {
    const call = next();
    return call instanceof Promise ? how(call, next) : call;
  };
}

/** Calls next() when its middleware has settled, which has to be refused. */
async function callLate({ history }: World, next: Next): Promise<void> {
  await sleep(1);
  asLateCall(() => {
    history.count('next() called late');
    try {
      void Promise.resolve(next()).catch(() => {});
    } catch {
      // Refused, as it has to be.
    }
  });
}

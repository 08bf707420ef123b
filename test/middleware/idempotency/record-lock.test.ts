import { IdempotencyConfig, IdempotencyItemAlreadyExistsError } from '@aws-lambda-powertools/idempotency';
import { DynamoDBPersistenceLayer } from '@aws-lambda-powertools/idempotency/dynamodb';
import type { DynamoDBRecord } from 'aws-lambda';
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { defineTable, exists, itemOf, type RecordContext, streamRouter } from '../../../src/index.ts';
import { deadLetter } from '../../../src/middleware/dead-letter.ts';
import { type IdempotentOptions, idempotent } from '../../../src/middleware/idempotent.ts';
import { contextOf, eventOf, memoryLogger, recordOf, sequenceNumberAt } from '../../fixtures/events.ts';
import { passTimeUntil } from '../../fixtures/fake-timers.ts';
import {
  type Fault,
  MemoryDynamoDB,
  type Operation,
  type Wire,
} from '../../fixtures/memory-dynamodb/memory-dynamodb.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

const NOT_FAILED = { batchItemFailures: [] };
const failedAt = (index: number) => ({ batchItemFailures: [{ itemIdentifier: sequenceNumberAt(index) }] });

const app = defineTable({
  name: 'Invoices',
  keys: ['id'],
  entities: { order: { item: itemOf<object>(), match: { id: exists() } } },
});

/** Kept back from the deadline in these tests. */
const RESERVE_MS = 200;

interface SandboxOptions extends Partial<IdempotentOptions> {
  readonly Layer?: typeof DynamoDBPersistenceLayer;
  readonly wire?: Partial<Wire>;
  readonly letters?: unknown[];
}

type Handler = (record: { sequenceNumber: string }, context: RecordContext) => unknown;

/** Creates a sandbox with its own client and nothing in memory. */
function sandbox(store: MemoryDynamoDB, handler: Handler, settings: SandboxOptions = {}) {
  const { wire = {}, letters = [], Layer = DynamoDBPersistenceLayer, ...options } = settings;
  const logger = memoryLogger();
  const persistenceStore = new Layer({ tableName: 'locks', awsSdkV3Client: store.client(wire) });
  const sink = { target: 'memory', send: async (letter: unknown) => void letters.push(letter) };
  const router = streamRouter(app, { logger, reserveMs: RESERVE_MS })
    .use(deadLetter(sink))
    .use(idempotent({ persistenceStore, ...options }))
    .onInsert(handler);
  const entries = (message: string) =>
    logger.entries.filter((entry) => entry.message === message).map(({ fields }) => fields);
  return { router, entries, failure: () => entries('Record failed')[0]?.error as Error };
}

/** Faults of the first requests of one operation. */
function faults(operation: Operation, ...list: readonly (Fault | undefined)[]): Partial<Wire> {
  const left = [...list];
  return { fault: (asked) => (asked === operation ? left.shift() : undefined) };
}

/** More faults than the SDK tries by itself; two where no answer comes, as each takes seconds. */
function more(fault: Fault): Fault[] {
  return Array.from({ length: fault === 'mute' || fault === 'deaf' ? 2 : 4 }, () => fault);
}

/** A fault of every request of one operation. */
function always(operation: Operation, fault: Fault): Partial<Wire> {
  return { fault: (asked) => (asked === operation ? fault : undefined) };
}

function statuses(store: MemoryDynamoDB): unknown[] {
  return [...store.items.values()].map(({ status }) => status?.S);
}

/** Leaves the lock of a sandbox that is killed within its handler. */
async function killedSandbox(
  store: MemoryDynamoDB,
  remainingMs: number,
  record = recordOf({}),
): Promise<void> {
  let started = () => {};
  const running = new Promise<void>((resolve) => {
    started = resolve;
  });
  const handler = () => {
    started();
    return new Promise(() => {});
  };
  const context = { getRemainingTimeInMillis: () => remainingMs } as never;
  void sandbox(store, handler).router({ Records: [record] }, context);
  await passTimeUntil(running);
}

/** Obeys its signal. */
function obedient({ signal }: RecordContext): Promise<never> {
  return new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
}

// The SDK loads parts of itself at its first requests. That takes real time, in which the time of fake timers would pass.
beforeAll(async () => {
  vi.useRealTimers();
  const failing = () => Promise.reject(new Error('declined'));
  for (const handler of [() => undefined, failing]) {
    await sandbox(new MemoryDynamoDB(), handler).router(eventOf({}), contextOf());
  }
});

test('a lock is never taken for an own one, however long a put took and however alike their ends are', async () => {
  const random = vi.spyOn(Math, 'random').mockReturnValue(0.5);
  const store = new MemoryDynamoDB();
  let runs = 0;
  // The SDK tries three times, and fails after five seconds.
  const wire = { ...faults('PutItem', 'drop', 'drop', 'drop'), latencyMs: () => 800 };
  const slow = sandbox(store, () => void runs++, { wire });
  const answer = slow.router(eventOf({}), contextOf(30_000));
  await vi.advanceTimersByTimeAsync(1000);
  await killedSandbox(store, 30_000);
  expect(await passTimeUntil(answer)).toEqual(failedAt(0));
  expect(runs).toBe(0);
  random.mockRestore();
});

describe('a lost answer of the store', () => {
  test.each<[string, readonly Fault[]]>([
    ['to the first put, which the SDK repeats', ['lose']],
    ['to every put of the SDK', ['lose', 'lose', 'lose']],
    ['to a put that the SDK repeats without success', ['drop', 'lose', 'drop', 'drop']],
    ['to a put that hangs', ['mute']],
  ])("%s: the lock is the sandbox's own, and the handler runs", async (_, list) => {
    const store = new MemoryDynamoDB();
    let runs = 0;
    const { router } = sandbox(store, () => void runs++, { wire: faults('PutItem', ...list) });
    expect(await passTimeUntil(router(eventOf({}), contextOf(2000)))).toEqual(NOT_FAILED);
    expect(runs).toBe(1);
    expect(statuses(store)).toEqual(['COMPLETED']);
  });

  test.each<Fault>(['lose', 'drop', 'late', 'mute', 'deaf', 'throttle', 'fail'])(
    'to a note (%s) is tried again until it is noted',
    async (fault) => {
      const store = new MemoryDynamoDB();
      let runs = 0;
      const wire = faults('UpdateItem', ...more(fault));
      const { router } = sandbox(store, () => void runs++, { wire });
      expect(await passTimeUntil(router(eventOf({}), contextOf(6000)))).toEqual(NOT_FAILED);
      expect(runs).toBe(1);
      expect(statuses(store)).toEqual(['COMPLETED']);
    },
    10_000,
  );

  test.each<Fault>(['lose', 'drop', 'late', 'mute', 'deaf', 'throttle', 'fail'])(
    'to an unlock (%s) is tried again until the lock is gone',
    async (fault) => {
      const store = new MemoryDynamoDB();
      const declined = new Error('declined');
      const wire = faults('DeleteItem', ...more(fault));
      const { router, failure } = sandbox(store, () => Promise.reject(declined), { wire });
      expect(await passTimeUntil(router(eventOf({}), contextOf(6000)))).toEqual(failedAt(0));
      expect(failure()).toBe(declined);
      expect(statuses(store)).toEqual([]);
    },
    10_000,
  );
});

describe('a store that fails', () => {
  test.each<Fault>(['throttle', 'fail', 'drop'])(
    'for a while (%s) costs no retry of the mapping',
    async (fault) => {
      const store = new MemoryDynamoDB();
      let runs = 0;
      const wire = faults('PutItem', ...Array.from({ length: 12 }, () => fault));
      const { router } = sandbox(store, () => void runs++, { wire });
      expect(await passTimeUntil(router(eventOf({}), contextOf(10_000)))).toEqual(NOT_FAILED);
      expect(runs).toBe(1);
    },
    15_000,
  );

  test('for good costs one retry, and as much time as there is; the entry names the reason', async () => {
    const store = new MemoryDynamoDB();
    let runs = 0;
    const { router, failure, entries } = sandbox(store, () => void runs++, {
      wire: always('PutItem', 'fail'),
    });
    const startedAt = Date.now();
    expect(await passTimeUntil(router(eventOf({}), contextOf(2000)))).toEqual(failedAt(0));
    expect(Date.now() - startedAt).toBeGreaterThan(1500);
    expect(failure()).toMatchObject({
      name: 'IdempotencyPersistenceLayerError',
      cause: { name: 'InternalServerError' },
    });
    expect(entries('Record waits for its idempotency lock')).toMatchObject([
      { sequenceNumber: sequenceNumberAt(0), entity: 'order', error: { name: 'InternalServerError' } },
    ]);
    expect(runs).toBe(0);
  });

  test('when no time is left to wait fails the record at once', async () => {
    const { router, failure } = sandbox(new MemoryDynamoDB(), () => undefined, {
      wire: always('PutItem', 'deaf'),
    });
    expect(await passTimeUntil(router(eventOf({}), contextOf(RESERVE_MS + 10)))).toEqual(failedAt(0));
    expect(failure()).toBeUndefined();
    const broken = sandbox(new MemoryDynamoDB(), () => undefined, {
      Layer: class extends DynamoDBPersistenceLayer {
        override saveInProgress(): Promise<void> {
          return Promise.reject(new Error('closed'));
        }
      },
    });
    expect(await passTimeUntil(broken.router(eventOf({}), contextOf(RESERVE_MS + 10)))).toEqual(failedAt(0));
    expect(broken.failure()).toMatchObject({ cause: { message: 'closed' } });
  });

  test('leaves no lock without an owner: a put that was carried out although it failed is undone', async () => {
    const store = new MemoryDynamoDB();
    const { router } = sandbox(store, () => undefined, { wire: always('PutItem', 'mute') });
    expect(await passTimeUntil(router(eventOf({}), contextOf(700)))).toEqual(failedAt(0));
    expect(store.log).toContainEqual({ operation: 'PutItem', refused: false });
    expect(statuses(store)).toEqual([]);
  });

  test("when it has to unlock does not hide the handler's error, and says that the lock stays", async () => {
    const store = new MemoryDynamoDB();
    const declined = new Error('declined');
    const wire = always('DeleteItem', 'deny');
    const { router, failure, entries } = sandbox(store, () => Promise.reject(declined), { wire });
    expect(await passTimeUntil(router(eventOf({}), contextOf(2500)))).toEqual(failedAt(0));
    expect(failure()).toBe(declined);
    expect(entries('Idempotency lock not removed')).toMatchObject([
      { entity: 'order', error: { name: 'AccessDeniedException' } },
    ]);
    expect(statuses(store)).toEqual(['INPROGRESS']);
  });
});

test('an unlock leaves no timer behind', async () => {
  const failing = () => Promise.reject(new Error('declined'));
  const { router } = sandbox(new MemoryDynamoDB(), failing);
  expect(await passTimeUntil(router(eventOf({}), contextOf()))).toEqual(failedAt(0));
  expect(vi.getTimerCount()).toBe(0);
});

describe('the lock of another sandbox', () => {
  test('that was killed is waited for: the record is handled in the same invocation', async () => {
    const store = new MemoryDynamoDB();
    await killedSandbox(store, 1000);
    let runs = 0;
    const { router } = sandbox(store, () => void runs++);
    expect(await passTimeUntil(router(eventOf({}), contextOf(3000)))).toEqual(NOT_FAILED);
    expect(runs).toBe(1);
  });

  test.each([
    ['at once', 100],
    ['after a while', 5000],
  ])(
    'of 15 minutes that was killed %s costs two retries at most, one of them the kill',
    async (_, killedAfterMs) => {
      const store = new MemoryDynamoDB();
      await killedSandbox(store, 900_000);
      await passTimeUntil(wait(killedAfterMs));
      let runs = 0;
      let failures = 1;
      // The delay after a first failure.
      for (let delayMs = 500; ; delayMs *= 2) {
        await passTimeUntil(wait(delayMs));
        const { router } = sandbox(store, () => void runs++);
        const answer = await passTimeUntil(router(eventOf({}), contextOf(900_000)));
        if (answer.batchItemFailures.length === 0) break;
        failures++;
      }
      expect(runs).toBe(1);
      expect(failures).toBeLessThanOrEqual(2);
    },
  );

  test('that is still at it is waited for: when it is done, the record counts as handled', async () => {
    const store = new MemoryDynamoDB();
    const first = sandbox(store, () => wait(300)).router(eventOf({}), contextOf(5000));
    await passTimeUntil(wait(100));
    let runs = 0;
    const second = sandbox(store, () => void runs++).router(eventOf({}), contextOf(5000));
    expect(await passTimeUntil(Promise.all([first, second]))).toEqual([NOT_FAILED, NOT_FAILED]);
    expect(runs).toBe(0);
  });

  test('that is still at it is waited for: when it fails, the handler runs here', async () => {
    const store = new MemoryDynamoDB();
    const failing = () => wait(300).then(() => Promise.reject(new Error('declined')));
    const first = sandbox(store, failing).router(eventOf({}), contextOf(5000));
    await passTimeUntil(wait(100));
    let runs = 0;
    const second = sandbox(store, () => void runs++).router(eventOf({}), contextOf(5000));
    expect(await passTimeUntil(Promise.all([first, second]))).toEqual([failedAt(0), NOT_FAILED]);
    expect(runs).toBe(1);
  });

  test('that outlasts the invocation fails the record shortly before the deadline, with the reason', async () => {
    const store = new MemoryDynamoDB();
    await killedSandbox(store, 60_000);
    let runs = 0;
    const { router, failure, entries } = sandbox(store, () => void runs++);
    const startedAt = Date.now();
    expect(await passTimeUntil(router(eventOf({}), contextOf(2000)))).toEqual(failedAt(0));
    expect(Date.now() - startedAt).toBeGreaterThan(1500);
    expect(failure()).toMatchObject({ name: 'IdempotencyAlreadyInProgressError' });
    expect(entries('Record waits for its idempotency lock')).toMatchObject([
      { sequenceNumber: sequenceNumberAt(0), tableName: 'Invoices', lockedUntil: expect.any(Date) },
    ]);
    expect(runs).toBe(0);
  });

  test('holds up its own record alone: the others of the batch are handled meanwhile', async () => {
    const store = new MemoryDynamoDB();
    await killedSandbox(store, 60_000, recordOf({}, 1));
    const runs: string[] = [];
    const { router } = sandbox(store, async ({ sequenceNumber }) => void runs.push(sequenceNumber));
    expect(await passTimeUntil(router(eventOf({}, {}, {}), contextOf(1000)))).toEqual(failedAt(1));
    expect(runs).toEqual([0, 2].map(sequenceNumberAt));
  });

  test('is not waited for once an earlier record has failed: Lambda delivers this one again anyway', async () => {
    const store = new MemoryDynamoDB();
    await killedSandbox(store, 900_000, recordOf({}, 1));
    const failing = async () => {
      await wait(1000);
      throw new Error('declined');
    };
    const startedAt = Date.now();
    const { router } = sandbox(store, failing);
    expect(await passTimeUntil(router(eventOf({}, {}), contextOf(900_000)))).toEqual(failedAt(0));
    expect(Date.now() - startedAt).toBeLessThan(4000);
  });

  test('is waited for when a later record has failed: the earlier one may still be done', async () => {
    const store = new MemoryDynamoDB();
    await killedSandbox(store, 10_000, recordOf({}, 0));
    const failing = async ({ sequenceNumber }: { sequenceNumber: string }) => {
      await wait(1000);
      if (sequenceNumber === sequenceNumberAt(1)) throw new Error('declined');
    };
    const { router } = sandbox(store, failing);
    expect(await passTimeUntil(router(eventOf({}, {}), contextOf(30_000)))).toEqual(failedAt(1));
  });

  test('is one of the same invocation, where two records share a key: both count as handled', async () => {
    const store = new MemoryDynamoDB();
    let runs = 0;
    const config = new IdempotencyConfig({ eventKeyJmesPath: 'dynamodb.NewImage.order.S' });
    const { router } = sandbox(store, () => wait(50).then(() => void runs++), { config });
    const order = { newImage: { order: { S: 'O-1' } } };
    expect(await passTimeUntil(router(eventOf(order, order), contextOf(5000)))).toEqual(NOT_FAILED);
    expect(runs).toBe(1);
  });
});

describe('at the deadline', () => {
  test('a handler that obeys its signal leaves no lock: the answer waits for the unlock', async () => {
    const store = new MemoryDynamoDB();
    const { router } = sandbox(store, (_record, context) => obedient(context), {
      wire: { latencyMs: () => 20 },
    });
    expect(await passTimeUntil(router(eventOf({}), contextOf(600)))).toEqual(failedAt(0));
    expect(statuses(store)).toEqual([]);
  });

  test('an unlock is tried again within the reserve', async () => {
    const store = new MemoryDynamoDB();
    const wire = faults('DeleteItem', 'fail', 'drop');
    const { router } = sandbox(store, (_record, context) => obedient(context), { wire });
    expect(await passTimeUntil(router(eventOf({}), contextOf(600)))).toEqual(failedAt(0));
    expect(statuses(store)).toEqual([]);
  });

  test('a note that is under way is finished: the next delivery does not run the handler again', async () => {
    const store = new MemoryDynamoDB();
    const wire = { latencyMs: () => 20 };
    const { router } = sandbox(store, () => wait(380), { wire });
    const context = contextOf(RESERVE_MS + 430);
    await passTimeUntil(router(eventOf({}), context));
    expect(statuses(store)).toEqual(['COMPLETED']);
  });

  test('a handler that ignores its signal keeps its lock, and half of the reserve is left for the answer', async () => {
    const store = new MemoryDynamoDB();
    const { router } = sandbox(store, () => new Promise(() => {}));
    const context = contextOf(600);
    expect(await passTimeUntil(router(eventOf({}), context))).toEqual(failedAt(0));
    expect(context.getRemainingTimeInMillis()).toBeGreaterThan(RESERVE_MS / 4);
    expect(context.getRemainingTimeInMillis()).toBeLessThanOrEqual(RESERVE_MS / 2);
    expect(statuses(store)).toEqual(['INPROGRESS']);
  });

  test('a lock that came too late is not used, and removed', async () => {
    const store = new MemoryDynamoDB();
    let runs = 0;
    const wire = { latencyMs: () => 20 };
    const { router } = sandbox(store, () => void runs++, { wire });
    expect(await passTimeUntil(router(eventOf({}), contextOf(RESERVE_MS + 30)))).toEqual(failedAt(0));
    expect(store.log.map(({ operation }) => operation)).toEqual(['PutItem', 'DeleteItem']);
    expect(statuses(store)).toEqual([]);
    expect(runs).toBe(0);
  });
});

describe('a late unlock', () => {
  /** A gate that is open until it is closed, as a sandbox is until it is frozen. */
  function freezer() {
    let open = () => {};
    let gate: Promise<void> | undefined;
    return {
      gate: () => gate,
      freeze() {
        gate = new Promise<void>((resolve) => {
          open = resolve;
        });
      },
      thaw: () => open(),
    };
  }

  test('of a frozen sandbox does not delete the note of another one', async () => {
    const store = new MemoryDynamoDB();
    const { gate, freeze, thaw } = freezer();
    const first = sandbox(
      store,
      () => {
        freeze();
        return Promise.reject(new Error('declined'));
      },
      { wire: { gate } },
    );
    await passTimeUntil(first.router(eventOf({}), contextOf(RESERVE_MS + 200)));
    expect(statuses(store)).toEqual(['INPROGRESS']);
    let runs = 0;
    const handler = () => void runs++;
    expect(await passTimeUntil(sandbox(store, handler).router(eventOf({}), contextOf(3000)))).toEqual(
      NOT_FAILED,
    );
    thaw();
    await passTimeUntil(wait(100));
    expect(store.log.at(-1)).toEqual({ operation: 'DeleteItem', refused: true });
    expect(statuses(store)).toEqual(['COMPLETED']);
    expect(await passTimeUntil(sandbox(store, handler).router(eventOf({}), contextOf()))).toEqual(NOT_FAILED);
    expect(runs).toBe(1);
  });

  test('of a frozen sandbox does not delete the lock of another one', async () => {
    const store = new MemoryDynamoDB();
    const { gate, freeze, thaw } = freezer();
    const first = sandbox(
      store,
      () => {
        freeze();
        return Promise.reject(new Error('declined'));
      },
      { wire: { gate } },
    );
    await passTimeUntil(first.router(eventOf({}), contextOf(RESERVE_MS + 200)));
    const second = sandbox(store, () => {
      thaw();
      return wait(200);
    }).router(eventOf({}), contextOf(3000));
    expect(await passTimeUntil(second)).toEqual(NOT_FAILED);
    expect(store.log.map(({ operation, refused }) => `${operation} ${refused}`)).toContain('DeleteItem true');
    expect(statuses(store)).toEqual(['COMPLETED']);
  });
});

describe('what no repetition helps against', () => {
  const validating = () =>
    new IdempotencyConfig({
      eventKeyJmesPath: 'dynamodb.NewImage.order.S',
      payloadValidationJmesPath: 'dynamodb.NewImage.total.N',
      throwOnNoIdempotencyKey: true,
    });
  const order = (total: string): DynamoDBRecord =>
    recordOf({ newImage: { order: { S: 'O-1' }, total: { N: total } } }, Number(total));

  test('another record under the same key becomes a dead letter, and the shard continues', async () => {
    const store = new MemoryDynamoDB();
    const letters: unknown[] = [];
    const handler = () => undefined;
    await passTimeUntil(
      sandbox(store, handler, { config: validating() }).router({ Records: [order('1')] }, contextOf()),
    );
    const { router } = sandbox(store, handler, { config: validating(), letters });
    expect(await passTimeUntil(router({ Records: [order('2')] }, contextOf()))).toEqual(NOT_FAILED);
    expect(letters).toMatchObject([{ error: { name: 'IdempotencyValidationError', retryable: false } }]);
  });

  test('but not as long as another sandbox only tries: that one may fail', async () => {
    const store = new MemoryDynamoDB();
    const letters: unknown[] = [];
    const failing = () => wait(200).then(() => Promise.reject(new Error('declined')));
    const first = sandbox(store, failing, { config: validating() }).router(
      { Records: [order('1')] },
      contextOf(),
    );
    await passTimeUntil(wait(50));
    let runs = 0;
    const { router } = sandbox(store, () => void runs++, { config: validating(), letters });
    expect(await passTimeUntil(router({ Records: [order('2')] }, contextOf(5000)))).toEqual(NOT_FAILED);
    expect([runs, letters]).toEqual([1, []]);
    await passTimeUntil(first);
  });

  test('a record without a key waits: the path to the key may be wrong for every record', async () => {
    const letters: unknown[] = [];
    const { router, failure } = sandbox(new MemoryDynamoDB(), () => undefined, {
      config: validating(),
      letters,
    });
    expect(await passTimeUntil(router(eventOf({}), contextOf()))).toEqual(failedAt(0));
    expect(failure()).toMatchObject({ name: 'IdempotencyKeyError' });
    expect(letters).toEqual([]);
  });
});

describe("a handler's own error", () => {
  test.each([
    'IdempotencyInconsistentStateError',
    'IdempotencyItemAlreadyExistsError',
    'IdempotencyValidationError',
    'IdempotencyKeyError',
    'IdempotencyPersistenceLayerError',
  ])("with the name %s is the handler's: it runs once, and its error comes out unchanged", async (name) => {
    const store = new MemoryDynamoDB();
    const letters: unknown[] = [];
    const own = Object.assign(new Error('mine'), { name });
    let runs = 0;
    const handler = async () => {
      runs++;
      throw own;
    };
    const { router, failure } = sandbox(store, handler, { letters });
    expect(await passTimeUntil(router(eventOf({}), contextOf()))).toEqual(failedAt(0));
    expect(failure()).toBe(own);
    expect(own).not.toHaveProperty('retryable');
    expect([runs, letters, statuses(store)]).toEqual([1, [], []]);
  });
});

describe('a store that does not return the existing item', () => {
  /** Powertools' store before it returned what the condition met; some of other making never do. */
  class Silent extends DynamoDBPersistenceLayer {
    override async saveInProgress(data: never, remainingMs?: number): Promise<void> {
      try {
        await super.saveInProgress(data, remainingMs);
      } catch (error) {
        if ((error as Error).name !== 'IdempotencyItemAlreadyExistsError') throw error;
        throw new IdempotencyItemAlreadyExistsError();
      }
    }
  }
  const validating = () =>
    new IdempotencyConfig({
      eventKeyJmesPath: 'eventSourceARN',
      payloadValidationJmesPath: 'dynamodb.NewImage',
    });

  test('is asked: the own lock is recognised', async () => {
    const store = new MemoryDynamoDB();
    let runs = 0;
    const { router } = sandbox(store, () => void runs++, { Layer: Silent, wire: faults('PutItem', 'lose') });
    expect(await passTimeUntil(router(eventOf({}), contextOf()))).toEqual(NOT_FAILED);
    expect(runs).toBe(1);
  });

  test('is asked: a finished record counts as handled', async () => {
    const store = new MemoryDynamoDB();
    let runs = 0;
    for (let delivery = 0; delivery < 2; delivery++) {
      const { router } = sandbox(store, () => void runs++, { Layer: Silent });
      expect(await passTimeUntil(router(eventOf({}), contextOf()))).toEqual(NOT_FAILED);
    }
    expect(runs).toBe(1);
  });

  test('is asked, and its item has gone meanwhile: the lock is put again', async () => {
    const store = new MemoryDynamoDB();
    await killedSandbox(store, 60_000);
    let runs = 0;
    const wire: Partial<Wire> = {
      fault(operation) {
        if (operation === 'GetItem') store.items.clear();
        return undefined;
      },
    };
    const { router } = sandbox(store, () => void runs++, { Layer: Silent, wire });
    expect(await passTimeUntil(router(eventOf({}), contextOf()))).toEqual(NOT_FAILED);
    expect(runs).toBe(1);
  });

  test.each<Fault>(['drop', 'throttle'])('is asked again when that fails (%s)', async (fault) => {
    const store = new MemoryDynamoDB();
    await killedSandbox(store, 1000);
    let runs = 0;
    const wire = faults('GetItem', fault, fault, fault, fault);
    const { router } = sandbox(store, () => void runs++, { Layer: Silent, wire });
    expect(await passTimeUntil(router(eventOf({}), contextOf()))).toEqual(NOT_FAILED);
    expect(runs).toBe(1);
  });

  test('is asked, and compares: another record that is done under the same key is a dead letter', async () => {
    const store = new MemoryDynamoDB();
    const letters: unknown[] = [];
    const settings = { Layer: Silent, letters };
    for (const id of ['a', 'b']) {
      const { router } = sandbox(store, () => undefined, { ...settings, config: validating() });
      expect(await passTimeUntil(router(eventOf({ id }), contextOf()))).toEqual(NOT_FAILED);
    }
    expect(letters).toMatchObject([{ error: { name: 'IdempotencyValidationError', retryable: false } }]);
  });

  test('is asked, and compares: another record that is only tried under the same key is waited for', async () => {
    const store = new MemoryDynamoDB();
    const failing = () => wait(300).then(() => Promise.reject(new Error('declined')));
    const first = sandbox(store, failing, { Layer: Silent, config: validating() });
    const trying = first.router(eventOf({ id: 'a' }), contextOf());
    await passTimeUntil(wait(100));
    let runs = 0;
    const { router } = sandbox(store, () => void runs++, { Layer: Silent, config: validating() });
    expect(await passTimeUntil(router(eventOf({ id: 'b' }), contextOf()))).toEqual(NOT_FAILED);
    expect(runs).toBe(1);
    await passTimeUntil(trying);
  });
});

test('a lock that says nothing of its end is waited for until the deadline', async () => {
  const store = new MemoryDynamoDB();
  await killedSandbox(store, 60_000);
  for (const [id, item] of store.items) {
    const { in_progress_expiration: _, ...endless } = item;
    store.items.set(id, endless);
  }
  const { router, failure } = sandbox(store, () => undefined);
  const startedAt = Date.now();
  expect(await passTimeUntil(router(eventOf({}), contextOf(2000)))).toEqual(failedAt(0));
  expect(Date.now() - startedAt).toBeGreaterThan(1500);
  expect(failure()).toMatchObject({ name: 'IdempotencyAlreadyInProgressError' });
});

test.each([
  ['a lock that has ended by the clock of this sandbox, and not by that of the store', () => Date.now() - 1],
  ['a lock whose end is not a number', () => Number.NaN],
])('%s is asked for now and then, not all the time', async (_, expiry) => {
  let puts = 0;
  class Holding extends DynamoDBPersistenceLayer {
    override async saveInProgress(): Promise<void> {
      puts++;
      const known = { getStatus: () => 'INPROGRESS', inProgressExpiryTimestamp: expiry() };
      throw new IdempotencyItemAlreadyExistsError('It is locked.', known as never);
    }
  }
  const { router } = sandbox(new MemoryDynamoDB(), () => undefined, { Layer: Holding });
  expect(await passTimeUntil(router(eventOf({}), contextOf(10_000)))).toEqual(failedAt(0));
  expect(puts).toBeGreaterThan(2);
  expect(puts).toBeLessThan(50);
});

describe('a layer that waits before it puts', () => {
  class Waiting extends DynamoDBPersistenceLayer {
    override async saveInProgress(...args: Parameters<DynamoDBPersistenceLayer['saveInProgress']>) {
      await wait(20);
      await super.saveInProgress(...args);
    }
  }

  test('unlocks: what failed can be handled again at once', async () => {
    const store = new MemoryDynamoDB();
    const failing = () => Promise.reject(new Error('declined'));
    const { router } = sandbox(store, failing, { Layer: Waiting });
    expect(await passTimeUntil(router(eventOf({}), contextOf()))).toEqual(failedAt(0));
    expect(statuses(store)).toEqual([]);
  });

  test('recognises its own lock', async () => {
    let runs = 0;
    const wire = faults('PutItem', ...more('lose'));
    const { router } = sandbox(new MemoryDynamoDB(), () => void runs++, { Layer: Waiting, wire });
    expect(await passTimeUntil(router(eventOf({}), contextOf()))).toEqual(NOT_FAILED);
    expect(runs).toBe(1);
  });
});

test('a store that throws a value that is not an error fails the record', async () => {
  class Broken extends DynamoDBPersistenceLayer {
    override configure(): void {
      throw undefined;
    }
  }
  const store = new MemoryDynamoDB();
  const { router, entries } = sandbox(store, () => undefined, { Layer: Broken });
  expect(await passTimeUntil(router(eventOf({}), contextOf()))).toEqual(failedAt(0));
  expect(entries('Record failed')).toMatchObject([{ error: undefined }]);
});

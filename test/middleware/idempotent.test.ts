import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { IdempotencyConfig } from '@aws-lambda-powertools/idempotency';
import { DynamoDBPersistenceLayer } from '@aws-lambda-powertools/idempotency/dynamodb';
import { CreateTableCommand, DynamoDBClient, ScanCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { DynamoDBStreamEvent } from 'aws-lambda';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Emulators } from '../../src/emulators/start-emulators.ts';
import { type RecordContext, streamRouter } from '../../src/index.ts';
import { deadLetter } from '../../src/middleware/dead-letter.ts';
import { type IdempotentOptions, idempotent } from '../../src/middleware/idempotent.ts';
import { retry } from '../../src/middleware/retry.ts';
import { lambdaContext } from '../../src/testing/index.ts';
import { emulatedServers } from '../fixtures/emulated.ts';
import { contextOf, eventOf, memoryLogger, recordOf, sequenceNumberAt } from '../fixtures/events.ts';
import { deliver } from '../fixtures/lambda.ts';
import { PROPERTY_TIMEOUT_MS, runs } from '../fixtures/play.ts';
import { sequenceNumberOf } from '../fixtures/stage.ts';

const NOT_FAILED = { batchItemFailures: [] };
const failedAt = (index: number) => ({ batchItemFailures: [{ itemIdentifier: sequenceNumberAt(index) }] });

let servers: Emulators;
let client: DynamoDBClient;
let tableName: string;
let tables = 0;

beforeAll(async () => {
  servers = await emulatedServers();
  client = new DynamoDBClient(servers.dynamodb);
}, 60_000);

afterAll(async () => {
  client?.destroy();
  await servers?.stop();
});

beforeEach(async () => {
  tableName = `Idempotency${++tables}`;
  await client.send(
    new CreateTableCommand({
      TableName: tableName,
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      BillingMode: 'PAY_PER_REQUEST',
    }),
  );
});

interface Locked {
  readonly id: string;
  readonly status: string;
  readonly expiration: number;
  readonly in_progress_expiration?: number;
}

async function stored(): Promise<Locked[]> {
  const { Items = [] } = await client.send(new ScanCommand({ TableName: tableName }));
  return Items.map((item) => unmarshall(item) as Locked);
}

const store = (): DynamoDBPersistenceLayer =>
  new DynamoDBPersistenceLayer({ tableName, awsSdkV3Client: client });

/** Creates a sandbox with nothing in memory and the same table. */
function sandbox(
  handler: (record: { sequenceNumber: string; eventID: string }, context: RecordContext) => unknown,
  options: Partial<IdempotentOptions> = {},
  settings: { readonly partialResponses?: boolean } = {},
) {
  const logger = memoryLogger();
  const router = streamRouter({ logger, concurrency: 20, ...settings })
    .use(idempotent({ persistenceStore: store(), ...options }))
    .onInsert(handler);
  const failure = () =>
    logger.entries.find(({ message }) => message === 'Record failed')?.fields.error as Error;
  return { router, failure };
}

describe('a record that is delivered again', () => {
  test('to a new sandbox runs its handler once', async () => {
    const runs: string[] = [];
    const handler = async ({ sequenceNumber }: { sequenceNumber: string }) => void runs.push(sequenceNumber);
    for (let delivery = 0; delivery < 3; delivery++) {
      expect(await sandbox(handler).router(eventOf({}, {}, {}), contextOf())).toEqual(NOT_FAILED);
    }
    expect(runs.sort()).toEqual([0, 1, 2].map(sequenceNumberAt));
  });

  test('to the same sandbox too', async () => {
    let runs = 0;
    const { router } = sandbox(() => void runs++);
    await router(eventOf({}), contextOf());
    expect(await router(eventOf({}), contextOf())).toEqual(NOT_FAILED);
    expect(runs).toBe(1);
  });

  test('runs its handler again when that had failed, and passes on its error', async () => {
    const declined = new TypeError('declined');
    const first = sandbox(async () => {
      throw declined;
    });
    expect(await first.router(eventOf({}), contextOf())).toEqual(failedAt(0));
    expect(first.failure()).toBe(declined);
    expect(await stored()).toEqual([]);
    let runs = 0;
    const second = sandbox(() => void runs++);
    expect(await second.router(eventOf({}), contextOf())).toEqual(NOT_FAILED);
    expect(runs).toBe(1);
  });

  test.each([undefined, null, 0, '', false, { status: 500 }])(
    'and had thrown %j, which comes out unchanged',
    async (thrown) => {
      const came: unknown[] = [];
      const router = streamRouter({ logger: memoryLogger() })
        .use(async (_record, _context, next) => {
          try {
            await next();
          } catch (error) {
            came.push(error);
            throw error;
          }
        })
        .use(idempotent({ persistenceStore: store() }))
        .onInsert(async () => {
          throw thrown;
        });
      expect(await router(eventOf({}), contextOf())).toEqual(failedAt(0));
      expect(came).toEqual([thrown]);
      expect(await stored()).toEqual([]);
    },
  );

  test('is known by its event source and its event id, not by its content or position', async () => {
    const runs: string[] = [];
    const handler = ({ eventID }: { eventID: string }) => void runs.push(eventID);
    const record = recordOf({}, 5);
    const withSource = (eventSourceARN: string) => ({ Records: [{ ...record, eventSourceARN }] });
    const changed = { Records: [{ ...recordOf({ newImage: { total: { N: '1' } } }, 5) }] };
    for (const event of [{ Records: [record] }, changed, withSource('arn:other'), withSource('arn:other')]) {
      expect(await sandbox(handler).router(event, contextOf())).toEqual(NOT_FAILED);
    }
    expect(runs).toHaveLength(2);
  });

  test('is known by its sequence number where it has no event id: others are other records', async () => {
    let runs = 0;
    const event: DynamoDBStreamEvent = { Records: [0, 1, 0].map((index) => recordOf({}, index)) };
    for (const record of event.Records) delete record.eventID;
    for (const record of event.Records) {
      expect(await sandbox(() => void runs++).router({ Records: [record] }, contextOf())).toEqual(NOT_FAILED);
    }
    expect(runs).toBe(2);
  });
});

describe('the store', () => {
  test('holds a hash and no content: neither of the item nor of what a handler returns', async () => {
    const { router } = sandbox(() => ({ secret: 'hunter2' }));
    await router(eventOf({ id: 'hunter2', newImage: { secret: { S: 'hunter2' } } }), contextOf());
    const [record] = await stored();
    expect(record).toEqual({
      id: expect.stringMatching(/^.*#[\w+/]+=*$/),
      status: 'COMPLETED',
      lock_owner: expect.any(String),
      expiration: expect.any(Number),
      in_progress_expiration: expect.any(Number),
    });
    expect(JSON.stringify(record)).not.toContain('hunter2');
  });

  test('keeps a record for as long as the stream may deliver it again: 24 hours', async () => {
    await sandbox(() => undefined).router(eventOf({}), contextOf());
    const [record] = await stored();
    const hours = ((record?.expiration ?? 0) - Date.now() / 1000) / 3600;
    expect(hours).toBeGreaterThan(23.9);
    expect(hours).toBeLessThan(24.1);
  });

  test('keeps handlers apart that have a keyPrefix each', async () => {
    let runs = 0;
    for (const keyPrefix of ['mail', 'ledger', 'mail']) {
      await sandbox(() => void runs++, { keyPrefix }).router(eventOf({}), contextOf());
    }
    expect(runs).toBe(2);
    expect((await stored()).map(({ id }) => id.split('#')[0]).sort()).toEqual(['ledger', 'mail']);
  });

  test('that cannot be reached fails the record, and the handler has not run', async () => {
    let runs = 0;
    const persistenceStore = new DynamoDBPersistenceLayer({ tableName: 'nowhere', awsSdkV3Client: client });
    const { router, failure } = sandbox(() => void runs++, { persistenceStore });
    expect(await router(eventOf({}), contextOf())).toEqual(failedAt(0));
    expect(failure()).toMatchObject({ name: 'IdempotencyPersistenceLayerError' });
    expect(runs).toBe(0);
  });

  test('that cannot note a success fails the record: it is done, and will be done again', async () => {
    const persistenceStore = store();
    vi.spyOn(persistenceStore, 'saveSuccess').mockRejectedValue(new Error('throttled'));
    const { router, failure } = sandbox(() => undefined, { persistenceStore });
    expect(await router(eventOf({}), contextOf())).toEqual(failedAt(0));
    expect(failure()).toMatchObject({ name: 'IdempotencyPersistenceLayerError' });
  });

  test("that cannot remove the lock does not hide the handler's own error", async () => {
    const persistenceStore = store();
    vi.spyOn(persistenceStore, 'deleteRecord').mockRejectedValue(new Error('throttled'));
    const declined = new Error('declined');
    const { router, failure } = sandbox(
      () => {
        throw declined;
      },
      { persistenceStore },
    );
    expect(await router(eventOf({}), contextOf())).toEqual(failedAt(0));
    expect(failure()).toBe(declined);
  });
});

describe('the lock', () => {
  /** The lock that a sandbox leaves behind which is killed in the middle of its handler. */
  async function killedSandbox(remainingMs: number): Promise<Locked | undefined> {
    let started = () => {};
    const running = new Promise<void>((resolve) => {
      started = resolve;
    });
    const { router } = sandbox(() => {
      started();
      return new Promise(() => {});
    });
    void router(eventOf({}), lambdaContext({ remainingMs }));
    await running;
    return (await stored())[0];
  }

  test('ends when the invocation that took it does', async () => {
    const before = Date.now();
    const lock = await killedSandbox(30_000);
    expect(lock?.status).toBe('INPROGRESS');
    expect(lock?.in_progress_expiration).toBeGreaterThanOrEqual(before + 30_000);
    expect(lock?.in_progress_expiration).toBeLessThanOrEqual(Date.now() + 30_016);
  });

  test('of a sandbox that still may be at it fails the record, which is delivered again', async () => {
    await killedSandbox(30_000);
    let runs = 0;
    const { router, failure } = sandbox(() => void runs++);
    expect(await router(eventOf({}), contextOf(1300))).toEqual(failedAt(0));
    expect(failure()).toMatchObject({ name: 'IdempotencyAlreadyInProgressError' });
    expect(runs).toBe(0);
  });

  test('of a killed sandbox expires, and the record is handled', async () => {
    const lock = await killedSandbox(30_000);
    // As if 30 seconds had passed.
    await client.send(
      new UpdateItemCommand({
        TableName: tableName,
        Key: { id: { S: lock?.id ?? '' } },
        UpdateExpression: 'SET in_progress_expiration = :past',
        ExpressionAttributeValues: { ':past': { N: `${Date.now() - 1}` } },
      }),
    );
    let runs = 0;
    expect(await sandbox(() => void runs++).router(eventOf({}), contextOf())).toEqual(NOT_FAILED);
    expect(runs).toBe(1);
  });

  test('of a sandbox that is killed for real expires by itself, and the record is handled once', {
    timeout: 30_000,
  }, async () => {
    const env = { ...process.env, ...servers.environment };
    const child = spawn(process.execPath, [join(import.meta.dirname, 'killed-sandbox.ts'), tableName], {
      env,
    });
    await once(child.stdout, 'data');
    child.kill('SIGKILL');
    await once(child, 'exit');
    let runs = 0;
    const again = async () => {
      expect(await sandbox(() => void runs++).router(eventOf({}), contextOf())).toEqual(NOT_FAILED);
    };
    expect(await stored()).toMatchObject([{ status: 'INPROGRESS' }]);
    await vi.waitFor(again, { timeout: 20_000 });
    await again();
    expect(runs).toBe(1);
  });

  test.each<[string, number | undefined, number]>([
    ['no clock', undefined, 900_000],
    ['no time left', 0, 1],
    ['a fraction of a millisecond', 0.4, 1],
    ['90 minutes, as on Lambda Managed Instances', 5_400_000, 5_400_000],
  ])('ends in any case, with %s', async (_, remaining, expected) => {
    const persistenceStore = store();
    const saved = vi.spyOn(persistenceStore, 'saveInProgress');
    const context = {
      getRemainingTimeInMillis: () => remaining ?? Number.POSITIVE_INFINITY,
    } as RecordContext;
    await idempotent({ persistenceStore })({ raw: recordOf({}) } as never, context, () => undefined);
    const [, lastsMs = 0] = saved.mock.calls[0] ?? [];
    expect(lastsMs).toBeGreaterThan(expected - 5);
    // A lock is told from others by a random part, of up to 16 ms.
    expect(lastsMs).toBeLessThan(expected + 17);
    expect(lastsMs).not.toBe(0);
  });

  test('of each record is its own, and of its own invocation, when many run at once', async () => {
    const { router } = sandbox(() => undefined);
    const running = [5000, 60_000].map((remainingMs, half) => {
      const event = { Records: Array.from({ length: 40 }, (_, index) => recordOf({}, half * 100 + index)) };
      return router(event, lambdaContext({ remainingMs }));
    });
    expect(await Promise.all(running)).toEqual([NOT_FAILED, NOT_FAILED]);
    const records = await stored();
    expect(records).toHaveLength(80);
    expect(records.every(({ status }) => status === 'COMPLETED')).toBe(true);
    const long = records.filter(
      ({ in_progress_expiration = 0 }) => in_progress_expiration > Date.now() + 30_000,
    );
    expect(long).toHaveLength(40);
  });
});

describe('on a real server', () => {
  /** Loses the first answer to an operation, or holds the request back until it is let go. */
  function tampered(operation: string, tamper: 'lose' | Promise<void>): DynamoDBClient {
    const tamperedClient = new DynamoDBClient(servers.dynamodb);
    const { requestHandler } = tamperedClient.config;
    const handle = requestHandler.handle.bind(requestHandler);
    let left = 1;
    requestHandler.handle = async (request, options) => {
      if (!request.headers['x-amz-target']?.endsWith(operation) || left-- <= 0)
        return handle(request, options);
      if (tamper !== 'lose') await tamper;
      const answer = await handle(request, options);
      if (tamper === 'lose') throw Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' });
      return answer;
    };
    return tamperedClient;
  }

  test('a lost answer to the put is recognised, and the handler runs', async () => {
    const awsSdkV3Client = tampered('PutItem', 'lose');
    const persistenceStore = new DynamoDBPersistenceLayer({ tableName, awsSdkV3Client });
    let runs = 0;
    const { router } = sandbox(() => void runs++, { persistenceStore });
    expect(await router(eventOf({}), contextOf())).toEqual(NOT_FAILED);
    expect(runs).toBe(1);
    awsSdkV3Client.destroy();
  });

  test('a late unlock leaves the note of another sandbox alone', async () => {
    let letGo = () => {};
    const held = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    const awsSdkV3Client = tampered('DeleteItem', held);
    const persistenceStore = new DynamoDBPersistenceLayer({ tableName, awsSdkV3Client });
    const deleted = vi.spyOn(awsSdkV3Client, 'send');
    const first = sandbox(() => Promise.reject(new Error('declined')), { persistenceStore });
    await first.router(eventOf({}), contextOf(1500));
    let runs = 0;
    expect(await sandbox(() => void runs++).router(eventOf({}), contextOf(10_000))).toEqual(NOT_FAILED);
    letGo();
    const sent = deleted.mock.calls.findIndex(
      ([command]) => command.constructor.name === 'DeleteItemCommand',
    );
    await expect(deleted.mock.results[sent]?.value).rejects.toThrow(
      expect.objectContaining({ name: 'ConditionalCheckFailedException' }),
    );
    expect(await stored()).toMatchObject([{ status: 'COMPLETED' }]);
    expect(runs).toBe(1);
    awsSdkV3Client.destroy();
  });
});

describe('config', () => {
  test('is copied: the context of an invocation is not registered in the one given', async () => {
    const config = new IdempotencyConfig({});
    await sandbox(() => undefined, { config }).router(eventOf({}), contextOf());
    expect(config.lambdaContext).toBeUndefined();
    expect(config.eventKeyJmesPath).toBe('');
  });

  test('may name another key, in the record as Lambda sent it', async () => {
    let runs = 0;
    const config = () =>
      new IdempotencyConfig({ eventKeyJmesPath: 'dynamodb.Keys.id.S', expiresAfterSeconds: 60 });
    const event = eventOf({ id: 'a' }, { id: 'a' }, { id: 'b' });
    expect(await sandbox(() => void runs++, { config: config() }).router(event, contextOf())).toEqual(
      NOT_FAILED,
    );
    expect(runs).toBe(2);
    const [record] = await stored();
    expect((record?.expiration ?? 0) - Date.now() / 1000).toBeLessThan(61);
  });

  test('is followed in all that it can say', async () => {
    const replayed: unknown[] = [];
    const config = new IdempotencyConfig({
      payloadValidationJmesPath: 'dynamodb.NewImage',
      hashFunction: 'sha256',
      throwOnNoIdempotencyKey: true,
      useLocalCache: true,
      maxLocalCacheSize: 5,
      responseHook: (response) => {
        replayed.push(response);
        return response;
      },
    });
    const { router, failure } = sandbox(() => undefined, { config });
    await router(eventOf({}), contextOf());
    await router(eventOf({}), contextOf());
    expect(replayed).toEqual([undefined]);
    expect((await stored())[0]?.id.split('#')[1]).toHaveLength(44);
    expect(await router(eventOf({ newImage: { total: { N: '9' } } }), contextOf())).toEqual(failedAt(0));
    expect(failure()).toMatchObject({ name: 'IdempotencyValidationError' });
  });

  test('without functions of its own for JMESPath is copied too', async () => {
    const config = new IdempotencyConfig({});
    delete (config as { jmesPathOptions: { customFunctions?: unknown } }).jmesPathOptions.customFunctions;
    expect(await sandbox(() => undefined, { config }).router(eventOf({}), contextOf())).toEqual(NOT_FAILED);
  });
});

test(
  'each record is handled once, whatever fails and however often its batch is delivered to new sandboxes',
  async () => {
    let batches = 0;
    const plans = fc.record({
      failures: fc.array(fc.nat(2), { minLength: 1, maxLength: 8 }),
      bisectBatchOnFunctionError: fc.boolean(),
      partialResponses: fc.boolean(),
    });
    const property = fc.asyncProperty(plans, async ({ failures, ...mapping }) => {
      const from = ++batches * 100;
      const records = failures.map((_, index) => recordOf({ id: `${index % 3}` }, from + index));
      const left = new Map(failures.map((count, index) => [sequenceNumberAt(from + index), count]));
      const handled: string[] = [];
      const handler = async ({ sequenceNumber }: { sequenceNumber: string }) => {
        const failuresLeft = left.get(sequenceNumber) ?? 0;
        left.set(sequenceNumber, failuresLeft - 1);
        if (failuresLeft > 0) throw failuresLeft === 1 ? undefined : new Error('busy');
        handled.push(sequenceNumber);
      };
      const { partialResponses } = mapping;
      await deliver(records, {
        ...mapping,
        sandbox: () => sandbox(handler, {}, { partialResponses }).router,
      });
      expect(handled.toSorted()).toEqual(records.map(sequenceNumberOf));
    });
    await fc.assert(property, runs(30));
  },
  PROPERTY_TIMEOUT_MS,
);

describe('between deadLetter and retry, as documented', () => {
  const letters: unknown[] = [];
  const sink = { target: 'memory', send: async (letter: unknown) => void letters.push(letter) };
  beforeEach(() => void letters.splice(0));

  function composed(handler: () => unknown) {
    return streamRouter({ logger: memoryLogger() })
      .use(deadLetter(sink, { when: 'exhausted' }))
      .use(idempotent({ persistenceStore: store() }))
      .use(retry({ attempts: 3, backoff: { minMs: 1 } }))
      .onInsert(handler);
  }

  test('a record takes one lock for all its attempts', async () => {
    let attempts = 0;
    const router = composed(async () => {
      if (++attempts < 3) throw new Error('busy');
    });
    expect(await router(eventOf({}), contextOf())).toEqual(NOT_FAILED);
    expect(attempts).toBe(3);
    expect(await stored()).toMatchObject([{ status: 'COMPLETED' }]);
  });

  test('what retry gave up is a dead letter, and no lock is left: a replay handles it', async () => {
    const router = composed(async () => {
      throw undefined;
    });
    expect(await router(eventOf({}), contextOf())).toEqual(NOT_FAILED);
    expect(letters).toHaveLength(1);
    expect(await stored()).toEqual([]);
    let runs = 0;
    expect(await composed(() => void runs++)(eventOf({}), contextOf())).toEqual(NOT_FAILED);
    expect(runs).toBe(1);
  });

  test('a record that another sandbox handles is not a dead letter, but delivered again', async () => {
    void sandbox(() => new Promise(() => {})).router(eventOf({}), lambdaContext());
    await vi.waitFor(async () => expect(await stored()).toHaveLength(1));
    expect(await composed(() => undefined)(eventOf({}), contextOf(1300))).toEqual(failedAt(0));
    expect(letters).toEqual([]);
  });
});

describe('idempotent', () => {
  afterEach(() => void vi.unstubAllEnvs());

  test('is switched off by POWERTOOLS_IDEMPOTENCY_DISABLED, as elsewhere', async () => {
    vi.stubEnv('POWERTOOLS_IDEMPOTENCY_DISABLED', 'true');
    let runs = 0;
    const { router } = sandbox(() => void runs++);
    await router(eventOf({}), contextOf());
    await router(eventOf({}), contextOf());
    expect(runs).toBe(2);
    expect(await stored()).toEqual([]);
  });

  describe('takes a persistence layer', () => {
    const config = new IdempotencyConfig({});
    const MAIL = { keyPrefix: 'mail' };

    test.each<[Partial<IdempotentOptions>, Partial<IdempotentOptions>]>([
      [{}, {}],
      [MAIL, MAIL],
      [{ config }, { config }],
    ])('with %j and again with %j', (first, second) => {
      const persistenceStore = store();
      idempotent({ persistenceStore, ...first });
      expect(() => idempotent({ persistenceStore, ...second })).not.toThrow();
    });

    // It has one prefix at a time, and its first configuration: notes would get the key of another handler.
    test.each<[string, Partial<IdempotentOptions>, Partial<IdempotentOptions>]>([
      ['keyPrefix', MAIL, { keyPrefix: 'ledger' }],
      ['keyPrefix', MAIL, {}],
      ['config', { config }, {}],
      ['config', { config }, { config: new IdempotencyConfig({}) }],
    ])('with one %s only', (_, first, second) => {
      const persistenceStore = store();
      idempotent({ persistenceStore, ...first });
      expect(() => idempotent({ persistenceStore, ...second })).toThrow(
        expect.objectContaining({
          code: 'INVALID_OPTION',
          message: expect.stringContaining('persistenceStore is used by another idempotent'),
        }),
      );
      expect(() => idempotent({ persistenceStore: store(), ...second })).not.toThrow();
    });
  });

  test.each<[unknown, string, string]>([
    [null, 'INVALID_OPTION', 'options'],
    [{}, 'INVALID_OPTION', 'persistenceStore'],
    [{ persistenceStore: {} }, 'INVALID_OPTION', 'persistenceStore'],
    [{ persistenceStore: 'table' }, 'INVALID_OPTION', 'persistenceStore'],
    [{ tableName: 'idempotency' }, 'UNKNOWN_OPTION', 'tableName'],
    [{ config: {} }, 'INVALID_OPTION', 'config'],
    [{ keyPrefix: '' }, 'INVALID_OPTION', 'keyPrefix'],
  ])('refuses %j when it is made', (options, code, name) => {
    const given =
      options !== null && ('config' in (options as object) || 'keyPrefix' in (options as object))
        ? { persistenceStore: store(), ...(options as object) }
        : options;
    expect(() => idempotent(given as IdempotentOptions)).toThrow(
      expect.objectContaining({ name: 'ConfigurationError', code, message: expect.stringContaining(name) }),
    );
  });
});

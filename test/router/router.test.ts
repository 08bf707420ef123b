import { describe, expect, test } from 'vitest';
import {
  changed,
  defineTable,
  expired,
  itemOf,
  not,
  type StreamViewType,
  streamRouter,
} from '../../src/index.ts';
import { contextOf, eventOf, memoryLogger, recordOf, sequenceNumberAt } from '../fixtures/events.ts';

interface Invoice {
  id: string;
  status: 'DRAFT' | 'OPEN' | 'PAID';
  note?: string;
}

const DONE = { batchItemFailures: [] };

describe('a router', () => {
  test('is an async function of two parameters, as Lambda on Node 24 wants its handlers', () => {
    expect(streamRouter()).toBeTypeOf('function');
    expect(streamRouter()).toHaveLength(2);
  });

  test('lets each event name reach its own routes, in the order registered', async () => {
    const seen: string[] = [];
    const router = streamRouter<{ id: string }>()
      .onInsert(({ newImage }) => void seen.push(`insert ${newImage.id}`))
      .onModify(async ({ oldImage, newImage }) => void seen.push(`modify ${oldImage.id} ${newImage.id}`))
      .onModify(({ keys }) => void seen.push(`modify again ${keys.id}`))
      .onRemove(({ oldImage }) => void seen.push(`remove ${oldImage.id}`));

    const response = await router(
      eventOf(
        { eventName: 'INSERT', id: 'a' },
        { eventName: 'MODIFY', id: 'a' },
        { eventName: 'REMOVE', id: 'a' },
      ),
      contextOf(),
    );

    expect(response).toEqual(DONE);
    expect(seen).toEqual(['insert a', 'modify a a', 'modify again a', 'remove a']);
  });

  test('runs all routes that match, and only those', async () => {
    const seen: string[] = [];
    const router = streamRouter<Invoice>()
      .onModify(changed('status', { to: 'PAID' }), ({ newImage }) => void seen.push(`paid ${newImage.id}`))
      .onModify(changed('note'), ({ newImage }) => void seen.push(`note ${newImage.id}`))
      .onModify(not(changed('status')), ({ newImage }) => void seen.push(`same status ${newImage.id}`))
      .onRemove(expired, ({ oldImage }) => void seen.push(`expired ${oldImage.id}`))
      .onRemove(not(expired), ({ oldImage }) => void seen.push(`deleted ${oldImage.id}`));
    const [open, paid] = [{ status: { S: 'OPEN' } }, { status: { S: 'PAID' } }];
    const event = eventOf(
      { eventName: 'MODIFY', id: 'a', oldImage: open, newImage: paid },
      { eventName: 'MODIFY', id: 'b', oldImage: open, newImage: { ...open, note: { S: 'x' } } },
      { eventName: 'MODIFY', id: 'c', oldImage: open, newImage: { ...paid, note: { S: 'x' } } },
      { eventName: 'MODIFY', id: 'd', oldImage: open, newImage: { status: { S: 'DRAFT' } } },
      { eventName: 'REMOVE', id: 'e' },
      { eventName: 'REMOVE', id: 'f' },
    );
    Object.assign(event.Records[5] ?? {}, {
      userIdentity: { type: 'Service', principalId: 'dynamodb.amazonaws.com' },
    });

    expect(await router(event, contextOf())).toEqual(DONE);
    expect(seen).toEqual(['paid a', 'note b', 'same status b', 'paid c', 'note c', 'deleted e', 'expired f']);
  });

  test('counts a record that no route matches as succeeded, without unmarshalling it', async () => {
    const router = streamRouter<Invoice>().onModify(changed('status'), () => Promise.reject('never'));
    const event = eventOf(
      { newImage: { broken: {} as never } },
      { eventName: 'MODIFY' },
      { eventName: 'REMOVE' },
    );
    expect(await router(event, contextOf())).toEqual(DONE);
  });

  test('takes an event without records, and one without a context', async () => {
    const router = streamRouter().onInsert(() => {});
    expect(await router({ Records: [] })).toEqual(DONE);
    expect(await router(eventOf({}))).toEqual(DONE);
  });

  test('answers with a response that belongs to the caller: changing it changes no later one', async () => {
    const router = streamRouter().onInsert(() => {});
    const first = await router(eventOf({}));
    first.batchItemFailures.push({ itemIdentifier: 'forged' });
    expect(await router(eventOf({}))).toEqual(DONE);
  });

  test('names the lowest sequence number that did not succeed, and only that one', async () => {
    const handled: string[] = [];
    const router = streamRouter<{ id: string }>({ logger: memoryLogger() }).onInsert(async ({ newImage }) => {
      if (newImage.id === 'b') await Promise.reject(undefined);
      handled.push(newImage.id);
    });
    const response = await router(eventOf({ id: 'a' }, { id: 'b' }, { id: 'c' }), contextOf());
    expect(response).toEqual({ batchItemFailures: [{ itemIdentifier: sequenceNumberAt(1) }] });
    expect(handled).toEqual(['a', 'c']);
  });

  test('gives handlers its logger, a signal, the Lambda context and the time that is left', async () => {
    const logger = memoryLogger();
    const lambdaContext = contextOf();
    let seen: unknown[] = [];
    const router = streamRouter({ logger }).onInsert((_record, context) => {
      seen = [context.logger, context.signal, context.lambdaContext, context.getRemainingTimeInMillis()];
    });
    await router(eventOf({}), lambdaContext);
    expect(seen).toEqual([logger, expect.any(AbortSignal), lambdaContext, expect.any(Number)]);
  });

  test('unmarshals numbers as its policy says', async () => {
    const seen: unknown[] = [];
    const event = eventOf({ newImage: { n: { N: '9007199254740993' } } });
    for (const numbers of ['number', 'exact', 'string', (text: string) => text.length] as const) {
      const router = streamRouter<{ n: unknown }>({ numbers }).onInsert(
        ({ newImage }) => void seen.push(newImage.n),
      );
      expect(await router(event, contextOf())).toEqual(DONE);
    }
    expect(seen.map(String)).toEqual(['9007199254740993', '9007199254740993', '9007199254740993', '16']);
    expect(seen.map((value) => typeof value)).toEqual(['bigint', 'object', 'string', 'number']);
  });

  test('never takes a number for poison', async () => {
    const texts = ['12345678901234567890.5', '0.1234567890123456789012', '1E+125', '-1e-130', '0', '-0'];
    for (const numbers of ['number', 'exact', 'string'] as const) {
      const seen: unknown[] = [];
      const router = streamRouter<{ n: unknown }>({ numbers }).onInsert(
        ({ newImage }) => void seen.push(newImage.n),
      );
      expect(await router(eventOf(...texts.map((N) => ({ newImage: { n: { N } } }))), contextOf())).toEqual(
        DONE,
      );
      expect(seen.map(Number)).toEqual(texts.map(Number));
    }
  });
});

describe('a record that cannot be read fails alone, and its neighbours are handled', () => {
  const SECRET = 'very-secret-content';

  test.each<[string, (record: ReturnType<typeof recordOf>) => unknown, string]>([
    [
      'an unknown AttributeValue',
      (r) => ({ ...r, dynamodb: { ...r.dynamodb, NewImage: { a: { X: SECRET } } } }),
      'INVALID_ATTRIBUTE_VALUE',
    ],
    [
      'an empty AttributeValue',
      (r) => ({ ...r, dynamodb: { ...r.dynamodb, NewImage: { a: {}, b: { S: SECRET } } } }),
      'INVALID_ATTRIBUTE_VALUE',
    ],
    ['no image', (r) => ({ ...r, dynamodb: { ...r.dynamodb, NewImage: undefined } }), 'MISSING_IMAGE'],
    ['null for an image', (r) => ({ ...r, dynamodb: { ...r.dynamodb, NewImage: null } }), 'MISSING_IMAGE'],
    ['no Keys', (r) => ({ ...r, dynamodb: { ...r.dynamodb, Keys: undefined } }), 'MISSING_KEYS'],
    ['an unknown eventName', (r) => ({ ...r, eventName: SECRET }), 'UNKNOWN_EVENT_NAME'],
    ['no eventName', (r) => ({ ...r, eventName: undefined }), 'UNKNOWN_EVENT_NAME'],
  ])('%s', async (_, twist, code) => {
    const logger = memoryLogger();
    const handled: unknown[] = [];
    const router = streamRouter<{ id: string }>({ logger }).onInsert(
      async ({ newImage }) => void handled.push(newImage.id),
    );
    const event = eventOf({ id: 'a' }, { id: 'b' }, { id: 'c' }, { id: 'd' });
    const twisted = twist(recordOf({ id: 'c' }, 2)) as (typeof event.Records)[0];
    event.Records[2] = twisted;
    // In flight or not, what comes after the failed record is behind the checkpoint and delivered again.
    expect(await router(event, contextOf())).toEqual({
      batchItemFailures: [{ itemIdentifier: sequenceNumberAt(2) }],
    });
    expect(handled).toEqual(expect.arrayContaining(['a', 'b']));
    expect(handled).not.toContain('c');
    const failures = logger.entries.filter(({ level }) => level === 'error');
    expect(failures).toHaveLength(1);
    expect(failures[0]?.fields).toMatchObject({ sequenceNumber: sequenceNumberAt(2), error: { code } });
    expect(String(failures[0]?.fields.error)).not.toContain(SECRET);
  });
});

describe('a condition that fails, fails its record', () => {
  test.each<[string, () => boolean, string | undefined]>([
    [
      'throws',
      () => {
        throw undefined;
      },
      undefined,
    ],
    ['answers with a promise', (async () => true) as never, 'ASYNC_CONDITION'],
  ])('%s', async (_, condition, code) => {
    const logger = memoryLogger();
    let ran = false;
    const router = streamRouter({ logger }).onInsert(condition, () => {
      ran = true;
    });
    expect(await router(eventOf({}), contextOf())).toEqual({
      batchItemFailures: [{ itemIdentifier: sequenceNumberAt(0) }],
    });
    expect(ran).toBe(false);
    const failed = logger.entries.find(({ level }) => level === 'error');
    expect(failed).toBeDefined();
    expect((failed?.fields.error as { code?: string } | undefined)?.code).toBe(code);
  });
});

describe('every view type and event is handled, with the images that it has', () => {
  const IMAGES: Record<StreamViewType, readonly string[]> = {
    KEYS_ONLY: ['INSERT - -', 'MODIFY - -', 'REMOVE - -'],
    NEW_IMAGE: ['INSERT new -', 'MODIFY new -', 'REMOVE - -'],
    OLD_IMAGE: ['INSERT - -', 'MODIFY - old', 'REMOVE - old'],
    NEW_AND_OLD_IMAGES: ['INSERT new -', 'MODIFY new old', 'REMOVE - old'],
  };

  test.each(Object.entries(IMAGES))('%s', async (name, expected) => {
    const viewType = name as 'NEW_AND_OLD_IMAGES';
    const seen: string[] = [];
    const note = (record: object) => {
      const { eventName, newImage, oldImage, keys } = record as Record<string, { id?: string } | undefined>;
      expect(keys).toEqual({ id: 'a' });
      seen.push(`${eventName} ${newImage ? 'new' : '-'} ${oldImage ? 'old' : '-'}`);
    };
    const table = defineTable({ name: 'T', item: itemOf<{ id: string }>(), keys: ['id'], viewType });
    for (const router of [streamRouter({ viewType }), streamRouter(table)]) {
      seen.splice(0);
      router.onInsert(note).onModify(note).onRemove(note);
      const event = eventOf(
        ...(['INSERT', 'MODIFY', 'REMOVE'] as const).map((eventName) => ({ eventName, id: 'a', viewType })),
      );
      expect(await router(event, contextOf())).toEqual(DONE);
      expect(seen).toEqual(expected);
    }
  });
});

test('a record that Lambda redelivers is handled again, though it had succeeded past the checkpoint', async () => {
  const handled: string[] = [];
  let broken = true;
  const router = streamRouter<{ id: string }>({ logger: memoryLogger() }).onInsert(async ({ newImage }) => {
    if (broken && newImage.id === 'a') throw new Error('first time');
    handled.push(newImage.id);
  });
  const event = eventOf({ id: 'a' }, { id: 'b' });
  expect(await router(event, contextOf())).toEqual({
    batchItemFailures: [{ itemIdentifier: sequenceNumberAt(0) }],
  });
  broken = false;
  expect(await router(event, contextOf())).toEqual(DONE);
  expect(handled).toEqual(['b', 'a', 'b']);
});

test('a pipe passes an array of records, and the response names each one that did not succeed by its eventID', async () => {
  const { Records } = eventOf({ id: 'a' }, { id: 'b' }, { id: 'b' });
  const handled: string[] = [];
  const router = streamRouter<{ id: string }>({ logger: false }).onInsert(async ({ newImage, eventID }) => {
    if (newImage.id === 'b') throw new Error('no');
    handled.push(eventID);
  });
  expect(await router(Records as never, contextOf())).toEqual({
    batchItemFailures: Records.slice(1).map(({ eventID }) => ({ itemIdentifier: eventID })),
  });
  expect(handled).toEqual([Records[0]?.eventID]);
});

test.each(['sync', 'async'])(
  'a %s handler that registers a route changes nothing for its own record',
  async (kind) => {
    const seen: string[] = [];
    const router = streamRouter({ logger: false });
    router.onInsert((record) => {
      seen.push(`first ${record.sequenceNumber}`);
      if (seen.length === 1)
        router.onInsert(
          () => false,
          () => void seen.push('a condition that does not hold'),
        );
      if (seen.length === 1)
        router.onInsert(({ sequenceNumber }) => void seen.push(`late ${sequenceNumber}`));
      return kind === 'async' ? Promise.resolve() : undefined;
    });
    expect(await router(eventOf({ id: 'a' }, { id: 'a' }))).toEqual({ batchItemFailures: [] });
    expect(seen).toEqual([
      `first ${sequenceNumberAt(0)}`,
      `first ${sequenceNumberAt(1)}`,
      `late ${sequenceNumberAt(1)}`,
    ]);
  },
);

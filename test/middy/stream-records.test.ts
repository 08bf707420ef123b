import { inspect } from 'node:util';
import { Logger } from '@aws-lambda-powertools/logger';
import middy from '@middy/core';
import type { StandardSchemaV1 } from '@standard-schema/spec';
import type { AttributeValue, DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda';
import { describe, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { defineTable, itemOf, prefix, type StreamRecord, UnmarshallError } from '../../src/index.ts';
import { type StreamRecordsMiddleware, streamRecords } from '../../src/middy/index.ts';
import { contextOf, eventOf, type RecordSketch, recordOf, sequenceNumberAt } from '../fixtures/events.ts';

interface Invoice {
  id: string;
  total: number;
}

/** Returns the event that a handler behind the middleware gets. */
async function eventBehind<R>(middleware: StreamRecordsMiddleware<R>, event: unknown) {
  let seen: (DynamoDBStreamEvent & { readonly records: readonly R[] }) | undefined;
  await middy<DynamoDBStreamEvent, void>()
    .use(middleware)
    .handler<DynamoDBStreamEvent, void>(async (behind) => {
      seen = behind as typeof seen;
    })(event as DynamoDBStreamEvent, contextOf());
  if (seen === undefined) throw new Error('The handler has not run.');
  return seen;
}

// biome-ignore lint/suspicious/noExplicitAny: tests read what the types do not allow, too
const recordsBehind = async (middleware: StreamRecordsMiddleware<any>, event: unknown): Promise<any[]> => [
  ...(await eventBehind(middleware, event)).records,
];

test('the loop of the documentation gets typed records and answers for itself', async () => {
  const totals: number[] = [];
  const handler = middy<DynamoDBStreamEvent, DynamoDBBatchResponse>()
    .use(streamRecords<Invoice>())
    .handler<DynamoDBStreamEvent, DynamoDBBatchResponse>(async (event) => {
      for (const record of event.records) {
        try {
          if (record.eventName === 'INSERT') totals.push(record.newImage.total);
        } catch {
          return { batchItemFailures: [{ itemIdentifier: record.sequenceNumber }] };
        }
      }
      return { batchItemFailures: [] };
    });
  const good = { newImage: { total: { N: '12' } } };
  const bad = { newImage: { total: { N: 'a dozen' } } };

  expect(await handler(eventOf(good), contextOf())).toEqual({ batchItemFailures: [] });
  expect(await handler(eventOf(good, bad, good), contextOf())).toEqual({
    batchItemFailures: [{ itemIdentifier: sequenceNumberAt(1) }],
  });
  expect(totals).toEqual([12, 12]);
});

test('the event of the caller is left as Lambda sent it, and the handler has all of it', async () => {
  const event = Object.freeze({
    ...eventOf({ id: 'a' }),
    Records: Object.freeze(eventOf({ id: 'a' }).Records),
    more: 1,
  });
  const before = structuredClone(event);

  const behind = await eventBehind(streamRecords<Invoice>(), event);

  expect(event).toEqual(before);
  expect(behind).not.toBe(event);
  expect(behind.Records).toBe(event.Records);
  expect(behind).toMatchObject({ more: 1 });
  expect(behind.records[0]?.raw).toEqual(event.Records[0]);
});

test('records come in SequenceNumber order', async () => {
  const event = { Records: [recordOf({ id: 'b' }, 1), recordOf({ id: 'a' }, 0)] };

  const records = await recordsBehind(streamRecords<Invoice>(), event);

  expect(records.map(({ keys }) => keys.id)).toEqual(['a', 'b']);
});

test('an event without records has none', async () => {
  expect(await recordsBehind(streamRecords(), { Records: [] })).toEqual([]);
});

test('images are unmarshalled when they are read, and kept', async () => {
  const numbers = vi.fn(Number);
  const [record] = await recordsBehind(
    streamRecords<Invoice>({ numbers }),
    eventOf({ newImage: { total: { N: '12' } } }),
  );

  expect(numbers).not.toHaveBeenCalled();
  expect(record.newImage).toBe(record.newImage);
  expect(numbers).toHaveBeenCalledTimes(1);
});

test.each([
  [undefined, 0.5],
  ['number' as const, 0.5],
  ['string' as const, '0.5'],
  ['exact' as const, 0.5],
])('numbers: %o', async (numbers, total) => {
  const middleware = streamRecords<Invoice>(numbers === undefined ? {} : { numbers });

  const [record] = await recordsBehind(middleware, eventOf({ newImage: { total: { N: '0.5' } } }));

  expect(record.newImage.total).toBe(total);
});

describe('the log of an event', () => {
  const event = () => {
    const noKeys = recordOf({ id: 'hunter2' }, 1);
    delete noKeys.dynamodb?.Keys;
    const secret = { total: { S: 'hunter2' } };
    return {
      Records: [recordOf({ eventName: 'MODIFY', id: 'hunter2', newImage: secret, oldImage: secret }), noKeys],
    };
  };
  const item = z.object({ id: z.string(), total: z.number() });
  const table = defineTable({ name: 'Invoices', item, keys: ['id'] });

  const masked = (behind: object) => {
    const { Records, ...rest } = { ...behind } as { Records?: unknown };
    return rest;
  };
  const powertools = (logged: object) => {
    const written: unknown[] = [];
    vi.stubEnv('POWERTOOLS_DEV', 'true');
    const spy = vi.spyOn(console, 'info').mockImplementation((text: unknown) => void written.push(text));
    try {
      new Logger({ serviceName: 'invoices' }).info('event', { logged });
    } finally {
      spy.mockRestore();
      vi.unstubAllEnvs();
    }
    return String(written);
  };

  // biome-ignore lint/suspicious/noExplicitAny: records of both types are logged
  test.each<[string, StreamRecordsMiddleware<any>]>([
    ['records', streamRecords()],
    ['records that do not fit', streamRecords(table)],
  ])('has no item in its %s, once Records is masked', async (_, middleware) => {
    const logged = masked(await eventBehind(middleware, event()));
    const shown = [
      JSON.stringify(logged),
      inspect(logged, { depth: null, showHidden: true }),
      // As a logger does that leaves out what paths name.
      inspect(structuredClone(logged), { depth: null, showHidden: true }),
      powertools(logged),
    ].join('\n');
    expect(shown).not.toContain('hunter2');
    expect(shown).toContain(sequenceNumberAt(1));
  });
});

describe('before the handler runs', () => {
  test.each([
    [undefined, 'NOT_A_STREAM_EVENT'],
    [{ Records: [{ ...recordOf(), eventSource: 'aws:sqs' }] }, 'WRONG_EVENT_SOURCE'],
    [{ Records: [{ ...recordOf(), dynamodb: {} }] }, 'INVALID_SEQUENCE_NUMBER'],
    [eventOf({ viewType: 'KEYS_ONLY' }), 'VIEW_TYPE_MISMATCH'],
  ])('%o throws %s', async (event, code) => {
    await expect(recordsBehind(streamRecords<Invoice>(), event)).rejects.toMatchObject({ code });
  });

  test('the stream of another table throws', async () => {
    const table = defineTable({ name: 'Orders', item: itemOf<{ orderId: string }>(), keys: ['orderId'] });

    await expect(recordsBehind(streamRecords(table), eventOf({}))).rejects.toMatchObject({
      code: 'KEYS_MISMATCH',
    });
  });
});

describe('a malformed record', () => {
  const noKeys = recordOf({ id: 'b' }, 1);
  delete noKeys.dynamodb?.Keys;

  test.each([
    ['without Keys', noKeys, 'MISSING_KEYS'],
    ['with an unknown eventName', { ...recordOf({}, 1), eventName: 'UPSERT' }, 'UNKNOWN_EVENT_NAME'],
  ])(
    '%s throws where it is read, identifies itself, and harms no neighbour',
    async (_name, malformed, code) => {
      const event = { Records: [recordOf({ id: 'a' }, 0), malformed, recordOf({ id: 'c' }, 2)] };
      const table = defineTable({ name: 'Invoices', item: z.object({ id: z.string() }), keys: ['id'] });

      for (const middleware of [streamRecords<Invoice>(), streamRecords(table)]) {
        const [first, second, third] = await recordsBehind(middleware, event);

        expect([first.newImage.id, third.newImage.id]).toEqual(['a', 'c']);
        for (const property of ['eventName', 'keys', 'newImage', 'oldImage']) {
          expect(() => second[property]).toThrow(expect.objectContaining({ code }));
        }
        expect(second).toMatchObject({
          sequenceNumber: sequenceNumberAt(1),
          eventID: malformed.eventID,
          raw: malformed,
        });
      }
    },
  );

  test('has the one image that cannot be unmarshalled throw', async () => {
    const [record] = await recordsBehind(
      streamRecords<Invoice>(),
      eventOf({ eventName: 'MODIFY', id: 'a', newImage: { total: {} as AttributeValue } }),
    );

    expect(() => record.newImage).toThrow(UnmarshallError);
    expect(record.oldImage).toEqual({ id: 'a' });
  });
});

describe('with a table', () => {
  const item = z.object({ id: z.string(), total: z.number() });
  const slowItem = item.refine(async ({ total }) => Promise.resolve(total >= 0), { path: ['total'] });
  const sketches = ['1', '-1', 'x', '3'].map((N, index) => ({
    eventName: 'MODIFY' as const,
    id: `${index}`,
    newImage: { total: N === 'x' ? { S: N } : { N } },
    oldImage: { total: { N: '1' } },
  }));

  test('a synchronous schema shapes the images, and throws where one that does not fit is read', async () => {
    const table = defineTable({ name: 'Invoices', item, keys: ['id'] });

    const records = await recordsBehind(streamRecords(table), eventOf(...sketches));

    expect([0, 1, 3].map((index) => records[index].newImage.total)).toEqual([1, -1, 3]);
    expect(() => records[2].newImage).toThrow(expect.objectContaining({ code: 'VALIDATION_FAILED' }));
    expect(() => records[2].oldImage).toThrow(expect.objectContaining({ paths: ['total'] }));
    expect(records[2]).toMatchObject({ eventName: 'MODIFY', keys: { id: '2' } });
  });

  test('an asynchronous schema has answered when the loop begins', async () => {
    const table = defineTable({ name: 'Invoices', item: slowItem, keys: ['id'] });

    const records = await recordsBehind(streamRecords(table, { numbers: 'exact' }), eventOf(...sketches));

    expect([0, 3].map((index) => records[index].newImage.total)).toEqual([1, 3]);
    for (const index of [1, 2]) {
      expect(() => records[index].newImage).toThrow(expect.objectContaining({ code: 'VALIDATION_FAILED' }));
    }
  });

  test('an asynchronous schema checks ten records at once', async () => {
    const running = { now: 0, most: 0 };
    // Not zod: it tries a schema synchronously first, so that everything runs twice.
    const counted: StandardSchemaV1<unknown, Invoice> = {
      '~standard': {
        version: 1,
        vendor: 'test',
        validate: async (value) => {
          running.most = Math.max(running.most, ++running.now);
          await new Promise(setImmediate);
          running.now--;
          return { value: value as Invoice };
        },
      },
    };
    const table = defineTable({ name: 'Invoices', item: counted, keys: ['id'], viewType: 'NEW_IMAGE' });
    const insert = { newImage: { total: { N: '1' } } };

    await recordsBehind(streamRecords(table), eventOf(...Array.from({ length: 25 }, () => insert)));

    expect(running.most).toBe(10);
  });
});

describe('with a table with entities', () => {
  const table = defineTable({
    name: 'Invoices',
    keys: ['id'],
    entities: {
      customer: { item: z.object({ name: z.string() }), match: { type: 'CUSTOMER' } },
      order: {
        item: z.object({ total: z.number() }).refine(async ({ total }) => Promise.resolve(total >= 0)),
        match: { type: 'ORDER' },
      },
      note: { item: itemOf<{ text: string }>(), match: { id: prefix('note-') } },
    },
  });
  const text = (value: string) => ({ S: value });
  const customer = { type: text('CUSTOMER'), name: text('Ada') };
  const order = (total: string) => ({ type: text('ORDER'), total: { N: total } });
  const behind = (...sketches: RecordSketch[]) => recordsBehind(streamRecords(table), eventOf(...sketches));

  test('each record has its entity, or undefined if it belongs to none', async () => {
    const records = await behind(
      { newImage: customer },
      { newImage: order('1') },
      { id: 'note-1', newImage: { text: text('call') } },
      { newImage: { type: text('OTHER') } },
      { eventName: 'REMOVE', oldImage: customer },
    );
    expect(records.map(({ entity }) => entity)).toEqual(['customer', 'order', 'note', undefined, 'customer']);
    // A record of no entity can be read: nothing checks it.
    expect(records[3].newImage).toMatchObject({ type: 'OTHER' });
  });

  test('the schema of the entity alone shapes and checks its images', async () => {
    const records = await behind(
      { newImage: customer },
      { newImage: order('1') },
      { newImage: order('-1') },
      { newImage: { type: text('CUSTOMER') } },
      { id: 'note-1', newImage: { text: { N: '1' } } },
    );
    expect(records[0].newImage).toEqual({ name: 'Ada' });
    expect(records[1].newImage).toEqual({ total: 1 });
    for (const index of [2, 3]) {
      expect(records[index].entity).toBe(index === 2 ? 'order' : 'customer');
      expect(() => records[index].newImage).toThrow(expect.objectContaining({ code: 'VALIDATION_FAILED' }));
    }
    expect(records[4].newImage).toEqual({ id: 'note-1', text: 1 });
  });

  test('a change to another entity belongs to the new one, and its old image is not checked', async () => {
    const [record] = await behind({
      eventName: 'MODIFY',
      oldImage: { type: text('CUSTOMER') },
      newImage: order('1'),
    });
    expect(record.entity).toBe('order');
    expect(record.newImage).toEqual({ total: 1 });
    expect(record.oldImage).toMatchObject({ type: 'CUSTOMER' });
  });

  test.each<[string, unknown]>([
    ['without Keys', { Keys: undefined }],
    ['without an image', { NewImage: undefined }],
  ])('reading the entity of a record %s throws the reason, and harms no other', async (_, broken) => {
    const event = eventOf({ newImage: order('1') }, { newImage: customer });
    Object.assign(event.Records[0]?.dynamodb as object, broken);
    const [first, second] = await recordsBehind(streamRecords(table), event);
    expect(() => first.entity).toThrow(expect.objectContaining({ name: 'InvalidRecordError' }));
    expect(first.sequenceNumber).toBe(sequenceNumberAt(0));
    expect(second.entity).toBe('customer');
  });
});

test.each([
  [[{ viewTyp: 'NEW_IMAGE' }], 'UNKNOWN_OPTION'],
  [[{ concurrency: 5 }], 'UNKNOWN_OPTION'],
  [[{ viewType: 'IMAGES' }], 'INVALID_OPTION'],
  [[{ numbers: 'bigint' }], 'INVALID_OPTION'],
  [['Invoices'], 'INVALID_OPTION'],
  [
    [defineTable({ name: 'Invoices', item: itemOf<Invoice>(), keys: ['id'] }), { viewType: 'NEW_IMAGE' }],
    'INVALID_OPTION',
  ],
])('streamRecords(...%o) is refused: %s', (args, code) => {
  const construct = streamRecords as (...args: unknown[]) => unknown;

  expect(() => construct(...args)).toThrow(expect.objectContaining({ code }) as Error);
});

test('the array of an EventBridge pipe becomes event.Records', async () => {
  const { Records } = eventOf({ id: 'a' });
  const behind = await eventBehind(streamRecords<Invoice>(), Records as never);
  expect(behind.Records).toBe(Records);
  expect(behind.records.map(({ keys }) => keys)).toEqual([{ id: 'a' }]);
});

test('records can be used across calls of one middleware at once', async () => {
  const middleware = streamRecords<Invoice>({ numbers: 'exact' });
  const ids = async (id: string) =>
    (await recordsBehind(middleware, eventOf({ id }))).map((record: StreamRecord<Invoice>) => record.keys.id);

  expect(await Promise.all([ids('a'), ids('b')])).toEqual([['a'], ['b']]);
});

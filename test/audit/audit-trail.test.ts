import type { DynamoDBRecord } from 'aws-lambda';
import { describe, expect, test, vi } from 'vitest';
import { type AuditEntry, type AuditOptions, auditTrail } from '../../src/audit/index.ts';
import { defineTable, expired, itemOf, processBatch, streamRouter } from '../../src/index.ts';
import type { Sink } from '../../src/sinks/sink.ts';
import {
  contextOf,
  eventOf,
  memoryLogger,
  recordOf,
  STREAM_ARN,
  sequenceNumberAt,
} from '../fixtures/events.ts';
import { memorySink } from './memory-sink.ts';

const context = contextOf();
const done = { batchItemFailures: [] };
const logger = memoryLogger();

/** The entry that a record gives. */
async function entryOf(record: DynamoDBRecord, options: AuditOptions = {}): Promise<unknown> {
  const sink = memorySink();
  const audit = auditTrail(sink, options as AuditOptions & { changes?: true });
  expect(await processBatch({ Records: [record] }, context, audit, { logger })).toEqual(done);
  return JSON.parse(JSON.stringify(sink.entries[0]));
}

/** Returns the error that a record fails with. */
async function failureOf(record: DynamoDBRecord, options: AuditOptions = {}): Promise<unknown> {
  const logger = memoryLogger();
  const audit = auditTrail(memorySink(), options as AuditOptions & { changes: false });
  const viewType = (record.dynamodb?.StreamViewType ?? 'NEW_AND_OLD_IMAGES') as 'KEYS_ONLY';
  const response = await processBatch({ Records: [record] }, context, audit, { logger, viewType });
  expect(response.batchItemFailures).toHaveLength(1);
  return logger.entries.find(({ message }) => message === 'Record failed')?.fields.error;
}

const TTL = { type: 'Service', principalId: 'dynamodb.amazonaws.com' } as const;

describe('the entry', () => {
  const modified = recordOf({
    eventName: 'MODIFY',
    id: 'INV-1',
    oldImage: { status: { S: 'OPEN' }, updatedBy: { S: 'ada' } },
    newImage: { status: { S: 'PAID' }, updatedBy: { S: 'grace' } },
  });

  test('says what changed, when, where and by whom', async () => {
    expect(await entryOf(modified, { actor: 'updatedBy', omit: ['updatedBy.x'] })).toEqual({
      itemKey: 'Invoices/id=INV-1',
      position: `2026-01-01T00:00:00.000/${sequenceNumberAt(0).padStart(40, '0')}`,
      streamArn: STREAM_ARN,
      sequenceNumber: sequenceNumberAt(0).padStart(40, '0'),
      eventID: '0'.repeat(32),
      eventName: 'MODIFY',
      tableName: 'Invoices',
      time: '2026-01-01T00:00:00.000Z',
      keys: { id: 'INV-1' },
      actor: 'grace',
      expired: false,
      changes: [
        { path: 'status', kind: 'changed', before: 'OPEN', after: 'PAID' },
        { path: 'updatedBy', kind: 'changed', before: 'ada', after: 'grace' },
      ],
    });
  });

  test('of an inserted and of a removed item lists every attribute', async () => {
    expect(await entryOf(recordOf({ id: 'a', newImage: { total: { N: '12.50' } } }))).toMatchObject({
      eventName: 'INSERT',
      changes: [
        { path: 'id', kind: 'added', after: 'a' },
        { path: 'total', kind: 'added', after: 12.5 },
      ],
    });
    const removed = recordOf({ eventName: 'REMOVE', id: 'a', oldImage: { total: { NULL: true } } });
    expect(await entryOf(removed)).toMatchObject({
      eventName: 'REMOVE',
      changes: [
        { path: 'id', kind: 'removed', before: 'a' },
        { path: 'total', kind: 'removed', before: null },
      ],
    });
  });

  test('has the values of the table, whatever the schema drops and the number policy rounds', async () => {
    const table = defineTable({
      name: 'Invoices',
      item: {
        '~standard': { version: 1, vendor: 'test', validate: async () => ({ value: { id: 'converted' } }) },
      },
      keys: ['id'] as never,
    });
    const sink = memorySink();
    const router = streamRouter(table, { numbers: () => 0 }).use(auditTrail(sink));
    const event = eventOf({ id: 'a', newImage: { total: { N: '12345678901234567890.5' } } });
    expect(await router(event, context)).toEqual(done);
    expect(sink.entries[0]).toMatchObject({
      keys: { id: 'a' },
      changes: [
        { path: 'id', after: 'a' },
        { path: 'total', after: { N: '12345678901234567890.5' } },
      ],
    });
  });

  test('of a record that does not say when has no time', async () => {
    const record = recordOf();
    const dynamodb = { ...record.dynamodb, ApproximateCreationDateTime: undefined as never };
    expect(await entryOf({ ...record, dynamodb })).not.toHaveProperty('time');
  });

  test('of a record without a stream has no stream, and a position without one', async () => {
    const { eventSourceARN: _, ...record } = recordOf();
    expect(await entryOf(record)).toMatchObject({
      streamArn: '',
      position: `/${sequenceNumberAt(0).padStart(40, '0')}`,
    });
  });

  test('of a record with null for an image that it does not have is as if that were absent', async () => {
    const record = recordOf();
    const dynamodb = { ...record.dynamodb, OldImage: null as never };
    expect(await entryOf({ ...record, dynamodb })).toEqual(await entryOf(record));
  });

  test('sorts as text, whatever number of digits a sequence number has', async () => {
    const numbers = ['9', '10', '00099', '1'.repeat(40)];
    const entries = await Promise.all(numbers.map((sequenceNumber) => entryOf(recordOf({ sequenceNumber }))));
    const positions = entries.map((entry) => (entry as AuditEntry).position);
    expect(positions.toSorted()).toEqual(positions);
    const padded = entries.map((entry) => (entry as AuditEntry).sequenceNumber);
    expect(padded).toEqual(numbers.map((number) => number.padStart(40, '0')));
  });
});

describe('the actor', () => {
  const by = (updatedBy: object) => recordOf({ newImage: { updatedBy } as never });

  test.each<[string, DynamoDBRecord, string | undefined, unknown]>([
    ['an attribute', by({ S: 'ada' }), 'updatedBy', 'ada'],
    ['an attribute of another type', by({ N: '9007199254740993' }), 'updatedBy', { N: '9007199254740993' }],
    ['an attribute in a map', by({ M: { name: { S: 'ada' } } }), 'updatedBy.name', 'ada'],
    ['an attribute in a list', by({ L: [{ S: 'ada' }] }), 'updatedBy[0]', 'ada'],
    ['an attribute that the item does not have', by({ S: 'ada' }), 'createdBy', undefined],
    ['a map that the item does not have', by({ S: 'ada' }), 'updatedBy.name.first', undefined],
    ['null beneath which there is nothing', by({ NULL: true }), 'updatedBy.name', undefined],
    ['null itself', by({ NULL: true }), 'updatedBy', null],
    ['a name that every object has', by({ S: 'ada' }), 'constructor', undefined],
    ['nothing named', by({ S: 'ada' }), undefined, undefined],
    [
      'a removed item, whose old image names the actor before',
      recordOf({ eventName: 'REMOVE', oldImage: { updatedBy: { S: 'ada' } } }),
      'updatedBy',
      undefined,
    ],
    [
      'Time to Live',
      { ...recordOf({ eventName: 'REMOVE' }), userIdentity: TTL },
      'updatedBy',
      'dynamodb.amazonaws.com',
    ],
  ])('%s', async (_, record, actor, expected) => {
    const entry = await entryOf(record, actor === undefined ? {} : { actor });
    expect(entry).toMatchObject({ expired: record.userIdentity !== undefined });
    expect((entry as { actor?: unknown }).actor).toEqual(expected);
  });

  test('shows nothing that is redacted beneath it', async () => {
    const record = by({ M: { name: { S: 'ada' }, email: { S: 'ada@example.com' } } });
    const entry = await entryOf(record, { actor: 'updatedBy', redact: ['*.email'] });
    expect(entry).toMatchObject({ actor: { name: 'ada', email: '[redacted]' } });
    expect(JSON.stringify(entry)).not.toContain('example.com');
  });
});

describe('a stream that does not carry both images', () => {
  test.each([
    ['MODIFY', 'NEW_IMAGE'],
    ['MODIFY', 'OLD_IMAGE'],
    ['MODIFY', 'KEYS_ONLY'],
    ['INSERT', 'KEYS_ONLY'],
    ['INSERT', 'OLD_IMAGE'],
    ['REMOVE', 'NEW_IMAGE'],
  ] as const)(
    '%s, %s: the record fails rather than being noted without its changes',
    async (eventName, viewType) => {
      expect(await failureOf(recordOf({ eventName, viewType }))).toMatchObject({ code: 'MISSING_IMAGE' });
    },
  );

  test.each([
    ['INSERT', 'NEW_IMAGE', [{ path: 'id', kind: 'added', after: 'item-0' }]],
    ['REMOVE', 'OLD_IMAGE', [{ path: 'id', kind: 'removed', before: 'item-0' }]],
  ] as const)('%s, %s: is enough', async (eventName, viewType, changes) => {
    const sink = memorySink();
    const audit = auditTrail(sink, { changes: true });
    const event = eventOf({ eventName, viewType });
    // Typed for one of the two; the other is the same at run time.
    const router = streamRouter({ viewType: viewType as 'NEW_IMAGE' }).onInsert(audit);
    const other = streamRouter({ viewType: viewType as 'OLD_IMAGE' }).onRemove(audit);
    expect(await (eventName === 'INSERT' ? router : other)(event, context)).toEqual(done);
    expect(sink.entries).toMatchObject([{ changes }]);
  });

  test.each(['KEYS_ONLY', 'NEW_IMAGE', 'OLD_IMAGE'] as const)(
    '%s: without changes it is noted',
    async (viewType) => {
      const sink = memorySink();
      const options = { viewType: viewType as 'KEYS_ONLY' };
      const router = streamRouter(options).use(auditTrail(sink, { changes: false, actor: 'id' }));
      const event = eventOf(
        { viewType },
        { eventName: 'MODIFY', viewType },
        { eventName: 'REMOVE', viewType },
      );
      expect(await router(event, context)).toEqual(done);
      expect(sink.entries.map(({ eventName }) => eventName)).toEqual(['INSERT', 'MODIFY', 'REMOVE']);
      expect(sink.entries.every((entry) => !('changes' in entry))).toBe(true);
      const actors =
        viewType === 'NEW_IMAGE' ? ['item-0', 'item-1', undefined] : [undefined, undefined, undefined];
      expect(sink.entries.map(({ actor }) => actor)).toEqual(actors);
    },
  );
});

describe('where it stands', () => {
  const event = eventOf({ id: 'a' }, { id: 'a', eventName: 'MODIFY' }, { id: 'a', eventName: 'REMOVE' });
  const all = ['INSERT', 'MODIFY', 'REMOVE'];

  test('as the handler of routes, it records what they match', async () => {
    const sink = memorySink();
    const audit = auditTrail(sink);
    const router = streamRouter({ logger }).onInsert(audit).onModify(audit).onRemove(expired, audit);
    expect(await router(event, context)).toEqual(done);
    expect(sink.entries.map(({ eventName }) => eventName)).toEqual(['INSERT', 'MODIFY']);
  });

  test('as a middleware, it records everything, also what no route matches', async () => {
    const sink = memorySink();
    const handled = vi.fn();
    const router = streamRouter({ logger }).use(auditTrail(sink)).onModify(handled);
    expect(await router(event, context)).toEqual(done);
    expect(sink.entries.map(({ eventName }) => eventName)).toEqual(all);
    expect(handled).toHaveBeenCalledTimes(1);
  });

  test('as a middleware, it writes the entry before the handler runs, and even if that fails', async () => {
    const sink = memorySink();
    const router = streamRouter({ logger })
      .use(auditTrail(sink))
      .onInsert(() => {
        expect(sink.entries).toHaveLength(1);
        throw new Error('poison');
      });
    expect((await router(eventOf({}), context)).batchItemFailures).toHaveLength(1);
    expect(sink.entries).toHaveLength(1);
  });

  test('as the handler of processBatch', async () => {
    const sink = memorySink();
    expect(await processBatch(event, context, auditTrail(sink))).toEqual(done);
    expect(sink.entries.map(({ eventName }) => eventName)).toEqual(all);
  });

  test('the sink gets the record, for its group, its deduplication and its deadline', async () => {
    const sink = memorySink();
    const seen: unknown[] = [];
    const router = streamRouter({ logger })
      .use((record, _context, next) => {
        seen.push(record);
        return next();
      })
      .onInsert(auditTrail(sink));
    await router(eventOf({}), context);
    expect(sink.options.map(({ record }) => record)).toEqual(seen);
  });
});

describe('nothing is lost', () => {
  test('a record whose entry is not accepted fails, and its item stops there', async () => {
    const accepted: string[] = [];
    const sink: Sink = {
      target: 'failing',
      async send(_message, { record }) {
        if (record?.sequenceNumber === sequenceNumberAt(1)) throw new Error('not now');
        accepted.push(String(record?.sequenceNumber));
      },
    };
    const event = eventOf({ id: 'a' }, { id: 'a', eventName: 'MODIFY' }, { id: 'a', eventName: 'REMOVE' });
    const response = await streamRouter({ logger }).use(auditTrail(sink))(event, context);
    expect(response.batchItemFailures).toEqual([{ itemIdentifier: sequenceNumberAt(1) }]);
    expect(accepted).toEqual([sequenceNumberAt(0)]);
  });

  test('a redelivered record gives the same entry, text for text, in whatever order its attributes come', async () => {
    const record = recordOf({
      eventName: 'MODIFY',
      oldImage: {
        gone: { S: 'x' },
        lost: { S: 'y' },
        list: { L: [{ M: { a: { S: '1' }, b: { S: '2' } } }] },
      },
      newImage: {
        tags: { NS: ['1', '9007199254740993', '20'] },
        map: { M: { a: { S: '1' }, b: { S: '2' } } },
      },
    });
    const again = JSON.parse(JSON.stringify(record), (_, value) =>
      typeof value !== 'object' || value === null
        ? value
        : Array.isArray(value)
          ? value.every((element) => typeof element === 'string')
            ? value.toReversed()
            : value
          : Object.fromEntries(Object.entries(value).reverse()),
    );
    expect(JSON.stringify(again)).not.toBe(JSON.stringify(record));
    expect(JSON.stringify(await entryOf(again))).toBe(JSON.stringify(await entryOf(record)));
  });

  test('an attribute of the item key that is to be hidden fails the record, and says so without its value', async () => {
    const failure = await failureOf(recordOf({ id: 'secret' }), { redact: ['id'] });
    expect(failure).toMatchObject({ code: 'INVALID_OPTION' });
    expect(String(failure)).toMatch(/auditTrail: id is in redact or omit, but it belongs to the item key/);
    expect(String(failure)).not.toContain('secret');
    expect(await failureOf(recordOf(), { omit: ['*'] })).toMatchObject({ code: 'INVALID_OPTION' });
  });

  test.each(['$', '/a/b', '$a', '#a', 'a/b', '$.a'])(
    'an attribute named %s can be redacted',
    async (name) => {
      const entry = await entryOf(recordOf({ newImage: { [name]: { S: 'hunter2' } } }), {
        redact: [/^[$#]?\w|^a/.test(name) ? name : `[${JSON.stringify(name)}]`],
      });
      expect(JSON.stringify(entry)).not.toContain('hunter2');
    },
  );

  test('an entry over maxBytes keeps its paths', async () => {
    const record = recordOf({ newImage: { note: { S: 'x'.repeat(5000) } } });
    expect(await entryOf(record, { maxBytes: 1024 })).toMatchObject({
      changes: [
        { path: 'id', kind: 'added', after: 'item-0' },
        { path: 'note', kind: 'added', after: { TOO_LARGE: 5002 } },
      ],
    });
  });
});

describe('a table with entities', () => {
  const text = (value: string) => ({ S: value });
  const app = defineTable({
    name: 'Invoices',
    keys: ['id'],
    entities: {
      customer: { item: itemOf<object>(), match: { type: 'CUSTOMER' } },
      order: { item: itemOf<object>(), match: { type: 'ORDER' } },
      payment: { item: itemOf<object>(), match: { type: 'PAYMENT' } },
    },
  });
  const image = (type: string, more = {}) => ({
    type: text(type),
    email: text('ada@example.com'),
    card: text('4111'),
    ...more,
  });
  const redact = { customer: ['email'], order: [] } as const;

  async function entriesOf(records: readonly DynamoDBRecord[], options: AuditOptions): Promise<AuditEntry[]> {
    const sink = memorySink();
    const router = streamRouter(app, { logger }).use(auditTrail(sink, options as { changes?: true }));
    expect(await router({ Records: [...records] }, context)).toEqual(done);
    return sink.entries as AuditEntry[];
  }

  test('an entry names the entity, and has no field for it if there is no entity', async () => {
    const records = ['ORDER', 'SETTINGS'].map((type, index) => recordOf({ newImage: image(type) }, index));
    const [order, other] = await entriesOf(records, {});
    expect(order).toHaveProperty('entity', 'order');
    expect(other).not.toHaveProperty('entity');
    expect(await entryOf(recordOf())).not.toHaveProperty('entity');
  });

  test.each<[string, AuditOptions['redact'], string, readonly string[]]>([
    ['the list of its entity', { customer: ['email'], order: ['card'] }, 'ORDER', ['card']],
    ['nothing for an empty list', redact, 'ORDER', []],
    [
      'all lists, for an entity without a list',
      { customer: ['email'], order: ['card'] },
      'PAYMENT',
      ['email', 'card'],
    ],
    ['all lists, for no entity', { customer: ['email'], order: ['card'] }, 'SETTINGS', ['email', 'card']],
    ['all lists, if the name is misspelt', { custmer: ['email'] }, 'CUSTOMER', ['email']],
    ['the one list, whatever the entity', ['card'], 'PAYMENT', ['card']],
  ])('a record gets %s', async (_, redact, type, hidden) => {
    const [entry] = await entriesOf([recordOf({ newImage: image(type) })], {
      redact: redact as readonly string[],
    });
    const shown = (entry?.changes ?? [])
      .filter(({ after }) => after === '[redacted]')
      .map(({ path }) => path);
    expect(shown.sort()).toEqual(hidden.toSorted());
  });

  test.each<[string, string, string]>([
    ['from a customer to an order', 'CUSTOMER', 'ORDER'],
    ['from nothing known to an order', 'SETTINGS', 'ORDER'],
    ['from an order to nothing known', 'ORDER', 'SETTINGS'],
  ])('a change of entity gets all lists: %s', async (_, before, after) => {
    const record = recordOf({
      eventName: 'MODIFY',
      oldImage: image(before),
      newImage: image(after, { email: text('grace@example.com') }),
    });
    const [entry] = await entriesOf([record], { redact });
    expect(JSON.stringify(entry)).not.toContain('example.com');
    const [same] = await entriesOf(
      [
        recordOf({
          ...record,
          eventName: 'MODIFY',
          oldImage: image('ORDER'),
          newImage: image('ORDER', { email: text('b') }),
        }),
      ],
      { redact },
    );
    expect(same?.changes).toMatchObject([{ path: 'email', before: 'ada@example.com', after: 'b' }]);
  });

  test('a removed item gets the list of the entity that it was', async () => {
    const removed = (type: string) => recordOf({ eventName: 'REMOVE', oldImage: image(type) });
    const [customer] = await entriesOf([removed('CUSTOMER')], { redact });
    expect(customer).toMatchObject({ entity: 'customer' });
    expect(JSON.stringify(customer)).not.toContain('example.com');
    const [order] = await entriesOf([removed('ORDER')], { redact });
    expect(JSON.stringify(order)).toContain('example.com');
  });

  test('a record of your own that only names its entity gets all lists if it has both images', async () => {
    const sink = memorySink();
    const audit = auditTrail(sink, { redact });
    const made = (eventName: 'INSERT' | 'MODIFY') => {
      const raw = recordOf({ eventName, oldImage: image('CUSTOMER'), newImage: image('ORDER') });
      return { eventName, raw, entity: 'order', eventID: '1', sequenceNumber: '1', tableName: 'Invoices' };
    };
    for (const record of [made('INSERT'), made('MODIFY')]) {
      const approximateCreationDateTime = new Date(0);
      await audit({ ...record, approximateCreationDateTime, expired: false } as never);
    }
    const [inserted, modified] = sink.entries.map((entry) => JSON.stringify(entry));
    expect(inserted).toContain('example.com');
    expect(modified).not.toContain('example.com');
  });

  test('a record whose entity is unknown gets an entry without it, with the paths of all lists', async () => {
    const sink = memorySink();
    const audit = auditTrail(sink, { redact, changes: false, actor: 'by' });
    const record = recordOf();
    const dynamodb = { ...record.dynamodb, NewImage: undefined as never };
    const router = streamRouter(app, { logger }).use(audit);
    expect(await router({ Records: [{ ...record, dynamodb }] }, context)).not.toEqual(done);
    expect(sink.entries).toHaveLength(1);
    expect(sink.entries[0]).not.toHaveProperty('entity');
  });

  test('a hidden attribute of the item key fails the records that its list is for', async () => {
    const failed = async (type: string) => {
      const router = streamRouter(app, { logger: memoryLogger() }).use(
        auditTrail(memorySink(), { redact: { customer: ['id'], order: [] } }),
      );
      const { batchItemFailures } = await router({ Records: [recordOf({ newImage: image(type) })] }, context);
      return batchItemFailures.length === 1;
    };
    expect(await Promise.all(['CUSTOMER', 'ORDER', 'SETTINGS'].map(failed))).toEqual([true, false, true]);
  });

  test('the list of the entity also redacts attributes of the actor', async () => {
    const by = { by: { M: { name: text('ada'), email: text('ada@example.com') } } };
    const records = ['CUSTOMER', 'ORDER'].map((type, index) =>
      recordOf({ newImage: image(type, by) }, index),
    );
    const entries = await entriesOf(records, { actor: 'by', redact: { customer: ['by.email'], order: [] } });
    expect(entries.map(({ actor }) => actor)).toEqual([
      { name: 'ada', email: '[redacted]' },
      { name: 'ada', email: 'ada@example.com' },
    ]);
  });
});

describe('options are checked when it is made', () => {
  const sink = memorySink();

  test.each<[string, unknown, unknown, RegExp]>([
    ['no sink', undefined, {}, /the sink has to be an object with the method send, got undefined/],
    ['a logger', console, {}, /For the log, use auditTrail\(loggerSink\(logger\)\)/],
    ['an unknown option', sink, { redacted: [] }, /redacted is not an option/],
    ['no options', sink, null, /the options have to be an object/],
    [
      'an actor that is not a path',
      sink,
      { actor: 'a..b' },
      /actor has to be the path of one attribute.*got "a\.\.b"/,
    ],
    ['an actor that may be many', sink, { actor: 'a[].b' }, /actor has to be the path of one attribute/],
    [
      'one path instead of an array',
      sink,
      { redact: 'card' },
      /redact has to be an array of paths.*got "card"/,
    ],
    ['a set of paths', sink, { redact: new Set(['card']) }, /redact has to be an array of paths/],
    [
      'a map of entities',
      sink,
      { redact: new Map([['order', ['card']]]) },
      /redact has to be an array of paths/,
    ],
    [
      'one path for an entity',
      sink,
      { redact: { order: 'card' } },
      /redact\.order has to be an array of paths.*got "card"/,
    ],
    [
      'no list for an entity',
      sink,
      { redact: { order: undefined } },
      /redact\.order has to be an array of paths/,
    ],
    [
      'no path for an entity',
      sink,
      { redact: { order: [], customer: ['$.a'] } },
      /redact\.customer has to hold paths, got "\$\.a", which is JSONPath/,
    ],
    [
      'an actor that is redacted for one entity',
      sink,
      { actor: 'by', redact: { order: [], customer: ['by'] } },
      /actor by is also in redact or omit/,
    ],
    ['no path', sink, { redact: ['card..number'] }, /redact has to hold paths, got "card\.\.number"/],
    ['JSONPath', sink, { redact: ['$.a.b'] }, /redact has to hold paths, got "\$\.a\.b", which is JSONPath/],
    [
      'the root of JSONPath',
      sink,
      { redact: ['$'] },
      /redact has to hold paths, got "\$", which is JSONPath/,
    ],
    ['an index of JSONPath', sink, { omit: ['$["a"]'] }, /omit has to hold paths, got .+, which is JSONPath/],
    ['JSON Pointer', sink, { redact: ['/a/b'] }, /redact has to hold paths, got "\/a\/b", which is JSON/],
    [
      'JSON Pointer in a URI',
      sink,
      { omit: ['#/a/b'] },
      /omit has to hold paths, got "#\/a\/b", which is JSON/,
    ],
    [
      'an actor as JSONPath',
      sink,
      { actor: '$.by' },
      /actor has to be the path of one attribute.*got "\$\.by"/,
    ],
    ['an actor as JSON Pointer', sink, { actor: '/by' }, /actor has to be the path of one attribute/],
    ['no text', sink, { omit: [1] }, /omit has to hold paths, got 1/],
    ['an element to omit', sink, { omit: ['lines[0]'] }, /omit cannot take lines\[0\]/],
    ['elements to omit', sink, { omit: ['lines[]'] }, /omit cannot take lines\[\]/],
    [
      'a redacted actor',
      sink,
      { actor: 'by.name', redact: ['by'] },
      /actor by\.name is also in redact or omit/,
    ],
    ['an omitted actor', sink, { actor: 'by', omit: ['*'] }, /actor by is also in redact or omit/],
    ['changes that are no flag', sink, { changes: 'no' }, /changes has to be true or false/],
    ['maxBytes below any entry', sink, { maxBytes: 10 }, /maxBytes has to be a number from 1024/],
  ])('%s', (_, sink, options, message) => {
    const make = () => auditTrail(sink as Sink, options as AuditOptions & { changes: false });
    expect(make).toThrow(message);
    expect(make).toThrow(
      expect.objectContaining({ code: expect.stringMatching(/^(INVALID|UNKNOWN)_OPTION$/) }),
    );
  });
});

test.each(['resolves', 'rejects'])(
  'as a middleware it waits for an asynchronous handler that %s',
  async (end) => {
    const steps: string[] = [];
    const sink = { target: 'steps', send: async () => void steps.push('entry') };
    const router = streamRouter({ logger: memoryLogger() })
      .use(auditTrail(sink))
      .onInsert(async () => {
        steps.push('handler');
        await new Promise((resolve) => setTimeout(resolve, 5));
        if (end === 'rejects') throw new Error('failed');
        steps.push('settled');
      });
    const { batchItemFailures } = await router(eventOf({ id: 'a' }), context);
    expect(steps).toEqual(end === 'resolves' ? ['entry', 'handler', 'settled'] : ['entry', 'handler']);
    expect(batchItemFailures).toHaveLength(end === 'resolves' ? 0 : 1);
  },
);

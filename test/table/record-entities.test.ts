import type { AttributeValue } from 'aws-lambda';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import {
  ConfigurationError,
  defineTable,
  type EntityTable,
  exists,
  itemOf,
  prefix,
  type StreamViewType,
  wildcard,
} from '../../src/index.ts';
import type { CheckedRecord } from '../../src/record/checked-record.ts';
import { LazyRecord } from '../../src/record/lazy-record.ts';
import type { EventName } from '../../src/record/stream-record.ts';

type Image = Record<string, AttributeValue>;

const item = itemOf<{ pk: string; sk: string }>();

function tableOf(entities: object, viewType: StreamViewType = 'NEW_AND_OLD_IMAGES'): EntityTable {
  return defineTable({ name: 'App', keys: ['pk', 'sk'], viewType, entities: entities as never });
}

const app = tableOf({
  line: { item, match: { sk: wildcard('ORDER#*#LINE#*') } },
  order: { item, match: { sk: prefix('ORDER#') } },
  customer: { item, match: { sk: 'PROFILE', type: 'CUSTOMER' } },
});

interface Sketch {
  readonly sk?: string;
  readonly newImage?: Image;
  readonly oldImage?: Image;
  readonly viewType?: StreamViewType;
}

function recordOf(
  eventName: EventName,
  table: EntityTable,
  { sk = 'X', newImage, oldImage, viewType }: Sketch,
) {
  const Keys = { pk: { S: 'P' }, sk: { S: sk } };
  const dynamodb = {
    Keys,
    ...(newImage && { NewImage: { ...Keys, ...newImage } }),
    ...(oldImage && { OldImage: { ...Keys, ...oldImage } }),
    StreamViewType: viewType ?? table.viewType,
  };
  const reading = { toNumber: Number, viewType: table.viewType };
  return table['~open']({ eventName, dynamodb }, reading) as CheckedRecord;
}

const isUnknown = (record: LazyRecord, table: EntityTable = app) => table['~entities'].of(record).isUnknown;

describe('the entity of a record', () => {
  test.each<[string, string | undefined, EventName, Sketch]>([
    ['the first one that matches', 'line', 'INSERT', { sk: 'ORDER#1#LINE#2', newImage: {} }],
    ['a later one where the first does not match', 'order', 'INSERT', { sk: 'ORDER#1', newImage: {} }],
    [
      'one that matches attributes which no item type declares',
      'customer',
      'INSERT',
      { sk: 'PROFILE', newImage: { type: { S: 'CUSTOMER' } } },
    ],
    ['none where part of the match is missing', undefined, 'INSERT', { sk: 'PROFILE', newImage: {} }],
    ['the old image decides for a REMOVE', 'order', 'REMOVE', { sk: 'ORDER#1', oldImage: {} }],
    [
      'the new image decides for a MODIFY',
      'customer',
      'MODIFY',
      { sk: 'PROFILE', newImage: { type: { S: 'CUSTOMER' } }, oldImage: {} },
    ],
    [
      'an entity that the new image leaves is not found',
      undefined,
      'MODIFY',
      { sk: 'PROFILE', newImage: {}, oldImage: { type: { S: 'CUSTOMER' } } },
    ],
  ])('%s: %s', (_, entity, eventName, sketch) => {
    const record = recordOf(eventName, app, sketch);
    expect(record.entity).toBe(entity);
    expect(isUnknown(record)).toBe(entity === undefined);
  });

  test('is found by the keys where there is no image', () => {
    const keysOnly = tableOf(
      {
        line: { item, match: { sk: wildcard('ORDER#*#LINE#*') } },
        order: { item, match: { sk: prefix('ORDER#') } },
      },
      'KEYS_ONLY',
    );
    expect(recordOf('MODIFY', keysOnly, { sk: 'ORDER#1' }).entity).toBe('order');
    expect(recordOf('REMOVE', keysOnly, { sk: 'ORDER#1#LINE#2' }).entity).toBe('line');
    expect(isUnknown(recordOf('REMOVE', keysOnly, { sk: 'OTHER' }), keysOnly)).toBe(true);
  });

  test('is not guessed where the keys do not tell', () => {
    const newImages = tableOf(
      {
        customer: { item, match: { sk: 'PROFILE', type: 'CUSTOMER' } },
        order: { item, match: { sk: prefix('ORDER#') } },
        any: { item, match: { pk: exists() } },
      },
      'NEW_IMAGE',
    );
    expect(recordOf('REMOVE', newImages, { sk: 'ORDER#1' }).entity).toBe('order');
    // It may have been a customer, or any.
    const profile = recordOf('REMOVE', newImages, { sk: 'PROFILE' });
    expect(profile.entity).toBeUndefined();
    expect(isUnknown(profile, newImages)).toBe(false);
  });

  test('fails where the image that tells it is missing', () => {
    expect(() => recordOf('INSERT', app, { sk: 'ORDER#1' }).entity).toThrow(
      expect.objectContaining({ code: 'MISSING_IMAGE' }),
    );
  });

  test('fails for an attribute that cannot be read', () => {
    const record = recordOf('INSERT', app, { sk: 'PROFILE', newImage: { type: { S: 5 } as never } });
    expect(() => record.entity).toThrow(expect.objectContaining({ code: 'INVALID_ATTRIBUTE_VALUE' }));
  });

  test('of a table without entities is undefined', () => {
    const table = defineTable({ name: 'T', item, keys: ['pk', 'sk'] });
    const record = new LazyRecord(
      { eventName: 'INSERT', dynamodb: { Keys: { pk: { S: 'P' } } } },
      { toNumber: Number, viewType: table.viewType },
    );
    expect(record.entity).toBeUndefined();
  });
});

describe('the schema of an entity', () => {
  const schemas = tableOf({
    order: { item: z.object({ total: z.number() }), match: { kind: 'order' } },
    note: { item: z.object({ text: z.string() }), match: { kind: 'note' } },
  });
  const [order, note] = [
    { kind: { S: 'order' }, total: { N: '1' } },
    { kind: { S: 'note' }, text: { S: 'x' } },
  ];

  test('checks only the images of its own records', () => {
    const record = recordOf('MODIFY', schemas, { newImage: order, oldImage: order });
    expect(record.validate()).toBeUndefined();
    expect([record.newImage, record.oldImage]).toEqual([{ total: 1 }, { total: 1 }]);
    expect(() => recordOf('INSERT', schemas, { newImage: { kind: { S: 'note' } } }).validate()).toThrow(
      expect.objectContaining({ code: 'VALIDATION_FAILED' }),
    );
  });

  test('does not check the old image of a change from another entity', () => {
    const record = recordOf('MODIFY', schemas, { newImage: order, oldImage: note });
    expect(record.entity).toBe('order');
    expect(record.validate()).toBeUndefined();
    expect(record.newImage).toEqual({ total: 1 });
    expect(record.oldImage).toEqual({ pk: 'P', sk: 'X', kind: 'note', text: 'x' });
  });

  test.each<[EventName, Sketch, 'newImage' | 'oldImage']>([
    ['INSERT', { newImage: order }, 'oldImage'],
    ['REMOVE', { oldImage: order }, 'newImage'],
  ])('of %s leaves the image undefined that the record does not have', (eventName, sketch, image) => {
    expect(recordOf(eventName, schemas, sketch)[image]).toBeUndefined();
  });

  test('may be asynchronous', async () => {
    const table = tableOf({
      order: { item: z.object({ total: z.number() }).refine(async () => true), match: { kind: 'order' } },
      note: { item, match: { kind: 'note' } },
    });
    const record = recordOf('MODIFY', table, { newImage: order, oldImage: note });
    await record.validate();
    expect([record.newImage, record.oldImage]).toEqual([
      { total: 1 },
      { pk: 'P', sk: 'X', kind: 'note', text: 'x' },
    ]);
  });
});

describe('entities that cannot work are refused', () => {
  const order = { item, match: { sk: prefix('ORDER#') } };
  test.each<[string, object | null, string, string]>([
    ['no entity', {}, 'entities', 'one entity or more'],
    ['no object', null, 'entities', 'got null'],
    ['a name that is a whole number', { 7: order }, 'entities.7', 'is a whole number'],
    ['a symbol as a name', { order, [Symbol('line')]: order }, 'entities', 'got Symbol(line)'],
    ['no item', { order: { match: order.match } }, 'entities.order.item', 'Standard Schema or itemOf'],
    ['no match', { order: { item } }, 'entities.order.match', 'has to be an object of attributes'],
    ['a match of nothing', { order: { item, match: {} } }, 'entities.order.match', 'names no attribute'],
    [
      'a match with a value that DynamoDB does not store',
      { order: { item, match: { sk: () => true } } },
      'entities.order.match.sk',
      'a value that DynamoDB stores',
    ],
    [
      'a match that goes into a key attribute',
      { order: { item, match: { 'sk.number': 1 } } },
      'entities.order.match.sk.number',
      'a key attribute holds neither a map nor a list',
    ],
    [
      'one that an earlier one hides',
      { order, line: { item, match: { sk: wildcard('ORDER#*#LINE#*') } } },
      'entities.line',
      'also matches order',
    ],
  ])('%s', (_, entities, option, problem) => {
    const thrown = (() => {
      try {
        return tableOf(entities as object);
      } catch (error) {
        return error;
      }
    })();
    expect(thrown).toBeInstanceOf(ConfigurationError);
    expect(thrown).toMatchObject({ code: 'INVALID_TABLE', owner: 'defineTable', option });
    expect((thrown as Error).message).toContain(problem);
  });

  test('an option that entities do not have', () => {
    expect(() => tableOf({ order: { ...order, schema: 1 } })).toThrow(
      expect.objectContaining({ code: 'UNKNOWN_OPTION', option: 'entities.order.schema' }),
    );
  });

  test('an item beside entities', () => {
    expect(() =>
      defineTable({
        name: 'App',
        keys: ['pk'],
        item: itemOf<{ pk: string }>(),
        entities: { order },
      } as never),
    ).toThrow(expect.objectContaining({ code: 'INVALID_TABLE', option: 'entities' }));
  });
});

import { inspect } from 'node:util';
import type { DynamoDBRecord } from 'aws-lambda';
import { describe, expect, test, vi } from 'vitest';
import { LazyRecord, openRecord, type RecordReading } from '../../src/record/lazy-record.ts';
import type { StreamViewType } from '../../src/record/view-type.ts';
import type { ToNumber } from '../../src/unmarshall/numbers.ts';
import { recordOf, STREAM_ARN, sequenceNumberAt } from '../fixtures/events.ts';

const toNumber: ToNumber = Number;

function open(raw: DynamoDBRecord, reading: Partial<RecordReading> = {}): LazyRecord {
  return openRecord(raw, { toNumber, viewType: 'NEW_AND_OLD_IMAGES', ...reading });
}

/** A record with parts of `dynamodb` replaced by invalid values. */
function twisted(raw: DynamoDBRecord, dynamodb: Record<string, unknown>, rest: object = {}): DynamoDBRecord {
  return { ...raw, ...rest, dynamodb: { ...raw.dynamodb, ...dynamodb } } as DynamoDBRecord;
}

describe('a record says what Lambda sent', () => {
  const raw = recordOf(
    { eventName: 'MODIFY', id: 'a', newImage: { n: { N: '2' } }, oldImage: { n: { N: '1' } } },
    3,
  );
  const record = open(raw);

  test.each<[keyof LazyRecord, unknown]>([
    ['eventName', 'MODIFY'],
    ['eventID', '00000000000000000000000000000003'],
    ['sequenceNumber', sequenceNumberAt(3)],
    ['tableName', 'Invoices'],
    ['approximateCreationDateTime', new Date('2026-01-01T00:00:00Z')],
    ['streamViewType', 'NEW_AND_OLD_IMAGES'],
    ['userIdentity', undefined],
    ['expired', false],
    ['keys', { id: 'a' }],
    ['newImage', { id: 'a', n: 2 }],
    ['oldImage', { id: 'a', n: 1 }],
  ])('%s', (property, expected) => expect(record[property]).toStrictEqual(expected));

  test('raw, as a frozen copy that is made once', () => {
    expect(record.raw).toEqual(raw);
    expect(record.raw).not.toBe(raw);
    expect(record.raw).toBe(record.raw);
    expect(Object.isFrozen(record.raw.dynamodb?.NewImage)).toBe(true);
  });
});

describe('a record that is logged shows what identifies it, and nothing of the item', () => {
  const secret = { total: { S: 'hunter2' } };
  const record = open(recordOf({ eventName: 'MODIFY', id: 'hunter2', newImage: secret, oldImage: secret }));
  const seen = [record.keys, record.newImage, record.oldImage, record.raw];
  const identity = {
    eventID: record.eventID,
    eventName: 'MODIFY',
    sequenceNumber: sequenceNumberAt(0),
    tableName: 'Invoices',
  };
  const all = { depth: Number.POSITIVE_INFINITY, showHidden: true };

  test.each<[string, string, boolean]>([
    ['inspect, as console.log does', inspect({ records: [record] }, { depth: 9 }), true],
    ['inspect, hidden properties too', inspect([record], all), true],
    ['inspect, getters too', inspect([record], { ...all, getters: true }), true],
    [
      'inspect, without what a record says of itself',
      inspect([record], { ...all, customInspect: false }),
      false,
    ],
    ['JSON.stringify', JSON.stringify({ records: [record] }), true],
    ['an error with the record as its cause', inspect(new Error('no', { cause: record })), true],
    ['structuredClone', inspect(structuredClone({ record }), all), false],
    ['a copy by spread', inspect({ ...record }, all), false],
    ['Object.entries', inspect(Object.entries(record), all), false],
  ])('%s', (_, shown, identified) => {
    expect(seen).toHaveLength(4);
    expect(shown).not.toContain('hunter2');
    for (const value of Object.values(identity)) expect(shown.includes(value)).toBe(identified);
  });

  test('as JSON', () => expect(JSON.parse(JSON.stringify(record))).toEqual(identity));
});

describe('what a record does not carry is undefined, empty or invalid, and never throws', () => {
  const bare = { eventName: 'INSERT', dynamodb: { Keys: { id: { S: 'a' } } } } as unknown as DynamoDBRecord;

  test.each<[string, DynamoDBRecord]>([
    ['absent', bare],
    [
      'null',
      twisted(
        bare,
        { StreamViewType: null, ApproximateCreationDateTime: null, SequenceNumber: null },
        { userIdentity: null, eventID: null },
      ),
    ],
  ])('%s', (_, raw) => {
    const record = open(raw);
    expect(record.eventID).toBe('');
    expect(record.sequenceNumber).toBe('');
    expect(record.tableName).toBe('');
    expect(record.approximateCreationDateTime).toBeInstanceOf(Date);
    expect(record.approximateCreationDateTime.getTime()).toBeNaN();
    expect(record.streamViewType).toBeUndefined();
    expect(record.userIdentity).toBeUndefined();
    expect(record.expired).toBe(false);
  });

  test.each<[unknown]>([['soon'], [{}], [{ toString: 1, valueOf: 1 }]])(
    'a time that cannot be read fails when it is read, and then only: %j',
    (time) => {
      const record = open(twisted(recordOf(), { ApproximateCreationDateTime: time }));
      expect(record.newImage).toBeDefined();
      expect(() => record.approximateCreationDateTime).toThrow(
        expect.objectContaining({ code: 'INVALID_CREATION_TIME' }),
      );
    },
  );

  test('the malformed ARN of published samples still names its table', () => {
    const eventSourceARN = 'arn:aws:dynamodb:000000000000:us-east-1 ID:table/BarkTable/stream/2016';
    expect(open({ ...recordOf(), eventSourceARN }).tableName).toBe('BarkTable');
    expect(open({ ...recordOf(), eventSourceARN: STREAM_ARN }).tableName).toBe('Invoices');
  });
});

test('a handler cannot change the identity that the next route, attempt or letter reads', () => {
  const userIdentity = { type: 'Service', principalId: 'dynamodb.amazonaws.com' };
  const record = open({ ...recordOf({ eventName: 'REMOVE' }), userIdentity } as unknown as DynamoDBRecord);
  expect(() => Object.assign(record.userIdentity as object, { principalId: 'another' })).toThrow(TypeError);
  expect([record.expired, record.userIdentity]).toEqual([true, userIdentity]);
});

describe('expired means: deleted by Time to Live', () => {
  const TTL = { type: 'Service', principalId: 'dynamodb.amazonaws.com' };
  test.each<['INSERT' | 'MODIFY' | 'REMOVE', object | undefined, boolean]>([
    ['REMOVE', TTL, true],
    ['REMOVE', undefined, false],
    ['REMOVE', { ...TTL, type: 'User' }, false],
    ['REMOVE', { ...TTL, principalId: 'replication.dynamodb.amazonaws.com' }, false],
    ['MODIFY', TTL, false],
    ['INSERT', TTL, false],
  ])('%s by %o: %s', (eventName, userIdentity, expected) => {
    const record = open({ ...recordOf({ eventName }), userIdentity } as unknown as DynamoDBRecord);
    expect(record.expired).toBe(expected);
    expect(record.userIdentity).toEqual(userIdentity);
  });
});

describe('images and keys are unmarshalled when they are read, and once', () => {
  const counted = { n: { N: '1' } };

  test('nothing is unmarshalled before', () => {
    const reader = vi.fn(toNumber);
    const record = open(recordOf({ eventName: 'MODIFY', newImage: counted, oldImage: counted }), {
      toNumber: reader,
    });
    void [record.eventName, record.sequenceNumber, record.tableName, record.expired, record.raw];
    expect(reader).not.toHaveBeenCalled();
    void record.newImage;
    expect(reader).toHaveBeenCalledTimes(1);
    void record.oldImage;
    expect(reader).toHaveBeenCalledTimes(2);
    void [record.newImage, record.oldImage, record.newImage];
    expect(reader).toHaveBeenCalledTimes(2);
  });

  test.each(['keys', 'newImage', 'oldImage'] as const)('%s is the same object at every read', (property) => {
    const record = open(recordOf({ eventName: 'MODIFY' }));
    const first = record[property] as object;
    Object.assign(first, { noted: true });
    expect(record[property]).toBe(first);
  });

  test('keys that cannot be unmarshalled fail when they are read', () => {
    const record = open(twisted(recordOf(), { Keys: { id: { X: 1 } } }));
    expect(() => record.keys).toThrow(
      expect.objectContaining({ code: 'INVALID_ATTRIBUTE_VALUE', path: 'id' }),
    );
  });

  test('the record that Lambda sent is not changed', () => {
    const raw = recordOf({ eventName: 'MODIFY', newImage: { b: { B: 'AQ==' } }, oldImage: counted });
    const before = structuredClone(raw);
    const record = open(raw);
    Object.assign(record.newImage as object, { id: 'other' });
    void [record.keys, record.oldImage];
    expect(raw).toStrictEqual(before);
  });
});

type Cell = 'image' | 'none';
const MATRIX: readonly [StreamViewType, 'INSERT' | 'MODIFY' | 'REMOVE', Cell, Cell][] = [
  ['KEYS_ONLY', 'INSERT', 'none', 'none'],
  ['KEYS_ONLY', 'MODIFY', 'none', 'none'],
  ['KEYS_ONLY', 'REMOVE', 'none', 'none'],
  ['NEW_IMAGE', 'INSERT', 'image', 'none'],
  ['NEW_IMAGE', 'MODIFY', 'image', 'none'],
  ['NEW_IMAGE', 'REMOVE', 'none', 'none'],
  ['OLD_IMAGE', 'INSERT', 'none', 'none'],
  ['OLD_IMAGE', 'MODIFY', 'none', 'image'],
  ['OLD_IMAGE', 'REMOVE', 'none', 'image'],
  ['NEW_AND_OLD_IMAGES', 'INSERT', 'image', 'none'],
  ['NEW_AND_OLD_IMAGES', 'MODIFY', 'image', 'image'],
  ['NEW_AND_OLD_IMAGES', 'REMOVE', 'none', 'image'],
];

describe.each(MATRIX)('%s %s', (viewType, eventName, newImage, oldImage) => {
  const images = [
    ['newImage', 'NewImage', newImage],
    ['oldImage', 'OldImage', oldImage],
  ] as const;

  test.each(images)('%s', (property, _, cell) => {
    const record = open(recordOf({ eventName, viewType, id: 'a' }), { viewType });
    expect(record[property]).toStrictEqual(cell === 'image' ? { id: 'a' } : undefined);
  });

  test.each(images)('a missing %s never looks like an empty item', (property, field, cell) => {
    // With and without the record saying what its stream carries, absent or null.
    for (const absent of [undefined, null]) {
      for (const StreamViewType of [viewType, undefined, null]) {
        const record = open(twisted(recordOf({ eventName, viewType }), { [field]: absent, StreamViewType }), {
          viewType,
        });
        if (cell === 'none') expect(record[property]).toBeUndefined();
        else
          for (const _attempt of ['first', 'again'])
            expect(() => record[property]).toThrow(
              expect.objectContaining({
                name: 'InvalidRecordError',
                code: 'MISSING_IMAGE',
                message: expect.stringMatching(
                  `no ${property}, though ${eventName} records of a ${viewType} stream do`,
                ),
              }),
            );
      }
    }
  });
});

test.each([
  ['a text', 'x'],
  ['an empty text', ''],
  ['a list', []],
  ['a number', 5],
  ['false', false],
])('an image that is %s never looks like an empty item', (_, image) => {
  const record = open(twisted(recordOf(), { NewImage: image }));
  expect(() => record.newImage).toThrow(
    expect.objectContaining({ code: 'INVALID_ATTRIBUTE_VALUE', path: '(item)' }),
  );
});

test('an item without attributes is one', () => {
  expect(open(twisted(recordOf(), { NewImage: {} })).newImage).toStrictEqual({});
});

describe('a record that cannot be dispatched is refused', () => {
  test.each([undefined, null, '', 'insert', 'UPDATE', 'constructor', 1, {}])('eventName %j', (eventName) => {
    expect(() => open({ ...recordOf(), eventName } as never)).toThrow(
      expect.objectContaining({
        name: 'InvalidRecordError',
        code: 'UNKNOWN_EVENT_NAME',
        message: expect.stringContaining('INSERT, MODIFY, REMOVE'),
      }),
    );
  });

  test.each([undefined, null, '', 'id', 5, [], [{ id: { S: 'a' } }], {}])('Keys %j', (Keys) => {
    expect(() => open(twisted(recordOf(), { Keys }))).toThrow(
      expect.objectContaining({
        name: 'InvalidRecordError',
        code: 'MISSING_KEYS',
        message: expect.stringContaining('Check what builds the event'),
      }),
    );
  });

  test.each([undefined, null])('dynamodb %j', (dynamodb) => {
    expect(() => open({ ...recordOf(), dynamodb } as never)).toThrow(
      expect.objectContaining({ code: 'MISSING_KEYS' }),
    );
  });
});

test('a record hands sinks the deadline of its invocation, where there is one, and looks at the clock', () => {
  const controller = new AbortController();
  const reached = (): boolean => {
    controller.abort();
    return true;
  };
  const deadline = { signal: controller.signal, reached };
  expect(open(recordOf(), { deadline }).deadlineSignal).toBe(controller.signal);
  // A timer would be late while code runs that never waits.
  expect(controller.signal.aborted).toBe(true);
  expect(open(recordOf()).deadlineSignal).toBeUndefined();
});

describe('after reread()', () => {
  const raw = recordOf(
    { eventName: 'MODIFY', id: 'a', newImage: { n: { N: '2' } }, oldImage: { n: { N: '1' } } },
    0,
  );
  interface Images {
    readonly keys: Record<string, unknown>;
    readonly newImage: Record<string, unknown>;
    readonly oldImage: Record<string, unknown>;
  }
  const spoil = (record: LazyRecord): void => {
    const { keys, newImage, oldImage } = record as unknown as Images;
    for (const item of [keys, newImage, oldImage]) Object.assign(item, { id: 'spoilt', n: 0, more: true });
  };
  const asStored = { keys: { id: 'a' }, newImage: { id: 'a', n: 2 }, oldImage: { id: 'a', n: 1 } };
  const read = ({ keys, newImage, oldImage }: LazyRecord) => ({ keys, newImage, oldImage });

  test('keys and images are as they were, and until then they are kept', () => {
    const record = open(raw);
    spoil(record);
    expect(read(record)).not.toEqual(asStored);
    expect(record.newImage).toBe(record.newImage);
    record.reread();
    expect(read(record)).toEqual(asStored);
  });
});

test('the uncopied record is read from a plain object too, as tests of conditions pass it', () => {
  const raw = recordOf();
  expect(LazyRecord.rawOf(open(raw))).toBe(raw);
  expect(LazyRecord.rawOf({ raw })).toBe(raw);
});

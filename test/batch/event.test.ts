import { describe, expect, test } from 'vitest';
import { validateEvent } from '../../src/batch/event.ts';
import { eventOf, recordOf, sequenceNumberAt } from '../fixtures/events.ts';
import { sequenceNumberOf } from '../fixtures/stage.ts';

const EXPECTATION = { viewType: 'NEW_AND_OLD_IMAGES', keys: undefined } as const;

function ordered(...sequenceNumbers: string[]): string[] {
  const records = sequenceNumbers.map((sequenceNumber) => recordOf({ sequenceNumber }));
  return validateEvent({ Records: records }, EXPECTATION).records.map(sequenceNumberOf);
}

describe('a value that is not a stream event', () => {
  test.each([
    [undefined, 'undefined'],
    [null, 'null'],
    ['text', 'a string'],
    [7, 'a number'],
    [{}, 'an object without Records'],
    [{ Records: {} }, 'Records that are no array'],
    [{ Records: null }, 'Records that are no array'],
  ])('%o is refused as %s', (event, shape) => {
    expect(() => validateEvent(event, EXPECTATION)).toThrow(
      expect.objectContaining({
        code: 'NOT_A_STREAM_EVENT',
        message: expect.stringContaining(`got ${shape}.`),
      }),
    );
  });
});

describe('records that could not be reported, or are of another source', () => {
  const { dynamodb, ...bare } = recordOf();
  test.each([
    ['WRONG_EVENT_SOURCE', null],
    ['WRONG_EVENT_SOURCE', undefined],
    ['WRONG_EVENT_SOURCE', 7],
    ['WRONG_EVENT_SOURCE', { messageId: '1', eventSource: 'aws:sqs', body: '{}' }],
    ['WRONG_EVENT_SOURCE', { kinesis: { sequenceNumber: '1' }, eventSource: 'aws:kinesis' }],
    ['WRONG_EVENT_SOURCE', { ...recordOf(), eventSource: 'aws:kinesis' }],
    ['WRONG_EVENT_SOURCE', { dynamodb: 'text' }],
    ['INVALID_SEQUENCE_NUMBER', bare],
    ['INVALID_SEQUENCE_NUMBER', { dynamodb: {} }],
    ['INVALID_SEQUENCE_NUMBER', recordOf({ sequenceNumber: '' })],
    ['INVALID_SEQUENCE_NUMBER', recordOf({ sequenceNumber: '-1' })],
    ['INVALID_SEQUENCE_NUMBER', recordOf({ sequenceNumber: '1'.repeat(41) })],
  ])('%s: %o', (code, record) => {
    expect(() => validateEvent({ Records: [recordOf(), record] }, EXPECTATION)).toThrow(
      expect.objectContaining({
        name: 'InvalidEventError',
        code,
        message: expect.stringContaining('Records[1]'),
      }),
    );
  });
});

describe('the records of a batch are copies of what decides', () => {
  const event = {
    Records: [recordOf({ id: 'a' }), Object.assign(recordOf({}, 1), { userIdentity: { type: 'User' } })],
  };
  const { records } = validateEvent(event, EXPECTATION);

  test('equal to those of the event', () => {
    expect(records).toEqual(event.Records);
    expect(Object.keys(records[0] as object)).toEqual(Object.keys(event.Records[0] as object));
  });

  test('with fields, Keys and a userIdentity of their own', () => {
    const [one, other] = records;
    expect(one).not.toBe(event.Records[0]);
    expect(one?.dynamodb).not.toBe(event.Records[0]?.dynamodb);
    expect(one?.dynamodb.Keys).not.toBe(event.Records[0]?.dynamodb?.Keys);
    expect(one?.dynamodb.Keys?.id).not.toBe(event.Records[0]?.dynamodb?.Keys?.id);
    expect(other?.userIdentity).not.toBe(event.Records[1]?.userIdentity);
  });

  test('and the same images: to copy them takes as long as the rest of a batch', () => {
    expect(records[0]?.dynamodb.NewImage).toBe(event.Records[0]?.dynamodb?.NewImage);
  });

  test.each([
    ['text for Keys', { Keys: 'text' }],
    ['an array for Keys', { Keys: [{ S: 'a' }] }],
    ['values of Keys that are none', { Keys: { id: 'text', n: null, list: [1] } }],
    ['a key named __proto__', JSON.parse('{ "Keys": { "__proto__": { "S": "a" } } }')],
    ['no Keys', {}],
  ])('whatever they hold: %s', (_, members) => {
    const { Keys, ...change } = recordOf().dynamodb ?? {};
    const odd = { ...recordOf(), dynamodb: { ...change, ...members }, userIdentity: null };
    const [copy] = validateEvent({ Records: [odd] }, EXPECTATION).records;
    expect(JSON.stringify(copy)).toBe(JSON.stringify(odd));
  });
});

test('records without an eventSource pass: test events leave it out', () => {
  const { eventSource, ...record } = recordOf();
  expect(validateEvent({ Records: [record] }, EXPECTATION).records).toHaveLength(1);
});

describe('order', () => {
  test('records and their names are taken from the event: what becomes of its list later changes nothing', () => {
    const { Records } = eventOf({}, {}, {});
    const { records, sequenceNumbers, identifiers } = validateEvent({ Records }, EXPECTATION);
    Records.shift();
    delete Records[0]?.dynamodb?.SequenceNumber;
    expect(records).toHaveLength(3);
    expect(sequenceNumbers).toEqual([0, 1, 2].map(sequenceNumberAt));
    expect(identifiers).toEqual(sequenceNumbers);
  });

  test.each([
    [
      ['10', '9'],
      ['9', '10'],
    ],
    [
      ['9', '10'],
      ['9', '10'],
    ],
    [
      ['009', '10', '08'],
      ['08', '009', '10'],
    ],
    [
      ['2', '1', '3'],
      ['1', '2', '3'],
    ],
    [
      ['5', '5', '4'],
      ['4', '5', '5'],
    ],
    [
      ['05', '5', '6'],
      ['05', '5', '6'],
    ],
    [
      ['9'.repeat(40), '1'.padStart(40, '0')],
      ['1'.padStart(40, '0'), '9'.repeat(40)],
    ],
  ])('%o is handled as %o', (came, handled) => {
    expect(ordered(...came)).toEqual(handled);
  });

  test('a copy is sorted, never the event', () => {
    const Records = [recordOf({ sequenceNumber: '2' }), recordOf({ sequenceNumber: '1' })];
    expect(validateEvent({ Records }, EXPECTATION).sequenceNumbers).toEqual(['1', '2']);
    expect(Records.map(sequenceNumberOf)).toEqual(['2', '1']);
  });
});

describe('view types', () => {
  test('a stream that carries less is refused, with both names', () => {
    const event = eventOf({ viewType: 'KEYS_ONLY' });
    expect(() => validateEvent(event, { viewType: 'NEW_IMAGE', keys: undefined })).toThrow(
      expect.objectContaining({
        code: 'VIEW_TYPE_MISMATCH',
        message: expect.stringMatching(/NEW_IMAGE.*KEYS_ONLY/),
      }),
    );
  });

  test('one record of another view type is noticed among many', () => {
    const event = eventOf({}, {}, { viewType: 'OLD_IMAGE' }, {});
    expect(() => validateEvent(event, EXPECTATION)).toThrow(
      expect.objectContaining({ code: 'VIEW_TYPE_MISMATCH' }),
    );
  });

  test('an unknown view type is refused without being repeated', () => {
    const event = {
      Records: [{ ...recordOf(), dynamodb: { ...recordOf().dynamodb, StreamViewType: 'ALL' } }],
    };
    expect(() => validateEvent(event, EXPECTATION)).toThrow(/has an unknown view type/);
  });

  test.each([undefined, null])('a record with the view type %s passes', (StreamViewType) => {
    const Records = [recordOf(), { ...recordOf(), dynamodb: { ...recordOf().dynamodb, StreamViewType } }];
    expect(validateEvent({ Records }, EXPECTATION).records).toHaveLength(2);
  });
});

describe('declared keys', () => {
  const expectation = { viewType: 'KEYS_ONLY', keys: ['id'] } as const;

  test('the stream of another table is refused, with the names of its keys', () => {
    expect(() => validateEvent(eventOf({}), { ...expectation, keys: ['customerId', 'invoiceId'] })).toThrow(
      expect.objectContaining({
        code: 'KEYS_MISMATCH',
        message: expect.stringMatching(/customerId, invoiceId.* id\./),
      }),
    );
  });

  test('an inherited name is not a key', () => {
    expect(() => validateEvent(eventOf({}), { ...expectation, keys: ['constructor'] })).toThrow(
      expect.objectContaining({ code: 'KEYS_MISMATCH' }),
    );
  });

  test.each([undefined, null, 'text'])('a record whose Keys are %s is left to fail by itself', (Keys) => {
    const Records = [recordOf(), { ...recordOf(), dynamodb: { ...recordOf().dynamodb, Keys } }];
    expect(validateEvent({ Records }, expectation).records).toHaveLength(2);
  });
});

describe('an array of records, from EventBridge Pipes', () => {
  test('is named by eventID, in SequenceNumber order', () => {
    const records = [recordOf({ sequenceNumber: '10' }, 1), recordOf({ sequenceNumber: '9' }, 2)];
    expect(validateEvent(records, EXPECTATION)).toEqual({
      records: records.toReversed(),
      received: records,
      sequenceNumbers: ['9', '10'],
      identifiers: [records[1]?.eventID, records[0]?.eventID],
      fromPipe: true,
    });
  });

  test('may be empty', () => {
    expect(validateEvent([], EXPECTATION).records).toEqual([]);
  });

  test.each([undefined, null, '', 7])(
    'with the eventID %o is refused: it could not be reported',
    (eventID) => {
      const records = [recordOf(), { ...recordOf({}, 1), eventID }];
      expect(() => validateEvent(records, EXPECTATION)).toThrow(
        expect.objectContaining({
          name: 'InvalidEventError',
          code: 'MISSING_EVENT_ID',
          message: expect.stringContaining('Record 1 '),
        }),
      );
      expect(validateEvent({ Records: records }, EXPECTATION).records).toHaveLength(2);
    },
  );

  test.each([{ messageId: '1', body: '{}' }, 'text', null])('of something else is refused: %o', (record) => {
    expect(() => validateEvent([record], EXPECTATION)).toThrow(
      expect.objectContaining({ code: 'WRONG_EVENT_SOURCE' }),
    );
  });
});

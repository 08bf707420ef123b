import { describe, expect, test } from 'vitest';
import { recordsOf } from '../../src/batch/event.ts';
import { eventOf, recordOf } from '../fixtures/events.ts';
import { sequenceNumberOf } from '../fixtures/stage.ts';

const EXPECTATION = { viewType: 'NEW_AND_OLD_IMAGES', keys: undefined } as const;

function ordered(...sequenceNumbers: string[]): string[] {
  const records = sequenceNumbers.map((sequenceNumber) => recordOf({ sequenceNumber }));
  return recordsOf({ Records: records }, EXPECTATION).map(sequenceNumberOf);
}

describe('what is no stream event', () => {
  test.each([
    [undefined, 'undefined'],
    [null, 'null'],
    ['text', 'a string'],
    [7, 'a number'],
    [{}, 'an object without Records'],
    [[], 'an object without Records'],
    [{ Records: {} }, 'Records that are no array'],
    [{ Records: null }, 'Records that are no array'],
  ])('%o is refused as %s', (event, shape) => {
    expect(() => recordsOf(event, EXPECTATION)).toThrow(
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
    expect(() => recordsOf({ Records: [recordOf(), record] }, EXPECTATION)).toThrow(
      expect.objectContaining({
        name: 'InvalidEventError',
        code,
        message: expect.stringContaining('Records[1]'),
      }),
    );
  });
});

test('records without an eventSource pass: test events leave it out', () => {
  const { eventSource, ...record } = recordOf();
  expect(recordsOf({ Records: [record] }, EXPECTATION)).toHaveLength(1);
});

describe('order', () => {
  test('ascending records come back as the array that came', () => {
    const { Records } = eventOf({}, {}, {});
    expect(recordsOf({ Records }, EXPECTATION)).toBe(Records);
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
    expect(recordsOf({ Records }, EXPECTATION)).not.toBe(Records);
    expect(Records.map(sequenceNumberOf)).toEqual(['2', '1']);
  });
});

describe('view types', () => {
  test('a stream that carries less is refused, with both names', () => {
    const event = eventOf({ viewType: 'KEYS_ONLY' });
    expect(() => recordsOf(event, { viewType: 'NEW_IMAGE', keys: undefined })).toThrow(
      expect.objectContaining({
        code: 'VIEW_TYPE_MISMATCH',
        message: expect.stringMatching(/NEW_IMAGE.*KEYS_ONLY/),
      }),
    );
  });

  test('one record of another view type is noticed among many', () => {
    const event = eventOf({}, {}, { viewType: 'OLD_IMAGE' }, {});
    expect(() => recordsOf(event, EXPECTATION)).toThrow(
      expect.objectContaining({ code: 'VIEW_TYPE_MISMATCH' }),
    );
  });

  test('an unknown view type is refused without being repeated', () => {
    const event = {
      Records: [{ ...recordOf(), dynamodb: { ...recordOf().dynamodb, StreamViewType: 'ALL' } }],
    };
    expect(() => recordsOf(event, EXPECTATION)).toThrow(/carries an unknown view type/);
  });

  test.each([undefined, null])('a record with the view type %s passes', (StreamViewType) => {
    const Records = [recordOf(), { ...recordOf(), dynamodb: { ...recordOf().dynamodb, StreamViewType } }];
    expect(recordsOf({ Records }, EXPECTATION)).toHaveLength(2);
  });
});

describe('declared keys', () => {
  const expectation = { viewType: 'KEYS_ONLY', keys: ['id'] } as const;

  test('the stream of another table is refused, with the names of its keys', () => {
    expect(() => recordsOf(eventOf({}), { ...expectation, keys: ['customerId', 'invoiceId'] })).toThrow(
      expect.objectContaining({
        code: 'KEYS_MISMATCH',
        message: expect.stringMatching(/customerId, invoiceId.* id\./),
      }),
    );
  });

  test('an inherited name is no key', () => {
    expect(() => recordsOf(eventOf({}), { ...expectation, keys: ['constructor'] })).toThrow(
      expect.objectContaining({ code: 'KEYS_MISMATCH' }),
    );
  });

  test.each([undefined, null, 'text'])('a record whose Keys are %s is left to fail by itself', (Keys) => {
    const Records = [recordOf(), { ...recordOf(), dynamodb: { ...recordOf().dynamodb, Keys } }];
    expect(recordsOf({ Records }, expectation)).toHaveLength(2);
  });
});

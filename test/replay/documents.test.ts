import type { DynamoDBRecord } from 'aws-lambda';
import { describe, expect, test } from 'vitest';
import { onFailureDocument, withPayload } from '../../src/mapping/on-failure-document.ts';
import { deadLetterAbout } from '../../src/middleware/dead-letters/dead-letter.ts';
import { readDocuments } from '../../src/replay/read-documents.ts';
import { readReplayable } from '../../src/replay/replayable.ts';
import { recordOf, STREAM_ARN, sequenceNumberAt } from '../fixtures/events.ts';

const records = [recordOf({}, 0), recordOf({}, 1)];
const document = onFailureDocument({
  streamArn: STREAM_ARN,
  shardId: 'shardId-1',
  records,
  requestId: 'r',
  functionArn: 'f',
  condition: 'RetryAttemptsExhausted',
  approximateInvokeCount: 1,
  threw: true,
  discardedAt: 0,
});
const letter = deadLetterAbout(records[0] as DynamoDBRecord, new Error('no'), undefined);

const RANGE = {
  kind: 'range',
  range: {
    streamArn: STREAM_ARN,
    shardId: 'shardId-1',
    startSequenceNumber: sequenceNumberAt(0),
    endSequenceNumber: sequenceNumberAt(1),
    batchSize: 2,
  },
};
const LETTER = { kind: 'dead-letter', records: [records[0]] };

test.each<[string, unknown, object]>([
  ['an on-failure document', document, RANGE],
  ['an on-failure document as JSON', JSON.stringify(document), RANGE],
  ['one that SNS delivered', { Type: 'Notification', Message: JSON.stringify(document) }, RANGE],
  ['one that EventBridge delivered', { 'detail-type': 'failure', detail: document }, RANGE],
  ['the object of an S3 destination', withPayload(document, records), { kind: 'payload', records }],
  ['a dead letter', letter, LETTER],
  [
    'a dead letter in all envelopes',
    JSON.stringify({ Type: 'Notification', Message: JSON.stringify(letter) }),
    LETTER,
  ],
])('%s is understood', (_name, message, expected) => {
  expect(readReplayable(message)).toEqual(expected);
});

const NEITHER = 'it is neither an on-failure document nor a dead letter';
const NO_PLACE = 'its DDBStreamBatchInfo does not say where the records are';
const NO_RECORDS = 'its payload has no records with Keys and SequenceNumber';
const info = document.DDBStreamBatchInfo;

test.each<[string, unknown, string]>([
  ['text', 'hello', NEITHER],
  ['nothing', undefined, NEITHER],
  ['another object', { version: '1.0' }, NEITHER],
  ['an event', { Records: records }, NEITHER],
  ['a range without a stream', { DDBStreamBatchInfo: { ...info, streamArn: 1 } }, NO_PLACE],
  ['a range without a shard', { DDBStreamBatchInfo: { ...info, shardId: null } }, NO_PLACE],
  ['a range without a count', { DDBStreamBatchInfo: { ...info, batchSize: '2' } }, NO_PLACE],
  ['a range without a start', { DDBStreamBatchInfo: { ...info, startSequenceNumber: '' } }, NO_PLACE],
  ['a range without an end', { DDBStreamBatchInfo: { ...info, endSequenceNumber: 'x' } }, NO_PLACE],
  ['a payload that is no JSON', { ...document, payload: '{' }, NO_RECORDS],
  ['a payload that is no text', { ...document, payload: 1 }, NO_RECORDS],
  ['a payload without records', { ...document, payload: '{"Records":[]}' }, NO_RECORDS],
  ['a payload with something else', { ...document, payload: '{"Records":[{}]}' }, NO_RECORDS],
  ['a payload with nothing', { ...document, payload: '{"Records":[null]}' }, NO_RECORDS],
  ['a record without Keys', { ...document, payload: '{"Records":[{"dynamodb":{}}]}' }, NO_RECORDS],
])('%s is not understood', (_name, message, problem) => {
  expect(readReplayable(message)).toEqual({ kind: 'unknown', problem });
});

test('a dead letter that is broken says what is wrong with it', () => {
  expect(readReplayable({ ...letter, version: 'streamlane.dead-letter/9' })).toEqual({
    kind: 'unknown',
    problem: expect.stringContaining('another version'),
  });
});

describe('a file of documents', () => {
  test.each<[string, string, unknown[]]>([
    ['one document', '{"a":\n1}', [{ a: 1 }]],
    ['an array', '[{"a":1},{"b":2}]', [{ a: 1 }, { b: 2 }]],
    ['one per line', '{"a":1}\n\n {"b":2} \r\n', [{ a: 1 }, { b: 2 }]],
    ['what the AWS CLI received', '{"Messages":[{"Body":"x"},null]}', ['x', undefined]],
    [
      'what it received several times',
      '{"Messages":[{"Body":"x"}]}\n{"Messages":[{"Body":"y"}]}',
      ['x', 'y'],
    ],
    ['null', 'null', [null]],
    ['nothing', ' \n', []],
  ])('may hold %s', (_name, text, documents) => {
    expect(readDocuments(text)).toEqual(documents);
  });

  test('may hold nothing else', () => {
    expect(() => readDocuments('{"a":1}\n{"secret":\n')).toThrow(
      expect.objectContaining({
        code: 'INVALID_DOCUMENTS',
        message: expect.stringMatching(/^replay: line 2 [^s]/),
      }),
    );
  });
});

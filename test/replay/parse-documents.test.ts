import type { Context, DynamoDBRecord } from 'aws-lambda';
import { describe, expect, test } from 'vitest';
import { createDeadLetter } from '../../src/dead-letter/create-dead-letter.ts';
import { onFailureDocument, withPayload } from '../../src/delivery/on-failure-document.ts';
import { parseDocuments } from '../../src/replay/parse-documents.ts';
import { parseReplayMessage } from '../../src/replay/replay-message.ts';
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
const letter = createDeadLetter(records[0] as DynamoDBRecord, new Error('no'), {
  functionName: 'invoices',
} as Context);

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
const LETTER = { kind: 'deadLetter', records: [records[0]], functionName: 'invoices' };

test.each<[string, unknown, object]>([
  ['an on-failure document', document, RANGE],
  ['an on-failure document as JSON', JSON.stringify(document), RANGE],
  ['one that SNS delivered', { Type: 'Notification', Message: JSON.stringify(document) }, RANGE],
  ['one that EventBridge delivered', { 'detail-type': 'failure', detail: document }, RANGE],
  ['the object of an S3 destination', withPayload(document, records), { kind: 'payload', records }],
  [
    'one whose payload was parsed',
    { ...document, payload: { Records: records } },
    { kind: 'payload', records },
  ],
  ['one as JSON in JSON', JSON.stringify(JSON.stringify(document)), RANGE],
  ['a dead letter', letter, LETTER],
  [
    'a dead letter in all envelopes',
    JSON.stringify({ Type: 'Notification', Message: JSON.stringify(letter) }),
    LETTER,
  ],
])('%s is understood', (_name, message, expected) => {
  expect(parseReplayMessage(message)).toEqual(expected);
});

const NEITHER = 'it is neither an on-failure document nor a dead letter';
const NO_PLACE = 'its DDBStreamBatchInfo does not say where the records are';
const NO_RECORDS = 'its payload is not an event with records of a stream';
const info = document.DDBStreamBatchInfo;
const circle: { DDBStreamBatchInfo?: unknown } = {};
circle.DDBStreamBatchInfo = circle;
const payloadOf = (changed: object) => ({
  ...document,
  payload: JSON.stringify({ Records: [{ ...records[0], ...changed }] }),
});

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
  ['a payload that is not JSON', { ...document, payload: '{' }, NO_RECORDS],
  ['a payload that is not text', { ...document, payload: 1 }, NO_RECORDS],
  ['a payload without records', { ...document, payload: '{"Records":[]}' }, NO_RECORDS],
  ['a payload with something else', { ...document, payload: '{"Records":[{}]}' }, NO_RECORDS],
  ['a payload with nothing', { ...document, payload: '{"Records":[null]}' }, NO_RECORDS],
  ['a record without Keys', { ...document, payload: '{"Records":[{"dynamodb":{}}]}' }, NO_RECORDS],
  ['a range without records', { DDBStreamBatchInfo: { ...info, batchSize: 0 } }, NO_PLACE],
  ['a range of half a record', { DDBStreamBatchInfo: { ...info, batchSize: 1.5 } }, NO_PLACE],
  ['a range of more than Lambda delivers', { DDBStreamBatchInfo: { ...info, batchSize: 1e300 } }, NO_PLACE],
  [
    'a range whose ARN is not that of a stream',
    { DDBStreamBatchInfo: { ...info, streamArn: 'arn:aws:sqs' } },
    NO_PLACE,
  ],
  ['a version that is not text', '{"version":{"toString":1}}', NEITHER],
  [
    'a version that throws',
    {
      version: {
        toString: () => {
          throw new Error('no');
        },
      },
    },
    NEITHER,
  ],
  ['null', 'null', NEITHER],
  ['an array', [letter], NEITHER],
  ['an attribute named __proto__', '{"__proto__":{"DDBStreamBatchInfo":{}}}', NEITHER],
  ['an object that contains itself', circle, NEITHER],
  [
    'an object that throws when it is read',
    {
      get version() {
        throw new Error('no');
      },
    },
    NEITHER,
  ],
  ['a bigint', { DDBStreamBatchInfo: { ...info, batchSize: 2n } }, NEITHER],
  [
    'an envelope in an envelope, 3,000 times',
    `${'{"detail-type":"x","detail":'.repeat(3000)}1${'}'.repeat(3000)}`,
    NEITHER,
  ],
  ['nesting of 100,000 levels', `${'['.repeat(100_000)}${']'.repeat(100_000)}`, NEITHER],
  ['a payload with a stream that is not text', payloadOf({ eventSourceARN: { toString: 1 } }), NO_RECORDS],
  ['a payload with an id that is not text', payloadOf({ eventID: { toString: 1 } }), NO_RECORDS],
  [
    'a payload that nests too deep',
    payloadOf({ deep: JSON.parse(`${'['.repeat(3000)}${']'.repeat(3000)}`) }),
    NO_RECORDS,
  ],
])('%s is not understood', (_name, message, problem) => {
  expect(parseReplayMessage(message)).toEqual({ kind: 'unknown', problem });
});

test('a broken dead letter is reported with its fault', () => {
  expect(parseReplayMessage({ ...letter, version: 'streamlane.dead-letter/9' })).toEqual({
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
      'what the AWS CLI received several times',
      '{"Messages":[{"Body":"x"}]}\n{"Messages":[{"Body":"y"}]}',
      ['x', 'y'],
    ],
    ['null', 'null', [null]],
    ['nothing', ' \n', []],
    ['one behind the other', '{"a":"}{"}{"b":[{}]}["c"]', [{ a: '}{' }, { b: [{}] }, 'c']],
    ['several over several lines', '{\n "a": "\\"{"\n}\n{\n "b": 1\n}\n', [{ a: '"{' }, { b: 1 }]],
    ['a list without brackets', '{"a":1},\n{"b":2},\n', [{ a: 1 }, { b: 2 }]],
    ['a byte order mark', '\ufeff{"a":1}', [{ a: 1 }]],
    ['JSON of JSON', '"{\\"a\\":1}"\n"x"', ['{"a":1}', 'x']],
  ])('may hold %s', (_name, text, documents) => {
    expect(parseDocuments(text)).toEqual(documents);
  });

  test.each<[string, string, unknown[]]>([
    ['a line that breaks off', '{"a":1}\n{"secret":\n{"b":2}', [{ a: 1 }, '{"secret":', { b: 2 }]],
    ['a text that breaks off', '{"a":"x\n{"b":2}\n', ['{"a":"x', { b: 2 }]],
    ['a list that breaks off', '[{"a":1},\n{"b":2}\n', ['[{"a":1},', { b: 2 }]],
    ['an object that is not JSON', '{a:1}{"b":2}', ['{a:1}', { b: 2 }]],
    ['words', '{"a":1} and more\n{"b":2}', [{ a: 1 }, 'and more', { b: 2 }]],
    ['a bracket too many', '{"a":1}}\n{"b":2}', [{ a: 1 }, '}', { b: 2 }]],
    ['a bracket too many before it', '{{"a":1}\n{"b":2}\n}', ['{{"a":1}', { b: 2 }, '}']],
    ['a list without its comma', '[{"a":1}\n{"b":2}\n]', ['[{"a":1}', { b: 2 }, ']']],
    ['a backslash at its end', '{"a":1}\n{"\\', [{ a: 1 }, '{"\\']],
  ])('with %s has the rest anyway', (_name, text, documents) => {
    expect(parseDocuments(text)).toEqual(documents);
  });

  test.each([
    ['lines that break off', '{"a":"\n'],
    ['brackets that open', '['],
    ['objects on one line', '{}'],
    ['values that break off', '{"a":[\n'],
  ])('of 100,000 %s is read in time that grows with its length', (_name, part) => {
    const started = performance.now();
    parseDocuments(`${part.repeat(100_000)}\n{}`);
    expect(performance.now() - started).toBeLessThan(3000);
  });

  test.each([
    ['{"secret":\n', 1],
    ['\n\n{"a":"\n[secret', 3],
  ])('without any JSON is refused, by the first line that has none', (text, line) => {
    expect(() => parseDocuments(text)).toThrow(
      expect.objectContaining({
        code: 'INVALID_DOCUMENTS',
        message: expect.stringMatching(new RegExp(`^replay: line ${line} [^s]`)),
      }),
    );
    expect(() => parseDocuments(text)).toThrow(
      expect.not.objectContaining({ message: expect.stringContaining('secret') }),
    );
  });

  test.each([
    ['a Buffer', Buffer.from('{"secret":1}\n{}'), 'a Uint8Array'],
    ['a list', [{}], 'an array'],
    ['nothing', undefined, 'undefined'],
  ])('refuses %s, which is not text', (_, text, came) => {
    expect(() => parseDocuments(text as never)).toThrow(
      expect.objectContaining({
        code: 'INVALID_OPTION',
        owner: 'parseDocuments',
        message: `parseDocuments: the text has to be text, got ${came}. Read the file as 'utf8'.`,
      }),
    );
  });
});

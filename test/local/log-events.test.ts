import { beforeEach, expect, test } from 'vitest';
import type { OnFailureDocument } from '../../src/delivery/on-failure-document.ts';
import { logEvents } from '../../src/local/log-events.ts';
import { type InvocationEvent, MappingEmitter } from '../../src/local/mapping-events.ts';
import type { Logger } from '../../src/logger.ts';

let entries: unknown[];
let emitter: MappingEmitter;

const write = (level: string) => (message: string, fields: object) =>
  void entries.push([level, message, fields]);
const logger: Logger = {
  debug: write('debug'),
  info: write('info'),
  warn: write('warn'),
  error: write('error'),
};
const attempt = { requestId: 'r', attempt: 2 };
const invocation: InvocationEvent = {
  ...attempt,
  shardId: 's',
  records: [{}],
  outcome: 'failed',
  durationMs: 1,
  response: undefined,
  error: undefined,
};
const error = new Error('no');

beforeEach(() => {
  entries = [];
  emitter = new MappingEmitter(logger);
});

function log(hasDestination = false): void {
  logEvents({
    emitter,
    logger,
    streamArn: 'arn:aws:dynamodb:eu-west-1:1:table/Orders/stream/1',
    handler: 'a.ts',
    hasDestination,
  });
}

test('an invocation that throws or times out is an error, with the thrown value', () => {
  log();
  emitter.tell('invocation', { ...invocation, error });
  expect(entries).toEqual([['error', 'Invocation failed', { ...attempt, error }]]);
});

test('an invocation that does not start is warned of, with the reason', () => {
  log();
  emitter.tell('invocation', { ...invocation, outcome: 'throttled', error });
  expect(entries).toEqual([['warn', 'Invocation did not start', { ...attempt, error }]]);
});

test('an invocation that answers is not spoken of', () => {
  log();
  emitter.tell('invocation', { ...invocation, outcome: 'succeeded', response: null });
  emitter.tell('invocation', { ...invocation, response: { batchItemFailures: [{ itemIdentifier: '1' }] } });
  expect(entries).toEqual([]);
});

test('a retry is warned of', () => {
  log();
  const fields = { ...attempt, shardId: 's', delayMs: 5, reason: 'failed' } as const;
  emitter.tell('retry', { ...fields, records: [{}, {}] });
  expect(entries).toEqual([['warn', 'Batch is tried again', { ...fields, records: 2 }]]);
});

test('a function that invokes itself is warned of, with table, count and remedy, and without the key', () => {
  log();
  const record = { eventID: 'e', dynamodb: { SequenceNumber: '7', Keys: { id: { S: 'secret' } } } };
  emitter.tell('recursiveLoop', { shardId: 's', records: [record], times: 17 });
  const fields = {
    streamArn: expect.any(String),
    shardId: 's',
    eventID: 'e',
    sequenceNumber: '7',
    times: 17,
  };
  expect(entries).toEqual([
    [
      'warn',
      'a.ts seems to invoke itself: handling a change of an item of Orders led to another change of that item, 17 times in a row, ' +
        'and to none while the mapping waited. If the function writes to the item that it handles, exclude these writes ' +
        "from its route: onModify(not(ownWrite('derivedFrom')), handler).",
      fields,
    ],
  ]);
  expect(JSON.stringify(entries)).not.toContain('secret');
});

test.each([
  [true, 'Records were discarded'],
  [false, 'Records were discarded. No on-failure destination gets them'],
])('a warning about discarded records is logged; with a destination: %s', (hasDestination, message) => {
  log(hasDestination);
  const document = {
    requestContext: { condition: 'RetryAttemptsExhausted' },
    DDBStreamBatchInfo: { shardId: 's', startSequenceNumber: '1', endSequenceNumber: '2' },
  } as OnFailureDocument;
  emitter.tell('discard', { shardId: 's', requestId: 'r', records: [{}, {}], document });
  const fields = { shardId: 's', startSequenceNumber: '1', endSequenceNumber: '2' };
  expect(entries).toEqual([
    ['warn', message, { records: 2, condition: 'RetryAttemptsExhausted', ...fields }],
  ]);
});

import { EventEmitter } from 'node:events';
import type { DynamoDBRecord } from 'aws-lambda';
import { expect, test } from 'vitest';
import { maskOf } from '../../src/console/protocol/mask.ts';
import { Recorder, type RecorderOptions } from '../../src/console/recorder.ts';

const record = (sequenceNumber: string, fields: DynamoDBRecord = {}): DynamoDBRecord => ({
  eventID: `e${sequenceNumber}`,
  eventName: 'MODIFY',
  ...fields,
  dynamodb: {
    Keys: { id: { S: sequenceNumber } },
    OldImage: { id: { S: sequenceNumber }, email: { S: 'old' } },
    NewImage: { id: { S: sequenceNumber }, email: { S: 'new' } },
    SequenceNumber: sequenceNumber,
    SizeBytes: 10,
    ApproximateCreationDateTime: 1,
  },
});

function recording(options: Partial<RecorderOptions> = {}) {
  const mapping = new EventEmitter();
  const recorder = new Recorder({ mask: maskOf(undefined), failuresOf: () => [], ...options });
  recorder.follow(mapping as never);
  return { mapping, recorder, events: () => recorder.after(0, 1000) };
}

test('a record is sent once with its item, and by its number later', () => {
  const { mapping, events } = recording();
  const records = [record('1'), record('2'), record('3')];
  mapping.emit('read', { shardId: 's', records });
  mapping.emit('invocationStarted', { shardId: 's', records, requestId: 'r', attempt: 1, slot: 0 });
  mapping.emit('split', { shardId: 's', left: records.slice(0, 1), right: records.slice(1), requestId: 'r' });
  const [read, started, split] = events();
  expect(read).toEqual({
    id: 1,
    time: expect.stringMatching(/^\d{4}-.+Z$/),
    event: 'read',
    shardId: 's',
    records: [1, 2, 3].map((number) => ({
      number,
      eventID: `e${number}`,
      eventName: 'MODIFY',
      sequenceNumber: `${number}`,
      keys: { id: { S: `${number}` } },
      oldImage: { id: { S: `${number}` }, email: { S: 'old' } },
      newImage: { id: { S: `${number}` }, email: { S: 'new' } },
      createdAt: 1,
      isExpired: false,
    })),
  });
  expect(started).toMatchObject({ id: 2, event: 'invocationStarted', slot: 0, records: [[1, 3]] });
  expect(split).toMatchObject({ id: 3, event: 'split', left: [[1, 1]], right: [[2, 3]] });
});

test('a record that is read again keeps its number, and is not sent again', () => {
  const { mapping, events } = recording();
  mapping.emit('read', { shardId: 's', records: [record('1')] });
  mapping.emit('read', { shardId: 's', records: [record('1'), record('2')] });
  mapping.emit('read', { shardId: 's', records: [record('2')] });
  mapping.emit('filtered', { shardId: 's', records: [record('1')] });
  expect(events()).toMatchObject([
    { event: 'read', records: [{ number: 1 }] },
    { event: 'read', records: [{ number: 2 }] },
    { event: 'filtered', records: [[1, 1]] },
  ]);
});

test('the numbers of dropped records are forgotten with them', () => {
  const { mapping, recorder, events } = recording({ limits: { maxWeight: 2 } });
  mapping.emit('read', { shardId: 's', records: [record('1')] });
  mapping.emit('read', { shardId: 's', records: [record('2')] });
  expect(recorder.dropped).toBe(1);
  mapping.emit('filtered', { shardId: 's', records: [record('1'), record('2')] });
  expect(events()).toMatchObject([{ event: 'filtered', records: [[2, 2]] }]);
});

test('masked values never leave it', () => {
  const { mapping, events } = recording({ mask: maskOf('email,id') });
  mapping.emit('read', { shardId: 's', records: [record('777')] });
  const json = JSON.stringify(events()).replaceAll('"sequenceNumber":"777"', '').replaceAll('e777', '');
  expect(json).toContain('•••');
  expect(json).not.toMatch(/"(777|old|new)"/);
});

test('with a mask, no response leaves it, of the mapping or of a rerun: it may have a masked value', () => {
  const { mapping, recorder, events } = recording({ mask: maskOf('email'), hidesResponses: true });
  const response = { state: { last: 'secret' }, batchItemFailures: [] };
  mapping.emit('invocation', { shardId: 's', records: [], outcome: 'succeeded', response });
  const { ended } = recorder.rerun({ requestId: 'r', kind: 'again', of: [1], records: [record('1')] });
  ended({ outcome: 'succeeded', processed: 1, durationMs: 1, error: undefined, failures: [], response });
  expect(events()).toMatchObject([{ event: 'invocation' }, { event: 'rerunStarted' }, { event: 'rerun' }]);
  expect(JSON.stringify(events())).not.toContain('secret');
});

test('long messages of errors count as bytes that are kept', () => {
  const { mapping, events, recorder } = recording({ limits: { maxBytes: 3000 } });
  for (const count of [1, 2, 3]) {
    const error = new Error('x'.repeat(1000));
    mapping.emit('invocation', { shardId: 's', records: [], outcome: 'failed', attempt: count, error });
  }
  expect(events()).toMatchObject([{ attempt: 2 }, { attempt: 3 }]);
  expect(recorder.dropped).toBe(1);
});

test('of errors of a megabyte, the history keeps the beginnings, and the changes before them', () => {
  const long = 'x'.repeat(2 ** 20);
  const stack = `Error: ${long}\n    at check (handler.ts:3:1)`;
  const failure = {
    eventID: 'e1',
    eventName: 'MODIFY',
    deadLettered: false,
    message: long,
    at: undefined,
    stack,
  };
  const { mapping, events, recorder } = recording({ failuresOf: () => [failure] });
  mapping.emit('read', { shardId: 's', records: [record('1')] });
  for (let attempt = 1; attempt <= 40; attempt++)
    mapping.emit('invocation', {
      shardId: 's',
      records: [],
      outcome: 'failed',
      attempt,
      error: new Error(long),
    });
  recorder.tell({ event: 'notLoaded', message: long });
  mapping.emit('problem', { operation: 'GetRecords', error: 'not an error', delayMs: 1 });
  expect(recorder.dropped).toBe(0);
  const [read, invocation, ...others] = events();
  expect(read).toMatchObject({ event: 'read' });
  const cut = expect.stringMatching(/^x{16384}… \(1,032,192 characters left out\)$/);
  expect(invocation).toMatchObject({ error: { name: 'Error', message: cut }, failures: [{ message: cut }] });
  expect(invocation).toMatchObject({
    failures: [{ stack: expect.stringMatching(/left out\).+handler\.ts:3:1\)$/s) }],
  });
  expect(others.slice(-2)).toMatchObject([{ message: cut }, { error: 'not an error' }]);
});

test('an item that Time to Live deleted is known, and a record without a size has an assumed one', () => {
  const { mapping, events } = recording({ limits: { maxBytes: 1500 } });
  const expired = record('1', {
    eventName: 'REMOVE',
    userIdentity: { type: 'Service', principalId: 'dynamodb.amazonaws.com' },
  });
  mapping.emit('read', { shardId: 's', records: [expired] });
  expect(events()).toMatchObject([{ records: [{ isExpired: true }] }]);
  for (const sequenceNumber of ['2', '3'])
    mapping.emit('read', { shardId: 's', records: [{ dynamodb: { SequenceNumber: sequenceNumber } }] });
  expect(events()).toMatchObject([{ records: [{ number: 3, keys: undefined }] }]);
});

test('an invocation has its failures, and an error is text', () => {
  const failure = {
    eventID: 'e1',
    eventName: 'MODIFY',
    deadLettered: false,
    message: 'no',
    at: undefined,
    stack: '',
  };
  const { mapping, events } = recording({ failuresOf: () => [failure] });
  mapping.emit('invocation', { shardId: 's', records: [], outcome: 'failed', error: new TypeError('no') });
  expect(events()).toMatchObject([{ error: { name: 'TypeError', message: 'no' }, failures: [failure] }]);
  mapping.emit('state', { state: 'Enabled' });
  expect(events().at(-1)).not.toHaveProperty('failures');
});

test('a reload is an event, and makes the sources be read again', () => {
  let reloads = 0;
  const { recorder, events } = recording({ onReloaded: () => reloads++ });
  recorder.tell({ event: 'reloaded' });
  recorder.tell({ event: 'waiting' });
  expect(reloads).toBe(1);
  expect(events()).toMatchObject([{ event: 'reloaded' }, { event: 'waiting' }]);
  const plain = recording();
  plain.recorder.tell({ event: 'reloaded' });
  expect(plain.events()).toHaveLength(1);
});

test('a page that opens late knows what was started, and if it is paused', () => {
  const { recorder } = recording({ limits: { maxWeight: 2 } });
  const started = {
    event: 'started',
    table: 'T',
    handler: 'h',
    startingPosition: 'LATEST',
    streamArn: 'arn',
    maximumRetryAttempts: -1,
    maximumRecordAgeInSeconds: -1,
    onFailureDestination: null,
  } as const;
  recorder.tell(started);
  const seen = (after: number) => recorder.after(after, 1000).map(({ id, event }) => `${id} ${event}`);
  expect(seen(0)).toEqual(['1 started']);
  recorder.tell({ event: 'paused' });
  recorder.tell({ event: 'resumed' });
  recorder.tell({ event: 'paused' });
  expect(seen(0)).toEqual(['1 started', '3 resumed', '4 paused']);
  recorder.tell({ event: 'reloaded' });
  recorder.tell({ event: 'reloaded' });
  expect(seen(0)).toEqual(['1 started', '4 paused', '5 reloaded', '6 reloaded']);
  expect(seen(5)).toEqual(['6 reloaded']);
});

test('an invocation carries the entities of its records, if they are known', () => {
  const records = [record('1'), record('2'), record('3')];
  const groups = new Map([['order', [records[0], records[2]]]]) as ReadonlyMap<string, DynamoDBRecord[]>;
  const { mapping, events } = recording({
    entitiesOf: ({ requestId }) => (requestId === 'r' ? groups : new Map()),
  });
  mapping.emit('read', { shardId: 's', records });
  mapping.emit('invocation', { shardId: 's', records, requestId: 'r' });
  mapping.emit('invocation', { shardId: 's', records, requestId: 'other' });
  const [, known, unknown] = events();
  expect(known).toMatchObject({
    entities: [
      {
        name: 'order',
        records: [
          [1, 1],
          [3, 3],
        ],
      },
    ],
  });
  expect(unknown).not.toHaveProperty('entities');
});

test('an invocation carries the routes that take its records, and a page that opens late gets the last routes', () => {
  const records = [record('1'), record('2')];
  const taking = { routesId: 'one', taken: [0], undecided: [1] };
  const { mapping, recorder, events } = recording({
    routesOf: () => new Map([[taking, records]]),
    limits: { maxWeight: 1 },
  });
  const router = { event: 'routes', kind: 'router', exported: [], entities: [], routes: [] } as const;
  recorder.tell({ ...router, routesId: 'old' });
  recorder.tell({ ...router, routesId: 'one' });
  mapping.emit('read', { shardId: 's', records });
  mapping.emit('invocation', { shardId: 's', records, requestId: 'r' });
  expect(events()).toMatchObject([
    { event: 'routes', routesId: 'one' },
    { event: 'invocation', routes: [taking] },
  ]);
});

import { describe, expect, test } from 'vitest';
import { defineTable, itemOf, processBatch, StreamlaneError, streamRouter } from '../../src/index.ts';
import { contextOf, eventOf, memoryLogger, recordOf, sequenceNumberAt } from '../fixtures/events.ts';

interface Item {
  id: string;
}

const SECRET = 'very-secret-content';
const good = recordOf({ id: 'a' });

/** A good record, another with these parts replaced, and a good one: what a single bad record must not lose. */
function amongGood(part: object, dynamodb: object = {}): unknown {
  const second = recordOf({ id: 'b', newImage: { secret: { S: SECRET } } }, 1);
  const twisted = { ...second, ...part, dynamodb: { ...second.dynamodb, ...dynamodb } };
  return { Records: [good, twisted, recordOf({ id: 'c' }, 2)] };
}

// As AWS documents the events of other sources, shortened to what tells them apart.
const SQS = {
  messageId: '059f36b4-87a3-44ab-83d2-661975830a7d',
  receiptHandle: 'AQEBwJnKyrHigUMZj6rYigCgxlaS3SLy0a',
  body: SECRET,
  attributes: { SequenceNumber: '18849496460467696128' },
  eventSource: 'aws:sqs',
  eventSourceARN: 'arn:aws:sqs:us-east-2:123456789012:my-queue',
};
const KINESIS = {
  kinesis: { partitionKey: '1', sequenceNumber: '49590338271490256608559692538361571095', data: SECRET },
  eventSource: 'aws:kinesis',
  eventID: 'shardId-000000000006:49590338271490256608559692538361571095',
  eventName: 'aws:kinesis:record',
};
const SNS = { EventVersion: '1.0', EventSource: 'aws:sns', Sns: { MessageId: '1', Message: SECRET } };
const S3 = {
  eventSource: 'aws:s3',
  eventName: 'ObjectCreated:Put',
  s3: { object: { key: SECRET, sequencer: '1' } },
};

type Case = readonly [name: string, event: unknown, name: string, code: string, remedy: RegExp];

const EVENTS: readonly Case[] = [
  ['undefined', undefined, 'InvalidEventError', 'NOT_A_STREAM_EVENT', /got undefined/],
  ['null', null, 'InvalidEventError', 'NOT_A_STREAM_EVENT', /got null.*Check what invokes/],
  ['a text', SECRET, 'InvalidEventError', 'NOT_A_STREAM_EVENT', /got a string/],
  ['a number', 5, 'InvalidEventError', 'NOT_A_STREAM_EVENT', /got a number/],
  ['a list of something else', [SECRET], 'InvalidEventError', 'WRONG_EVENT_SOURCE', /Records\[0\]/],
  ['an empty object', {}, 'InvalidEventError', 'NOT_A_STREAM_EVENT', /without Records.*Check what invokes/],
  [
    'an HTTP request',
    { version: '2.0', rawPath: '/', body: SECRET },
    'InvalidEventError',
    'NOT_A_STREAM_EVENT',
    /without Records/,
  ],
  [
    'records in lower case',
    { records: [good] },
    'InvalidEventError',
    'NOT_A_STREAM_EVENT',
    /without Records/,
  ],
  [
    'Records that are an object',
    { Records: { 0: good } },
    'InvalidEventError',
    'NOT_A_STREAM_EVENT',
    /Records that are no array/,
  ],
  [
    'Records that are null',
    { Records: null },
    'InvalidEventError',
    'NOT_A_STREAM_EVENT',
    /Records that are no array/,
  ],
  ['SQS', { Records: [SQS] }, 'InvalidEventError', 'WRONG_EVENT_SOURCE', /Records\[0\].*another function/],
  ['Kinesis', { Records: [KINESIS] }, 'InvalidEventError', 'WRONG_EVENT_SOURCE', /aws:dynamodb/],
  ['SNS', { Records: [SNS] }, 'InvalidEventError', 'WRONG_EVENT_SOURCE', /aws:dynamodb/],
  ['S3', { Records: [S3] }, 'InvalidEventError', 'WRONG_EVENT_SOURCE', /aws:dynamodb/],
  [
    'SQS among good records',
    { Records: [good, SQS] },
    'InvalidEventError',
    'WRONG_EVENT_SOURCE',
    /Records\[1\]/,
  ],
  [
    'a record that is null',
    { Records: [good, null] },
    'InvalidEventError',
    'WRONG_EVENT_SOURCE',
    /Records\[1\]/,
  ],
  [
    'a record that is a text',
    { Records: [good, SECRET] },
    'InvalidEventError',
    'WRONG_EVENT_SOURCE',
    /Records\[1\]/,
  ],
  [
    'another source with a sequence number',
    amongGood({ eventSource: 'aws:kinesis' }),
    'InvalidEventError',
    'WRONG_EVENT_SOURCE',
    /Records\[1\]/,
  ],
  [
    'a record without dynamodb',
    { Records: [good, { ...good, dynamodb: undefined }] },
    'InvalidEventError',
    'INVALID_SEQUENCE_NUMBER',
    /Records\[1\]/,
  ],
  ...[undefined, null, '', '1e5', '-1', 'abc', 12345, '1'.repeat(41), [], {}].map(
    (SequenceNumber): Case => [
      `SequenceNumber ${JSON.stringify(SequenceNumber)}`,
      amongGood({}, { SequenceNumber }),
      'InvalidEventError',
      'INVALID_SEQUENCE_NUMBER',
      /Records\[1\].*Nothing was handled.*Check what builds the event/,
    ],
  ),
  ...['KEYS_ONLY', 'NEW_IMAGE', 'OLD_IMAGE'].map(
    (StreamViewType): Case => [
      `a stream of ${StreamViewType}`,
      amongGood({}, { StreamViewType }),
      'ConfigurationError',
      'VIEW_TYPE_MISMATCH',
      new RegExp(
        `NEW_AND_OLD_IMAGES, the stream has ${StreamViewType}.*Nothing was handled.*Declare the stream's view type`,
      ),
    ],
  ),
  [
    'an unknown view type',
    amongGood({}, { StreamViewType: SECRET }),
    'ConfigurationError',
    'VIEW_TYPE_MISMATCH',
    /an unknown view type/,
  ],
  [
    'a view type that is not text',
    amongGood({}, { StreamViewType: 5 }),
    'ConfigurationError',
    'VIEW_TYPE_MISMATCH',
    /an unknown view type/,
  ],
];

/** All that can be given an event, and what it has handled. */
function entrances(): readonly (readonly [string, (event: unknown) => Promise<unknown>, unknown[]])[] {
  const handled: unknown[] = [];
  const note = ({ keys }: { readonly keys: Partial<Item> }) => void handled.push(keys.id);
  const logger = memoryLogger();
  const table = defineTable({ name: 'T', item: itemOf<Item>(), keys: ['id'] });
  const withTable = streamRouter(table, { logger }).onInsert(note).onModify(note).onRemove(note);
  const router = streamRouter<Item>({ logger }).onInsert(note).onModify(note).onRemove(note);
  const throwing = streamRouter<Item>({ logger, partialResponses: false }).onInsert(note);
  return [
    ['streamRouter()', (event) => router(event as never, contextOf()), handled],
    ['streamRouter(table)', (event) => withTable(event as never, contextOf()), handled],
    ['partialResponses: false', (event) => throwing(event as never, contextOf()), handled],
    ['processBatch()', (event) => processBatch<Item>(event as never, contextOf(), note, { logger }), handled],
  ];
}

describe('an event that cannot be answered is refused whole, before any handler has run', () => {
  test.each(EVENTS)('%s', async (_, event, name, code, remedy) => {
    for (const [entrance, enter, handled] of entrances()) {
      const error = await enter(event).then(
        () => expect.fail(`${entrance} answered`),
        (thrown: unknown) => thrown,
      );
      expect(error, entrance).toBeInstanceOf(StreamlaneError);
      expect(error, entrance).toMatchObject({
        name,
        code,
        retryable: false,
        message: expect.stringMatching(remedy),
      });
      expect(String(error)).not.toContain(SECRET);
      expect(handled, entrance).toEqual([]);
    }
  });
});

describe('a record that cannot be handled is the checkpoint: it and what comes after it are delivered again', () => {
  test.each<[string, unknown]>([
    ['no Keys', amongGood({}, { Keys: undefined })],
    ['Keys that are null', amongGood({}, { Keys: null })],
    ['no eventName', amongGood({ eventName: undefined })],
    ['an unknown eventName', amongGood({ eventName: 'UPSERT' })],
    ['an eventName in lower case', amongGood({ eventName: 'insert' })],
  ])('%s', async (_, event) => {
    for (const [entrance, enter, handled] of entrances()) {
      if (entrance === 'partialResponses: false') {
        await expect(enter(event)).rejects.toMatchObject({
          code: 'BATCH_FAILED',
          checkpoint: sequenceNumberAt(1),
        });
      } else {
        expect(await enter(event), entrance).toEqual({
          batchItemFailures: [{ itemIdentifier: sequenceNumberAt(1) }],
        });
      }
      expect(handled.splice(0), entrance).toEqual(['a']);
    }
  });
});

test('the stream of another table is refused, naming both keys', async () => {
  const handled: unknown[] = [];
  const table = defineTable({ name: 'T', item: itemOf<{ pk: string; sk: string }>(), keys: ['pk', 'sk'] });
  const router = streamRouter(table).onInsert((record) => void handled.push(record));
  await expect(router(eventOf({}, {}), contextOf())).rejects.toMatchObject({
    name: 'ConfigurationError',
    code: 'KEYS_MISMATCH',
    message: expect.stringMatching(
      /keys are pk, sk, the stream's records have id\..*Correct the keys in defineTable/,
    ),
  });
  expect(handled).toEqual([]);
});

describe('a router that is declared wrongly cannot be made', () => {
  const table = defineTable({ name: 'T', item: itemOf<Item>(), keys: ['id'] });
  test.each<[string, readonly unknown[], string, RegExp]>([
    [
      'an unknown option',
      [{ batchSize: 5 }],
      'UNKNOWN_OPTION',
      /batchSize is not an option.*Known options:.*concurrency/,
    ],
    [
      'an unknown option beside a table',
      [table, { batchsize: 5 }],
      'UNKNOWN_OPTION',
      /batchsize is not an option/,
    ],
    ['options that are null', [null], 'INVALID_OPTION', /got null/],
    ['options that are a text', ['Invoices'], 'INVALID_OPTION', /got "Invoices"/],
    ['options that are a list', [[]], 'INVALID_OPTION', /got an array/],
    ['options that are null beside a table', [table, null], 'INVALID_OPTION', /got null/],
    [
      'a table that defineTable did not make',
      [{ name: 'T', keys: ['id'] }, {}],
      'INVALID_TABLE',
      /made by defineTable/,
    ],
    [
      'options in second place, without a table',
      [{}, { concurrency: 5 }],
      'INVALID_TABLE',
      /streamRouter\(table, options\)/,
    ],
    [
      'a view type beside a table',
      [table, { viewType: 'NEW_IMAGE' }],
      'INVALID_OPTION',
      /belongs to the table/,
    ],
    [
      'a partition order without a table',
      [{ order: 'partition' }],
      'KEYS_REQUIRED',
      /Pass a table made by defineTable/,
    ],
    ['viewType', [{ viewType: 'NEW' }], 'INVALID_OPTION', /viewType has to be one of KEYS_ONLY.*got "NEW"/],
    [
      'order',
      [{ order: 'key' }],
      'INVALID_OPTION',
      /order has to be one of item, partition, shard, got "key"/,
    ],
    ['concurrency 0', [{ concurrency: 0 }], 'INVALID_OPTION', /1 to 10000, got 0/],
    ['concurrency 10001', [{ concurrency: 10_001 }], 'INVALID_OPTION', /got 10001/],
    ['concurrency 1.5', [{ concurrency: 1.5 }], 'INVALID_OPTION', /got 1.5/],
    ['concurrency as a text', [{ concurrency: '10' }], 'INVALID_OPTION', /got "10"/],
    ['concurrency that is null', [{ concurrency: null }], 'INVALID_OPTION', /got null/],
    ['reserveMs -1', [{ reserveMs: -1 }], 'INVALID_OPTION', /0 to 900000, got -1/],
    ['reserveMs NaN', [{ reserveMs: Number.NaN }], 'INVALID_OPTION', /got NaN/],
    ['reserveMs beyond 15 minutes', [{ reserveMs: 900_001 }], 'INVALID_OPTION', /got 900001/],
    [
      'numbers',
      [{ numbers: 'bigint' }],
      'INVALID_OPTION',
      /'number', 'exact', 'string' or a function, got "bigint"/,
    ],
    [
      'logger without warn',
      [{ logger: { debug() {}, info() {}, error() {} } }],
      'INVALID_OPTION',
      /debug, info, warn, error/,
    ],
    ['logger that is null', [{ logger: null }], 'INVALID_OPTION', /logger.*got null/],
    ['partialResponses', [{ partialResponses: 'no' }], 'INVALID_OPTION', /true or false, got "no"/],
    ['onBatch', [{ onBatch: true }], 'INVALID_OPTION', /onBatch has to be a function, got true/],
  ])('%s', (_, args, code, message) => {
    const make = () => (streamRouter as (...all: unknown[]) => unknown)(...args);
    expect(make).toThrow(
      expect.objectContaining({ name: 'ConfigurationError', code, message: expect.stringMatching(message) }),
    );
  });

  test.each(['onInsert', 'onModify', 'onRemove', 'use'] as const)('%s without a function', (method) => {
    for (const value of [undefined, null, {}, 'handler', Promise.resolve()])
      expect(() => (streamRouter()[method] as (one: unknown) => unknown)(value)).toThrow(
        expect.objectContaining({
          name: 'ConfigurationError',
          code: 'INVALID_HANDLER',
          message: expect.stringMatching(new RegExp(`^${method}: .* has to be a function`)),
        }),
      );
  });

  test('while undefined leaves every option at its default', () => {
    const options = { order: undefined, concurrency: undefined, logger: undefined, onBatch: undefined };
    expect(streamRouter(options as never)).toBeTypeOf('function');
  });
});

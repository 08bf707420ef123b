// What Powertools' own unit tests promise for DynamoDB streams, as a table of our own: the same program with both
// processors. Where they differ, the row of docs/middy-and-powertools.md that says so.
// https://github.com/aws-powertools/powertools-lambda-typescript/tree/main/packages/batch/tests/unit
import { setTimeout as sleep } from 'node:timers/promises';
import {
  BatchProcessor,
  EventType,
  processPartialResponse,
  processPartialResponseSync,
} from '@aws-lambda-powertools/batch';
import { parser } from '@aws-lambda-powertools/batch/parser';
import type { BatchProcessingOptions, BatchProcessorConfig } from '@aws-lambda-powertools/batch/types';
import type { Context, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import { afterEach, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { OrderedStreamProcessor } from '../../src/powertools/index.ts';
import { tableUnder } from '../docs/markdown.ts';
import { contextOf, eventOf, memoryLogger, recordOf, sequenceNumberAt } from '../fixtures/events.ts';

type Processor = BatchProcessor;
type Overrides = (processor: Processor, base: Processor) => Record<string, unknown>;
type RecordHandler = (record: DynamoDBRecord, context?: Context) => unknown;

type Make = (overrides: Overrides, parsing?: BatchProcessorConfig) => Processor;

const PROCESSORS: Record<'powertools' | 'ours', Make> = {
  powertools: (overrides, parsing) => {
    class Subclass extends BatchProcessor {}
    const processor = new Subclass(EventType.DynamoDBStreams, parsing);
    Object.assign(Subclass.prototype, overrides(processor, BatchProcessor.prototype));
    return processor;
  },
  ours: (overrides, parsing) => {
    class Subclass extends OrderedStreamProcessor {}
    const processor: Processor = new Subclass({ ...(parsing as object), logger: memoryLogger() });
    Object.assign(Subclass.prototype, overrides(processor, OrderedStreamProcessor.prototype));
    return processor;
  },
};

/** The facts that a program can see of a batch. Records are named by their place in the event. */
interface Seen {
  readonly threw?: string;
  /** How many errors a FullBatchFailureError lists. */
  readonly recordErrors?: number;
  readonly response: readonly (number | string)[];
  readonly entries?: readonly string[];
  readonly started: readonly number[];
  readonly succeeded: readonly number[];
  readonly failed: readonly number[];
}

interface Case {
  readonly name: string;
  /** Item keys of the records. */
  readonly ids?: readonly string[];
  readonly fails?: readonly number[];
  /** The error of the failing records. */
  readonly thrown?: unknown;
  readonly options?: BatchProcessingOptions;
  readonly overrides?: Overrides;
  readonly recordHandler?: RecordHandler;
  readonly change?: (event: DynamoDBStreamEvent) => void;
  /** Changes the event in each call of the record handler. */
  readonly during?: (event: DynamoDBStreamEvent) => void;
  /** Powertools' parser and what it takes. */
  readonly parsing?: BatchProcessorConfig;
  readonly powertools: Seen;
  /** Left out where it is the same. */
  readonly ours?: Seen;
  /** The row of the documentation that says how they differ. */
  readonly row?: string;
}

async function see(make: Make, it: Case): Promise<Seen> {
  const event = eventOf(...(it.ids ?? ['a', 'b', 'c']).map((id) => ({ id })));
  it.change?.(event);
  const records = [...event.Records];
  const ids = records.map(({ eventID }) => eventID);
  /** A record that was changed before its turn is handed over as a copy, so its place is found by its id. */
  const placeOf = (record: DynamoDBRecord | undefined): number =>
    record === undefined ? -1 : Math.max(records.indexOf(record), ids.indexOf(record.eventID));
  const started: number[] = [];
  const processor = make(it.overrides ?? (() => ({})), it.parsing);
  const handler: RecordHandler =
    it.recordHandler !== undefined
      ? it.recordHandler
      : async (record) => {
          const index = placeOf(record);
          started.push(index);
          it.during?.(event);
          await sleep(1);
          if (it.fails?.includes(index)) throw 'thrown' in it ? it.thrown : new Error('no');
          return `done ${index}`;
        };
  const outcome: { threw?: string; recordErrors?: number; entries?: string[] } = {};
  try {
    const entries = await processor.register(event.Records as never, handler, it.options).process();
    outcome.entries = entries.map((entry) => `${entry?.[0]} ${entry?.[1]} ${placeOf(entry?.[2] as never)}`);
  } catch (error) {
    outcome.threw = (error as Error).name;
    const { recordErrors } = error as { recordErrors?: readonly Error[] };
    if (recordErrors !== undefined) outcome.recordErrors = recordErrors.length;
  }
  const places = (messages: readonly unknown[]) => messages.map((message) => placeOf(message as never));
  return {
    ...outcome,
    response: processor.response().batchItemFailures.map(({ itemIdentifier }) => {
      const index = records.findIndex((_, at) => sequenceNumberAt(at) === itemIdentifier);
      return index === -1 ? itemIdentifier : index;
    }),
    started,
    succeeded: places(processor.successMessages),
    failed: places(processor.failureMessages),
  };
}

const SUCCESS = (index: number, result: unknown = `done ${index}`) => `success ${result} ${index}`;
const FAILURE = (index: number) => `fail no ${index}`;
const allSucceed: Seen = {
  response: [],
  entries: [0, 1, 2].map((index) => SUCCESS(index)),
  started: [0, 1, 2],
  succeeded: [0, 1, 2],
  failed: [],
};
const secondFails: Seen = {
  response: [1],
  entries: [SUCCESS(0), FAILURE(1), SUCCESS(2)],
  started: [0, 1, 2],
  succeeded: [0, 2],
  failed: [1],
};
const allFail: Seen = {
  response: [0],
  entries: [0, 1, 2].map(FAILURE),
  started: [0, 1, 2],
  succeeded: [],
  failed: [0, 1, 2],
};
const firstAlone: Seen = { response: [0], entries: [FAILURE(0)], started: [0], succeeded: [], failed: [0] };
const thrown = (seen: Seen, threw: string, recordErrors?: number): Seen => {
  const { entries, ...rest } = seen;
  return { ...rest, threw, ...(recordErrors !== undefined && { recordErrors }) };
};

const IN_PARALLEL = { processInParallel: true };
const ONE_BY_ONE = { processInParallel: false };
const THROW = { throwOnFullBatchFailure: true };
const DO_NOT_THROW = { throwOnFullBatchFailure: false };

const CASES: readonly Case[] = [
  { name: 'no failure, in parallel', options: IN_PARALLEL, powertools: allSucceed },
  { name: 'no failure, one by one', options: ONE_BY_ONE, powertools: allSucceed },
  { name: 'no failure, options left out', powertools: allSucceed },
  { name: 'one failure, in parallel', options: IN_PARALLEL, fails: [1], powertools: secondFails },
  {
    name: 'some failures, in parallel',
    options: IN_PARALLEL,
    fails: [0, 2],
    powertools: {
      response: [0, 2],
      entries: [FAILURE(0), SUCCESS(1), FAILURE(2)],
      started: [0, 1, 2],
      succeeded: [1],
      failed: [0, 2],
    },
    ours: {
      response: [0],
      entries: [FAILURE(0), SUCCESS(1), FAILURE(2)],
      started: [0, 1, 2],
      succeeded: [1],
      failed: [0, 2],
    },
    row: 'Response',
  },
  {
    name: 'some failures, one by one',
    options: ONE_BY_ONE,
    fails: [0, 2],
    powertools: {
      response: [0, 2],
      entries: [FAILURE(0), SUCCESS(1), FAILURE(2)],
      started: [0, 1, 2],
      succeeded: [1],
      failed: [0, 2],
    },
    ours: firstAlone,
    row: '`processInParallel: false`',
  },
  {
    name: 'a failure of one item, in parallel',
    ids: ['a', 'a', 'a'],
    fails: [0],
    powertools: {
      response: [0],
      entries: [FAILURE(0), SUCCESS(1), SUCCESS(2)],
      started: [0, 1, 2],
      succeeded: [1, 2],
      failed: [0],
    },
    ours: firstAlone,
    row: 'After a failure',
  },
  {
    name: 'all fail, in parallel',
    options: IN_PARALLEL,
    fails: [0, 1, 2],
    powertools: thrown({ ...allFail, response: [] }, 'FullBatchFailureError', 3),
    ours: allFail,
    row: 'All records failed',
  },
  {
    name: 'all fail, one by one',
    options: ONE_BY_ONE,
    fails: [0, 1, 2],
    powertools: thrown({ ...allFail, response: [] }, 'FullBatchFailureError', 3),
    ours: firstAlone,
    row: 'All records failed',
  },
  {
    name: 'all fail, in parallel, throwOnFullBatchFailure: true',
    options: { ...IN_PARALLEL, ...THROW },
    fails: [0, 1, 2],
    powertools: thrown({ ...allFail, response: [] }, 'FullBatchFailureError', 3),
    ours: thrown(allFail, 'FullBatchFailureError', 3),
    row: '`response()` after a throw',
  },
  {
    name: 'all fail, one by one, throwOnFullBatchFailure: true',
    options: { ...ONE_BY_ONE, ...THROW },
    fails: [0, 1, 2],
    powertools: thrown({ ...allFail, response: [] }, 'FullBatchFailureError', 3),
    ours: thrown(firstAlone, 'FullBatchFailureError', 1),
    row: '`throwOnFullBatchFailure: true`',
  },
  {
    name: 'one fails, in parallel, throwOnFullBatchFailure: true',
    options: { ...IN_PARALLEL, ...THROW },
    fails: [1],
    powertools: secondFails,
  },
  {
    name: 'all fail, in parallel, throwOnFullBatchFailure: false',
    options: { ...IN_PARALLEL, ...DO_NOT_THROW },
    fails: [0, 1, 2],
    powertools: { ...allFail, response: [0, 1, 2] },
    ours: allFail,
    row: 'Response',
  },
  {
    name: 'all fail, one by one, throwOnFullBatchFailure: false',
    options: { ...ONE_BY_ONE, ...DO_NOT_THROW },
    fails: [0, 1, 2],
    powertools: { ...allFail, response: [0, 1, 2] },
    ours: firstAlone,
    row: '`processInParallel: false`',
  },
  {
    name: 'the record handler gets the context',
    ids: ['a'],
    options: { context: contextOf() },
    recordHandler: async (_record, context) => context?.awsRequestId,
    powertools: { ...allSucceed, entries: [SUCCESS(0, 'request-1')], started: [], succeeded: [0] },
  },
  {
    name: 'a context that is not one fails the records that use it',
    ids: ['a'],
    options: { context: { foo: 'bar' } as never },
    recordHandler: async (_record, context) => {
      if (context?.getRemainingTimeInMillis === undefined) throw new Error('no');
    },
    powertools: {
      ...thrown({ ...firstAlone, response: [] }, 'FullBatchFailureError', 1),
      started: [],
    },
    ours: { ...firstAlone, started: [] },
    row: 'All records failed',
  },
  {
    name: 'a synchronous record handler',
    recordHandler: () => 'done',
    powertools: {
      ...allSucceed,
      entries: [0, 1, 2].map((index) => SUCCESS(index, 'done')),
      started: [],
    },
  },
  {
    name: 'no records',
    ids: [],
    powertools: { response: [], entries: [], started: [], succeeded: [], failed: [] },
  },
  {
    name: 'records out of order, one by one',
    options: ONE_BY_ONE,
    change: (event) => event.Records.reverse(),
    powertools: allSucceed,
    ours: { ...allSucceed, started: [2, 1, 0], succeeded: [2, 1, 0] },
    row: 'Records out of order',
  },
  {
    name: 'a record handler empties the event, one by one',
    options: ONE_BY_ONE,
    fails: [1],
    during: (event) => {
      event.Records.length = 0;
    },
    powertools: { response: [], entries: [SUCCESS(0)], started: [0], succeeded: [0], failed: [] },
    ours: {
      response: [1],
      entries: [SUCCESS(0), FAILURE(1)],
      started: [0, 1],
      succeeded: [0],
      failed: [1],
    },
    row: 'Changes to `event.Records` while handlers run',
  },
  {
    name: 'a record handler deletes the SequenceNumber of its record',
    fails: [1],
    during: (event) => {
      for (const record of event.Records) delete record.dynamodb?.SequenceNumber;
    },
    powertools: { ...secondFails, response: [] },
    ours: secondFails,
    row: 'Changes to `event.Records` while handlers run',
  },
  {
    name: 'a record handler returns promises in an array',
    ids: ['a'],
    recordHandler: () => [Promise.resolve()],
    powertools: {
      response: [],
      entries: [SUCCESS(0, '[object Promise]')],
      started: [],
      succeeded: [0],
      failed: [],
    },
    ours: {
      response: [0],
      entries: [expect.stringContaining('promises within another value')] as never,
      started: [],
      succeeded: [],
      failed: [0],
    },
    row: 'Handler that returns promises in an array, or an iterator',
  },
  ...[
    {
      kind: 'schema',
      parsing: {
        parser,
        schema: z.object({
          dynamodb: z.object({ NewImage: z.object({ id: z.object({ S: z.string().max(1) }) }) }),
        }),
      },
    },
    {
      kind: 'innerSchema',
      parsing: { parser, innerSchema: z.object({ id: z.object({ S: z.string().max(1) }) }) },
    },
    {
      kind: 'innerSchema and transformer',
      parsing: {
        parser,
        innerSchema: z.object({ id: z.string().max(1) }),
        transformer: 'unmarshall' as const,
      },
    },
  ].flatMap(({ kind, parsing }): Case[] => {
    const recordHandler: RecordHandler = async (record) => JSON.stringify(record.dynamodb?.NewImage);
    const image = (id: string) => (kind.endsWith('transformer') ? `{"id":"${id}"}` : `{"id":{"S":"${id}"}}`);
    const parsed = (index: number, id: string) => SUCCESS(index, image(id));
    const change = (event: DynamoDBStreamEvent) => {
      // Powertools' innerSchema is of both images.
      for (const record of event.Records)
        Object.assign(record.dynamodb ?? {}, { OldImage: record.dynamodb?.NewImage });
    };
    const unfit = [parsed(0, 'a'), expect.stringMatching(/^fail .*Too big.* 1$/), parsed(2, 'c')];
    return [
      {
        name: `the record is parsed: ${kind}`,
        ids: ['a', 'b'],
        parsing,
        recordHandler,
        change,
        powertools: {
          response: [],
          entries: [parsed(0, 'a'), parsed(1, 'b')],
          started: [],
          succeeded: [0, 1],
          failed: [],
        },
      },
      {
        name: `a record does not fit: ${kind}`,
        ids: ['a', 'bb', 'c'],
        parsing,
        recordHandler,
        change,
        powertools: { response: [1], entries: unfit as never, started: [], succeeded: [0, 2], failed: [1] },
      },
      {
        name: `a record does not fit, behind processRecord of a subclass: ${kind}`,
        ids: ['a', 'bb', 'c'],
        parsing,
        recordHandler,
        change,
        overrides: (it, base) => ({
          processRecord: async (record: never) => base.processRecord.call(it, record),
        }),
        powertools: { response: [1], entries: unfit as never, started: [], succeeded: [0, 2], failed: [1] },
      },
    ];
  }),
  {
    name: 'undefined thrown',
    ids: ['a'],
    fails: [0],
    thrown: undefined,
    powertools: { ...thrown({ ...firstAlone, response: [], failed: [] }, 'TypeError') },
    ours: { ...firstAlone, entries: ['fail The record handler threw undefined. 0'] },
    row: '`throw undefined` in a handler',
  },
  {
    name: 'a text thrown',
    ids: ['a'],
    fails: [0],
    thrown: 'no',
    options: DO_NOT_THROW,
    powertools: { ...firstAlone, entries: ['fail undefined 0'] },
    ours: firstAlone,
    row: '`throw` of a value that is not an Error',
  },
  {
    name: 'a record handler that is not a function',
    recordHandler: null as never,
    powertools: thrown({ ...allFail, response: [], started: [] }, 'FullBatchFailureError', 3),
    ours: thrown({ response: [''], started: [], succeeded: [], failed: [] }, 'ConfigurationError'),
    row: 'Record handler that is not a function',
  },
  {
    name: 'a record of another event source',
    change: (event) => void Object.assign(event.Records[1] as object, { eventSource: 'aws:kinesis' }),
    powertools: allSucceed,
    ours: thrown({ response: [''], started: [], succeeded: [], failed: [] }, 'InvalidEventError'),
    row: 'Records of another event source',
  },
  {
    name: 'a record with a SequenceNumber that is not a number',
    change: (event) => void Object.assign(event.Records[1]?.dynamodb as object, { SequenceNumber: 'next' }),
    powertools: allSucceed,
    ours: thrown({ response: [''], started: [], succeeded: [], failed: [] }, 'InvalidEventError'),
    row: 'Record without SequenceNumber, or with one that is not a number',
  },
  {
    name: 'records without Keys',
    change: (event) => {
      for (const record of event.Records) delete record.dynamodb?.Keys;
    },
    powertools: allSucceed,
  },
  {
    name: 'a failure noted for a record of another batch',
    ids: ['a'],
    overrides: (it, base) => ({
      clean: () => {
        const [, other] = eventOf({}, {}).Records;
        it.failureHandler(other as DynamoDBRecord, new Error('no'));
        base.clean.call(it);
      },
    }),
    options: DO_NOT_THROW,
    powertools: {
      response: [sequenceNumberAt(1)],
      entries: [SUCCESS(0)],
      started: [0],
      succeeded: [0],
      failed: [-1],
    },
    ours: thrown({ response: [0], started: [0], succeeded: [0], failed: [-1] }, 'ConfigurationError'),
    row: 'Failures recorded for records of another batch',
  },
  {
    name: 'an asynchronous hasMessagesToReport',
    overrides: () => ({ hasMessagesToReport: async () => false }),
    powertools: allSucceed,
    ours: thrown(allSucceed, 'ConfigurationError'),
    row: 'Asynchronous `hasMessagesToReport`, `getMessagesToReport`, `collectDynamoDBFailures`, `entireBatchFailed`',
  },
  {
    name: 'response leaves the failure out',
    fails: [1],
    overrides: () => ({ response: () => ({ batchItemFailures: [] }) }),
    powertools: { ...secondFails, response: [] },
  },
  {
    name: 'a failed record without SequenceNumber',
    fails: [1],
    change: (event) => void delete event.Records[1]?.dynamodb?.SequenceNumber,
    powertools: { ...secondFails, response: [] },
    ours: thrown({ response: [''], started: [], succeeded: [], failed: [] }, 'InvalidEventError'),
    row: 'Record without SequenceNumber, or with one that is not a number',
  },
  {
    name: 'successHandler and failureHandler overridden',
    fails: [1],
    overrides: (it, base) => ({
      successHandler: (record: never, result: string) =>
        base.successHandler.call(it, record, `own ${result}`),
      failureHandler: (record: never) => base.failureHandler.call(it, record, new Error('own')),
    }),
    powertools: {
      ...secondFails,
      entries: [SUCCESS(0, 'own done 0'), 'fail own 1', SUCCESS(2, 'own done 2')],
    },
  },
  {
    name: 'successHandler throws',
    ids: ['a', 'b'],
    overrides: (it, base) => ({
      successHandler: (record: DynamoDBRecord, result: unknown) => {
        if (record.dynamodb?.Keys?.id?.S === 'b') throw new Error('no');
        return base.successHandler.call(it, record, result);
      },
    }),
    powertools: {
      response: [1],
      entries: [SUCCESS(0), FAILURE(1)],
      started: [0, 1],
      succeeded: [0],
      failed: [1],
    },
  },
  {
    name: 'successHandler rejects',
    ids: ['a'],
    overrides: () => ({ successHandler: async () => Promise.reject(new Error('no')) }),
    powertools: thrown({ ...firstAlone, response: [], failed: [] }, 'Error'),
    ours: firstAlone,
    row: '`successHandler` rejects',
  },
  {
    name: 'successHandler returns the failure of its record',
    ids: ['a', 'b'],
    options: ONE_BY_ONE,
    overrides: (it, base) => ({
      successHandler: (record: DynamoDBRecord, result: unknown) =>
        record.dynamodb?.Keys?.id?.S === 'b'
          ? it.failureHandler(record, new Error('no'))
          : base.successHandler.call(it, record, result),
    }),
    powertools: {
      response: [1],
      entries: [SUCCESS(0), FAILURE(1)],
      started: [0, 1],
      succeeded: [0],
      failed: [1],
    },
  },
  {
    name: 'failureHandler gives its record up',
    fails: [1],
    overrides: (it) => ({ failureHandler: (record: never) => it.successHandler(record, 'skipped') }),
    powertools: {
      ...allSucceed,
      entries: [SUCCESS(0), SUCCESS(1, 'skipped'), SUCCESS(2)],
    },
  },
  {
    name: 'failureHandler throws',
    fails: [1],
    overrides: () => ({
      failureHandler: () => {
        throw new Error('metrics are down');
      },
    }),
    options: ONE_BY_ONE,
    powertools: thrown({ response: [], started: [0, 1], succeeded: [0], failed: [] }, 'Error'),
    ours: { response: [1], entries: [SUCCESS(0), FAILURE(1)], started: [0, 1], succeeded: [0], failed: [] },
    row: '`failureHandler` throws or rejects',
  },
  {
    name: 'failureHandler rejects',
    fails: [1],
    overrides: () => ({ failureHandler: async () => Promise.reject(new Error('metrics are down')) }),
    options: ONE_BY_ONE,
    powertools: thrown({ response: [], started: [0, 1], succeeded: [0], failed: [] }, 'Error'),
    ours: { response: [1], entries: [SUCCESS(0), FAILURE(1)], started: [0, 1], succeeded: [0], failed: [] },
    row: '`failureHandler` throws or rejects',
  },
  {
    name: 'failureHandler does not note the failure',
    ids: ['a', 'b'],
    fails: [1],
    overrides: () => ({ failureHandler: (record: unknown) => ['fail', 'own', record] }),
    powertools: {
      response: [],
      entries: [SUCCESS(0), 'fail own 1'],
      started: [0, 1],
      succeeded: [0],
      failed: [],
    },
    ours: { response: [1], entries: [SUCCESS(0), 'fail own 1'], started: [0, 1], succeeded: [0], failed: [] },
    row: '`failureHandler` does not record the failure',
  },
  {
    name: 'processRecord overridden',
    overrides: (it) => ({
      processRecord: async (record: DynamoDBRecord) =>
        record.dynamodb?.Keys?.id?.S === 'b'
          ? it.failureHandler(record, new Error('no'))
          : it.successHandler(record, 'own'),
    }),
    powertools: {
      ...secondFails,
      entries: [SUCCESS(0, 'own'), FAILURE(1), SUCCESS(2, 'own')],
      started: [],
    },
  },
  {
    name: 'processRecord around the one of the base class',
    fails: [1],
    overrides: (it, base) => ({
      processRecord: async (record: never) => {
        await sleep(1);
        return base.processRecord.call(it, record);
      },
    }),
    powertools: secondFails,
  },
  {
    name: 'processRecord rejects',
    ids: ['a'],
    overrides: () => ({ processRecord: async () => Promise.reject(new Error('no')) }),
    powertools: thrown({ ...firstAlone, response: [], started: [], failed: [] }, 'Error'),
    ours: { ...firstAlone, started: [] },
    row: '`processRecord` throws or rejects',
  },
  {
    name: 'processRecord returns no entry',
    ids: ['a'],
    overrides: () => ({ processRecord: async () => {} }),
    powertools: { response: [], entries: ['undefined undefined -1'], started: [], succeeded: [], failed: [] },
    ours: {
      ...firstAlone,
      entries: [expect.stringContaining('processRecord of a subclass has to return')] as never,
      started: [],
    },
    row: '`processRecord` returns no entry',
  },
  {
    name: 'prepare leaves a record out',
    overrides: (it, base) => ({
      prepare: () => {
        base.prepare.call(it);
        Object.assign(it, { records: it.records.slice(1) });
      },
    }),
    powertools: {
      response: [],
      entries: [SUCCESS(1), SUCCESS(2)],
      started: [1, 2],
      succeeded: [1, 2],
      failed: [],
    },
  },
  {
    name: 'prepare is asynchronous',
    ids: ['a'],
    overrides: (it, base) => ({
      prepare: async () => {
        base.prepare.call(it);
        await sleep(5);
        Object.assign(it, { marker: 'prepared' });
      },
      successHandler: (record: never) =>
        base.successHandler.call(it, record, (it as never as Marked).marker ?? 'not prepared'),
    }),
    powertools: {
      response: [],
      entries: [SUCCESS(0, 'not prepared')],
      started: [0],
      succeeded: [0],
      failed: [],
    },
    ours: { response: [], entries: [SUCCESS(0, 'prepared')], started: [0], succeeded: [0], failed: [] },
    row: 'Asynchronous `prepare` and `clean`',
  },
  {
    name: 'clean is asynchronous',
    fails: [1],
    overrides: (it, base) => ({
      clean: async () => {
        await sleep(1);
        base.clean.call(it);
      },
    }),
    powertools: { ...secondFails, response: [] },
    ours: secondFails,
    row: 'Asynchronous `prepare` and `clean`',
  },
  {
    name: 'clean does not call the one of the base class',
    fails: [1],
    overrides: () => ({ clean: () => {} }),
    powertools: { ...secondFails, response: [] },
    ours: secondFails,
    row: '`clean` that does not call `super.clean()`',
  },
  {
    name: 'clean fails a record that had succeeded',
    fails: [1],
    overrides: (it, base) => ({
      clean: () => {
        it.failureHandler(it.successMessages[0] as never, new Error('not written'));
        base.clean.call(it);
      },
    }),
    powertools: { ...secondFails, response: [1, 0], failed: [1, 0] },
    ours: { ...secondFails, response: [0], failed: [1, 0] },
    row: 'Response',
  },
  {
    name: 'clean throws',
    fails: [1],
    overrides: () => ({
      clean: () => {
        throw new Error('not written');
      },
    }),
    powertools: thrown({ ...secondFails, response: [] }, 'Error'),
    ours: thrown(secondFails, 'Error'),
    row: '`response()` after a throw',
  },
  {
    name: 'getMessagesToReport reports an earlier record',
    fails: [1],
    overrides: () => ({ getMessagesToReport: () => [{ itemIdentifier: sequenceNumberAt(0) }] }),
    powertools: { ...secondFails, response: [0] },
  },
  {
    name: 'collectDynamoDBFailures reports an earlier record',
    fails: [1],
    overrides: () => ({ collectDynamoDBFailures: () => [{ itemIdentifier: sequenceNumberAt(0) }] }),
    powertools: { ...secondFails, response: [0] },
  },
  {
    name: 'getMessagesToReport leaves the failure out',
    fails: [1],
    overrides: () => ({ getMessagesToReport: () => [] }),
    powertools: { ...secondFails, response: [] },
    ours: thrown(secondFails, 'ConfigurationError'),
    row: 'Overrides that do not report all failures',
  },
  {
    name: 'collectDynamoDBFailures leaves the failure out',
    fails: [1],
    overrides: () => ({ collectDynamoDBFailures: () => [] }),
    powertools: { ...secondFails, response: [] },
    ours: thrown(secondFails, 'ConfigurationError'),
    row: 'Overrides that do not report all failures',
  },
  {
    name: 'hasMessagesToReport denies the failure',
    fails: [1],
    overrides: () => ({ hasMessagesToReport: () => false }),
    powertools: { ...secondFails, response: [] },
    ours: thrown(secondFails, 'ConfigurationError'),
    row: 'Overrides that do not report all failures',
  },
  {
    name: 'entireBatchFailed denies that all failed',
    options: THROW,
    fails: [0, 1, 2],
    overrides: () => ({ entireBatchFailed: () => false }),
    powertools: { ...allFail, response: [0, 1, 2] },
    ours: allFail,
    row: 'Response',
  },
  {
    name: 'entireBatchFailed says that one failure is too many',
    options: THROW,
    fails: [1],
    overrides: () => ({ entireBatchFailed: () => true }),
    powertools: thrown({ ...secondFails, response: [] }, 'FullBatchFailureError', 1),
    ours: thrown(secondFails, 'FullBatchFailureError', 1),
    row: '`response()` after a throw',
  },
];

test('calls at once: Powertools reports the failures of one for both, and they are kept apart here', async () => {
  const run = (name: keyof typeof PROCESSORS) => {
    const processor = PROCESSORS[name](() => ({}));
    const call = async (id: string, ms: number) => {
      const recordHandler = async (record: DynamoDBRecord) => {
        await sleep(ms);
        if (record.dynamodb?.Keys?.id?.S === 'poison') throw new Error('no');
      };
      const { batchItemFailures } = await processPartialResponse(
        eventOf({ id: 'good' }, { id }),
        recordHandler,
        processor,
      );
      return batchItemFailures.length;
    };
    return Promise.all([call('good', 20), call('poison', 1)]);
  };

  expect(await run('powertools')).toEqual([1, 1]);
  expect(await run('ours')).toEqual([0, 1]);
});

interface Marked {
  readonly marker?: string;
}

test.each(CASES)('$name', async (it) => {
  expect(await see(PROCESSORS.powertools, it)).toEqual(it.powertools);
  expect(await see(PROCESSORS.ours, it)).toEqual(it.ours ?? it.powertools);
});

const ROWS = tableUnder('docs/middy-and-powertools.md', 'Differences from Powertools').map(([row]) => row);

test('each case that differs names a row of the documentation', () => {
  const differing = CASES.filter(({ ours }) => ours !== undefined);

  expect(differing.filter(({ row }) => !ROWS.includes(row ?? '')).map(({ name }) => name)).toEqual([]);
  expect(CASES.filter(({ ours, row }) => ours === undefined && row !== undefined)).toEqual([]);
});

/** A difference that shows elsewhere than in the outcome of a batch. */
interface Elsewhere {
  readonly name: string;
  readonly see: (options: object, who: Who) => unknown;
  readonly options?: object;
  readonly powertools: unknown;
  readonly ours: unknown;
  readonly row: string;
}

type Who = keyof typeof PROCESSORS;

const construct = (options: object, who: Who): Processor =>
  who === 'ours'
    ? new OrderedStreamProcessor(options)
    : new BatchProcessor(EventType.DynamoDBStreams, options as BatchProcessorConfig);

const FAIL = () => {
  throw new Error('no');
};

/** The names of the errors of a batch of one, or the code that the constructor throws. */
async function errorsOf(options: object, who: Who): Promise<unknown> {
  try {
    const processor = construct(options, who);
    await processPartialResponse(eventOf({}), () => {}, processor, DO_NOT_THROW);
    return processor.errors.map(({ name }) => name);
  } catch (error) {
    return (error as { code?: string }).code;
  }
}

const SCHEMA = z.object({});
const failsQuietly: typeof parser = () => Promise.reject(new Error('not called'));

const ELSEWHERE: readonly Elsewhere[] = [
  {
    name: 'a parser without a schema',
    see: errorsOf,
    options: { parser, logger: memoryLogger() },
    powertools: ['ParsingError'],
    ours: 'INVALID_OPTION',
    row: '`parser` without `schema` or `innerSchema`',
  },
  ...[{ schema: SCHEMA }, { innerSchema: SCHEMA }, { transformer: 'unmarshall' }].map((options) => ({
    name: `${Object.keys(options)[0]} without a parser`,
    see: errorsOf,
    options,
    powertools: [],
    ours: 'INVALID_OPTION',
    row: '`schema`, `innerSchema` or `transformer` without `parser`',
  })),
  {
    name: 'two schemas',
    see: errorsOf,
    options: { parser, schema: SCHEMA, innerSchema: z.never() },
    powertools: [],
    ours: 'INVALID_OPTION',
    row: '`schema` and `innerSchema`',
  },
  {
    name: 'an option that is misspelt',
    see: errorsOf,
    options: { parsr: failsQuietly },
    powertools: [],
    ours: 'UNKNOWN_OPTION',
    row: 'Unknown options, or invalid values',
  },
  {
    name: 'a failed record without a logger',
    async see(options, who) {
      const error = vi.spyOn(console, 'error').mockReturnValue();
      await processPartialResponse(eventOf({}), FAIL, construct(options, who), DO_NOT_THROW);
      return error.mock.calls.map(([message]) => message);
    },
    powertools: [],
    ours: ['Record failed'],
    row: 'Failed records in the log',
  },
  {
    name: 'a subclass that processes synchronously',
    see(options, who) {
      const sync = (Base: new (...args: never[]) => Processor) =>
        class extends Base {
          override processRecordSync(record: DynamoDBRecord) {
            return this.successHandler(record, 'done') as never;
          }
        };
      const processor =
        who === 'ours'
          ? new (sync(OrderedStreamProcessor as never))(options as never)
          : new (sync(BatchProcessor as never))(EventType.DynamoDBStreams as never);
      try {
        return processPartialResponseSync(eventOf({}), () => {}, processor);
      } catch (error) {
        return (error as Error).name;
      }
    },
    powertools: { batchItemFailures: [] },
    ours: 'BatchProcessingError',
    row: '`processRecordSync` of a subclass, with `processPartialResponseSync`',
  },
  {
    name: 'a response that is changed',
    async see(options, who) {
      const processor = construct(options, who);
      const call = () => processPartialResponse(eventOf({}), () => {}, processor);
      const response = await call();
      response.batchItemFailures.push({ itemIdentifier: 'spoilt' });
      const seen = (await call()).batchItemFailures.length;
      // Powertools shares its array among all processors.
      response.batchItemFailures.pop();
      return seen;
    },
    powertools: 1,
    ours: 0,
    row: 'A response object that is changed after the call',
  },
];

afterEach(() => void vi.restoreAllMocks());

test.each(ELSEWHERE)('$name: documented', async ({ see: look, options = {}, powertools, ours, row }) => {
  expect(await look(options, 'powertools')).toEqual(powertools);
  expect(await look(options, 'ours')).toEqual(ours);
  expect(ROWS).toContain(row);
});

test.each(['powertools', 'ours'] as const)(
  '%s takes a logger without info, and gives its parser what it was given',
  async (who) => {
    const { info: _, ...logger } = memoryLogger();
    const seen: unknown[] = [];
    const own = async (record: never, ...rest: unknown[]) => {
      seen.push(...rest);
      return record;
    };
    const options = { parser: own, schema: SCHEMA, logger };
    const processor = construct(options, who);
    await processPartialResponse(eventOf({}), () => {}, processor);
    expect(seen).toEqual(['DynamoDBStreams', logger, options]);
    expect(seen[1]).toBe(logger);
    expect((processor as unknown as { parserConfig: unknown }).parserConfig).toEqual(options);
    expect((processor as unknown as { logger: unknown }).logger).toBe(logger);
  },
);

test.each(['powertools', 'ours'] as const)(
  '%s refuses an event that is not a batch, and synchronous processing',
  async (name) => {
    const processor = PROCESSORS[name](() => ({}));

    await expect(processPartialResponse({} as never, () => {}, processor)).rejects.toMatchObject({
      name: 'UnexpectedBatchTypeError',
    });
    expect(() => processPartialResponseSync(eventOf({}), () => {}, processor)).toThrow(
      expect.objectContaining({ name: 'BatchProcessingError' }) as Error,
    );
    expect(() => processor.processRecordSync(recordOf({}))).toThrow(
      expect.objectContaining({ name: 'BatchProcessingError' }) as Error,
    );
  },
);

import type { EventSourceMappingConfiguration } from '@aws-sdk/client-lambda';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { RoutedHandler } from '../../src/batch/handler-metadata.ts';
import { all } from '../../src/conditions/all.ts';
import { changed } from '../../src/conditions/changed.ts';
import { oneOf } from '../../src/conditions/combined-matchers.ts';
import { matches } from '../../src/conditions/matches.ts';
import { not } from '../../src/conditions/not.ts';
import { eventSourceMapping } from '../../src/mapping/event-source-mapping.ts';
import { streamRouter } from '../../src/router/router.ts';
import { bucketWriter } from '../../src/sinks/s3.ts';
import { snsTopic } from '../../src/sinks/sns.ts';
import { defineTable } from '../../src/table/define-table.ts';
import { itemOf } from '../../src/table/item-of.ts';
import { streamWindow } from '../../src/window/stream-window.ts';
import { type Examined, examiner, told, unknown } from './examine.ts';
import {
  FUNCTION_ARN,
  healthy,
  mapping,
  QUEUE_ARN,
  STREAM_ARN,
  TABLE_ARN,
  TOPIC_ARN,
  type World,
} from './fake-aws/world.ts';

const examine = examiner();

interface Invoice {
  readonly customerId: string;
  readonly invoiceId: string;
  readonly status: string;
}

const invoices = defineTable({
  name: 'Invoices',
  item: itemOf<Invoice>(),
  keys: ['customerId', 'invoiceId'],
});

/** A router that fits the healthy deployment. */
function router(options: object = {}): unknown {
  return streamRouter(invoices, { logger: false, ...options }).onInsert(async () => {});
}

/** Changes the only mapping. */
function mapped(options: object): (world: World) => void {
  return ({ mappings: [mapping] }) => Object.assign(mapping as object, options);
}

const MINUTE = 60_000;

/** The options of the healthy mapping. */
const DESTINATION = {
  startingPosition: 'TRIM_HORIZON',
  destinationConfig: { onFailure: { destination: QUEUE_ARN } },
} as const;

const NONE = ': src/handler.ts#router carries no routes: name the router that it wraps';

const CARRIES_NONE = [
  'PARTIAL_RESPONSES_UNUSED: src/handler.ts#router carries no routes: name the router that it wraps',
  'VIEW_TYPE_TOO_POOR: src/handler.ts#router carries no routes: name the router that it wraps',
  'KEYS_DIFFER: src/handler.ts#router carries no routes: name the router that it wraps',
  'TIMEOUT_WITHIN_RESERVE: src/handler.ts#router carries no routes: name the router that it wraps',
];

const OF_A_MAPPING = ['VIEW_TYPE_TOO_POOR', 'KEYS_DIFFER', 'TIMEOUT_WITHIN_RESERVE', 'CALLBACK_HANDLER'].map(
  (code) => `${code}: src/handler.ts#router is a mapping: name the router`,
);

const NEWER = `${TABLE_ARN}/stream/2026-06-01T00:00:00.000`;
const sendsTo = (Destination: string): ((world: World) => void) =>
  mapped({ DestinationConfig: { OnFailure: { Destination } } });

/** Deployed states, each with all that is found in it. */
const STATES: readonly State[] = [
  ['a healthy deployment', {}, []],
  ['a healthy deployment of a router', { router: router() }, []],
  ['no mapping', { change: (world) => world.mappings.splice(0) }, ['error NO_MAPPING']],
  ['a mapping of a queue alone', { change: mapped({ EventSourceArn: QUEUE_ARN }) }, ['error NO_MAPPING']],
  [
    'no partial responses, whatever the handler does',
    { change: mapped({ FunctionResponseTypes: [] }) },
    ['warning PARTIAL_RESPONSES_OFF'],
  ],
  [
    'no partial responses, and a router that reports',
    { change: mapped({ FunctionResponseTypes: [] }), router: router() },
    ['error PARTIAL_RESPONSES_OFF'],
  ],
  [
    'no partial responses, and a router that throws',
    { change: mapped({ FunctionResponseTypes: [] }), router: router({ partialResponses: false }) },
    [],
  ],
  [
    'partial responses, and a router that throws',
    { router: router({ partialResponses: false }) },
    ['warning PARTIAL_RESPONSES_UNUSED'],
  ],
  [
    'a stream with less than the router declares',
    {
      change: ({ streams }) => Object.assign(streams[STREAM_ARN] as object, { StreamViewType: 'NEW_IMAGE' }),
      router: router(),
    },
    ['error VIEW_TYPE_TOO_POOR'],
  ],
  [
    'a stream with more than the router declares',
    { router: streamRouter({ viewType: 'KEYS_ONLY', logger: false }).onInsert(async () => {}) },
    [],
  ],
  [
    'keys in another order than the router declares',
    {
      change: ({ streams }) =>
        Object.assign(streams[STREAM_ARN] as object, {
          KeySchema: [
            { AttributeName: 'invoiceId', KeyType: 'HASH' },
            { AttributeName: 'customerId', KeyType: 'RANGE' },
          ],
        }),
      router: router(),
    },
    ['error KEYS_DIFFER'],
  ],
  [
    'retries without an end',
    { change: mapped({ MaximumRecordAgeInSeconds: -1 }) },
    ['warning RETRIES_UNBOUNDED'],
  ],
  ['retries that end', { change: mapped({ MaximumRecordAgeInSeconds: -1, MaximumRetryAttempts: 10 }) }, []],
  [
    'no destination, as AWS answers',
    { change: mapped({ DestinationConfig: { OnFailure: {} } }) },
    ['warning NO_DESTINATION'],
  ],
  ['no destination', { change: mapped({ DestinationConfig: undefined }) }, ['warning NO_DESTINATION']],
  [
    'a queue that is not there',
    { change: ({ queues }) => delete queues[QUEUE_ARN] },
    ['error DESTINATION_MISSING'],
  ],
  ['a topic', { change: sendsTo(TOPIC_ARN) }, []],
  ['a topic that is not there', { change: sendsTo(`${TOPIC_ARN}-old`) }, ['error DESTINATION_MISSING']],
  [
    'a topic without a subscription',
    {
      change: (world) => {
        sendsTo(TOPIC_ARN)(world);
        Object.assign(world.topics[TOPIC_ARN] as object, { SubscriptionsConfirmed: '0' });
      },
    },
    ['warning DESTINATION_WITHOUT_READER'],
  ],
  ['a bucket', { change: sendsTo('arn:aws:s3:::failures') }, []],
  [
    'a bucket that is not there',
    { change: sendsTo('arn:aws:s3:::no-failures') },
    ['error DESTINATION_MISSING'],
  ],
  ['a FIFO queue', { change: sendsTo(`${QUEUE_ARN}.fifo`) }, ['error DESTINATION_UNUSABLE']],
  ['a FIFO topic', { change: sendsTo(`${TOPIC_ARN}.fifo`) }, ['error DESTINATION_UNUSABLE']],
  ['a function as destination', { change: sendsTo(FUNCTION_ARN) }, ['error DESTINATION_UNUSABLE']],
  ['a topic of Kafka', { change: sendsTo('kafka://failures') }, ['error DESTINATION_UNUSABLE']],
  [
    'a queue that keeps messages for a day',
    { change: queue({ MessageRetentionPeriod: '86400' }) },
    ['warning QUEUE_RETENTION_SHORT'],
  ],
  ['a queue that keeps messages for four days', { change: queue({ MessageRetentionPeriod: '345600' }) }, []],
  [
    'a queue that keeps messages for an hour and a half',
    { change: queue({ MessageRetentionPeriod: '5400' }) },
    ['warning QUEUE_RETENTION_SHORT'],
  ],
  [
    'a queue that keeps messages for a minute',
    { change: queue({ MessageRetentionPeriod: '60' }) },
    ['warning QUEUE_RETENTION_SHORT'],
  ],
  [
    'a mapping of the code that compares the event',
    {
      change: filtered({ eventName: ['MODIFY'] }),
      router: eventSourceMapping(router() as RoutedHandler, {
        ...DESTINATION,
        filterCriteria: { filters: [{ pattern: { eventName: [{ prefix: 'INS' }] } }] },
      }),
      unknown: OF_A_MAPPING,
    },
    ['error FILTER_DROPS_ROUTE'],
  ],
  [
    'a router with exact numbers, and filters of another event',
    { change: filtered({ eventName: ['MODIFY'] }), router: router({ numbers: 'exact' }) },
    ['error FILTER_DROPS_ROUTE'],
  ],
  [
    'a queue with a message',
    { change: queue({ ApproximateNumberOfMessages: '1' }) },
    ['warning QUEUE_NOT_EMPTY'],
  ],
  [
    'a queue with a message in flight',
    { change: queue({ ApproximateNumberOfMessagesNotVisible: '2' }) },
    ['warning QUEUE_NOT_EMPTY'],
  ],
  ['a disabled mapping', { change: mapped({ State: 'Disabled' }) }, ['error MAPPING_NOT_ENABLED']],
  [
    'a mapping that is being created',
    { change: mapped({ State: 'Creating' }) },
    ['note MAPPING_NOT_ENABLED'],
  ],
  [
    'a last batch that failed',
    { change: mapped({ LastProcessingResult: 'PROBLEM: Function call failed' }) },
    ['error LAST_RESULT_PROBLEM'],
  ],
  ['a mapping without records yet', { change: mapped({ LastProcessingResult: 'No records processed' }) }, []],
  [
    'LATEST on a new mapping',
    { change: mapped({ StartingPosition: 'LATEST' }), now: new Date('2026-03-02T11:00:00Z') },
    ['note STARTS_AT_LATEST'],
  ],
  ['LATEST on an old mapping', { change: mapped({ StartingPosition: 'LATEST' }) }, []],
  [
    'a table that was created again',
    { change: ({ tables }) => Object.assign(tables[TABLE_ARN] as object, { LatestStreamArn: NEWER }) },
    ['error STREAM_REPLACED'],
  ],
  [
    'a table that was deleted',
    { change: ({ tables }) => delete tables[TABLE_ARN] },
    ['error STREAM_REPLACED'],
  ],
  [
    'a stream that is disabled',
    {
      change: ({ tables }) =>
        Object.assign(tables[TABLE_ARN] as object, { StreamSpecification: { StreamEnabled: false } }),
    },
    ['error STREAM_NOT_ENABLED'],
  ],
  ...['DISABLING', 'DISABLED'].map(
    (StreamStatus): State => [
      `a stream that is ${StreamStatus}, though the table has it enabled`,
      { change: ({ streams }) => Object.assign(streams[STREAM_ARN] as object, { StreamStatus }) },
      ['error STREAM_NOT_ENABLED'],
    ],
  ),
  [
    'a stream that is disabled, and a newer one',
    {
      change: ({ streams, tables }) => {
        Object.assign(streams[STREAM_ARN] as object, { StreamStatus: 'DISABLED' });
        Object.assign(tables[TABLE_ARN] as object, { LatestStreamArn: NEWER });
      },
    },
    ['error STREAM_REPLACED'],
  ],
  [
    'a timeout within the reserve of the router',
    { change: configured({ Timeout: 3 }), router: router({ reserveMs: 3000 }) },
    ['error TIMEOUT_WITHIN_RESERVE'],
  ],
  [
    'a timeout that leaves 2 ms for each record',
    { change: both(configured({ Timeout: 3 }), mapped({ BatchSize: 10_000 })), router: router() },
    ['warning TIMEOUT_TOO_SHORT'],
  ],
  [
    'a timeout that is too short one by one',
    {
      change: both(configured({ Timeout: 10 }), mapped({ BatchSize: 1000 })),
      router: router({ order: 'shard' }),
    },
    ['warning TIMEOUT_TOO_SHORT'],
  ],
  [
    'the same timeout with more at once',
    { change: both(configured({ Timeout: 10 }), mapped({ BatchSize: 1000 })), router: router() },
    [],
  ],
  [
    'an invocation that nearly timed out',
    { change: ({ metrics }) => (metrics.Duration = [100, 55_000]) },
    ['warning TIMEOUT_TOO_SHORT'],
  ],
  [
    'an invocation that ran into the reserve of the router',
    { change: ({ metrics }) => (metrics.Duration = [45_000]), router: router({ reserveMs: 20_000 }) },
    ['warning TIMEOUT_TOO_SHORT'],
  ],
  ...(['shard', 'partition'] as const).map(
    (order): State => [
      `parallel batches with order: '${order}'`,
      { change: mapped({ ParallelizationFactor: 2 }), router: router({ order }) },
      ['error PARALLEL_WITHOUT_ORDER'],
    ],
  ),
  [
    'parallel batches with the order of items',
    { change: mapped({ ParallelizationFactor: 2 }), router: router() },
    [],
  ],
  [
    'a window with parallel batches',
    { change: mapped({ TumblingWindowInSeconds: 60, ParallelizationFactor: 2 }) },
    ['error WINDOW_MISMATCH'],
  ],
  [
    'a window with filters',
    { change: both(filtered({ eventName: ['INSERT'] }), mapped({ TumblingWindowInSeconds: 60 })) },
    ['error WINDOW_MISMATCH'],
  ],
  [
    'a window before a router',
    { change: mapped({ TumblingWindowInSeconds: 60 }), router: router() },
    ['error WINDOW_MISMATCH'],
  ],
  ['a window before a streamWindow', { change: mapped({ TumblingWindowInSeconds: 60 }), router: sums() }, []],
  ['no window before a streamWindow', { router: sums() }, ['error WINDOW_MISMATCH']],
  ['two readers of the stream', { change: ({ mappings }) => mappings.push(reader('on-order')) }, []],
  [
    'three readers of the stream',
    { change: ({ mappings }) => mappings.push(reader('on-order'), reader('on-audit')) },
    ['warning THIRD_READER'],
  ],
  [
    'a third reader that is disabled',
    {
      change: ({ mappings }) =>
        mappings.push(reader('on-order'), { ...reader('on-audit'), State: 'Disabled' }),
    },
    [],
  ],
  [
    'two readers of a global table',
    {
      change: ({ mappings, tables }) => {
        mappings.push(reader('on-order'));
        Object.assign(tables[TABLE_ARN] as object, { Replicas: [{ RegionName: 'eu-west-1' }] });
      },
    },
    ['warning THIRD_READER'],
  ],
  [
    'a poller that is provisioned',
    { change: mapped({ ProvisionedPollerConfig: { MinimumPollers: 1 } }) },
    ['warning OPTION_WITHOUT_EFFECT'],
  ],
  [
    'the scaling of a queue',
    { change: mapped({ ScalingConfig: { MaximumConcurrency: 5 } }) },
    ['warning OPTION_WITHOUT_EFFECT'],
  ],
  [
    'a destination of successes',
    {
      change: mapped({
        DestinationConfig: { OnSuccess: { Destination: TOPIC_ARN }, OnFailure: { Destination: QUEUE_ARN } },
      }),
    },
    ['warning OPTION_WITHOUT_EFFECT'],
  ],
  [
    'what AWS answers for options that are not set',
    { change: mapped({ Topics: [], Queues: [], SourceAccessConfigurations: [] }) },
    [],
  ],
  [
    'tenants that are isolated',
    { change: configured({ TenancyConfig: { TenantIsolationMode: 'PER_TENANT' } }) },
    ['error TENANT_ISOLATION'],
  ],
  [
    'another batch size than the mapping of the code',
    {
      router: eventSourceMapping(router() as RoutedHandler, {
        ...DESTINATION,
        batchSize: 500,
        filters: false,
      }),
      unknown: OF_A_MAPPING,
    },
    ['warning OPTION_DIFFERS'],
  ],
  [
    'no bisect, where the mapping of the code has it',
    {
      change: mapped({ BisectBatchOnFunctionError: false }),
      router: eventSourceMapping(router() as RoutedHandler, { ...DESTINATION, filters: false }),
      unknown: OF_A_MAPPING,
    },
    ['warning OPTION_DIFFERS'],
  ],
  [
    'bisect, where the mapping of the code has none',
    {
      router: eventSourceMapping(router() as RoutedHandler, {
        ...DESTINATION,
        bisectBatchOnFunctionError: false,
        filters: false,
      }),
      unknown: OF_A_MAPPING,
    },
    ['warning OPTION_DIFFERS'],
  ],
  [
    'parallel batches before a handler that carries no routes',
    {
      change: mapped({
        ParallelizationFactor: 2,
        FilterCriteria: { Filters: [{ Pattern: '{"eventName":["INSERT"]}' }] },
      }),
      router: () => {},
      unknown: [
        CARRIES_NONE[0],
        `FILTER_DROPS_ROUTE${NONE}`,
        CARRIES_NONE[1],
        CARRIES_NONE[2],
        CARRIES_NONE[3],
        `PARALLEL_WITHOUT_ORDER${NONE}`,
      ] as string[],
    },
    [],
  ],
  [
    'a table whose stream is gone as well',
    {
      change: ({ streams, tables, functions, metrics }) => {
        metrics.IteratorAge = [20 * MINUTE];
        delete streams[STREAM_ARN];
        delete tables[TABLE_ARN];
        reserved(1)({ ...healthy(), functions } as World);
      },
      router: router(),
    },
    ['error STREAM_REPLACED', 'warning LAG_HIGH'],
  ],
  [
    'a disabled mapping, without a reason',
    { change: mapped({ State: 'Disabled', StateTransitionReason: undefined }) },
    ['error MAPPING_NOT_ENABLED'],
  ],
  [
    'a function that failed, without a reason',
    { change: configured({ State: 'Failed' }) },
    ['error FUNCTION_NOT_READY'],
  ],
  [
    'a lag, and a stream of one shard',
    {
      change: ({ metrics, streams }) => {
        metrics.IteratorAge = [20 * MINUTE];
        streams[STREAM_ARN]?.Shards?.splice(1);
      },
    },
    ['warning LAG_HIGH'],
  ],
  [
    'a schema that may refuse what the filters drop',
    { change: filtered({ eventName: ['INSERT'], ...inStatus('OPEN') }), router: validated() },
    ['warning FILTER_DROPS_ROUTE'],
  ],
  [
    'filters that drop all that a schema might take',
    { change: filtered({ eventName: ['MODIFY'] }), router: validated() },
    ['error FILTER_DROPS_ROUTE'],
  ],
  [
    'the mapping of the code',
    {
      router: eventSourceMapping(router() as RoutedHandler, { ...DESTINATION, filters: false }),
      unknown: OF_A_MAPPING,
    },
    [],
  ],
  ['128 MB of memory', { change: configured({ MemorySize: 128 }) }, ['warning MEMORY_TOO_SMALL']],
  ['256 MB of memory', { change: configured({ MemorySize: 256 }) }, []],
  [
    'a runtime that ended, with updates',
    { change: configured({ Runtime: 'nodejs20.x' }), now: new Date('2026-06-01') },
    ['warning RUNTIME_NEAR_END'],
  ],
  [
    'a runtime that ended, without updates',
    { change: configured({ Runtime: 'nodejs20.x' }) },
    ['error RUNTIME_NEAR_END'],
  ],
  [
    'a runtime that ends in 30 days',
    { change: configured({ Runtime: 'nodejs22.x' }), now: new Date('2027-04-01') },
    ['warning RUNTIME_NEAR_END'],
  ],
  [
    'a runtime that ends in a year',
    { change: configured({ Runtime: 'nodejs22.x' }), now: new Date('2026-04-30') },
    [],
  ],
  [
    'a runtime that ended, at a date for updates that is not known',
    { change: configured({ Runtime: 'nodejs18.x' }) },
    ['warning RUNTIME_NEAR_END'],
  ],
  [
    'a handler with a callback on Node.js 24',
    { router: (_event: unknown, _context: unknown, _callback: unknown) => {}, unknown: CARRIES_NONE },
    ['error CALLBACK_HANDLER'],
  ],
  [
    'a handler with a callback on Node.js 22',
    {
      change: configured({ Runtime: 'nodejs22.x' }),
      now: new Date('2026-10-01'),
      router: (_event: unknown, _context: unknown, _callback: unknown) => {},
      unknown: CARRIES_NONE,
    },
    [],
  ],
  [
    'a function that failed',
    { change: configured({ State: 'Failed', StateReason: 'The image is gone' }) },
    ['error FUNCTION_NOT_READY'],
  ],
  [
    'a function that is being created',
    { change: configured({ State: 'Pending' }) },
    ['note FUNCTION_NOT_READY'],
  ],
  [
    'an update that failed',
    { change: configured({ LastUpdateStatus: 'Failed' }) },
    ['warning FUNCTION_NOT_READY'],
  ],
  ['a function that sleeps', { change: configured({ State: 'Inactive' }) }, []],
  ['no reserved executions', { change: reserved(0) }, ['error CONCURRENCY_ZERO']],
  ['fewer executions than shards', { change: reserved(1) }, ['warning CONCURRENCY_TOO_LOW']],
  ['as many executions as shards', { change: reserved(2) }, []],
  [
    'as many executions as shards of mappings that run',
    {
      change: both(reserved(2), ({ mappings }) =>
        mappings.push({ ...mapping(), UUID: 'off', State: 'Disabled' }),
      ),
    },
    ['error MAPPING_NOT_ENABLED'],
  ],
  [
    'fewer executions than parallel batches',
    { change: both(reserved(5), mapped({ ParallelizationFactor: 3 })) },
    ['warning CONCURRENCY_TOO_LOW'],
  ],
  [
    'a role that may not read the stream',
    { change: ({ forbidden }) => forbidden.push('dynamodb:GetRecords') },
    ['error PERMISSION_MISSING'],
  ],
  [
    'a role that may not list streams',
    { change: ({ forbidden }) => forbidden.push('dynamodb:ListStreams') },
    ['warning PERMISSION_MISSING'],
  ],
  [
    'a role that may not send to the destination',
    { change: ({ forbidden }) => forbidden.push('sqs:SendMessage') },
    ['error PERMISSION_MISSING'],
  ],
  [
    'a role that may not publish to the sink that the module exports',
    {
      change: ({ forbidden }) => forbidden.push('sns:Publish'),
      router: router(),
      exports: { payments: snsTopic({ topicArn: TOPIC_ARN }) },
    },
    ['error PERMISSION_MISSING'],
  ],
  [
    'a role that may not put into the bucket of a sink, on a destination that is a queue',
    {
      change: ({ forbidden }) => forbidden.push('s3:PutObject'),
      router: router(),
      exports: { archive: bucketWriter({ bucket: 'archive' }) },
    },
    ['error PERMISSION_MISSING'],
  ],
  ['no alarm', { change: ({ alarms }) => alarms.splice(0) }, ['warning NO_LAG_ALARM']],
  [
    'an alarm of another function',
    { change: alarmed({ Dimensions: [{ Name: 'FunctionName', Value: 'on-order' }] }) },
    ['warning NO_LAG_ALARM'],
  ],
  ['an alarm on errors', { change: alarmed({ MetricName: 'Errors' }) }, ['warning NO_LAG_ALARM']],
  ['an alarm without an action', { change: alarmed({ AlarmActions: [] }) }, ['warning NO_LAG_ALARM']],
  [
    'an alarm that computes with the metric',
    {
      change: alarmed({
        MetricName: undefined,
        Namespace: undefined,
        Dimensions: undefined,
        Metrics: [
          { Id: 'minutes', Expression: 'age / 60000' },
          {
            Id: 'age',
            MetricStat: {
              Metric: {
                Namespace: 'AWS/Lambda',
                MetricName: 'IteratorAge',
                Dimensions: [{ Name: 'FunctionName', Value: 'on-invoice' }],
              },
              Period: 60,
              Stat: 'Maximum',
            },
          },
        ],
      }),
    },
    [],
  ],
  [
    'a lag of 20 minutes',
    { change: ({ metrics }) => (metrics.IteratorAge = [20 * MINUTE]) },
    ['warning LAG_HIGH'],
  ],
  [
    'a lag of more than a day',
    { change: ({ metrics }) => (metrics.IteratorAge = [30 * 60 * MINUTE]) },
    ['error LAG_HIGH'],
  ],
  ['a lag of 14 minutes', { change: ({ metrics }) => (metrics.IteratorAge = [14 * MINUTE]) }, []],
  [
    'a lag of 20 hours',
    { change: ({ metrics }) => (metrics.IteratorAge = [20 * 60 * MINUTE]) },
    ['error LAG_HIGH'],
  ],
  ['filters of the code', { change: filtered({ eventName: ['INSERT'] }), router: router() }, []],
  [
    'filters in other words than those of the code',
    { change: filtered({ eventName: [{ prefix: 'INS' }] }), router: router() },
    [],
  ],
  [
    'filters that let more through',
    { change: filtered({ eventName: ['INSERT', 'MODIFY'] }), router: router() },
    [],
  ],
  [
    'filters of another event',
    { change: filtered({ eventName: ['MODIFY'] }), router: router() },
    ['error FILTER_DROPS_ROUTE'],
  ],
  [
    'filters that lack one of two alternatives',
    { change: filtered(inStatus('OPEN')), router: paidOrOpen() },
    ['error FILTER_DROPS_ROUTE'],
  ],
  [
    'filters with both alternatives, apart',
    { change: filtered(inStatus('OPEN'), inStatus('PAID')), router: paidOrOpen() },
    [],
  ],
  [
    'filters that drop records with an attribute',
    { change: filtered({ dynamodb: { NewImage: { draft: { S: [{ exists: false }] } } } }), router: router() },
    ['error FILTER_DROPS_ROUTE'],
  ],
  [
    'filters that drop one value',
    {
      change: filtered(inStatus({ 'anything-but': ['DRAFT'] }), inStatus({ exists: false })),
      router: router(),
    },
    ['error FILTER_DROPS_ROUTE'],
  ],
  [
    'filters that drop what a condition does not take either',
    { change: filtered(inStatus({ 'anything-but': ['DRAFT'] })), router: paidOrOpen() },
    [],
  ],
  [
    'filters that may drop what a predicate takes',
    {
      change: filtered({ eventName: ['INSERT'], ...inStatus('PAID') }),
      router: streamRouter(invoices, { logger: false }).onInsert(
        ({ newImage }) => newImage.status === 'PAID',
        async () => {},
      ),
    },
    ['warning FILTER_DROPS_ROUTE'],
  ],
  [
    'filters that drop changes that a route waits for',
    {
      change: filtered({ eventName: ['MODIFY'], ...inStatus('PAID') }),
      router: streamRouter(invoices, { logger: false }).onModify(changed('status'), async () => {}),
    },
    ['error FILTER_DROPS_ROUTE'],
  ],
  [
    'filters that drop changes within a map, or of an element',
    {
      change: filtered({ eventName: ['MODIFY'], ...inStatus('PAID') }),
      router: streamRouter<
        Invoice & { readonly address: { readonly city: string }; readonly lines: readonly string[] }
      >({
        logger: false,
      })
        .onModify(changed('address.city'), async () => {})
        .onModify(changed('lines[0]'), async () => {})
        .onModify(all(changed('status'), not(matches({ newImage: { status: 'PAID' } }))), async () => {}),
    },
    ['error FILTER_DROPS_ROUTE', 'error FILTER_DROPS_ROUTE', 'error FILTER_DROPS_ROUTE'],
  ],
  [
    'filters before a middleware that sees every record',
    {
      change: filtered({ eventName: ['INSERT'] }),
      router: streamRouter(invoices, { logger: false })
        .use(async (_record, _context, next) => next())
        .onInsert(async () => {}),
    },
    ['error FILTER_DROPS_ROUTE'],
  ],
  [
    'filters before an audit trail alone',
    {
      change: filtered({ eventName: ['INSERT'] }),
      router: streamRouter(invoices, { logger: false }).use(async (_record, _context, next) => next()),
    },
    ['error FILTER_DROPS_ROUTE'],
  ],
  [
    'filters that lack what the mapping of the code lets through',
    {
      change: filtered({ eventName: ['INSERT'] }),
      router: eventSourceMapping(router() as RoutedHandler, {
        ...DESTINATION,
        filterCriteria: { filters: [{ pattern: { eventName: ['INSERT', 'REMOVE'] } }] },
      }),
      unknown: OF_A_MAPPING,
    },
    ['error FILTER_DROPS_ROUTE'],
  ],
  [
    'a filter on a field that records do not have',
    { change: filtered({ body: { status: ['PAID'] } }) },
    ['error FILTER_NEVER_MATCHES'],
  ],
  [
    'a filter on an image that the stream does not carry',
    {
      change: both(filtered({ dynamodb: { OldImage: { status: { S: ['OPEN'] } } } }), ({ streams }) =>
        Object.assign(streams[STREAM_ARN] as object, { StreamViewType: 'NEW_IMAGE' }),
      ),
    },
    ['error FILTER_NEVER_MATCHES'],
  ],
  [
    'a filter on an image that the event does not carry',
    { change: filtered({ eventName: ['INSERT'], dynamodb: { OldImage: { status: { S: ['OPEN'] } } } }) },
    ['error FILTER_NEVER_MATCHES'],
  ],
  [
    'a filter that always matches',
    { change: filtered({ dynamodb: { NewImage: { status: [{ exists: false }] } } }) },
    ['warning FILTER_ALWAYS_MATCHES'],
  ],
  [
    'a filter with a comparison that Lambda does not document',
    { change: filtered({ dynamodb: { Keys: { customerId: { S: [{ wildcard: 'C-*' }] } } } }) },
    ['warning FILTER_UNDOCUMENTED'],
  ],
];

type State = readonly [
  state: string,
  examined: Examined & { readonly unknown?: readonly string[] },
  findings: readonly string[],
];

/** Reads what stands below in `STATES`: functions are there before it. */
function both(...changes: readonly ((world: World) => void)[]): (world: World) => void {
  return (world) => {
    for (const change of changes) change(world);
  };
}

function configured(options: object): (world: World) => void {
  return ({ functions }) => Object.assign(functions['on-invoice']?.configuration as object, options);
}

function reserved(reservedConcurrency: number): (world: World) => void {
  return ({ functions }) => Object.assign(functions['on-invoice'] as object, { reservedConcurrency });
}

function alarmed(options: object): (world: World) => void {
  return ({ alarms: [alarm] }) => Object.assign(alarm as object, options);
}

function filtered(...patterns: readonly object[]): (world: World) => void {
  const Filters = patterns.map((pattern) => ({ Pattern: JSON.stringify(pattern) }));
  return mapped({ FilterCriteria: { Filters } });
}

function inStatus(...alternatives: readonly unknown[]): object {
  return { dynamodb: { NewImage: { status: { S: alternatives } } } };
}

function paidOrOpen(): unknown {
  return streamRouter(invoices, { logger: false }).onInsert(
    matches({ newImage: { status: oneOf('PAID', 'OPEN') } }),
    async () => {},
  );
}

function validated(): unknown {
  const item = z.object({ customerId: z.string(), invoiceId: z.string(), status: z.enum(['OPEN']) });
  const table = defineTable({ name: 'Invoices', item, keys: ['customerId', 'invoiceId'] });
  return streamRouter(table, { logger: false }).onInsert(async () => {});
}

function sums(): unknown {
  return streamWindow(invoices, {
    initial: { count: 0 },
    reduce: () => {},
    close: async () => {},
    logger: false,
  });
}

function reader(name: string): EventSourceMappingConfiguration {
  return { ...mapping(), UUID: name, FunctionArn: FUNCTION_ARN.replace('on-invoice', name) };
}

function queue(attributes: object): (world: World) => void {
  return ({ queues }) => Object.assign(queues[QUEUE_ARN] as object, attributes);
}

test.each([
  ['no code', undefined, 'src/handler.ts#handler --starting-position TRIM_HORIZON'],
  ['another handler', () => {}, 'src/handler.ts#router --starting-position TRIM_HORIZON'],
  ['a router', router(), 'src/other.ts#invoices --starting-position TRIM_HORIZON'],
  ['a mapping', eventSourceMapping(router() as RoutedHandler, DESTINATION), 'src/other.ts#invoices'],
])('without a mapping, the remedy names the export: %s', async (_what, exported, args) => {
  const { findings } = await examine({
    change: ({ mappings }) => mappings.splice(0),
    router: exported,
    source: 'src/other.ts#invoices',
  });
  expect(findings[0]).toMatchObject({ code: 'NO_MAPPING', remedy: `npx streamlane mapping ${args}` });
});

describe('each deployed state has exactly its findings', () => {
  test.each(STATES)('%s', async (_state, { unknown: expected = [], ...examined }, findings) => {
    const diagnosis = await examine(examined);
    expect(told(diagnosis)).toEqual(findings);
    expect(unknown(diagnosis)).toEqual(expected);
  });
});

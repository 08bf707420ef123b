import { describe, expect, test } from 'vitest';
import { streamRouter } from '../../src/router/router.ts';
import { defineTable } from '../../src/table/define-table.ts';
import { itemOf } from '../../src/table/item-of.ts';
import { type Examined, examiner, told, unknown } from './examine.ts';
import { FUNCTION_ARN, QUEUE_ARN, STREAM_ARN, TABLE_ARN, TOPIC_ARN, type World } from './fake-aws/world.ts';

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

const NEWER = `${TABLE_ARN}/stream/2026-06-01T00:00:00.000`;
const sendsTo = (Destination: string): ((world: World) => void) =>
  mapped({ DestinationConfig: { OnFailure: { Destination } } });

/** Deployed states, each with all that is found in it. */
const STATES: readonly (readonly [state: string, examined: Examined, findings: readonly string[]])[] = [
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
];

function queue(attributes: object): (world: World) => void {
  return ({ queues }) => Object.assign(queues[QUEUE_ARN] as object, attributes);
}

describe('of each deployed state, exactly what is wrong is found', () => {
  test.each(STATES)('%s', async (_state, examined, findings) => {
    const diagnosis = await examine(examined);
    expect(told(diagnosis)).toEqual(findings);
    expect(unknown(diagnosis)).toEqual([]);
  });
});

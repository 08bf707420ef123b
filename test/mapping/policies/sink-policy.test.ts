import { afterEach, describe, expect, test, vi } from 'vitest';
import { env } from '../../../src/index.ts';
import { sinkPolicy } from '../../../src/mapping/index.ts';
import { tableWriter } from '../../../src/sinks/dynamodb.ts';
import { eventBus } from '../../../src/sinks/event-bridge.ts';
import { createSink, publishTo, type Sink } from '../../../src/sinks/index.ts';
import { bucketWriter } from '../../../src/sinks/s3.ts';
import { snsTopic } from '../../../src/sinks/sns.ts';
import { sqsQueue } from '../../../src/sinks/sqs.ts';

afterEach(() => vi.unstubAllEnvs());

const IN = 'eu-central-1:123456789012';
const TOPIC = `arn:aws:sns:${IN}:payments`;
const BUS = `arn:aws:events:${IN}:event-bus/invoices`;
const TABLE = `arn:aws:dynamodb:${IN}:table/Totals`;
const ACCESS_POINT = `arn:aws:s3:${IN}:accesspoint/archive`;

describe('a sink may make its own calls, to its target alone', () => {
  test.each<readonly [string, Sink<never, never>, string, string]>([
    ['a topic', snsTopic({ topicArn: TOPIC }), 'sns:Publish', TOPIC],
    [
      'a queue',
      sqsQueue({ queueUrl: 'https://sqs.eu-central-1.amazonaws.com/123456789012/payments' }),
      'sqs:SendMessage',
      `arn:aws:sqs:${IN}:payments`,
    ],
    ['a bus', eventBus({ source: 'invoices', eventBusName: BUS }), 'events:PutEvents', BUS],
    ['a table', tableWriter({ tableName: TABLE, keys: ['id'] }), 'dynamodb:BatchWriteItem', TABLE],
    ['a bucket', bucketWriter({ bucket: 'archive' }), 's3:PutObject', 'arn:aws:s3:::archive/*'],
    [
      'a bucket with a prefix',
      bucketWriter({ bucket: 'archive', prefix: 'deleted/' }),
      's3:PutObject',
      'arn:aws:s3:::archive/deleted/*',
    ],
    [
      'a prefix with signs of policies',
      bucketWriter({ bucket: 'archive', prefix: '$a*b?/' }),
      's3:PutObject',
      'arn:aws:s3:::archive/${$}a${*}b${?}/*',
    ],
    [
      'an access point',
      bucketWriter({ bucket: ACCESS_POINT, prefix: 'deleted/' }),
      's3:PutObject',
      `${ACCESS_POINT}/object/deleted/*`,
    ],
  ])('%s', (_, sink, action, resource) => {
    expect(sinkPolicy(sink)).toEqual([{ Effect: 'Allow', Action: [action], Resource: resource }]);
  });
});

describe('a target of the environment', () => {
  test('is read where the policy is made', () => {
    vi.stubEnv('PAYMENTS_TOPIC_ARN', TOPIC);
    vi.stubEnv('ARCHIVE_PREFIX', 'deleted/');

    expect(sinkPolicy(snsTopic({ topicArn: env('PAYMENTS_TOPIC_ARN') }))).toMatchObject([
      { Resource: TOPIC },
    ]);
    expect(sinkPolicy(bucketWriter({ bucket: 'archive', prefix: env('ARCHIVE_PREFIX') }))).toMatchObject([
      { Resource: 'arn:aws:s3:::archive/deleted/*' },
    ]);
  });

  test.each<readonly [string, Sink<never, never>]>([
    ['the topicArn of snsTopic', snsTopic({ topicArn: env('NOT_SET') })],
    ['the bucket of bucketWriter', bucketWriter({ bucket: env('NOT_SET') })],
    ['the prefix of bucketWriter', bucketWriter({ bucket: 'archive', prefix: env('NOT_SET') })],
  ])('that is not set asks for the resource: %s', (which, sink) => {
    expect(() => sinkPolicy(sink)).toThrow(
      expect.objectContaining({
        code: 'MISSING_ENVIRONMENT_VARIABLE',
        message:
          `sinkPolicy: resource is needed: ${which} is env('NOT_SET'), and the environment variable is not set here. ` +
          'Pass the ARN, or a reference to it.',
      }),
    );
  });
});

test.each([{ Ref: 'PaymentsTopic' }, '${aws_sns_topic.payments.arn}', TOPIC])(
  'resource %o is used unchanged',
  (resource) => {
    expect(sinkPolicy(snsTopic({ topicArn: env('NOT_SET') }), { resource })).toEqual([
      { Effect: 'Allow', Action: ['sns:Publish'], Resource: resource },
    ]);
  },
);

test.each<readonly [string, Sink<never, never>, string]>([
  ['a bus by its name', eventBus({ source: 'invoices' }), 'the eventBusName of eventBus is "default"'],
  [
    'a table by its name',
    tableWriter({ tableName: 'Totals', keys: ['id'] }),
    'the tableName of tableWriter is "Totals"',
  ],
  [
    'a queue of an emulator',
    sqsQueue({ queueUrl: 'http://localhost/123456789012/payments' }),
    'the queueUrl of sqsQueue is "http://localhost/123456789012/payments"',
  ],
])('%s asks for the resource', (_, sink, which) => {
  expect(() => sinkPolicy(sink)).toThrow(
    `sinkPolicy: resource is needed: ${which}, which has no region and account. Pass the ARN, or a reference to it.`,
  );
});

const OWN =
  'sinkPolicy: the sink is your own, so the permissions of its requests are not known. Write its statements yourself.';
const topic = snsTopic({ topicArn: TOPIC });

test.each<readonly [string, unknown, object, string]>([
  [
    'createSink',
    createSink({ target: 'search', maxEntries: 1, maxBytes: 1, request: async () => 'accepted' as const }),
    {},
    OWN,
  ],
  ['an object with send', { target: 'search', send: async () => {} }, {}, OWN],
  [
    'what publishTo returns',
    publishTo(topic, () => ({})),
    {},
    'sinkPolicy: the sink has to be an object with the method send',
  ],
  ['undefined', undefined, {}, 'sinkPolicy: the sink has to be an object with the method send'],
  ['an unknown option', topic, { arn: TOPIC }, 'sinkPolicy: arn is not an option. Known options: resource.'],
  ['an empty resource', topic, { resource: '' }, 'sinkPolicy: resource has to be text, or a reference'],
])('it refuses %s', (_, sink, options, message) => {
  expect(() => sinkPolicy(sink as never, options)).toThrow(message);
});

import { inspect } from 'node:util';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { S3Client } from '@aws-sdk/client-s3';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { SinkError } from '../../../src/errors.ts';
import { isSystemic } from '../../../src/failure/failure.ts';
import { type EnvironmentVariable, env } from '../../../src/options/env.ts';
import { createSink } from '../../../src/sinks/create-sink.ts';
import { tableWriter } from '../../../src/sinks/dynamodb.ts';
import { eventBus } from '../../../src/sinks/event-bridge.ts';
import { bucketWriter } from '../../../src/sinks/s3.ts';
import type { Sink } from '../../../src/sinks/sink.ts';
import { snsTopic } from '../../../src/sinks/sns.ts';
import { sqsQueue } from '../../../src/sinks/sqs.ts';
import { FakeAws } from '../../fixtures/fake-aws/fake-aws.ts';
import { recordOf } from '../sink-harness.ts';

let fake: FakeAws;

beforeAll(async () => {
  fake = await FakeAws.start();
});
afterAll(() => fake?.stop());
beforeEach(() => fake.reset());
afterEach(() => vi.unstubAllEnvs());

const SECRET = 'hunter2';

interface Case {
  readonly noun: string;
  readonly option: string;
  readonly target: string;
  readonly make: (target: string | EnvironmentVariable) => Sink;
  readonly missing: readonly string[];
  readonly denied: readonly string[];
  readonly permission: string;
  readonly keys: readonly string[];
  /** The service answers for each message. */
  readonly single: boolean;
}

const TOPIC = 'arn:aws:sns:eu-central-1:123456789012:payments';
const QUEUE = 'https://sqs.eu-central-1.amazonaws.com/123456789012/payments';
const BUS = 'arn:aws:events:eu-central-1:123456789012:event-bus/invoices';

const CASES: readonly Case[] = [
  {
    noun: 'topic',
    option: 'topicArn of snsTopic',
    target: TOPIC,
    make: (topicArn) => snsTopic({ topicArn, client: new SNSClient(fake.connection) }),
    missing: ['NotFound', 'NotFoundException', 'ResourceNotFoundException'],
    denied: ['AuthorizationError', 'AuthorizationErrorException', 'AccessDeniedException'],
    permission: `sns:Publish on the topic ${TOPIC}`,
    keys: ['KMSAccessDenied', 'KMSNotFound', 'KMSDisabled'],
    single: true,
  },
  {
    noun: 'queue',
    option: 'queueUrl of sqsQueue',
    target: QUEUE,
    make: (queueUrl) => sqsQueue({ queueUrl, client: new SQSClient(fake.connection) }),
    missing: ['QueueDoesNotExist', 'AWS.SimpleQueueService.NonExistentQueue'],
    denied: ['AccessDenied', 'AccessDeniedException'],
    permission: `sqs:SendMessage on the queue ${QUEUE}`,
    keys: ['KMS.AccessDeniedException', 'KmsAccessDenied', 'KmsNotFound'],
    single: true,
  },
  {
    noun: 'event bus',
    option: 'eventBusName of eventBus',
    target: BUS,
    make: (eventBusName) =>
      eventBus({ source: 's', eventBusName, client: new EventBridgeClient(fake.connection) }),
    missing: ['ResourceNotFoundException', 'ResourceNotFound'],
    denied: ['AccessDeniedException', 'NotAuthorized'],
    permission: `events:PutEvents on the event bus ${BUS}`,
    keys: [],
    single: true,
  },
  {
    noun: 'table',
    option: 'tableName of tableWriter',
    target: 'Totals',
    make: (tableName) => tableWriter({ tableName, keys: ['n'], client: new DynamoDBClient(fake.connection) }),
    missing: ['ResourceNotFoundException'],
    denied: ['AccessDeniedException'],
    permission: 'dynamodb:BatchWriteItem on the table Totals',
    keys: ['KMSAccessDeniedException'],
    single: false,
  },
  {
    noun: 'bucket',
    option: 'bucket of bucketWriter',
    target: 'archive',
    make: (bucket) => bucketWriter({ bucket, client: new S3Client(fake.connection) }),
    missing: ['NoSuchBucket'],
    denied: ['AccessDenied'],
    permission: 's3:PutObject on the objects of the bucket archive',
    keys: ['KMS.DisabledException', 'KMS.NotFoundException'],
    single: false,
  },
];

async function failureOf(sink: Sink): Promise<SinkError> {
  const call = sink.send({ n: 1, secret: SECRET }, { record: recordOf(SECRET) });
  const error = await call.then(
    () => expect.unreachable('it was accepted'),
    (error: SinkError) => error,
  );
  expect(inspect(error, { depth: 9 })).not.toContain(SECRET);
  expect(error).toMatchObject({ code: 'SINK_REQUEST_FAILED', retryable: false });
  expect(isSystemic(error)).toBe(true);
  return error;
}

describe.each(CASES)('$option', ({ noun, option, target, make, single, ...codes }) => {
  const ways = single ? (['request', 'message'] as const) : (['request'] as const);

  const refuseAll = (way: 'request' | 'message', code: string): void => {
    if (way === 'request') fake.fault = () => ({ code, senderFault: true, status: 400 });
    else fake.refuse = () => ({ code, senderFault: true });
  };

  describe.each(ways)('an answer to the %s', (way) => {
    test.each(codes.missing)('%s says that the target is missing', async (code) => {
      refuseAll(way, code);
      const { message } = await failureOf(make(target));
      expect(message).toContain(
        `${target}: a message was not accepted: the ${noun} does not exist in the region and account of the request (`,
      );
      expect(message).toContain(
        `). Create the ${noun}, or correct the ${option}, or the region and the credentials of its client.`,
      );
    });

    test.each(codes.denied)('%s names the action and the resource', async (code) => {
      refuseAll(way, code);
      const { message } = await failureOf(make(target));
      expect(message).toContain(
        `${target}: a message was not accepted: the role of the function has no permission to send to the ${noun} (`,
      );
      expect(message).toContain(`). Allow ${codes.permission} in the policy of the role.`);
    });

    test.runIf(codes.keys.length > 0).each(codes.keys)('%s says that it is the key', async (code) => {
      refuseAll(way, code);
      const { message } = await failureOf(make(target));
      expect(message).toContain(`the key that encrypts the ${noun} cannot be used (`);
      expect(message).toContain('kms:GenerateDataKey and kms:Decrypt');
    });
  });

  test('names the variable that has the target', async () => {
    vi.stubEnv('STREAMLANE_TARGET', target);
    refuseAll('request', codes.missing[0] as string);
    const { message } = await failureOf(make(env('STREAMLANE_TARGET')));
    expect(message).toContain(`correct the ${option} in the environment variable STREAMLANE_TARGET, or`);
  });

  test.each(['UnrecognizedClientException', 'NotAuthorizedForSourceException', 'InvalidSecurity'])(
    'does not guess the reason of %s',
    async (code) => {
      refuseAll('request', code);
      const { message } = await failureOf(make(target));
      expect(message).toMatch(
        new RegExp(`, and nothing shows that the message is the reason: ${code}\\w*\\. See the cause`),
      );
    },
  );
});

test('a table whose keys are others keeps its own advice', async () => {
  fake.fault = () => ({ code: 'ValidationException', senderFault: true, status: 400 });
  const client = {
    send: async () => {
      throw Object.assign(new Error('Provided list of item keys contains duplicates'), {
        name: 'ValidationException',
        $metadata: { httpStatusCode: 400 },
      });
    },
  };
  const error = await failureOf(tableWriter({ tableName: 'Totals', keys: ['n'], client: client as never }));
  expect(error.message).toContain('Compare keys with the key attributes of the table');
});

test('a target of your own is described by your request alone', async () => {
  const sink = createSink({
    target: 'search',
    maxEntries: 1,
    maxBytes: 1000,
    request: async () => {
      throw Object.assign(new Error('no'), { name: 'ResourceNotFoundException' });
    },
  });
  const { message } = await failureOf(sink);
  expect(message).toContain('nothing shows that the message is the reason: ResourceNotFoundException.');
});

import { afterEach, describe, expect, test, vi } from 'vitest';
import { isSystemic } from '../../src/failure/failure.ts';
import { env } from '../../src/index.ts';
import { tableWriter } from '../../src/sinks/dynamodb.ts';
import { eventBus } from '../../src/sinks/event-bridge.ts';
import { bucketWriter } from '../../src/sinks/s3.ts';
import type { Sink } from '../../src/sinks/sink.ts';
import { snsTopic } from '../../src/sinks/sns.ts';
import { sqsQueue } from '../../src/sinks/sqs.ts';
import { recordOf } from './sink-harness.ts';

afterEach(() => vi.unstubAllEnvs());

interface Target {
  readonly owner: string;
  readonly option: string;
  readonly make: (target: never) => Sink;
  readonly valid: readonly string[];
  readonly invalid: readonly string[];
}

const client = { send: async () => expect.unreachable('nothing may be sent') } as never;
const IN = 'eu-central-1:123456789012';
const SECRET = 'pass word';
const LONG = 'n'.repeat(257);

const TARGETS: readonly Target[] = [
  {
    owner: 'snsTopic',
    option: 'topicArn',
    make: (topicArn) => snsTopic({ topicArn, client }),
    valid: [
      `arn:aws:sns:${IN}:payments`,
      `arn:aws:sns:${IN}:payments.fifo`,
      'arn:aws-cn:sns:cn-north-1:123456789012:payments',
      'arn:aws-us-gov:sns:us-gov-west-1:123456789012:Payments_2-3',
      'arn:aws:sns:us-east-1:000000000000:payments',
    ],
    invalid: [
      'payments',
      `arn:aws:sqs:${IN}:payments`,
      'arn:aws:sns:eu-central-1::payments',
      'arn:aws:sns:eu-central-1:1234:payments',
      'arn:aws:sns:eu-central-1:${AWS::AccountId}:payments',
      'arn:aws:sns:eu-central-1:<account>:payments',
      `arn:aws:sns:${IN}:`,
      `arn:aws:sns:${IN}:payments.queue`,
      `arn:aws:sns:${IN}:payments:8a21d249-4329-4871-acc6-7be709c6ea7f`,
      `arn:aws:sns:${IN}:${LONG}`,
      ` arn:aws:sns:${IN}:payments`,
      `arn:aws:sns:${IN}:payments\n`,
      'https://sns.eu-central-1.amazonaws.com',
      'undefined',
    ],
  },
  {
    owner: 'sqsQueue',
    option: 'queueUrl',
    make: (queueUrl) => sqsQueue({ queueUrl, client }),
    valid: [
      'https://sqs.eu-central-1.amazonaws.com/123456789012/payments',
      'https://sqs.eu-central-1.amazonaws.com/123456789012/payments.fifo',
      'https://sqs.cn-north-1.amazonaws.com.cn/123456789012/payments',
      'https://sqs-fips.us-east-1.amazonaws.com/123456789012/payments',
      'https://sqs.eu-central-1.api.aws/123456789012/payments',
      'https://eu-west-1.queue.amazonaws.com/123456789012/payments',
      'https://queue.amazonaws.com/123456789012/payments',
      'https://vpce-0a1-b2.sqs.eu-central-1.vpce.amazonaws.com/123456789012/payments',
      'https://sqs.us-iso-east-1.c2s.ic.gov/123456789012/payments',
      'http://localhost:4566/000000000000/payments',
      'http://localhost:4566/queue/eu-central-1/000000000000/payments.fifo',
      'http://localhost:9324/queue/payments',
      'http://127.0.0.1:4576/payments',
      'http://sqs.us-east-1.localhost.localstack.cloud:4566/000000000000/payments',
      'http://elasticmq:9324/000000000000/payments',
    ],
    invalid: [
      'payments',
      `arn:aws:sqs:${IN}:payments`,
      'sqs.eu-central-1.amazonaws.com/123456789012/payments',
      'ftp://sqs.eu-central-1.amazonaws.com/123456789012/payments',
      'https://sqs.eu-central-1.amazonaws.com',
      'https://sqs.eu-central-1.amazonaws.com/',
      'https://sqs.eu-central-1.amazonaws.com/payments',
      'https://sqs.eu-central-1.amazonaws.com/1/payments',
      'https://sqs.eu-central-1.amazonaws.com/123456789012/payments/',
      'https://sqs.eu-central-1.amazonaws.com/123456789012/pay ments',
      'https://sqs.eu-central-1.amazonaws.com/<account>/payments',
      'https://sqs.eu-central-1.amazonaws.com/123456789012/payments?Action=SendMessage',
      `https://sqs.eu-central-1.amazonaws.com/123456789012/${'n'.repeat(81)}`,
      'https://sns.eu-central-1.amazonaws.com/123456789012/payments',
      'https://eu-central-1.console.aws.amazon.com/sqs/v3/home#/queues/payments',
      'http://localhost:4566',
      'http://localhost:4566/000000000000/pay.ments',
      'https://',
      'undefined',
    ],
  },
  {
    owner: 'eventBus',
    option: 'eventBusName',
    make: (eventBusName) => eventBus({ source: 's', detailType: 'd', eventBusName, client }),
    valid: [
      'default',
      'invoices',
      'aws.partner/example.com/1/bus_2-3',
      `arn:aws:events:${IN}:event-bus/invoices`,
      'arn:aws-cn:events:cn-north-1:000000000000:event-bus/default',
    ],
    invalid: [
      'in voices',
      'invoices:prod',
      LONG,
      `arn:aws:events:${IN}:rule/invoices`,
      `arn:aws:events:${IN}:event-bus/`,
      'arn:aws:events:eu-central-1::event-bus/invoices',
      `arn:aws:sns:${IN}:invoices`,
      'https://events.eu-central-1.amazonaws.com',
    ],
  },
  {
    owner: 'tableWriter',
    option: 'tableName',
    make: (tableName) => tableWriter({ tableName, keys: ['id'], client }),
    valid: [
      'Totals',
      'a.b-c_9',
      't'.repeat(255),
      `arn:aws:dynamodb:${IN}:table/Totals`,
      'arn:aws:dynamodb:ddblocal:000000000000:table/Totals',
    ],
    invalid: [
      'To',
      't'.repeat(256),
      'Totals 2026',
      'Stack/Totals',
      `arn:aws:dynamodb:${IN}:table/Totals/stream/2026-01-01T00:00:00.000`,
      `arn:aws:dynamodb:${IN}:table/Totals/index/byTotal`,
      `arn:aws:dynamodb:${IN}:table/`,
      'arn:aws:dynamodb:eu-central-1::table/Totals',
      '${Totals}',
      'http://localhost:8000',
    ],
  },
  {
    owner: 'bucketWriter',
    option: 'bucket',
    make: (bucket) => bucketWriter({ bucket, client }),
    valid: [
      'invoice-archive',
      'invoices.example.com',
      'Archive_of_2016',
      'archive--usw2-az1--x-s3',
      'archive-abcdefghijklmnopqrstuvwxyz-s3alias',
      `arn:aws:s3:${IN}:accesspoint/archive`,
      `arn:aws:s3:${IN}:accesspoint:archive`,
      'arn:aws:s3::123456789012:accesspoint/mfzwi23gnjvgw.mrap',
      `arn:aws:s3-outposts:${IN}:outpost/op-01234567890123456/accesspoint/archive`,
    ],
    invalid: [
      's3',
      'arn:aws:s3:::invoice-archive',
      's3://invoice-archive',
      'https://invoice-archive.s3.amazonaws.com',
      'invoice-archive/deleted',
      'invoice archive',
      'invoice..archive',
      '192.168.5.4',
      'b'.repeat(256),
      `arn:aws:s3:${IN}:bucket/archive`,
    ],
  },
];

describe.each(TARGETS)('$owner', ({ owner, option, make, valid, invalid }) => {
  test.each(valid)('takes %s', (target) => {
    expect(make(target as never).target).toBe(target);
  });

  test.each(invalid)('refuses %j when it is made', (target) => {
    expect(() => make(target as never)).toThrow(
      expect.objectContaining({
        name: 'ConfigurationError',
        code: 'INVALID_OPTION',
        owner,
        option,
        message: expect.stringMatching(/ has to be the .*, or env\('NAME'\), got "/),
      }),
    );
  });

  test.each([{}, { environmentVariable: '' }, 7, null, ['a']])('refuses %j', (target) => {
    expect(() => make(target as never)).toThrow(`${owner}: ${option} has to be the `);
  });

  test.each([...invalid, SECRET])('refuses %j in its variable at the message', async (target) => {
    vi.stubEnv('STREAMLANE_TARGET', target);
    const sink = make(env('STREAMLANE_TARGET') as never);
    const error: Error = await sink.send({ id: '1' }, { record: recordOf('item') }).then(
      () => expect.unreachable('it was sent'),
      (error) => error,
    );
    expect(error).toMatchObject({ name: 'ConfigurationError', code: 'INVALID_OPTION', owner, option });
    expect(error.message).toMatch(
      /is env\('STREAMLANE_TARGET'\), and the environment variable STREAMLANE_TARGET has to be the .* Correct its value\.$/,
    );
    // The name of another variable was typed, and this one holds a password.
    expect(error.message).not.toContain(SECRET);
    expect(isSystemic(error)).toBe(true);
  });
});

import { describe, expect, test } from 'vitest';
import { tableWriter } from '../../../src/sinks/dynamodb.ts';
import { eventBus } from '../../../src/sinks/event-bridge.ts';
import { bucketWriter } from '../../../src/sinks/s3.ts';
import { snsTopic } from '../../../src/sinks/sns.ts';
import { sqsQueue } from '../../../src/sinks/sqs.ts';

const SINKS = [
  {
    name: 'snsTopic',
    make: snsTopic,
    required: { topicArn: 'arn:aws:sns:eu-central-1:123456789012:t' },
    wrong: { maxMessageBytes: 2 ** 20 + 1 },
  },
  {
    name: 'sqsQueue',
    make: sqsQueue,
    required: { queueUrl: 'http://localhost/q' },
    wrong: { attempts: 0.5 },
  },
  { name: 'eventBus', make: eventBus, required: { source: 'test' }, wrong: { eventBusName: '' } },
  {
    name: 'tableWriter',
    make: tableWriter,
    required: { tableName: 'Totals', keys: ['pk'] },
    wrong: { keys: ['a', 'b', 'c'] },
  },
  { name: 'bucketWriter', make: bucketWriter, required: { bucket: 'archive' }, wrong: { format: 'csv' } },
] as const;

describe.each(SINKS)('$name', ({ name, make, required, wrong }) => {
  const makeOf = (options: unknown) => (): unknown => (make as (options: unknown) => unknown)(options);

  test('needs nothing but its target', () => {
    expect(makeOf(required)()).toMatchObject({ target: expect.any(String) });
  });

  test.each(Object.keys(required))('needs %s', (option) => {
    expect(makeOf({ ...required, [option]: undefined })).toThrow(
      expect.objectContaining({
        code: 'INVALID_OPTION',
        message: expect.stringContaining(`${name}: ${option} is missing`),
      }),
    );
    expect(makeOf({ ...required, [option]: '' })).toThrow(`${option} has to be`);
  });

  test.each([
    ['concurrency', 0],
    ['concurrency', 101],
    ['attempts', 1.5],
    ['requestTimeoutMs', 0],
    ['client', {}],
    ...Object.entries(wrong),
  ])('refuses %s: %j', (option, value) => {
    expect(makeOf({ ...required, [option]: value })).toThrow(
      expect.objectContaining({
        code: 'INVALID_OPTION',
        message: expect.stringContaining(`${name}: ${option} has to be`),
      }),
    );
  });

  test('refuses unknown options', () => {
    expect(makeOf({ ...required, topicARN: 'x' })).toThrow(
      expect.objectContaining({ code: 'UNKNOWN_OPTION' }),
    );
    expect(makeOf(undefined)).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }));
  });
});

import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { invokeBeside } from '../../../src/cli/dev/invoke-beside.ts';
import type { Answer } from '../../../src/cli/dev/with-failures.ts';
import { NotStartedError } from '../../../src/delivery/invoke.ts';
import { testStream } from '../../../src/testing/test-stream.ts';

const IDENTITY = { functionName: 'f', functionArn: 'arn', timeoutMs: 2000, memoryLimitInMB: 128 };
const stream = testStream<{ id: string }>({ keys: ['id'] });
const [first, second] = [stream.insert({ id: 'a' }), stream.insert({ id: 'b' })];
const records = [first, second];

const invoke = (answer: Answer, timeoutMs = 2000) =>
  invokeBeside(answer, { ...IDENTITY, timeoutMs })(records, 'request');

test('the handler gets an event with the records, and a context of its own', async () => {
  let seen: unknown[] = [];
  const end = await invoke(async (event, context) => {
    seen = [event, context.awsRequestId, context.functionName, context.getRemainingTimeInMillis() > 1000];
    return { response: { batchItemFailures: [] }, failures: [] };
  });
  expect(seen).toEqual([{ Records: records }, 'request', 'f', true]);
  expect(end).toEqual({
    outcome: 'succeeded',
    processed: 2,
    durationMs: expect.any(Number),
    response: { batchItemFailures: [] },
    error: undefined,
    failures: [],
  });
});

test('a record that failed is told with its error, and those before it are processed', async () => {
  const { SequenceNumber: sequenceNumber } = second.dynamodb;
  const error = { name: 'RangeError', message: 'no', stack: '' };
  const end = await invoke(async () => ({
    response: { batchItemFailures: [{ itemIdentifier: sequenceNumber }] },
    failures: [{ sequenceNumber, deadLettered: false, error }],
  }));
  expect(end).toMatchObject({
    outcome: 'partial',
    processed: 1,
    failures: [{ eventID: second.eventID, message: 'RangeError: no' }],
  });
});

test('a handler that throws has processed nothing', async () => {
  const { SequenceNumber: sequenceNumber } = first.dynamodb;
  const failures = [
    { sequenceNumber, deadLettered: false, error: { name: 'Error', message: 'a', stack: '' } },
  ];
  const end = await invoke(async () => {
    throw Object.assign(new TypeError('broken'), { failures });
  });
  expect(end).toMatchObject({
    outcome: 'failed',
    processed: 0,
    response: undefined,
    error: expect.objectContaining({ message: 'broken' }),
    failures: [{ eventID: first.eventID, message: 'Error: a' }],
  });
});

test('a handler that does not answer has the timeout of the function', async () => {
  const end = await invoke(async () => {
    await sleep(500);
    return { response: null, failures: [] };
  }, 50);
  expect(end).toMatchObject({
    outcome: 'failed',
    failures: [{ message: expect.stringContaining('timed out') }],
  });
});

test('a handler that cannot start is throttled', async () => {
  const end = await invoke(async () => {
    throw new NotStartedError('It cannot be loaded.');
  });
  expect(end).toMatchObject({
    outcome: 'throttled',
    processed: 0,
    failures: [{ message: /cannot be loaded/ }],
  });
});

import { expect, test, vi } from 'vitest';
import { DeadlineError, streamRouter } from '../../src/index.ts';
import { type LambdaContextOptions, lambdaContext, testStream } from '../../src/testing/index.ts';

const logger = { debug() {}, info() {}, warn() {}, error() {} };
const stream = testStream<{ id: string }>({ keys: ['id'] });
const eventOf = (ids: string) => stream.event([...ids].map((id) => stream.insert({ id })));

test('it is a Lambda context, each with a different request id', () => {
  const context = lambdaContext();
  expect(context).toMatchObject({
    functionName: 'test-function',
    functionVersion: '$LATEST',
    invokedFunctionArn: 'arn:aws:lambda:us-east-1:123456789012:function:test-function',
    awsRequestId: expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
  });
  expect(context.getRemainingTimeInMillis()).toBe(30_000);
  expect(lambdaContext().awsRequestId).not.toBe(context.awsRequestId);
  expect(() => context.done()).toThrow('return or throw instead');
});

test('its fields can be chosen', () => {
  expect(lambdaContext({ functionName: 'invoices', awsRequestId: 'r-1' })).toMatchObject({
    invokedFunctionArn: 'arn:aws:lambda:us-east-1:123456789012:function:invoices',
    logGroupName: '/aws/lambda/invoices',
    awsRequestId: 'r-1',
  });
  expect(lambdaContext({ invokedFunctionArn: 'arn' }).invokedFunctionArn).toBe('arn');
});

test('its clock moves only with advance(), and never below 0', () => {
  const context = lambdaContext({ remainingMs: 1000 });
  context.advance(400);
  expect(context.getRemainingTimeInMillis()).toBe(600);
  context.advance(1000);
  expect(context.getRemainingTimeInMillis()).toBe(0);
});

test.each([Number.NaN, Number.NEGATIVE_INFINITY, '5', undefined])('its clock refuses to move by %j', (ms) => {
  const context = lambdaContext({ remainingMs: 1000 });
  expect(() => context.advance(ms as number)).toThrow(
    expect.objectContaining({
      code: 'INVALID_OPTION',
      message: expect.stringContaining('finite milliseconds'),
    }),
  );
  expect(context.getRemainingTimeInMillis()).toBe(1000);
});

test('between records, a router starts nothing once its time is over', async () => {
  const context = lambdaContext({ remainingMs: 5000 });
  const handled: string[] = [];
  const router = streamRouter<{ id: string }>({ logger }).onInsert(({ newImage }) => {
    handled.push(newImage.id);
    if (newImage.id === 'b') context.advance(4500);
  });
  const event = eventOf('abc');
  expect(await router(event, context)).toEqual({
    batchItemFailures: [{ itemIdentifier: event.Records[2]?.dynamodb?.SequenceNumber }],
  });
  expect(handled).toEqual(['a', 'b']);
});

test('a router that waits for a handler answers at once, and its signal has aborted by then', async () => {
  const context = lambdaContext({ remainingMs: 600_000 });
  const signals: AbortSignal[] = [];
  const router = streamRouter<{ id: string }>({ logger }).onInsert(async ({ newImage }, { signal }) => {
    signals.push(signal);
    if (newImage.id === 'b') await new Promise(() => {});
  });
  const event = eventOf('ab');
  const answer = router(event, context);
  await vi.waitFor(() => expect(signals).toHaveLength(2));
  context.advance(598_000);
  expect(signals[1]?.aborted).toBe(false);
  context.advance(1001);
  expect(signals[1]?.reason).toBeInstanceOf(DeadlineError);
  expect(await answer).toEqual({
    batchItemFailures: [{ itemIdentifier: event.Records[1]?.dynamodb?.SequenceNumber }],
  });
  // No listener is left.
  context.advance(1000);
});

test.each([
  [{ remainingMs: -1 }, 'INVALID_OPTION'],
  [{ remainingMs: Number.POSITIVE_INFINITY }, 'INVALID_OPTION'],
  [{ remainingMs: '1s' }, 'INVALID_OPTION'],
  [{ remaining: 1 }, 'UNKNOWN_OPTION'],
  [null, 'INVALID_OPTION'],
])('%o is refused', (options, code) => {
  expect(() => lambdaContext(options as LambdaContextOptions)).toThrow(expect.objectContaining({ code }));
});

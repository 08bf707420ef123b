import type { Context } from 'aws-lambda';
import { describe, expect, test } from 'vitest';
import { NotStartedError } from '../../../src/delivery/invoke.ts';
import type { LambdaHandler } from '../../../src/delivery/lambda-handler.ts';
import { handlerModuleOf, importHandler, isModulePath } from '../../../src/local/handler/handler-module.ts';
import { localFunction, requireHandler } from '../../../src/local/handler/local-function.ts';

const identity = { functionName: 'invoices', functionArn: 'arn:f', timeoutMs: 10_000, memoryLimitInMB: 128 };
const invoke = (handler: LambdaHandler, timeoutMs = 10_000) =>
  localFunction(handler, { ...identity, timeoutMs })('{"Records":[]}', 'request-1');

describe('an invocation', () => {
  test('gets its own copy of the event and a context that counts down', async () => {
    let context: Context | undefined;
    const event = await invoke((given, lambdaContext) => {
      context = lambdaContext;
      return given;
    });
    expect(event).toEqual({ type: 'returned', response: { Records: [] } });
    expect(context).toMatchObject({
      functionName: 'invoices',
      invokedFunctionArn: 'arn:f',
      awsRequestId: 'request-1',
      memoryLimitInMB: '128',
      functionVersion: '$LATEST',
      logGroupName: '/aws/lambda/invoices',
    });
    const before = context?.getRemainingTimeInMillis() ?? 0;
    expect(before).toBeGreaterThan(5_000);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(context?.getRemainingTimeInMillis()).toBeLessThan(before);
    expect(() => context?.done()).toThrow('return a promise');
  });

  test.each([
    ['undefined is null', () => undefined, null],
    ['a promise is waited for', async () => ({ a: 1 }), { a: 1 }],
    [
      'what JSON drops is dropped',
      () => ({ a: undefined, b: new Date(0) }),
      { b: '1970-01-01T00:00:00.000Z' },
    ],
  ])('answers as JSON: %s', async (_name, handler, response) => {
    expect(await invoke(handler)).toEqual({ type: 'returned', response });
  });

  test.each([
    [
      'throws',
      () => {
        throw undefined;
      },
    ],
    ['rejects', () => Promise.reject(undefined)],
  ])('fails when the function %s, with a falsy value too', async (_name, handler) => {
    expect(await invoke(handler)).toEqual({ type: 'failed', error: undefined });
  });

  test('is throttled when the function could not be started', async () => {
    const error = new NotStartedError('not now');
    expect(await invoke(() => Promise.reject(error))).toEqual({ type: 'throttled', error });
  });

  test('fails when its answer is not JSON', async () => {
    expect(await invoke(() => 1n)).toMatchObject({ type: 'failed', error: expect.any(TypeError) });
  });

  test('fails when it runs past its timeout', async () => {
    expect(await invoke(() => new Promise(() => {}), 30)).toMatchObject({
      type: 'failed',
      error: { message: 'Task timed out after 0.03 seconds' },
    });
  });

  test('fails when it is late without ever waiting', async () => {
    const busy = () => {
      for (const until = performance.now() + 40; performance.now() < until; );
    };
    expect(await invoke(busy, 20)).toMatchObject({ type: 'failed' });
  });
});

describe('a module', () => {
  test.each([
    ['src/handler.ts#handler', true],
    ['dist/a.mjs', true],
    ['a.cts#b', true],
    ['invoices', false],
    ['arn:aws:lambda:eu-central-1:123456789012:function:invoices', false],
  ])('is what %s names: %s', (handler, expected) => {
    expect(isModulePath(handler)).toBe(expected);
  });

  test.each([
    ['src/handler.ts', 'src/handler.ts', 'handler'],
    ['src/handler.ts#other', 'src/handler.ts', 'other'],
    ['c#/handler.ts', 'c#/handler.ts', 'handler'],
    ['c#/hand#ler.mts#other', 'c#/hand#ler.mts', 'other'],
    ['old.ts#2/handler.ts#other', 'old.ts#2/handler.ts', 'other'],
    ['C:\\c#\\old.ts#2\\handler.ts', 'C:\\c#\\old.ts#2\\handler.ts', 'handler'],
  ])('%s is %s with the export %s', (handler, path, name) => {
    expect(isModulePath(handler)).toBe(true);
    expect(handlerModuleOf(handler)).toEqual({ path, name });
    expect(handlerModuleOf(path).path).toBe(path);
  });

  test.each([
    ['test/fixtures/handlers.ts', 'handler'],
    ['test/fixtures/handlers.ts#other', 'other'],
  ])('%s is imported', async (path, answer) => {
    expect(await invoke(await importHandler(path))).toEqual({ type: 'returned', response: answer });
  });

  test.each([
    ['test/fixtures/handlers.ts#none', 'the export none of test/fixtures/handlers.ts is not a function'],
    ['test/fixtures/handlers.ts#text', 'is not a function'],
    ['test/fixtures/handlers.ts#callback', 'takes 3 parameters'],
    ['test/fixtures/no-such-module.ts', 'cannot be imported'],
    ['test/fixtures/throws-undefined.ts', 'cannot be imported: undefined'],
  ])('%s is refused', async (path, message) => {
    await expect(importHandler(path)).rejects.toMatchObject({
      code: 'INVALID_HANDLER',
      message: expect.stringContaining(message),
    });
  });
});

test('a value that is not a function is refused', () => {
  expect(() => requireHandler(undefined, 'handler')).toThrow('handler is not a function');
});

test('a response of more than 6 MB is a failure', async () => {
  const invoke = localFunction(() => 'x'.repeat(6 * 1024 * 1024 + 99), identity);
  expect(await invoke('{}', 'r')).toMatchObject({
    type: 'failed',
    error: { message: expect.stringContaining('exceeded maximum allowed payload size') },
  });
});

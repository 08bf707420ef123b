import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Bundles, bundles, FORMATS } from './bundled-functions.ts';
import { failedAt, inserted, OK } from './events.ts';
import { FakeLambda } from './fake-lambda.ts';
import { invokeLocally } from './same-answer.ts';

let functions: Bundles;

beforeAll(async () => {
  functions = await bundles('functions.ts');
});

afterAll(() => functions?.remove());

interface Settings {
  readonly timeoutMs?: number;
  readonly environment?: Readonly<Record<string, string>>;
}

describe.each(FORMATS)('a function under the runtime client of AWS, %s,', (format) => {
  const start = (name: string, settings: Settings = {}): Promise<FakeLambda> =>
    FakeLambda.start({ folder: functions.folders[format], handler: `index.${name}`, ...settings });
  const locally = (name: string, event: string, timeoutMs: number) =>
    invokeLocally(functions.files[format], name, event, timeoutMs);

  test('keeps its process from a cold start to warm invocations', async () => {
    await using lambda = await start('counting');

    const answers = [await lambda.invoke('{}'), await lambda.invoke('{}'), await lambda.invoke('{}')];

    expect(answers.map(({ payload }) => payload)).toEqual([1, 2, 3].map((n) => `{"invocations":${n}}`));
    expect(new Set(answers.map(({ pid }) => pid)).size).toBe(1);
    expect(lambda.starts).toBe(1);
  });

  test('sees the context of Node.js 24, and so do its handlers', async () => {
    await using lambda = await start('seen', { timeoutMs: 2000 });

    const { payload } = await lambda.invoke(JSON.stringify(inserted('a')), {
      requestId: 'request-7',
      tenantId: 'tenant-a',
      traceId: 'Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=1',
    });

    const { remainingMs, names, ...context } = JSON.parse(payload);
    expect(context).toEqual({
      isTheContext: true,
      awsRequestId: 'request-7',
      tenantId: 'tenant-a',
      xRayTraceId: 'Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=1',
      invokedFunctionArn: 'arn:aws:lambda:eu-central-1:123456789012:function:invoices',
      functionName: 'invoices',
      functionVersion: '$LATEST',
      memoryLimitInMB: '128',
      logGroupName: '/aws/lambda/invoices',
      logStreamName: 'local',
    });
    expect(remainingMs).toBeGreaterThan(1000);
    expect(remainingMs).toBeLessThanOrEqual(2000);
    expect(names).toContain('getRemainingTimeInMillis');
    // The local mapping gives a handler all members, and those that Node.js 20 had.
    const local = await locally('seen', JSON.stringify(inserted('a')), 2000);
    const locals = (local as unknown as { response: { names: string[] } }).response.names;
    expect(names.filter((name: string) => !locals.includes(name))).toEqual([]);
  });

  test('sees no tenant and no trace where the event has none', async () => {
    await using lambda = await start('seen');
    const { payload } = await lambda.invoke(JSON.stringify(inserted('a')));
    expect(JSON.parse(payload)).not.toHaveProperty('tenantId');
    expect(JSON.parse(payload).xRayTraceId).toBe(''); // so says the client's addon
  });

  test.each(['waiting', 'blocking'])('is killed at its timeout, and started again: %s', async (name) => {
    const event = JSON.stringify(inserted('a'));
    await using lambda = await start(name, { timeoutMs: 1000 });

    const { payload, functionError } = await lambda.invoke(event);
    const local = await locally(name, event, 1000);
    const { errorType, errorMessage } = JSON.parse(payload);
    await lambda.invoke(event);

    expect(functionError).toBe('Unhandled');
    expect(errorType).toBe('Sandbox.Timedout');
    expect(local).toMatchObject({
      type: 'failed',
      error: { message: errorMessage.replace(/^.*Error: /, '') },
    });
    expect(lambda.starts).toBe(2);
  });

  test('fails when it never settles and nothing keeps its process alive', async () => {
    await using lambda = await start('silent', { timeoutMs: 1000 });

    const { payload, functionError } = await lambda.invoke('{}');

    expect(functionError).toBe('Unhandled');
    expect(JSON.parse(payload).errorType).toBe('Runtime.ExitError');
    expect(await locally('silent', '{}', 300)).toMatchObject({ type: 'failed' });
  });

  test('survives a record handler that rejects after the answer', async () => {
    await using lambda = await start('router', { timeoutMs: 1000 });

    const first = await lambda.invoke(JSON.stringify(inserted('a', 'late-1', 'b')));
    await sleep(400); // it rejects while the process is frozen
    const second = await lambda.invoke(JSON.stringify(inserted('a', 'b')));

    expect(first.payload).toBe(failedAt(1));
    expect(second.payload).toBe(OK);
    expect(second.pid).toBe(first.pid);
    expect(lambda.log).not.toMatch(/unhandled/i);
  });

  test('ends when user code leaves a rejection unhandled, and its next batch fails', async () => {
    const event = JSON.stringify(inserted('a'));
    await using lambda = await start('leavingRejection');

    const first = await lambda.invoke(event);
    await sleep(120);
    const second = await lambda.invoke(event);
    const third = await lambda.invoke(event);

    expect([first, second, third].map(({ functionError }) => functionError)).toEqual([
      undefined,
      'Unhandled',
      undefined,
    ]);
    expect(JSON.parse(second.payload).errorType).toBe('Runtime.ExitError');
    expect([first.payload, third.payload]).toEqual([OK, OK]);
    expect(lambda.starts).toBe(2);
    expect(lambda.log).toContain('No code waits for this.');
  });

  test('answers at once although timers and sockets stay open', async () => {
    const event = JSON.stringify(inserted('a'));
    await using lambda = await start('leavingOpen', { timeoutMs: 10_000 });

    const answers = [await lambda.invoke(event), await lambda.invoke(event)];

    expect(answers.map(({ payload }) => payload)).toEqual([OK, OK]);
    for (const { durationMs } of answers) expect(durationMs).toBeLessThan(5000);
    expect(lambda.starts).toBe(1);
  });

  test('fails with a response over 6 MB and 100 bytes, and goes on', async () => {
    const times = 6 * 1024 * 1024 + 99; // and two quotation marks
    const event = JSON.stringify({ text: 'x', times });
    await using lambda = await start('answering');

    const { payload, functionError, pid } = await lambda.invoke(event);
    const next = await lambda.invoke(JSON.stringify({ text: 'x', times: 1 }));

    expect(functionError).toBe('Unhandled');
    expect(payload).toContain('Function.ResponseSizeTooLarge');
    expect(await locally('answering', event, 1000)).toMatchObject({ type: 'failed' });
    expect(next).toMatchObject({ payload: '"x"', pid });
  });

  test.each(['Text', 'JSON'])('logs failed records with the request id, in format %s', async (logFormat) => {
    await using lambda = await start('withConsole', { environment: { AWS_LAMBDA_LOG_FORMAT: logFormat } });

    await lambda.invoke(JSON.stringify(inserted('a', 'bad-1')), { requestId: 'request-8' });

    const [line = '', ...others] = lambda.log.split('\n').filter((text) => text.includes('Record failed'));
    expect(others).toEqual([]);
    expect(line).toContain('request-8');
    expect(line).toContain('ERROR');
    expect(line).toContain(JSON.parse(failedAt(1)).batchItemFailures[0].itemIdentifier);
    if (logFormat === 'JSON')
      expect(JSON.parse(line)).toMatchObject({ level: 'ERROR', requestId: 'request-8' });
  });

  test('logs failed records with Powertools Logger and the keys of its invocation', async () => {
    await using lambda = await start('withMiddy');

    for (const requestId of ['request-1', 'request-2']) {
      await lambda.invoke(JSON.stringify(inserted('a', 'bad-1')), { requestId });
    }

    const lines = lambda.log.split('\n').filter((text) => text.includes('Record failed'));
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      { level: 'ERROR', function_request_id: 'request-1', cold_start: true },
      { level: 'ERROR', function_request_id: 'request-2', cold_start: false },
    ]);
  });

  test('fails with the message of its own error when it cannot be loaded', async () => {
    const broken = await bundles('broken-function.ts');
    await using lambda = await FakeLambda.start({
      folder: broken.folders[format],
      handler: 'index.handler',
    });

    const { payload, functionError } = await lambda.invoke('{"Records":[]}');
    const local = await import(pathToFileURL(broken.files[format]).href).catch((error: Error) => error);
    broken.remove();

    expect(functionError).toBe('Unhandled');
    expect(JSON.parse(payload)).toMatchObject({
      errorType: 'ConfigurationError',
      errorMessage: local.message,
    });
    expect(local.message).toContain('concurrency');
  });

  test('reports Runtime.HandlerNotFound when it has no such export', async () => {
    await using lambda = await start('missing');
    const { payload, functionError } = await lambda.invoke('{}');
    expect(functionError).toBe('Unhandled');
    expect(JSON.parse(payload)).toMatchObject({ errorType: 'Runtime.HandlerNotFound' });
  });
});

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AwsLambdaInstrumentation } from '@opentelemetry/instrumentation-aws-lambda';
import type { Context } from 'aws-lambda';
import { afterAll, expect, test } from 'vitest';
import { streamRouter } from '../../src/index.ts';
import { tracing } from '../../src/opentelemetry/index.ts';
import { contextOf, eventOf } from '../fixtures/events.ts';
import { endedSpans, startTelemetry, stopTelemetry } from './telemetry.ts';

const folder = mkdtempSync(join(tmpdir(), 'streamlane-lambda-'));
const load = createRequire(import.meta.url);

afterAll(() => {
  stopTelemetry();
  rmSync(folder, { recursive: true, force: true });
});

const lambdaContext = (): Context => ({
  ...contextOf(),
  functionName: 'on-change',
  invokedFunctionArn: 'arn:aws:lambda:eu-central-1:123456789012:function:on-change',
});

/** A handler that AwsLambdaInstrumentation has wrapped, as in Lambda: when its file is loaded. */
function instrumented(make: () => unknown): (event: unknown, context: Context) => Promise<unknown> {
  writeFileSync(join(folder, 'index.js'), "exports.handler = globalThis['~handler'];");
  Object.assign(process.env, { LAMBDA_TASK_ROOT: folder, _HANDLER: 'index.handler' });
  const provider = startTelemetry();
  Object.assign(globalThis, { '~handler': make() });
  const instrumentation = new AwsLambdaInstrumentation();
  instrumentation.setTracerProvider(provider);
  try {
    return (load(join(folder, 'index.js')) as { handler: never }).handler;
  } finally {
    instrumentation.disable();
    delete process.env.LAMBDA_TASK_ROOT;
    delete process.env._HANDLER;
  }
}

test('the span of a record is a child of the span of AwsLambdaInstrumentation', async () => {
  const handler = instrumented(() =>
    streamRouter({ logger: false })
      .use(tracing())
      .onInsert(async () => {}),
  );
  expect(await handler(eventOf({}, {}), lambdaContext())).toEqual({ batchItemFailures: [] });
  const spans = await endedSpans();
  const invocation = spans.find(({ name }) => name === 'on-change');
  const records = spans.filter(({ name }) => name === 'process Invoices');
  expect(records).toHaveLength(2);
  for (const { parentSpanContext } of records) {
    expect(parentSpanContext?.spanId).toBe(invocation?.spanContext().spanId);
  }
});

// It assigns the context of the request to each of its messages.
test('the instrumentation of the AWS SDK does not change what messages of a queue carry', () => {
  const program = join(import.meta.dirname, 'instrumented-sdk.ts');
  const { names, own, carried } = JSON.parse(
    execFileSync(process.execPath, [program], { encoding: 'utf8' }),
  ) as {
    names: string[];
    own: string[];
    carried: string[];
  };
  expect(names).toContain('payments send');
  expect(new Set(own).size).toBe(3);
  expect(new Set(carried)).toEqual(new Set(own));
});

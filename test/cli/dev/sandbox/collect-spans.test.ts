import { createRequire } from 'node:module';
import { context, createContextKey, trace } from '@opentelemetry/api';
import { AlwaysOffSampler, AlwaysOnSampler, TracerProvider } from '@opentelemetry/sdk-trace';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { collectSpans, type Packages } from '../../../../src/cli/dev/sandbox/collect-spans.ts';
import { eventually } from '../../../fixtures/eventually.ts';

const GLOBAL = Symbol.for('opentelemetry.js.api.1');
const required = createRequire(import.meta.url)('@opentelemetry/api') as typeof import('@opentelemetry/api');

/** The packages of a project that has only these. */
const only = (...names: readonly string[]): Packages => ({
  isInstalled: (name) => names.includes(name),
  import: (name) => import(name),
});

beforeEach(forget);
afterEach(forget);

/** As in a new thread, but for the tracers that were made. */
function forget(): void {
  for (const api of [required, { trace, context }]) {
    api.trace.disable();
    api.context.disable();
  }
  Reflect.deleteProperty(globalThis, GLOBAL);
}

test('the spans of the provider that is registered are collected, also of tracers made before', async () => {
  trace.setGlobalTracerProvider(new TracerProvider());
  const tracer = trace.getTracer('mine');
  const before = tracer.startSpan('started before');
  const spans = await collectSpans();
  tracer.startActiveSpan('outer', (span) => {
    trace.getTracer('other').startSpan('inner').end();
    span.end();
    span.end();
  });
  before.end();
  const taken = spans.take();
  expect(taken.spans.map(({ name }) => name)).toEqual(['inner', 'outer']);
  expect(taken).toMatchObject({ left: 0, unsampled: 0 });
  expect(spans.take()).toEqual({ spans: [], left: 0, unsampled: 0 });
});

test('a provider that was registered through the other copy of the API is found', async () => {
  required.trace.setGlobalTracerProvider(new TracerProvider());
  const spans = await collectSpans();
  trace.getTracer('mine').startSpan('s').end();
  expect(spans.take().spans).toHaveLength(1);
});

test('without a provider one is registered, and tracers of both copies of the API that were made before use it', async () => {
  const tracers = [trace.getTracer('imported'), required.trace.getTracer('required')];
  const spans = await collectSpans();
  for (const tracer of tracers) tracer.startActiveSpan('outer', (span) => span.end());
  trace.getTracer('late').startActiveSpan('parent', (parent) => {
    trace.getTracer('late').startSpan('child').end();
    parent.end();
  });
  const { spans: taken } = spans.take();
  expect(taken.map(({ name }) => name)).toEqual(['outer', 'outer', 'child', 'parent']);
  expect(taken[2]?.parentSpanId).toBe(taken[3]?.spanId);
});

test('a provider of version 1 or 2 of the SDK is made where only that is installed', async () => {
  const sdk = { BasicTracerProvider: TracerProvider, AlwaysOnSampler };
  const spans = await collectSpans({
    ...only('@opentelemetry/api', '@opentelemetry/sdk-trace-base', '@opentelemetry/context-async-hooks'),
    import: async (name) => (name === '@opentelemetry/sdk-trace-base' ? sdk : {}),
  });
  trace.getTracer('t').startSpan('s').end();
  expect(spans.take().spans).toHaveLength(1);
});

test.each([
  [
    ['@opentelemetry/api'],
    '@opentelemetry/sdk-trace and @opentelemetry/context-async-hooks, which are not installed. Install them with: ' +
      'npm install --save-dev @opentelemetry/sdk-trace @opentelemetry/context-async-hooks',
  ],
  [
    ['@opentelemetry/api', '@opentelemetry/sdk-trace-base'],
    '@opentelemetry/context-async-hooks, which is not installed. Install it with: npm install --save-dev @opentelemetry/context-async-hooks',
  ],
  [[], expect.stringContaining('npm install --save-dev @opentelemetry/api @opentelemetry/sdk-trace')],
])('with %j alone, an error names what to install', async (names, end) => {
  const text =
    typeof end === 'string'
      ? `The handler's module registers no tracer provider of OpenTelemetry, so --traces makes one. It needs ${end}`
      : end;
  await expect(collectSpans(only(...names))).rejects.toMatchObject({ exitCode: 1, message: text });
});

test('a handler with another version of the API is refused', async () => {
  Object.assign(globalThis, { [GLOBAL]: { version: '1.0.0' } });
  await expect(collectSpans()).rejects.toMatchObject({
    exitCode: 1,
    message: expect.stringContaining('npm ls @opentelemetry/api'),
  });
});

test('spans that a sampler drops are counted, and those of suppressed tracing are not', async () => {
  trace.setGlobalTracerProvider(new TracerProvider({ sampler: new AlwaysOffSampler() }));
  const spans = await collectSpans();
  trace.getTracer('t').startSpan('dropped').end();
  // As `suppressTracing` of @opentelemetry/core.
  const key = createContextKey('OpenTelemetry SDK Context Key SUPPRESS_TRACING');
  const suppressed = context.active().setValue(key, true);
  trace.getTracer('t').startSpan('of an exporter', {}, suppressed).end();
  expect(spans.take()).toEqual({ spans: [], left: 0, unsampled: 1 });
});

test('the spans of invocations that overlap are kept apart, and those that end late go with the next answer', async () => {
  trace.setGlobalTracerProvider(new TracerProvider());
  const spans = await collectSpans();
  const invoke = (name: string, waitMs: number, late: Promise<void> = Promise.resolve()) =>
    spans.within(async () => {
      const tracer = trace.getTracer('t');
      const first = tracer.startSpan(name);
      const last = tracer.startSpan(`late of ${name}`);
      void late.then(() => last.end());
      await new Promise((resolve) => setTimeout(resolve, waitMs));
      first.end();
      return spans.take().spans.map((span) => span.name);
    });
  const { promise: afterBoth, resolve } = Promise.withResolvers<void>();
  const slow = invoke('slow', 20);
  expect(await invoke('fast', 1, afterBoth)).toEqual(['fast']);
  expect(await slow).toEqual(['late of slow', 'slow']);
  resolve();
  await afterBoth;
  expect(spans.take().spans.map(({ name }) => name)).toEqual(['late of fast']);
});

test('of thousands of spans the last 2,000 are kept, and the others counted: the span of a record ends last', async () => {
  trace.setGlobalTracerProvider(new TracerProvider());
  const spans = await collectSpans();
  for (let number = 0; number < 2010; number++) trace.getTracer('t').startSpan(`s${number}`).end();
  const { spans: taken, left } = spans.take();
  expect([taken.length, left]).toEqual([2000, 10]);
  expect([taken.at(0)?.name, taken.at(-1)?.name]).toEqual(['s10', 's2009']);
});

test('a tracer of another implementation is observed too, and code that it throws is that of its caller', async () => {
  const end = vi.fn();
  const span = {
    isRecording: () => true,
    spanContext() {
      throw new Error('not ready');
    },
    end,
  };
  const tracer = { startSpan: () => span };
  trace.setGlobalTracerProvider({ getTracer: () => tracer } as never);
  const spans = await collectSpans();
  trace.getTracer('t').startSpan('s').end();
  expect(end).toHaveBeenCalledOnce();
  await eventually(() => expect(spans.take().spans).toEqual([]));
});

import { context, trace } from '@opentelemetry/api';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { traceAttributes } from '../../src/opentelemetry/index.ts';
import { parseTraceparent } from '../../src/trace-context/trace-context.ts';
import { inSpan, startTelemetry, stopTelemetry } from './telemetry.ts';

beforeEach(() => {
  startTelemetry();
});
afterAll(stopTelemetry);

test('a writer gets the context of its active span as an attribute', async () => {
  await inSpan('write', ({ traceId, spanId, traceFlags }) => {
    const context = { traceId, spanId, traceFlags };
    expect(parseTraceparent(traceAttributes().traceparent)).toEqual(context);
    expect(parseTraceparent(traceAttributes('trace').trace)).toEqual(context);
  });
});

test('without an active span there is no attribute', () => {
  expect({ id: 'INV-1', ...traceAttributes() }).toEqual({ id: 'INV-1' });
});

test('a span without a valid context gives no attribute', () => {
  const invalid = { traceId: '0'.repeat(32), spanId: '0'.repeat(16), traceFlags: 1 };
  context.with(trace.setSpanContext(context.active(), invalid), () => expect(traceAttributes()).toEqual({}));
});

import { type Span, SpanKind, SpanStatusCode } from '@opentelemetry/api';
import { TracerProvider } from '@opentelemetry/sdk-trace';
import { expect, test } from 'vitest';
import { plainSpan } from '../../../../src/cli/dev/sandbox/plain-span.ts';

const tracer = new TracerProvider().getTracer('test');

test('a span of the SDK is read with its parent, status, attributes and links', () => {
  const context = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), traceFlags: 1 };
  const span = tracer.startSpan('charge', {
    kind: SpanKind.CLIENT,
    startTime: [1_700_000_000, 5_000_000],
    attributes: { text: 'x', list: ['a'], number: 1, isNew: true },
    links: [{ context, attributes: { 'streamlane.link': 'writer' } }, { context }],
  });
  span.setStatus({ code: SpanStatusCode.ERROR, message: 'no' });
  span.end([1_700_000_000, 17_000_000]);
  expect(plainSpan(span)).toEqual({
    name: 'charge',
    kind: 'CLIENT',
    traceId: span.spanContext().traceId,
    spanId: span.spanContext().spanId,
    parentSpanId: undefined,
    startMs: 1_700_000_000_005,
    durationMs: 12,
    status: 'error',
    statusMessage: 'no',
    attributes: { text: 'x', list: ['a'], number: 1, isNew: true },
    links: [
      { traceId: context.traceId, spanId: context.spanId, role: 'writer' },
      { traceId: context.traceId, spanId: context.spanId, role: undefined },
    ],
  });
});

test.each<[string, object, object]>([
  ['a parent', { parentSpanContext: { spanId: 'p' } }, { parentSpanId: 'p' }],
  ['a parent before version 2 of the SDK', { parentSpanId: 'p' }, { parentSpanId: 'p' }],
  ['success', { status: { code: SpanStatusCode.OK } }, { status: 'ok', statusMessage: undefined }],
  [
    'a span of another implementation',
    {},
    { name: '(no name)', kind: 'INTERNAL', startMs: 0, durationMs: 0, attributes: {}, links: [] },
  ],
  ['its links', { links: [{}, { attributes: {} }] }, { links: [{ role: undefined }, { role: undefined }] }],
  ['values that cannot be JSON', { attributes: { n: 1n } }, { attributes: {} }],
  ['a long name', { name: 'n'.repeat(300) }, { name: `${'n'.repeat(200)}…` }],
  [
    'a long value',
    { attributes: { text: 't'.repeat(2000) } },
    { attributes: { text: `${'t'.repeat(1000)}…` } },
  ],
  [
    'a long message',
    { status: { code: SpanStatusCode.ERROR, message: 'm'.repeat(2000) } },
    { statusMessage: `${'m'.repeat(1000)}…` },
  ],
])('%s is read', (_name, members, read) => {
  const span = { spanContext: () => ({ traceId: 't', spanId: 's' }), ...members } as unknown as Span;
  expect(plainSpan(span)).toMatchObject(read);
});

import type { CollectedSpans, PlainSpan } from '../../../../src/cli/dev/sandbox/plain-span.ts';

const TRACE = '0af7651916cd43dd8448eb211c80319c';

/** The id of a span with a number. */
export function spanId(number: number): string {
  return number.toString(16).padStart(16, '0');
}

/** A span with a number, which has the place of its start. */
export function spanOf(number: number, more: Partial<PlainSpan> = {}): PlainSpan {
  return {
    name: `span ${number}`,
    kind: 'INTERNAL',
    traceId: TRACE,
    spanId: spanId(number),
    parentSpanId: undefined,
    startMs: number,
    durationMs: 1,
    status: 'unset',
    statusMessage: undefined,
    attributes: {},
    links: [],
    ...more,
  };
}

/** The span of a record, as `tracing` makes it. */
export function recordSpanOf(number: number, more: Partial<PlainSpan> = {}): PlainSpan {
  return spanOf(number, {
    name: 'process Invoices',
    kind: 'CONSUMER',
    ...more,
    attributes: {
      'messaging.message.id': `event-${number}`,
      'messaging.destination.name': 'Invoices',
      'streamlane.event_name': 'INSERT',
      'streamlane.sequence_number': `${number}`,
      ...more.attributes,
    },
  });
}

/** The spans of an answer. */
export function collected(spans: readonly PlainSpan[], more: Partial<CollectedSpans> = {}): CollectedSpans {
  return { spans, left: 0, unsampled: 0, ...more };
}

/** A context of a message about the span with this number. */
export function traceparent(number: number): string {
  return `00-${TRACE}-${spanId(number)}-01`;
}

export const WRITER: PlainSpan['links'][number] = {
  traceId: 'a'.repeat(32),
  spanId: 'b'.repeat(16),
  role: 'writer',
};

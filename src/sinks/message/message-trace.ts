import { ignoreErrors } from '../../promise/ignore-errors.ts';
import { recordTraceOf, traceContextOf } from '../../trace-context/record-trace.ts';
import { traceparentOf, xrayHeaderOf } from '../../trace-context/trace-context.ts';
import type { SinkRecord } from '../sink.ts';
import { attributeBytes, MAX_ATTRIBUTES, type MessageAttribute } from './message-attributes.ts';

type Attributes = Readonly<Record<string, MessageAttribute>>;

/** The room for a trace in a message. */
export interface TraceRoom {
  readonly target: string;
  /** The bytes of the message without its trace. */
  readonly bytes: number;
  /** The most bytes that a message may have. */
  readonly maxBytes: number;
}

/**
 * Adds the trace in which a record is handled to the attributes of a message about it: `traceparent` and `tracestate`.
 *
 * The message is more important than its trace. If a message has no room for both, it gets `traceparent` alone. If it has no room
 * for that, it gets neither, with a line at level debug. A `traceparent` of the caller's own stays.
 *
 * @see https://www.w3.org/TR/trace-context/
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html
 */
export function tracedAttributes(
  attributes: Attributes | undefined,
  record: SinkRecord | undefined,
  { target, bytes, maxBytes }: TraceRoom,
): Attributes | undefined {
  const trace = recordTraceOf(record);
  const context = trace?.context;
  if (context === undefined || Object.hasOwn(attributes ?? {}, 'traceparent')) return attributes;
  const traceparent = { traceparent: textAttribute(traceparentOf(context)) };
  const { traceState } = context;
  const both = traceState && { ...traceparent, tracestate: textAttribute(traceState) };
  const used = Object.keys(attributes ?? {}).length;
  for (const added of [both, traceparent]) {
    if (!added || used + Object.keys(added).length > MAX_ATTRIBUTES) continue;
    if (bytes + attributeBytes(added) <= maxBytes) return held({ ...attributes }, added);
  }
  const { eventID, sequenceNumber, tableName } = record as SinkRecord;
  ignoreErrors(() =>
    trace?.logger.debug('The trace does not fit into the message', {
      eventID,
      sequenceNumber,
      tableName,
      target,
      attributes: used,
      bytes,
    }),
  );
  return attributes;
}

function textAttribute(text: string): MessageAttribute {
  return { DataType: 'String', StringValue: text };
}

/**
 * Adds attributes that later assignments do not change. OpenTelemetry's instrumentation of the AWS SDK assigns `traceparent` to
 * each entry of a SendMessageBatch: always that of the request, and so that of another record.
 *
 * @see https://github.com/open-telemetry/opentelemetry-js-contrib/tree/main/packages/instrumentation-aws-sdk
 */
function held(attributes: Record<string, MessageAttribute>, added: Attributes): Attributes {
  for (const [name, attribute] of Object.entries(added)) {
    Object.defineProperty(attributes, name, { enumerable: true, get: () => attribute, set: () => {} });
  }
  return attributes;
}

/** The header with which EventBridge hands the trace of a record to its targets. It does not count as part of an event's size. */
export function traceHeaderOf(record: SinkRecord | undefined): string | undefined {
  const context = traceContextOf(record);
  return context && xrayHeaderOf(context);
}

/** The members of a CloudEvent or of JSON that carry the trace of a record. No members without a trace. */
export function traceMembersOf(record: object): {
  readonly traceparent?: string;
  readonly tracestate?: string;
} {
  const context = traceContextOf(record);
  if (context === undefined) return {};
  const { traceState } = context;
  return { traceparent: traceparentOf(context), ...(traceState && { tracestate: traceState }) };
}

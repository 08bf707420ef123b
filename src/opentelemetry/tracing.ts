// @types/aws-lambda imports node:stream without saying so; programs that check library types need this.
/// <reference types="node" preserve="true" />

import {
  type Attributes,
  type Context,
  context,
  isSpanContextValid,
  type Link,
  type SpanContext,
  SpanKind,
  trace,
} from '@opentelemetry/api';
import { deadLetteredIn } from '../batch/dead-lettered.ts';
import type { HandleRecord } from '../batch/process-event.ts';
import type { RecordContext } from '../batch/record-context.ts';
import { logFieldsOf } from '../batch/require-time.ts';
import { BOOLEAN, type Checks, isPlainObject, TEXT } from '../options/check.ts';
import { checkOptions } from '../options/check-options.ts';
import { ignoreErrors } from '../promise/ignore-errors.ts';
import { isThenable } from '../promise/thenable.ts';
import type { LazyRecord } from '../record/lazy-record.ts';
import type { EventName, RecordBase } from '../record/stream-record.ts';
import { needsRouted } from '../router/needed-records.ts';
import { type RecordMiddleware, wrapLayer } from '../router/record-middleware.ts';
import { type RecordTrace, setRecordTrace } from '../trace-context/record-trace.ts';
import { isSampled, parseTraceparent, type TraceContext } from '../trace-context/trace-context.ts';
import { onHandlerStart } from './handler-start.ts';
import { lazySpan, RecordSpan } from './record-span.ts';
import { spanAttributesOf, spanNameOf } from './span-attributes.ts';
import { replayedContextOf, writerContextOf } from './writer-context.ts';

/** A record, as the functions among the options get it. */
export type TracedRecord = RecordBase<EventName, object>;

/** Which writer a span is linked to, and its attributes. */
export interface TracingOptions {
  /**
   * Where the context of the writer is.
   *
   * - The name of an attribute of the item: a `traceparent` as text, as {@link traceAttributes} makes it, or a map with that text
   *   as `traceparent`. It counts only if this change has set it.
   * - A function: returns the `traceparent` of the writer of this change, or undefined. If it throws, the span gets no link.
   *
   * @defaultValue none: spans have no link to a writer
   */
  readonly parent?: string | ((record: TracedRecord) => string | undefined);
  /**
   * Further attributes of each span, or a function that returns them for a record. If the function throws, the span has
   * only its other attributes. What it takes from the item leaves the function with the trace.
   */
  readonly attributes?: Attributes | ((record: TracedRecord) => Attributes);
  /**
   * Adds the item key as `faas.document.name`: JSON of the key attributes.
   *
   * @defaultValue false
   */
  readonly keys?: boolean;
}

const OWNER = 'tracing';

const CHECKS: Checks = {
  parent: {
    expected: 'the name of an attribute, or a function',
    accepts: (value) => typeof value === 'function' || TEXT.accepts(value),
  },
  attributes: {
    expected: 'an object of attributes, or a function',
    accepts: (value) => typeof value === 'function' || isPlainObject(value),
  },
  keys: BOOLEAN,
};

/**
 * Record middleware that makes a span for each record, with OpenTelemetry. Add it first, so that the span covers all other
 * middleware.
 *
 * - The span is named `process Invoices`, or `process invoice` by the entity. Its kind is CONSUMER, and its parent the active span:
 *   that of the invocation.
 * - It is linked to the span that wrote the item, if this change has set the attribute that `parent` names.
 * - It is active in handlers and inner middleware. What they send through a sink carries its context: see docs/observability.md.
 * - A failure is recorded once: when the record fails, when its dead letter was accepted, or when the deadline is reached. Attempts
 *   that a `retry` within it repeats are not recorded.
 * - A record that no route takes has no span, unless middleware makes a child of it.
 * - Under an unsampled invocation there are no spans. Messages carry the invocation's context, which says so.
 *
 * Tracing never fails a record. Without an OpenTelemetry SDK it has no effect.
 *
 * @throws ConfigurationError `UNKNOWN_OPTION` or `INVALID_OPTION`
 * @example
 * ```ts
 * export const handler = streamRouter<Invoice>()
 *   .use(tracing({ parent: 'traceparent' }))
 *   .onInsert(async (record) => { await payments.publish(record.newImage, { record }); });
 * ```
 * @see https://opentelemetry.io/docs/specs/semconv/messaging/messaging-spans/
 */
export function tracing(options: TracingOptions = {}): RecordMiddleware<TracedRecord> {
  checkOptions(OWNER, options, CHECKS);
  const { keys = false, parent, attributes } = options;
  const tracer = trace.getTracer('streamlane');

  const middleware: RecordMiddleware<TracedRecord> = (record, recordContext, next) => {
    const outer = context.active();
    const invocation = trace.getSpanContext(outer);
    const span = new RecordSpan(() => {
      const more = answerOf(attributes, record, recordContext, 'attributes');
      return tracer.startSpan(
        spanNameOf(record),
        {
          kind: SpanKind.CONSUMER,
          attributes: { ...spanAttributesOf(record, keys), ...more },
          links: linksOf(record, recordContext, parent),
        },
        outer,
      );
    });
    setRecordTrace(record, new SpanTrace(span, invocation, recordContext.logger));
    return traced(span, outer, record, recordContext, next);
  };
  return needsRouted(Object.assign(middleware, { '~wrap': wrapSampled }));
}

/**
 * A layer for the records of sampled invocations only. A sampler that respects its parent, as the default one does, drops each
 * span of an unsampled one. To describe the spans, or only to go through a layer, takes longer than a short handler (bench: tracing/small).
 */
function wrapSampled(middleware: RecordMiddleware<LazyRecord>, inner: HandleRecord): HandleRecord {
  const layer = wrapLayer(middleware, inner);
  // Most records come from the invocation of the one before.
  let last: UnsampledTrace | undefined;
  return (record, recordContext) => {
    const invocation = trace.getSpanContext(context.active());
    if (invocation === undefined || isSampled(invocation)) return layer(record, recordContext);
    if (last?.invocation !== invocation) {
      if (!isSpanContextValid(invocation)) return layer(record, recordContext);
      last = new UnsampledTrace(invocation, recordContext.logger);
    }
    setRecordTrace(record, last);
    return inner(record, recordContext);
  };
}

/** Runs what lies within the middleware, in the context of the span, and ends the span. */
function traced(
  span: RecordSpan,
  outer: Context,
  record: TracedRecord,
  recordContext: RecordContext,
  next: () => void | Promise<void>,
): void | Promise<void> {
  const forget = onHandlerStart(record, () => ignoreErrors(() => span.start()));
  const fail = (thrown: unknown): never => {
    forget();
    ignoreErrors(() => span.fail(thrown));
    throw thrown;
  };
  const succeed = (): void => {
    forget();
    ignoreErrors(() => endOf(span, record, recordContext));
  };
  let result: void | Promise<void>;
  try {
    result = context.with(trace.setSpan(outer, lazySpan(span)), next);
  } catch (thrown) {
    return fail(thrown);
  }
  if (!isThenable(result)) return succeed();
  const { signal } = recordContext;
  // Lambda freezes the sandbox after the answer, so a span that has not ended by then would be lost.
  const abandon = (): void => ignoreErrors(() => span.abandon());
  signal?.addEventListener('abort', abandon, { once: true });
  const settled = (): void => signal?.removeEventListener('abort', abandon);
  return result.then(
    () => {
      settled();
      succeed();
    },
    (thrown) => {
      settled();
      fail(thrown);
    },
  );
}

function endOf(span: RecordSpan, { sequenceNumber }: TracedRecord, recordContext: RecordContext): void {
  const letters = deadLetteredIn(recordContext);
  if (letters.has(sequenceNumber)) {
    span.fail(letters.get(sequenceNumber), { 'streamlane.outcome': 'dead_lettered' });
  } else {
    span.end();
  }
}

function linksOf(
  record: TracedRecord,
  recordContext: RecordContext,
  parent: TracingOptions['parent'],
): Link[] {
  const writer =
    typeof parent === 'string'
      ? writerContextOf(record, parent)
      : parseTraceparent(answerOf(parent, record, recordContext, 'parent'));
  return [linkTo(writer, 'writer'), linkTo(replayedContextOf(record), 'replayed')].flat();
}

function linkTo(linked: TraceContext | undefined, role: string): Link[] {
  if (linked === undefined) return [];
  const { traceId, spanId, traceFlags } = linked;
  return [
    { context: { traceId, spanId, traceFlags, isRemote: true }, attributes: { 'streamlane.link': role } },
  ];
}

/** The value of an option for a record. Tracing must not fail the record, so what the function throws is logged. */
function answerOf<Answer>(
  option: Answer | ((record: TracedRecord) => Answer),
  record: TracedRecord,
  { logger }: RecordContext,
  name: string,
): Answer | undefined {
  if (typeof option !== 'function') return option;
  try {
    return (option as (record: TracedRecord) => Answer)(record);
  } catch (error) {
    ignoreErrors(() => logger.warn(`${OWNER}: ${name} failed`, { ...logFieldsOf(record), error }));
    return undefined;
  }
}

/** The trace of the records of an unsampled invocation. */
class UnsampledTrace implements RecordTrace {
  readonly invocation: SpanContext;
  readonly logger: RecordTrace['logger'];

  constructor(invocation: SpanContext, logger: RecordTrace['logger']) {
    this.invocation = invocation;
    this.logger = logger;
  }

  get context(): TraceContext {
    return traceContextOf(this.invocation);
  }
}

/** The trace of a record with a span. Before the span has started, it is that of the invocation. */
class SpanTrace implements RecordTrace {
  readonly #span: RecordSpan;
  readonly #invocation: SpanContext | undefined;
  readonly logger: RecordTrace['logger'];

  constructor(span: RecordSpan, invocation: SpanContext | undefined, logger: RecordTrace['logger']) {
    this.#span = span;
    this.#invocation = invocation;
    this.logger = logger;
  }

  get context(): TraceContext | undefined {
    const own = this.#span.started?.spanContext() ?? this.#invocation;
    return own && isSpanContextValid(own) ? traceContextOf(own) : undefined;
  }
}

function traceContextOf({ traceId, spanId, traceFlags, traceState }: SpanContext): TraceContext {
  return { traceId, spanId, traceFlags, traceState: traceState?.serialize() || undefined };
}

import { type Attributes, type Span, SpanKind, SpanStatusCode } from '@opentelemetry/api';

/** A span that ended, as it crosses to another thread. */
export interface PlainSpan {
  readonly name: string;
  /** `CONSUMER`, for example. */
  readonly kind: string;
  readonly traceId: string;
  readonly spanId: string;
  /** Undefined for the first span of a trace. */
  readonly parentSpanId: string | undefined;
  /** Milliseconds since 1970. */
  readonly startMs: number;
  readonly durationMs: number;
  readonly status: 'unset' | 'ok' | 'error';
  readonly statusMessage: string | undefined;
  readonly attributes: Attributes;
  readonly links: readonly PlainLink[];
}

export interface PlainLink {
  readonly traceId: string;
  readonly spanId: string;
  /** `writer` or `replayed`, for the links of `tracing`. */
  readonly role: string | undefined;
}

/** The spans of a sandbox since its last answer. */
export interface CollectedSpans {
  readonly spans: readonly PlainSpan[];
  /** How many more have ended, of which only the number is kept. */
  readonly left: number;
  /** How many were started that the sampler had dropped. */
  readonly unsampled: number;
}

/** The members that are read of a span of the SDK. Another implementation may have others, or none. */
interface Readable {
  readonly name?: unknown;
  readonly kind?: unknown;
  /** Before version 2 of the SDK. */
  readonly parentSpanId?: unknown;
  readonly parentSpanContext?: { readonly spanId?: unknown };
  readonly startTime?: unknown;
  readonly duration?: unknown;
  readonly status?: { readonly code?: unknown; readonly message?: unknown };
  readonly attributes?: unknown;
  readonly links?: unknown;
}

interface LinkLike {
  readonly context?: { readonly traceId?: unknown; readonly spanId?: unknown };
  readonly attributes?: Readonly<Record<string, unknown>>;
}

const MAX_NAME = 200;
const MAX_VALUE = 1000;
const STATUS = { [SpanStatusCode.OK]: 'ok', [SpanStatusCode.ERROR]: 'error' } as const;

/** Reads a span. Long names and values are cut. */
export function plainSpan(span: Span): PlainSpan {
  const readable = span as Readable;
  const { traceId, spanId } = span.spanContext();
  const { status } = readable;
  const message = textOf(status?.message);
  return {
    name: cut(textOf(readable.name) ?? '(no name)', MAX_NAME),
    kind: SpanKind[Number(readable.kind)] ?? 'INTERNAL',
    traceId,
    spanId,
    parentSpanId: textOf(readable.parentSpanContext?.spanId) ?? textOf(readable.parentSpanId),
    startMs: millisecondsOf(readable.startTime),
    durationMs: millisecondsOf(readable.duration),
    status: STATUS[status?.code as keyof typeof STATUS] ?? 'unset',
    statusMessage: message && cut(message, MAX_VALUE),
    attributes: attributesOf(readable.attributes),
    links: Array.isArray(readable.links) ? readable.links.map(linkOf) : [],
  };
}

function linkOf({ context, attributes }: LinkLike): PlainLink {
  return {
    traceId: `${context?.traceId}`,
    spanId: `${context?.spanId}`,
    role: textOf(attributes?.['streamlane.link']),
  };
}

/** Through JSON, because not all values can cross to another thread. */
function attributesOf(attributes: unknown): Attributes {
  try {
    const json = JSON.stringify(attributes ?? {}, (_name, value: unknown) =>
      typeof value === 'string' ? cut(value, MAX_VALUE) : value,
    );
    return JSON.parse(json) as Attributes;
  } catch {
    return {};
  }
}

/** Seconds and nanoseconds. */
function millisecondsOf(time: unknown): number {
  const [seconds, nanoseconds] = Array.isArray(time) ? time.map(Number) : [0, 0];
  return (seconds as number) * 1e3 + (nanoseconds as number) / 1e6;
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function cut(text: string, characters: number): string {
  return text.length > characters ? `${text.slice(0, characters)}…` : text;
}

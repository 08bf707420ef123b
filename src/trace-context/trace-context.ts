/**
 * The place of an operation in its trace.
 *
 * @see https://www.w3.org/TR/trace-context/
 */
export interface TraceContext {
  /** 32 hexadecimal digits, not all of them 0. */
  readonly traceId: string;
  /** 16 hexadecimal digits, not all of them 0. */
  readonly spanId: string;
  /** A number of 8 bits. The lowest one says that the trace is sampled. */
  readonly traceFlags: number;
  /** The text of `tracestate`. Undefined where the trace has none. */
  readonly traceState?: string | undefined;
}

const SAMPLED = 1;

/** Later versions may have more fields. Those of version 00 stay where they are. */
const TRACEPARENT = /^([\da-f]{2})-([\da-f]{32})-([\da-f]{16})-([\da-f]{2})(-.*)?$/;

/** Checks if the trace is recorded. */
export function isSampled({ traceFlags }: Pick<TraceContext, 'traceFlags'>): boolean {
  return (traceFlags & SAMPLED) !== 0;
}

/** Writes a `traceparent`. */
export function traceparentOf({ traceId, spanId, traceFlags }: Omit<TraceContext, 'traceState'>): string {
  return `00-${traceId}-${spanId}-${(traceFlags & 0xff).toString(16).padStart(2, '0')}`;
}

/** Reads a `traceparent`. Returns undefined for all other values: an item may hold anything. */
export function parseTraceparent(value: unknown): TraceContext | undefined {
  const found = typeof value === 'string' ? TRACEPARENT.exec(value) : null;
  if (found === null) return undefined;
  const [, version, traceId = '', spanId = '', flags = '', more] = found;
  if (version === 'ff' || (version === '00' && more !== undefined)) return undefined;
  if (isZero(traceId) || isZero(spanId)) return undefined;
  return { traceId, spanId, traceFlags: Number.parseInt(flags, 16) };
}

function isZero(digits: string): boolean {
  return /^0+$/.test(digits);
}

/**
 * Writes the header of X-Ray, whose trace ids are those of W3C in other groups.
 *
 * @see https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader
 */
export function xrayHeaderOf(trace: TraceContext): string {
  const { traceId, spanId } = trace;
  return `Root=1-${traceId.slice(0, 8)}-${traceId.slice(8)};Parent=${spanId};Sampled=${isSampled(trace) ? 1 : 0}`;
}

import type { Logger } from '../logger.ts';
import type { TraceContext } from './trace-context.ts';

/** The trace in which a record is handled. */
export interface RecordTrace {
  /** Undefined where there is no trace. */
  readonly context: TraceContext | undefined;
  readonly logger: Pick<Logger, 'debug'>;
}

/**
 * The name under which a record holds its trace. The only thing that tracing middleware and sinks share, so that sinks load
 * nothing of OpenTelemetry. A sink gets the record with each message, and a micro-batch mixes messages of several records.
 * A WeakMap took more time than all else of an unsampled record (bench: tracing/small).
 */
const TRACE: unique symbol = Symbol('trace');

interface Traced {
  [TRACE]?: RecordTrace;
}

/** Lets what is sent for a record carry its trace. */
export function setRecordTrace(record: object, trace: RecordTrace): void {
  (record as Traced)[TRACE] = trace;
}

/** The trace in which a record is handled. Undefined without tracing middleware. */
export function recordTraceOf(record: object | undefined): RecordTrace | undefined {
  return (record as Traced | undefined)?.[TRACE];
}

/** The context that a message about a record carries. */
export function traceContextOf(record: object | undefined): TraceContext | undefined {
  return recordTraceOf(record)?.context;
}

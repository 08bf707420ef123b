import { context, type SpanContext, TraceFlags, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import {
  AlwaysOnSampler,
  InMemorySpanExporter,
  ParentBasedSampler,
  type ReadableSpan,
  SimpleSpanProcessor,
  type SpanProcessor,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import { traceparentOf } from '../../src/trace-context/trace-context.ts';

const exporter = new InMemorySpanExporter();
let provider: TracerProvider | undefined;

/** Registers the SDK, with an exporter that keeps the spans in memory. */
export function startTelemetry(...more: readonly SpanProcessor[]): TracerProvider {
  stopTelemetry();
  provider = new TracerProvider({
    sampler: new ParentBasedSampler({ root: new AlwaysOnSampler() }),
    spanProcessors: [...more, new SimpleSpanProcessor({ exporter })],
  });
  trace.setGlobalTracerProvider(provider);
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  exporter.reset();
  return provider;
}

export function stopTelemetry(): void {
  trace.disable();
  context.disable();
}

/** The spans that ended, in this order. */
export async function endedSpans(): Promise<readonly ReadableSpan[]> {
  await provider?.forceFlush();
  return exporter.getFinishedSpans();
}

/** Runs code in a span of this name, as the one of an invocation. */
export async function inSpan<T>(name: string, run: (span: SpanContext) => T): Promise<Awaited<T>> {
  const span = trace.getTracer('test').startSpan(name);
  try {
    return await context.with(trace.setSpan(context.active(), span), () => run(span.spanContext()));
  } finally {
    span.end();
  }
}

/** Runs code under an invocation that is not sampled. */
export function unsampled<T>(run: () => T): T {
  return context.with(trace.setSpanContext(context.active(), UNSAMPLED), run);
}

export const UNSAMPLED: SpanContext = {
  traceId: '0af7651916cd43dd8448eb211c80319c',
  spanId: 'b7ad6b7169203331',
  traceFlags: TraceFlags.NONE,
};

/** The context of a writer with a number. */
export function writer(number: number): { readonly traceId: string; readonly spanId: string } {
  const digits = number.toString(16);
  return { traceId: digits.padStart(32, 'a'), spanId: digits.padStart(16, 'b') };
}

/** The attribute of an item that this writer has written. */
export function writtenBy(number: number): { readonly traceparent: { readonly S: string } } {
  return { traceparent: { S: traceparentOf({ ...writer(number), traceFlags: 1 }) } };
}

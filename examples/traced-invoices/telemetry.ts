import { context, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import {
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
  TracerProvider,
} from '@opentelemetry/sdk-trace';

// In Lambda, the layer of ADOT sets OpenTelemetry up. Here the spans stay in memory.
const exporter = new InMemorySpanExporter();

const provider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] });
trace.setGlobalTracerProvider(provider);
context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());

/** The spans that have ended, in the order of their start. */
export async function endedSpans(): Promise<readonly ReadableSpan[]> {
  await provider.forceFlush();
  const startMs = ({ startTime: [seconds, nanos] }: ReadableSpan): number => seconds * 1e3 + nanos / 1e6;
  return exporter.getFinishedSpans().toSorted((a, b) => startMs(a) - startMs(b));
}

/**
 * Works as a Lambda layer of OpenTelemetry: NODE_OPTIONS imports it before the runtime client. It registers the SDK with spans in
 * batches, and the instrumentation of Lambda, which wraps the handler when its file is loaded and exports the spans before the answer.
 * Exported spans are lines of the log.
 */
import { writeSync } from 'node:fs';
import { register } from 'node:module';
import { context, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { AwsLambdaInstrumentation } from '@opentelemetry/instrumentation-aws-lambda';
import { BatchSpanProcessor, type SpanExporter, TracerProvider } from '@opentelemetry/sdk-trace';

// For handlers that are ES modules.
register('@opentelemetry/instrumentation/hook.mjs', import.meta.url);

const exporter: SpanExporter = {
  export(spans, done) {
    for (const span of spans) {
      const { name, kind, parentSpanContext, status, links } = span;
      const { traceId, spanId } = span.spanContext();
      const parentSpanId = parentSpanContext?.spanId;
      const linked = links.map((link) => link.context.traceId);
      writeSync(1, `span ${JSON.stringify({ name, kind, traceId, spanId, parentSpanId, status, linked })}\n`);
    }
    done({ code: 0 });
  },
  shutdown: async () => {},
  forceFlush: async () => {},
};

const provider = new TracerProvider({
  // Far longer than the test: only a flush exports.
  spanProcessors: [new BatchSpanProcessor({ exporter, scheduledDelayMillis: 600_000 })],
});
trace.setGlobalTracerProvider(provider);
context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
new AwsLambdaInstrumentation().setTracerProvider(provider);

// A function with tracing, bundled with its own copy of the OpenTelemetry API. The SDK is outside of it, as in a Lambda layer.
import { streamRouter } from '../../src/index.ts';
import { tracing } from '../../src/opentelemetry/index.ts';

export const handler = streamRouter({ logger: false, reserveMs: 300 })
  .use(tracing({ parent: 'traceparent' }))
  .onInsert(async ({ newImage }) => {
    if (newImage.id === 'bad') throw new RangeError('negative');
  });

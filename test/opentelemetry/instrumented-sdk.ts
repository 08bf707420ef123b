/**
 * A function as ADOT's layer starts it: the instrumentation of the AWS SDK is there before the SDK. It sends a message for each of
 * three records in one request, and prints the contexts of the spans and of the messages.
 */
import { createRequire } from 'node:module';
import { propagation, trace } from '@opentelemetry/api';
import { AwsInstrumentation } from '@opentelemetry/instrumentation-aws-sdk';
import { contextOf, eventOf } from '../fixtures/events.ts';
import { endedSpans, startTelemetry } from './telemetry.ts';

const provider = startTelemetry();
new AwsInstrumentation().setTracerProvider(provider);
createRequire(import.meta.url)('@aws-sdk/client-sqs');
const { SQSClient } = await import('@aws-sdk/client-sqs');
const { streamRouter } = await import('../../src/index.ts');
const { tracing } = await import('../../src/opentelemetry/index.ts');
const { sqsQueue } = await import('../../src/sinks/sqs.ts');
const { traceparentOf } = await import('../../src/trace-context/trace-context.ts');
const { FakeAws } = await import('../fixtures/fake-aws/fake-aws.ts');

// The W3C propagator, which AWS's distribution has among others.
propagation.setGlobalPropagator({
  fields: () => ['traceparent'],
  extract: (active) => active,
  inject(active, carrier, setter) {
    const span = trace.getSpanContext(active);
    if (span) setter.set(carrier, 'traceparent', traceparentOf(span));
  },
});

const fake = await FakeAws.start();
const queue = sqsQueue({
  queueUrl: `${fake.connection.endpoint}/123456789012/payments`,
  client: new SQSClient(fake.connection),
});
const handle = streamRouter<{ id: string }>({ logger: false })
  .use(tracing())
  .onInsert((record) => queue.send({ id: record.keys.id }, { record }));
await handle(eventOf({}, {}, {}), contextOf());
await fake.stop();

const spans = await endedSpans();
const carried = fake.accepted.map(({ raw }) => {
  const { MessageAttributes } = raw as unknown as {
    MessageAttributes: Record<string, { StringValue: string }>;
  };
  return MessageAttributes.traceparent?.StringValue;
});
const own = spans
  .filter(({ name }) => name === 'process Invoices')
  .map((span) => traceparentOf(span.spanContext()));
console.log(JSON.stringify({ names: spans.map(({ name }) => name), own, carried }));

import {
  DeleteMessageCommand,
  type Message,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { context, ROOT_CONTEXT, type SpanContext, SpanKind, trace } from '@opentelemetry/api';

/** Receives messages from the queue until the expected number has come. Each message gets a span in the trace of its record. */
export async function consume(sqs: SQSClient, QueueUrl: string, expected: number): Promise<void> {
  for (let received = 0; received < expected; ) {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl, MessageAttributeNames: ['All'], WaitTimeSeconds: 1 }),
    );
    received += Messages.length;
    for (const message of Messages) {
      const span = trace
        .getTracer('shipping')
        .startSpan('process payments', { kind: SpanKind.CONSUMER }, parentOf(message));
      const ReceiptHandle = message.ReceiptHandle;
      await context.with(trace.setSpan(context.active(), span), () =>
        sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle })),
      );
      span.end();
    }
  }
}

/** Reads the `traceparent` of a message, as a W3C propagator of the OpenTelemetry SDK does. */
function parentOf({ MessageAttributes = {} }: Message) {
  const [, traceId, spanId, flags] = (MessageAttributes.traceparent?.StringValue ?? '').split('-');
  if (traceId === undefined || spanId === undefined) return ROOT_CONTEXT;
  const parent: SpanContext = { traceId, spanId, traceFlags: Number(`0x${flags}`), isRemote: true };
  return trace.setSpanContext(ROOT_CONTEXT, parent);
}

import { env, streamRouter } from 'streamlane';
import { tracing } from 'streamlane/opentelemetry';
import { snsTopic } from 'streamlane/sinks/sns';

interface Invoice {
  readonly invoiceId: string;
  readonly total: number;
  /** The context of the writer, made by `traceAttributes`. */
  readonly traceparent?: string;
}

const payments = snsTopic({ topicArn: env('PAYMENTS_TOPIC_ARN') });

/** Announces new invoices. Each has a span that is linked to its writer, and its message carries the context of the span. */
export const handler = streamRouter<Invoice>()
  .use(tracing({ parent: 'traceparent' }))
  .onInsert(async (record) => {
    const { invoiceId, total } = record.newImage;
    await payments.publish({ invoiceId, total }, { record });
  });

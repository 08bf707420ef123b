import { type DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { SpanKind, trace } from '@opentelemetry/api';
import { traceAttributes } from 'streamlane/opentelemetry';

/** Serves a request that creates an invoice. The item carries the context of the span that wrote it. */
export function createInvoice(
  dynamodb: DynamoDBClient,
  invoice: { readonly invoiceId: string; readonly total: number },
): Promise<void> {
  return trace.getTracer('web').startActiveSpan('POST /invoices', { kind: SpanKind.SERVER }, async (span) => {
    const Item = marshall({ ...invoice, ...traceAttributes() });
    await dynamodb.send(new PutItemCommand({ TableName: 'Invoices', Item }));
    span.end();
  });
}

import {
  type AttributeValue,
  DeleteItemCommand,
  type DynamoDBClient,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { Invoice } from './invoice.ts';
import type { Write } from './plan-invoices.ts';

export interface WriterOptions {
  readonly dynamodb: DynamoDBClient;
  readonly tableName: string;
  /** Writes in flight at once. Writes to one invoice still follow each other. */
  readonly concurrency: number;
  /** Called after each write that the table took. */
  readonly onWritten: (write: Write) => void;
  /** Ends the writing early. */
  readonly signal?: AbortSignal | undefined;
}

/** Carries a plan out. */
export async function writeInvoices(plan: readonly Write[], options: WriterOptions): Promise<void> {
  const queue = plan.values(); // one iterator for all workers: each takes the next write
  const lastWrites = new Map<string, Promise<void>>();
  const worker = async (): Promise<void> => {
    for (const write of queue) {
      if (options.signal?.aborted) return;
      const { invoiceId } = write.invoice;
      const previous = lastWrites.get(invoiceId);
      const current = (async () => {
        await previous;
        await apply(write, options);
        options.onWritten(write);
      })();
      lastWrites.set(invoiceId, current);
      await current;
    }
  };
  await Promise.all(Array.from({ length: options.concurrency }, worker));
}

async function apply({ kind, invoice }: Write, { dynamodb, tableName }: WriterOptions): Promise<void> {
  if (kind === 'delete') {
    await dynamodb.send(new DeleteItemCommand({ TableName: tableName, Key: keyOf(invoice) }));
  } else {
    await dynamodb.send(new PutItemCommand({ TableName: tableName, Item: itemOf(invoice) }));
  }
}

function keyOf({ customerId, invoiceId }: Invoice): Record<string, AttributeValue> {
  return { customerId: { S: customerId }, invoiceId: { S: invoiceId } };
}

function itemOf(invoice: Invoice): Record<string, AttributeValue> {
  const { status, total, currency, version } = invoice;
  return {
    ...keyOf(invoice),
    status: { S: status },
    total: { N: `${total}` },
    currency: { S: currency },
    version: { N: `${version}` },
  };
}

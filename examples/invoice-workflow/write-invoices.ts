import { DeleteItemCommand, type DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { Write } from './plan-invoices.ts';

export interface WriterOptions {
  readonly dynamodb: DynamoDBClient;
  readonly tableName: string;
  /** Writes in flight at once. Writes to one invoice still follow each other. */
  readonly concurrency: number;
  /** Called after each write that the table took. */
  readonly onWritten: (write: Write) => void;
}

/** Carries a plan out. */
export async function writeInvoices(plan: readonly Write[], options: WriterOptions): Promise<void> {
  const queue = plan.values(); // one iterator for all workers: each takes what is next
  const lastWrites = new Map<string, Promise<void>>();
  const worker = async (): Promise<void> => {
    for (const write of queue) {
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
    const { customerId, invoiceId } = invoice;
    const Key = marshall({ customerId, invoiceId });
    await dynamodb.send(new DeleteItemCommand({ TableName: tableName, Key }));
  } else {
    await dynamodb.send(new PutItemCommand({ TableName: tableName, Item: marshall(invoice) }));
  }
}

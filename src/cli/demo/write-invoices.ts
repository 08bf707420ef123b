import { DeleteItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import type { Announcement, Invoice } from './invoice.ts';
import type { Resources } from './resources.ts';

const WRITERS = 8;

/** Lets invoices be drafted, opened, paid and, now and then, deleted. Tells of each change that the table took. */
export async function writeInvoices(
  count: number,
  resources: Resources,
  signal: AbortSignal,
  onWritten: (change: Announcement) => void,
): Promise<void> {
  const numbers = Array.from({ length: count }, (_, index) => index + 1).values();
  const writer = async (): Promise<void> => {
    for (const number of numbers) {
      if (signal.aborted) return;
      await live(number, resources, onWritten);
    }
  };
  await Promise.all(Array.from({ length: WRITERS }, writer));
}

async function live(
  number: number,
  { dynamodb, tableName: TableName }: Resources,
  onWritten: (change: Announcement) => void,
): Promise<void> {
  const invoiceId = `INV-${`${number}`.padStart(4, '0')}`;
  const customerId = `C-${number % 10}`;
  const put = async (status: Invoice['status'], what: Announcement['what']): Promise<void> => {
    const Item = {
      customerId: { S: customerId },
      invoiceId: { S: invoiceId },
      status: { S: status },
      total: { N: `${number * 10}` },
    };
    await dynamodb.send(new PutItemCommand({ TableName, Item }));
    onWritten({ invoiceId, what });
  };
  await put('DRAFT', 'drafted');
  await put('OPEN', 'opened');
  await put('PAID', 'paid');
  if (number % 5 !== 0) return;
  const Key = { customerId: { S: customerId }, invoiceId: { S: invoiceId } };
  await dynamodb.send(new DeleteItemCommand({ TableName, Key }));
  onWritten({ invoiceId, what: 'deleted' });
}

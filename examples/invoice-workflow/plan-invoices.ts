import type { Invoice } from './invoice.ts';
import { seededRandom } from './seeded-random.ts';

/** One write to the table. */
export interface Write {
  /** `resave` puts the item that is there already: DynamoDB sends no record for it. */
  readonly kind: 'insert' | 'modify' | 'resave' | 'delete';
  /** The invoice after the write, or before it when it is deleted. */
  readonly invoice: Invoice;
  /** True if the payments service has to get a message about it. */
  readonly announced: boolean;
  /** True if a receipt has to be sent for it. */
  readonly paid: boolean;
}

/** How many invoices are written to in turns. */
const openInvoices = 40;

/** One invoice in a hundred is in a currency that the function does not know. */
const unknownCurrencyAt = 51;

/** The lives of `count` invoices, written in turns: the same writes in the same order for the same seed. */
export function planInvoices(count: number, seed: number): Write[] {
  const random = seededRandom(seed);
  const lives = Array.from({ length: count }, (_, number) => planLife(number + 1, random));
  const open = lives.slice(0, openInvoices);
  let next = open.length;
  const plan: Write[] = [];
  while (open.length > 0) {
    const turn = Math.floor(random() * open.length);
    const life = open[turn] ?? [];
    const write = life.shift();
    if (write) plan.push(write);
    if (life.length === 0) open.splice(turn, 1, ...lives.slice(next, ++next));
  }
  return plan;
}

/** DRAFT, perhaps corrected, mostly OPEN, mostly PAID, sometimes deleted; and now and then saved for nothing. */
function planLife(number: number, random: () => number): Write[] {
  let invoice: Invoice = {
    customerId: `C-${String(1 + Math.floor(random() * 50)).padStart(3, '0')}`,
    invoiceId: `I-${String(number).padStart(5, '0')}`,
    status: 'DRAFT',
    total: (100 + Math.floor(random() * 100_000)) / 100,
    currency: number % 100 === unknownCurrencyAt ? 'KWD' : 'EUR',
    version: 1,
  };
  const life: Write[] = [{ kind: 'insert', invoice, announced: true, paid: false }];
  const modify = (change: Partial<Invoice>): void => {
    invoice = { ...invoice, ...change, version: invoice.version + 1 };
    const { status } = change;
    life.push({ kind: 'modify', invoice, announced: status !== undefined, paid: status === 'PAID' });
  };

  while (random() < 0.35) modify({ total: invoice.total + 5 });
  if (random() < 0.1) life.push({ kind: 'resave', invoice, announced: false, paid: false });
  if (random() < 0.85) {
    modify({ status: 'OPEN' });
    if (random() < 0.8) modify({ status: 'PAID' });
  }
  if (random() < (invoice.status === 'DRAFT' ? 0.7 : 0.05))
    life.push({ kind: 'delete', invoice, announced: true, paid: false });
  return life;
}

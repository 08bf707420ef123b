import type { Announcement } from './invoice.ts';

/** What became of the changes that were written. */
export interface Verdict {
  /** Changes that no announcement told of. */
  readonly lost: number;
  /** Invoices of which announcements came in another order than their changes. */
  readonly outOfOrder: number;
}

/** Compares, invoice by invoice, what was written with what was received. */
export function judge(written: readonly Announcement[], received: readonly Announcement[]): Verdict {
  const arrived = byInvoice(received);
  let lost = 0;
  let outOfOrder = 0;
  for (const [invoiceId, changes] of byInvoice(written)) {
    // Delivery is at least once: what comes again counts the first time.
    const seen = [...new Set(arrived.get(invoiceId))];
    const expected = changes.filter((change) => seen.includes(change));
    lost += changes.length - expected.length;
    if (expected.join() !== seen.join()) outOfOrder++;
  }
  return { lost, outOfOrder };
}

function byInvoice(announcements: readonly Announcement[]): ReadonlyMap<string, readonly string[]> {
  const changes = new Map<string, string[]>();
  for (const { invoiceId, what } of announcements) {
    const list = changes.get(invoiceId);
    if (list === undefined) changes.set(invoiceId, [what]);
    else list.push(what);
  }
  return changes;
}

/**
 * Books kept beside the workflow: each write, and where its change was seen after that. They read the
 * table's writes, the raw records and the messages, and nothing that streamlane says about itself.
 */
import type { DynamoDBRecord } from 'streamlane';
import type { Announcement } from './announcement.ts';
import type { Write } from './plan-invoices.ts';
import type { Receipt } from './receipt.ts';

/** One change of one invoice. */
export interface Sighting {
  readonly invoiceId: string;
  /** `v1`, `v2`, ... for the saves of an invoice, `deleted` for its end. */
  readonly change: string;
}

export interface WrittenChange extends Sighting {
  /** True if it has to reach the payments service. */
  readonly announced: boolean;
  /** True if a receipt has to be sent for it. */
  readonly paid: boolean;
}

/** Each list in the order in which things happened. */
export interface Ledger {
  readonly written: WrittenChange[];
  /** Records handed to the function, each time that they were. */
  readonly delivered: Sighting[];
  /** Records that a response of the function covers. */
  readonly acknowledged: Sighting[];
  /** Announcements that the topic took. */
  readonly published: Sighting[];
  /** Announcements that the payments service read. */
  readonly received: Sighting[];
  /** Receipts that were sent. */
  readonly receipts: Sighting[];
}

export function createLedger(): Ledger {
  return { written: [], delivered: [], acknowledged: [], published: [], received: [], receipts: [] };
}

export function sightingOfWrite({ kind, invoice, announced, paid }: Write): WrittenChange {
  const { invoiceId, version } = invoice;
  return { invoiceId, change: kind === 'delete' ? 'deleted' : `v${version}`, announced, paid };
}

export function sightingOfRecord({ eventName, dynamodb }: DynamoDBRecord): Sighting {
  return {
    invoiceId: dynamodb?.Keys?.invoiceId?.S ?? '',
    change: eventName === 'REMOVE' ? 'deleted' : `v${dynamodb?.NewImage?.version?.N}`,
  };
}

export function sightingOfAnnouncement({ type, invoiceId, version }: Announcement): Sighting {
  return { invoiceId, change: type === 'InvoiceDeleted' ? 'deleted' : `v${version}` };
}

export function sightingOfReceipt({ invoiceId, version }: Receipt): Sighting {
  return { invoiceId, change: `v${version}` };
}

/**
 * Books kept beside the workflow: what was written, and where each change was seen after that. They read the
 * table's writes, the raw records and the messages, and nothing that streamlane says about itself.
 */
import type { DynamoDBRecord } from 'aws-lambda';
import type { Announcement } from './announce.ts';
import type { Write } from './plan-invoices.ts';

/** One change of one invoice. */
export interface Sighting {
  readonly invoiceId: string;
  /** `v1`, `v2`, ... for the saves of an invoice, `deleted` for its end. */
  readonly change: string;
}

export interface WrittenChange extends Sighting {
  /** Whether it has to reach the payments service. */
  readonly announced: boolean;
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
}

export function createLedger(): Ledger {
  return { written: [], delivered: [], acknowledged: [], published: [], received: [] };
}

export function sightingOfWrite({ kind, invoice, announced }: Write): WrittenChange {
  const { invoiceId, version } = invoice;
  return { invoiceId, change: kind === 'delete' ? 'deleted' : `v${version}`, announced };
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

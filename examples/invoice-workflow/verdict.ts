import type { Ledger, Sighting, WrittenChange } from './ledger.ts';

export interface Verdict {
  /** Changes that no response covered, that had to be announced and never arrived, or that got no receipt. */
  readonly lost: number;
  /** Changes first seen after a later change of the same invoice, wherever that was. */
  readonly orderViolations: number;
  /** Records delivered more than once. */
  readonly redelivered: number;
  /** Announcements published more than once. At-least-once delivery allows them. */
  readonly publishedAgain: number;
  /** Announcements that payments got more than once. A FIFO topic allows none. */
  readonly receivedAgain: number;
  /** Nothing lost, nothing out of order, nothing seen twice by payments. */
  readonly passed: boolean;
}

/** Compares, invoice by invoice, the writes with the messages that came out. */
export function judge({ written, delivered, acknowledged, published, received, receipts }: Ledger): Verdict {
  const positions = new Map(written.map((change, position) => [nameOf(change), position]));
  const acknowledgedChanges = namesOf(acknowledged);
  const receivedChanges = namesOf(received);
  const receiptsFor = namesOf(receipts);

  const arrived = (change: WrittenChange): boolean =>
    acknowledgedChanges.has(nameOf(change)) &&
    (!change.announced || receivedChanges.has(nameOf(change))) &&
    (!change.paid || receiptsFor.has(nameOf(change)));
  const lost = written.filter((change) => !arrived(change)).length;
  const late = [delivered, acknowledged, published, received].flatMap((sightings) =>
    lateIn(sightings, positions),
  );
  const orderViolations = new Set(late).size;
  const receivedAgain = received.length - receivedChanges.size;
  return {
    lost,
    orderViolations,
    redelivered: delivered.length - namesOf(delivered).size,
    publishedAgain: published.length - namesOf(published).size,
    receivedAgain,
    passed: lost === 0 && orderViolations === 0 && receivedAgain === 0,
  };
}

/**
 * Finds first sightings that come after one of a later change, and invoices left at an older change than the latest
 * one seen. Seeing changes again in between is not a violation.
 */
function lateIn(sightings: readonly Sighting[], positions: ReadonlyMap<string, number>): string[] {
  const seen = new Set<string>();
  const latest = new Map<string, number>();
  const last = new Map<string, Sighting>();
  const late: string[] = [];
  const positionOf = (sighting: Sighting): number => {
    const position = positions.get(nameOf(sighting));
    if (position === undefined) throw new Error(`Seen, but never written: ${nameOf(sighting)}`);
    return position;
  };
  for (const sighting of sightings) {
    const { invoiceId } = sighting;
    const position = positionOf(sighting);
    const latestPosition = latest.get(invoiceId) ?? -1;
    if (position < latestPosition && !seen.has(nameOf(sighting))) late.push(nameOf(sighting));
    latest.set(invoiceId, Math.max(position, latestPosition));
    last.set(invoiceId, sighting);
    seen.add(nameOf(sighting));
  }
  for (const [invoiceId, sighting] of last) {
    if (positionOf(sighting) < (latest.get(invoiceId) ?? -1)) late.push(nameOf(sighting));
  }
  return late;
}

function namesOf(sightings: readonly Sighting[]): Set<string> {
  return new Set(sightings.map(nameOf));
}

function nameOf({ invoiceId, change }: Sighting): string {
  return `${invoiceId} ${change}`;
}

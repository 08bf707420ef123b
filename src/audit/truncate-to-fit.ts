import type { AuditEntry } from './audit-entry.ts';
import type { AuditChange } from './stored-changes.ts';

/**
 * Replaces the largest values of an entry that exceeds `maxBytes`, until it fits or no value is left that is longer than its
 * replacement. The path and kind of every change stay.
 *
 * @param maxBytes of the entry as JSON, in UTF-8
 */
export function truncateToFit(entry: AuditEntry, maxBytes: number): AuditEntry {
  // Without a limit the size is not asked for: that takes the JSON of the whole entry (bench: middleware/audit).
  if (entry.changes === undefined || maxBytes === Number.POSITIVE_INFINITY) return entry;
  const excess = sizeOf(entry) - maxBytes;
  if (!(excess > 0)) return entry;
  return { ...entry, changes: replaceLargest(entry.changes, excess) };
}

function replaceLargest(changes: readonly AuditChange[], excess: number): AuditChange[] {
  const smaller = changes.map((change) => ({ ...change }));
  const values = smaller.flatMap((change) =>
    (['before', 'after'] as const)
      .filter((side) => side in change)
      .map((side) => ({ change, side, bytes: sizeOf(change[side]) })),
  );
  let left = excess;
  for (const { change, side, bytes } of values.sort((a, b) => b.bytes - a.bytes)) {
    const marker = { TOO_LARGE: bytes };
    const gain = bytes - sizeOf(marker);
    if (left <= 0 || gain <= 0) break;
    change[side] = marker;
    left -= gain;
  }
  return smaller;
}

function sizeOf(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value));
}

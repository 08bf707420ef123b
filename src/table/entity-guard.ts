import { InvalidRecordError } from '../errors.ts';
import { openRecord } from '../record/lazy-record.ts';
import type { EntityCount, EntityCounts, TableEntities } from './table-entities.ts';

type Counts = { -readonly [Name in keyof EntityCount]: number };

/** Counts and refuses records of no entity, for a table with entities. */
export function entityGuard(
  table: string,
  of: TableEntities['of'],
): Pick<TableEntities, 'countsOf' | 'guard' | 'nameOf' | 'unknownIn' | 'warning'> {
  /** Invocation -> the sequence numbers of its records that belong to no entity. */
  const found: WeakMap<object, Set<string>> = new WeakMap();
  return {
    warning:
      `Records belong to none of the entities that defineTable declares for ${table}, so no route got them. Declare ` +
      'their entity, without routes if nothing is to be done.',
    guard: (handle, fails, invocationOf) => (record, context) => {
      // Of one that belongs to an entity, the name is kept.
      if (record.entity === undefined && of(record).isUnknown) {
        const invocation = invocationOf(context);
        // By sequence number: a retry hands the record in again.
        found.set(invocation, (found.get(invocation) ?? new Set()).add(record.sequenceNumber));
        if (fails) throw unknownEntity(table);
      }
      return handle(record, context);
    },
    unknownIn: (invocation) => found.get(invocation)?.size ?? 0,
    nameOf,
    countsOf,
  };
}

function countsOf(...[records, reading, outcomeAt]: Parameters<TableEntities['countsOf']>): EntityCounts {
  const byName = new Map<string, Counts>();
  records.forEach((raw, index) => {
    const entity = nameOf(raw, reading);
    if (entity === undefined) return;
    const counts = byName.get(entity) ?? { records: 0, succeeded: 0, failed: 0, deadLettered: 0 };
    byName.set(entity, counts);
    counts.records++;
    const outcome = outcomeAt(index);
    if (outcome !== undefined) counts[outcome]++;
  });
  return Object.fromEntries(byName);
}

function nameOf(...[raw, reading]: Parameters<TableEntities['nameOf']>): string | undefined {
  try {
    return openRecord(raw, reading).entity;
  } catch {
    return undefined;
  }
}

function unknownEntity(table: string): InvalidRecordError {
  return new InvalidRecordError(
    'UNKNOWN_ENTITY',
    `The record belongs to none of the entities that defineTable declares for ${table}. Declare its entity, or take ` +
      "unknownEntity: 'ignore' to let such records pass.",
  );
}

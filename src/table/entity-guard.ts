import { InvalidRecordError } from '../errors.ts';
import type { EntityCount, EntityCounts, TableEntities } from './table-entities.ts';

type Counts = { -readonly [Name in keyof EntityCount]: number };

/** What a table with entities does beside finding them: counting and refusing records of no entity. */
export function entityGuard(
  table: string,
): Pick<TableEntities, 'countsOf' | 'guard' | 'unknownIn' | 'warning'> {
  /** Invocation -> the sequence numbers of its records that belong to no entity. */
  const found: WeakMap<object, Set<string>> = new WeakMap();
  return {
    warning:
      `Records belong to none of the entities that defineTable declares for ${table}, so no route got them. Declare ` +
      'their entity, without routes if nothing is to be done.',
    guard: (handle, fails, invocationOf) => (record, context) => {
      if (record.isUnknownEntity) {
        const invocation = invocationOf(context);
        // By sequence number: a retry hands the record in again.
        found.set(invocation, (found.get(invocation) ?? new Set()).add(record.sequenceNumber));
        if (fails) throw unknownEntity(table);
      }
      return handle(record, context);
    },
    unknownIn: (invocation) => found.get(invocation)?.size ?? 0,
    countsOf,
  };
}

function countsOf(outcomes: Parameters<TableEntities['countsOf']>[0]): EntityCounts {
  const byName = new Map<string, Counts>();
  for (const [entity, outcome] of outcomes) {
    if (entity === undefined) continue;
    const counts = byName.get(entity) ?? { records: 0, succeeded: 0, failed: 0, deadLettered: 0 };
    byName.set(entity, counts);
    counts.records++;
    if (outcome !== undefined) counts[outcome]++;
  }
  return Object.fromEntries(byName);
}

function unknownEntity(table: string): InvalidRecordError {
  return new InvalidRecordError(
    'UNKNOWN_ENTITY',
    `The record belongs to none of the entities that defineTable declares for ${table}. Declare its entity, or take ` +
      "unknownEntity: 'ignore' to let such records pass.",
  );
}

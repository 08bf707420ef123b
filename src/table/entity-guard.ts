import { InvalidRecordError } from '../errors.ts';
import { ignoreErrors } from '../promise/ignore-errors.ts';
import { openRecord } from '../record/lazy-record.ts';
import { RecordState } from '../record/record-state.ts';
import { schemaGuard } from './schema-guard.ts';
import type { CountedBatch, EntityCount, EntityCounts, TableEntities } from './table-entities.ts';

type Counts = { -readonly [Name in keyof EntityCount]: number };

/** Counts and refuses records of no entity, for a table with entities. */
export function entityGuard(
  table: string,
  of: TableEntities['of'],
  hasSchema: boolean,
): Pick<TableEntities, 'guard' | 'nameOf' | 'summarize'> {
  /** Invocation -> the sequence numbers of its records that belong to no entity. */
  const found: WeakMap<object, Set<string>> = new WeakMap();
  return {
    guard(handle, guarded) {
      const check = hasSchema ? schemaGuard(handle, guarded) : handle;
      return (record, context) => {
        // Of one that belongs to an entity, the name is kept.
        if (record.entity === undefined && of(record).isUnknown) {
          const invocation = guarded.invocationOf(context);
          // By sequence number: a retry hands the record in again.
          found.set(invocation, (found.get(invocation) ?? new Set()).add(record.sequenceNumber));
          if (guarded.fails) throw unknownEntity(table);
        }
        return check(record, context);
      };
    },
    nameOf,
    summarize(summary, { invocation, ...batch }, logger) {
      const unknownEntity = found.get(invocation)?.size ?? 0;
      const counted = { ...summary, unknownEntity };
      // Two fields, so that the console keeps them on the line of the message.
      if (unknownEntity > 0)
        ignoreErrors(() =>
          logger.warn(warningAbout(table), { records: batch.records.length, unknownEntity }),
        );
      // A log shows the counts, not a function.
      return Object.defineProperty(counted, 'byEntity', { value: () => countsOf(batch) });
    },
  };
}

/** Counts by entity what became of the records of a batch. */
function countsOf(batch: Omit<CountedBatch, 'invocation'>): EntityCounts {
  const { records, sequenceNumbers, reading, states, letters } = batch;
  const byName = new Map<string, Counts>();
  records.forEach((raw, index) => {
    const entity = nameOf(raw, reading);
    if (entity === undefined) return;
    const counts = byName.get(entity) ?? { records: 0, succeeded: 0, failed: 0, deadLettered: 0 };
    byName.set(entity, counts);
    counts.records++;
    const state = states[index];
    if (state === RecordState.failed) counts.failed++;
    if (state === RecordState.succeeded)
      counts[letters.has(sequenceNumbers[index] as string) ? 'deadLettered' : 'succeeded']++;
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

function warningAbout(table: string): string {
  return (
    `Records belong to none of the entities that defineTable declares for ${table}, so no route got them. Declare ` +
    'their entity. It needs no routes.'
  );
}

function unknownEntity(table: string): InvalidRecordError {
  return new InvalidRecordError(
    'UNKNOWN_ENTITY',
    `The record belongs to none of the entities that defineTable declares for ${table}. Declare its entity, or set ` +
      "unknownEntity: 'ignore' to let such records pass.",
  );
}

import type { Guarded } from '../table/schema-guard.ts';
import type { BatchSettings } from './options.ts';
import type { HandleRecord } from './process-event.ts';
import { invocationOf, type RecordContext } from './record-context.ts';
import { requireTime } from './require-time.ts';

/**
 * Checks a record by what the table declares, inside the record's own try, then handles it: its entity, and its images
 * against the schema.
 *
 * @param routesOf the routes for a record: one that none of them may take is not checked against the schema
 */
export function validated(
  { table, unknownEntity }: BatchSettings,
  handle: HandleRecord,
  routesOf?: Guarded<RecordContext>['routesOf'],
): HandleRecord {
  const guarded = { fails: unknownEntity === 'fail', invocationOf, requireTime, routesOf };
  return table?.['~guard']?.(handle, guarded) ?? handle;
}

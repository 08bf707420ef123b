import type { LazyRecord } from '../record/lazy-record.ts';
import type { BatchSettings } from './options.ts';
import type { HandleRecord } from './process-event.ts';
import { invocationOf } from './record-context.ts';
import { requireTime } from './require-time.ts';

/**
 * Checks a record by what the table declares, inside the record's own try, then handles it: its entity, and its images
 * against the schema.
 *
 * @param isWanted whether anything is left to handle the record: a record without a handler is not checked against the schema
 */
export function validated(
  settings: BatchSettings,
  handle: HandleRecord,
  isWanted?: (record: LazyRecord) => boolean,
): HandleRecord {
  const { table } = settings;
  if (table === undefined) return handle;
  const { schema, '~entities': entities } = table;
  const checked: HandleRecord = (record, context) => {
    // Conditions are asked once more by the routes: only where that saves a check.
    if (!record.hasSchema) return handle(record, context);
    if (isWanted?.(record) === false) return undefined;
    const checking = record.validate();
    if (checking === undefined) return handle(record, context);
    return checking.then(() => {
      requireTime(record, context, 'the handler behind the schema');
      return handle(record, context);
    });
  };
  const check = schema === undefined && entities?.hasSchema !== true ? handle : checked;
  return entities?.guard(check, settings.unknownEntity === 'fail', invocationOf) ?? check;
}

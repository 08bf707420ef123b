import type { HandleRecord } from './process-event.ts';
import { requireTime } from './require-time.ts';

/** Checks the images of a record against the table's schema, inside the record's own try, then handles it. */
export function validated(handle: HandleRecord): HandleRecord {
  return (record, context) => {
    const checking = record.validate();
    if (checking === undefined) return handle(record, context);
    return checking.then(() => {
      requireTime(record, context, 'the handler behind the schema');
      return handle(record, context);
    });
  };
}

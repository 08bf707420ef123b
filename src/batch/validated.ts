import type { HandleRecord } from './process-event.ts';

/** Checks the images of a record against the table's schema, inside the record's own try, then handles it. */
export function validated(handle: HandleRecord): HandleRecord {
  return (record, context) => {
    const checking = record.validate();
    return checking === undefined ? handle(record, context) : checking.then(() => handle(record, context));
  };
}

import type { RecordContext } from '../batch/record-context.ts';
import type { ChangedRecord } from '../record/changes.ts';
import { needsAllRecords } from '../router/needed-records.ts';
import type { Next } from '../router/record-middleware.ts';
import type { Sink } from '../sinks/sink.ts';
import type { EntityOf } from '../table/entity-types.ts';
import type { AnyTable } from '../table/table.ts';
import { type AuditedRecord, auditEntryOf } from './audit-entry.ts';
import { type AuditOptions, auditSettings } from './options.ts';
import { truncateToFit } from './truncate-to-fit.ts';

/**
 * A handler for any route and for `processBatch`, and a record middleware. It resolves when the sink has accepted the
 * entry; as a middleware it goes on after that.
 */
export type AuditTrail<R> = (record: R, context?: RecordContext, next?: Next) => Promise<void>;

/**
 * Records every change that it is handed: makes an entry of it and sends that to a sink.
 *
 * - **Order**: entries of one item reach the sink in the order of its changes, as its records are handled in that order.
 * - **Delivery**: a record whose entry was not accepted fails, and Lambda delivers it again. A redelivered record gives
 *   the same entry: an audit table overwrites it by itself, other targets may get it twice.
 * - **As a middleware**, the entry is written before anything else handles the record, and whether or not that succeeds:
 *   the item has changed in either case. Records that no route matches are recorded, too.
 *
 * Entries show item content. What must not be in them goes into `redact` or `omit`.
 *
 * @throws ConfigurationError `UNKNOWN_OPTION` or `INVALID_OPTION`; for a record, InvalidRecordError `MISSING_IMAGE` if changes are
 * asked for and the record does not carry the images, and what the sink throws
 * @example
 * ```ts
 * const audit = auditTrail(tableWriter({ tableName: 'Audit' }), { actor: 'updatedBy', redact: ['card.number'] });
 *
 * export const handler = streamRouter(invoices).use(audit); // every change
 * // or of some: .onInsert(audit).onRemove(expired, audit)
 * ```
 * @example
 * ```ts
 * // Of a table with entities: a list for each, and names that are checked.
 * const audit = auditTrail<typeof app>(sink, { redact: { customer: ['email'], order: [] } });
 * ```
 */
export function auditTrail<T extends AnyTable = AnyTable>(
  sink: Sink,
  options: AuditOptions<NonNullable<EntityOf<T>>> & { readonly changes: false },
): AuditTrail<AuditedRecord>;
export function auditTrail<T extends AnyTable = AnyTable>(
  sink: Sink,
  options?: AuditOptions<NonNullable<EntityOf<T>>> & { readonly changes?: true },
): AuditTrail<AuditedRecord & ChangedRecord>;
export function auditTrail(sink: Sink, options: AuditOptions = {}): AuditTrail<AuditedRecord> {
  const settings = auditSettings(sink, options);
  const trail: AuditTrail<AuditedRecord> = async (record, _context, next) => {
    await sink.send(truncateToFit(auditEntryOf(record, settings), settings.maxBytes), { record });
    const rest = next?.();
    // Awaited, not returned: an async function takes two more turns to adopt a promise.
    if (rest !== undefined) await rest;
  };
  return needsAllRecords(Object.defineProperty(trail, 'name', { value: 'auditTrail' }));
}

import { mayHold } from '../conditions/built-in.ts';
import type { CheckedRecord } from '../record/checked-record.ts';
import type { LazyRecord } from '../record/lazy-record.ts';

/** Handles a record, in a context. */
export type Handle<Context> = (record: LazyRecord, context: Context) => unknown;

/** The facts that a guard needs of a batch. */
export interface Guarded<Context> {
  /** True if records of no entity fail. */
  readonly fails: boolean;
  /** The object by which the invocation of a context is known. */
  invocationOf(context: Context): object;
  /**
   * Refuses to start a step after the deadline.
   *
   * @throws DeadlineError
   */
  requireTime(record: LazyRecord, context: Context, step: string): void;
  /** The routes for a record. Undefined where all records are handled. */
  readonly routesOf: ((record: LazyRecord) => readonly { readonly condition: unknown }[]) | undefined;
}

/**
 * Checks a record by what its table declares, inside the record's own try, then handles it. The table carries it, so that the
 * bundles of programs without such a table have none of it.
 */
export type TableGuard = <Context>(handle: Handle<Context>, guarded: Guarded<Context>) => Handle<Context>;

/** Checks the images of a record against its schema. A record that no route may take is not checked. */
export const schemaGuard: TableGuard =
  (handle, { requireTime, routesOf }) =>
  (record, context) => {
    // Conditions are asked once more by the routes: only where that saves a check.
    const checked = record as CheckedRecord;
    if (!checked.hasSchema) return handle(record, context);
    if (routesOf?.(record).some(({ condition }) => mayHold(condition, record)) === false) return undefined;
    const checking = checked.validate();
    if (checking === undefined) return handle(record, context);
    return checking.then(() => {
      requireTime(record, context, 'the handler behind the schema');
      return handle(record, context);
    });
  };

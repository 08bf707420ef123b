import type { ReportableRecord } from '../batch/event.ts';
import { isThenable } from '../promise/thenable.ts';
import { isUnfinished, refuseUnfinished } from '../promise/unfinished.ts';
import { type Call, type Entry, entryOr } from './call.ts';
import { OWNER } from './options.ts';
import { errorOf } from './thrown-error.ts';

/** The record handler, in messages. */
export const RECORD_HANDLER = 'A record handler';

/** Logs what a record failed with. */
export type LogFailure = (record: ReportableRecord, error: unknown) => void;

/** The steps of a processor for one record. Each may return a promise. */
export interface Hooks {
  /** Runs the record handler, or an override of `processRecord`. */
  start(call: Call, record: ReportableRecord): unknown;
  /** Turns what `start` gave into an entry. */
  succeeded(call: Call, record: ReportableRecord, result: unknown): unknown;
  failed(call: Call, record: ReportableRecord, error: Error): unknown;
}

/**
 * Handles one record with the hooks of Powertools, and notes what became of it. It is synchronous as long as handler
 * and hooks are, so that no promise is made per record.
 *
 * @throws what the record failed with
 */
export function attemptRecord(call: Call, record: ReportableRecord, hooks: Hooks, log: LogFailure): unknown {
  const entry = handle(call, record, hooks, log);
  return entry instanceof Promise
    ? entry.then((settled) => settle(call, record, settled))
    : settle(call, record, entry);
}

function handle(call: Call, record: ReportableRecord, hooks: Hooks, log: LogFailure): Entry | Promise<Entry> {
  const failed = (thrown: unknown): Entry | Promise<Entry> => fail(call, record, thrown, hooks, log);
  try {
    const entry = whenDone(RECORD_HANDLER, hooks.start(call, record), (result) =>
      succeed(call, record, result, hooks),
    );
    return entry instanceof Promise ? entry.catch(failed) : entry;
  } catch (thrown) {
    return failed(thrown);
  }
}

function succeed(
  call: Call,
  record: ReportableRecord,
  result: unknown,
  hooks: Hooks,
): Entry | Promise<Entry> {
  const entry: Entry = ['success', result, record];
  // After the answer hooks are not called: Lambda delivers the record again.
  if (call.itemFailures !== undefined) return entry;
  return whenDone('successHandler', hooks.succeeded(call, record, result), (value) => entryOr(value, entry));
}

function fail(
  call: Call,
  record: ReportableRecord,
  thrown: unknown,
  hooks: Hooks,
  log: LogFailure,
): Entry | Promise<Entry> {
  const error = errorOf(thrown);
  const entry: Entry = ['fail', error.message, record];
  if (call.itemFailures !== undefined) return entry;
  call.causes.set(record, error);
  // Whatever failureHandler throws, the record is reported.
  const failedAsWell = (second: unknown): Entry => {
    log(record, new Error('failureHandler threw as well.', { cause: second }));
    return entry;
  };
  try {
    const settled = whenDone('failureHandler', hooks.failed(call, record, error), (value) =>
      entryOr(value, entry),
    );
    return settled instanceof Promise ? settled.catch(failedAsWell) : settled;
  } catch (second) {
    return failedAsWell(second);
  }
}

/** Goes on with what user code returned, once it is done; refuses work that nothing waits for. */
function whenDone(
  hook: string,
  returned: unknown,
  next: (value: unknown) => Entry | Promise<Entry>,
): Entry | Promise<Entry> {
  if (isThenable(returned)) {
    return Promise.resolve(returned).then((value) =>
      isUnfinished(value) ? refuseUnfinished(value, hook, { owner: OWNER }) : next(value),
    );
  }
  return isUnfinished(returned) ? refuseUnfinished(returned, hook, { owner: OWNER }) : next(returned);
}

function settle(call: Call, record: ReportableRecord, entry: Entry): void {
  if (call.itemFailures !== undefined) return;
  call.add(record, entry);
  if (entry[0] === 'fail' || call.failed.has(record)) {
    throw call.causes.get(record) ?? new Error(String(entry[1]));
  }
  call.succeeded++;
}

import { subscribe } from 'node:diagnostics_channel';
import type { RecordFailedMessage } from '../../../batch/record-failed.ts';
import { type PublishedFailure, plainError } from './messages.ts';

/** The failures of an invocation's records. */
export interface FailureCollector {
  /** Gives what was published since the last call. */
  take(): readonly PublishedFailure[];
}

/**
 * Collects the failures of records that streamlane publishes in this thread, whatever logger the handler has.
 *
 * `dev` shows them itself, so an entry of the console about one of these errors is not written a second time. All other
 * entries are written.
 */
export function publishedFailures(target: Pick<Console, 'error'>): FailureCollector {
  let published: RecordFailedMessage[] = [];
  subscribe('streamlane:record-failed', (message) => {
    published.push(message as RecordFailedMessage);
  });
  const write = target.error.bind(target);
  target.error = (...args: readonly unknown[]) => {
    if (!published.some((message) => isAbout(message, args[1]))) write(...args);
  };
  return {
    take: () => {
      const failures = published.map(({ sequenceNumber, outcome, error }) => ({
        sequenceNumber: `${sequenceNumber}`,
        deadLettered: outcome === 'deadLettered',
        error: plainError(error),
      }));
      published = [];
      return failures;
    },
  };
}

/** Whether the fields of a log entry are those of this failure of this record. */
function isAbout({ error, sequenceNumber }: RecordFailedMessage, fields: unknown): boolean {
  if (typeof fields !== 'object' || fields === null) return false;
  const entry = fields as { readonly error?: unknown; readonly sequenceNumber?: unknown };
  return 'error' in entry && Object.is(entry.error, error) && entry.sequenceNumber === sequenceNumber;
}

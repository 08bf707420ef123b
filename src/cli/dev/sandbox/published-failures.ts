import { AsyncLocalStorage } from 'node:async_hooks';
import { subscribe } from 'node:diagnostics_channel';
import type { RecordFailedMessage } from '../../../batch/record-failed.ts';
import { entryOf } from '../fold-logs.ts';
import { type PublishedFailure, plainError } from './messages.ts';

/** The failures of an invocation's records. */
export interface FailureCollector {
  /** Runs an invocation. Within it, `take` gives its failures alone. */
  within<Result>(invocation: () => Result): Result;
  /** Gives the failures published since the last call. */
  take(): readonly PublishedFailure[];
}

/**
 * Collects the failures of records that streamlane publishes in this thread, whatever logger the handler has.
 *
 * `dev` shows them itself, so an entry of the console, or of a logger that writes JSON, about one of these errors is not
 * written a second time. All other entries are written.
 */
export function publishedFailures(
  target: Pick<Console, 'error' | 'warn'>,
  outputs: readonly Pick<NodeJS.WriteStream, 'write'>[] = [],
): FailureCollector {
  const invocations = new AsyncLocalStorage<RecordFailedMessage[]>();
  const elsewhere: RecordFailedMessage[] = [];
  const published = (): RecordFailedMessage[] => invocations.getStore() ?? elsewhere;
  subscribe('streamlane:record-failed', (message) => {
    published().push(message as RecordFailedMessage);
  });
  // A record's failure is an error, and its dead letter a warning.
  for (const level of ['error', 'warn'] as const) {
    const write = target[level].bind(target);
    target[level] = (...args: readonly unknown[]) => {
      if (!published().some((message) => isAbout(message, args[1]))) write(...args);
    };
  }
  for (const output of outputs) {
    const writeOut = output.write.bind(output) as (...args: readonly unknown[]) => boolean;
    output.write = ((...args: readonly unknown[]): boolean => {
      if (!published().some((message) => isEntryAbout(message, args[0]))) return writeOut(...args);
      const done = args.at(-1);
      if (typeof done === 'function') queueMicrotask(done as () => void);
      return true;
    }) as typeof output.write;
  }
  return {
    within: (invocation) => invocations.run([], invocation),
    take: () =>
      published()
        .splice(0)
        .map(({ sequenceNumber, outcome, error }) => ({
          sequenceNumber: `${sequenceNumber}`,
          deadLettered: outcome === 'deadLettered',
          error: plainError(error),
        })),
  };
}

/** Returns true if the fields of a log entry are those of this failure of this record. */
function isAbout({ error, sequenceNumber }: RecordFailedMessage, fields: unknown): boolean {
  if (typeof fields !== 'object' || fields === null) return false;
  const entry = fields as { readonly error?: unknown; readonly sequenceNumber?: unknown };
  return 'error' in entry && Object.is(entry.error, error) && entry.sequenceNumber === sequenceNumber;
}

/** Checks if a piece of output is the entry of a logger about this failure, such as that of Powertools. */
function isEntryAbout({ error, sequenceNumber }: RecordFailedMessage, output: unknown): boolean {
  // Parsed only if it may be the one.
  if (typeof output !== 'string' || !output.includes(`"${sequenceNumber}"`)) return false;
  const entry = entryOf(output);
  const logged = entry?.error;
  if (entry?.sequenceNumber !== sequenceNumber || typeof logged !== 'object' || logged === null) return false;
  return (logged as { readonly message?: unknown }).message === plainError(error).message;
}

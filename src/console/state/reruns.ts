import type { ConsoleEvent, ErrorText, RerunKind } from '../protocol/events.ts';
import { numbersIn } from '../protocol/number-ranges.ts';
import type { FailureGroups } from './failure-groups.ts';
import type { Change } from './store.ts';

/** An invocation beside the mapping. All its records share one. */
export interface Rerun {
  readonly requestId: string;
  readonly kind: RerunKind;
  /** The records that it was made from, as far as they are kept. */
  readonly of: readonly number[];
  /** Undefined while it runs. */
  outcome?: Extract<ConsoleEvent, { event: 'rerun' }>['outcome'];
  durationMs?: number;
  response?: unknown;
  error?: ErrorText | undefined;
}

type Started = Extract<ConsoleEvent, { event: 'rerunStarted' }>;
type Ended = Extract<ConsoleEvent, { event: 'rerun' }>;

/** Makes the lines of the feed for the records of a rerun. */
export function rerunChanges({ requestId, kind, of, records, time }: Started): readonly Change[] {
  const rerun: Rerun = { requestId, kind, of: numbersIn(of) };
  return records.map((record) => ({
    record,
    shardId: '',
    time,
    status: 'running',
    attempts: 1,
    rerun,
  }));
}

/** Says how a rerun ended: in its lines of the feed, and in the failures. */
export function endRerun(event: Ended, changes: readonly Change[], groups: FailureGroups): void {
  const { outcome, durationMs, response, error, processed, failures = [], time } = event;
  for (const [index, change] of changes.entries()) {
    Object.assign(change.rerun as Rerun, { outcome, durationMs, response, error });
    if (index < processed) {
      change.status = 'succeeded';
      continue;
    }
    change.status = 'failed';
    change.message = error === undefined ? NOT_PROCESSED : `${error.name}: ${error.message}`;
  }
  for (const failure of failures) {
    const change =
      changes.length === 1 ? changes[0] : changes.find(({ record }) => record.eventID === failure.eventID);
    groups.add(failure, { time, number: change?.record.number });
    if (change === undefined) continue;
    change.message = failure.message;
    change.status = failure.deadLettered ? 'dead-lettered' : 'failed';
  }
}

const NOT_PROCESSED = 'Not processed: Lambda would deliver it again.';

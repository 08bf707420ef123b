import type { InvocationOutcome } from '../delivery/invoke.ts';
import { thrownText } from '../failure/thrown-text.ts';
import { compareSequenceNumbers } from '../record/sequence-number.ts';
import { tableNameOf } from '../record/stream-arn.ts';
import type { ReceivedMessage } from './received-message.ts';
import { type ReplayRecord, sequenceNumberOf } from './records/replay-record.ts';
import type { ReplaySettings } from './replay-options.ts';
import type { MessageReport, PlannedRecord } from './report.ts';

/**
 * Returns the final result of a message.
 *
 * @param blocked records after a record of the same item that remains
 */
export function reportOf(
  message: ReceivedMessage,
  blocked: ReadonlySet<ReplayRecord<ReceivedMessage>>,
  settings: ReplaySettings,
): MessageReport {
  const { source, skipped } = message;
  const fate = fateOf(message, blocked, settings);
  return { id: source.id, ...rangeOf(message), skipped, ...fate, ...recordsOf(message, fate) };
}

/** Names the records that failed, or that a dry run would hand over. */
function recordsOf(
  { records }: ReceivedMessage,
  { status, reason }: Fate,
): Pick<MessageReport, 'failures' | 'planned'> {
  if (status === 'planned') return { planned: records.map(nameOf) };
  if (reason !== 'failed') return {};
  return {
    failures: records.flatMap((record) =>
      record.failure === undefined ? [] : [{ ...nameOf(record), error: wordsOf(record.failure) }],
    ),
  };
}

function nameOf(record: ReplayRecord<ReceivedMessage>): PlannedRecord {
  const { eventName, eventID, dynamodb } = record.queued.record;
  return { eventName, eventID, sequenceNumber: sequenceNumberOf(record), keys: dynamodb?.Keys };
}

type Fate = Pick<MessageReport, 'status' | 'reason' | 'detail'>;

function rangeOf({ content }: ReceivedMessage): Omit<MessageReport, keyof Fate | 'id' | 'skipped'> {
  if (content.kind === 'unknown') {
    const nowhere = { streamArn: '', tableName: '', startSequenceNumber: '', endSequenceNumber: '' };
    return { kind: 'unknown', shardId: undefined, records: 0, ...nowhere };
  }
  if (content.kind === 'range') {
    const { streamArn, batchSize: records, ...range } = content.range;
    return { kind: 'range', streamArn, tableName: tableNameOf(streamArn), records, ...range };
  }
  const { records } = content;
  const streamArn = records[0].eventSourceARN ?? '';
  const numbers = records.map(({ dynamodb }) => dynamodb?.SequenceNumber as string);
  numbers.sort(compareSequenceNumbers);
  return {
    kind: content.kind,
    streamArn,
    tableName: tableNameOf(streamArn),
    shardId: undefined,
    startSequenceNumber: numbers[0] as string,
    endSequenceNumber: numbers.at(-1) as string,
    records: records.length,
  };
}

function fateOf(
  message: ReceivedMessage,
  blocked: ReadonlySet<ReplayRecord<ReceivedMessage>>,
  { handler, signal }: ReplaySettings,
): Fate {
  const { problem, waitsFor, released, records } = message;
  if (released) return went('replayed', message);
  if (problem !== undefined) return { status: 'remaining', ...problem };
  for (const { failure, queued } of records) {
    if (failure === undefined) continue;
    const { eventName, eventID } = queued.record;
    const detail = `${[eventName, eventID].filter(Boolean).join(' ')}: ${wordsOf(failure)}`;
    return { status: 'remaining', reason: 'failed', detail };
  }
  if (waitsFor !== undefined && records.some(({ held }) => held))
    return { status: 'remaining', reason: 'blocked', detail: waitsFor };
  if (records.some((record) => blocked.has(record))) {
    const detail = 'it comes after a record of the same item that remains';
    return { status: 'remaining', reason: 'blocked', detail };
  }
  if (handler === undefined && !signal.aborted) return went('planned', message);
  return { status: 'remaining', reason: 'stopped', detail: 'stopped before it was replayed' };
}

function went(status: 'replayed' | 'planned', { records, skipped }: ReceivedMessage): Fate {
  if (skipped === 0) return { status, reason: undefined, detail: '' };
  const all = records.length + skipped;
  const detail = `the table has a newer image for ${skipped} of its ${all} ${all === 1 ? 'record' : 'records'}`;
  return { status: records.length === 0 ? 'skipped' : status, reason: undefined, detail };
}

function wordsOf({ type, error }: InvocationOutcome): string {
  return type === 'returned' ? 'the handler reported it' : thrownText(error);
}

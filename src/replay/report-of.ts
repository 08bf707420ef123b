import type { InvocationOutcome } from '../delivery/invoke.ts';
import { thrownText } from '../failure/thrown-text.ts';
import { compareSequenceNumbers } from '../record/sequence-number.ts';
import { tableNameOf } from '../record/stream-arn.ts';
import type { ReplaySettings } from './replay-options.ts';
import type { MessageReport } from './report.ts';
import type { TakenMessage } from './taken-message.ts';

/**
 * What became of a message, at the end.
 *
 * @param blocked records that come after one of their item that stayed
 */
export function reportOf(
  message: TakenMessage,
  blocked: ReadonlySet<TakenMessage['entries'][number]>,
  settings: ReplaySettings,
): MessageReport {
  const { source, skipped } = message;
  return { id: source.id, ...rangeOf(message), skipped, ...fateOf(message, blocked, settings) };
}

type Fate = Pick<MessageReport, 'status' | 'reason' | 'detail'>;

function rangeOf({ content }: TakenMessage): Omit<MessageReport, keyof Fate | 'id' | 'skipped'> {
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
  message: TakenMessage,
  blocked: ReadonlySet<TakenMessage['entries'][number]>,
  { handler, signal }: ReplaySettings,
): Fate {
  const { problem, waitsFor, released, entries } = message;
  if (released) return went('replayed', message);
  if (problem !== undefined) return { status: 'stayed', ...problem };
  for (const { failure, queued } of entries) {
    if (failure === undefined) continue;
    const { eventName, eventID } = queued.record;
    const detail = `${[eventName, eventID].filter(Boolean).join(' ')}: ${wordsOf(failure)}`;
    return { status: 'stayed', reason: 'failed', detail };
  }
  if (waitsFor !== undefined && entries.some(({ held }) => held))
    return { status: 'stayed', reason: 'blocked', detail: waitsFor };
  if (entries.some((entry) => blocked.has(entry))) {
    const detail = 'it comes after a record of the same item that stayed';
    return { status: 'stayed', reason: 'blocked', detail };
  }
  if (handler === undefined && !signal.aborted) return went('planned', message);
  return { status: 'stayed', reason: 'stopped', detail: 'stopped before its turn' };
}

function went(status: 'replayed' | 'planned', { entries, skipped }: TakenMessage): Fate {
  if (skipped === 0) return { status, reason: undefined, detail: '' };
  const all = entries.length + skipped;
  const detail = `of ${skipped} of its ${all} ${all === 1 ? 'record' : 'records'} the table has a newer image`;
  return { status: entries.length === 0 ? 'skipped' : status, reason: undefined, detail };
}

function wordsOf({ type, error }: InvocationOutcome): string {
  return type === 'returned' ? 'the handler reported it' : thrownText(error);
}

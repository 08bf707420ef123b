import type { InvocationOutcome } from '../local/handler/invoke.ts';
import { compareSequenceNumbers } from '../record/sequence-number.ts';
import { tableNameOf } from '../record/stream-arn.ts';
import { thrownText } from '../thrown-text.ts';
import type { ReplaySettings } from './replay-options.ts';
import type { MessageReport } from './report.ts';
import type { TakenMessage } from './taken-message.ts';

/** What became of a message, at the end. */
export function reportOf(message: TakenMessage, settings: ReplaySettings): MessageReport {
  return { id: message.source.id, ...rangeOf(message), ...fateOf(message, settings) };
}

type Fate = Pick<MessageReport, 'status' | 'reason' | 'detail'>;

function rangeOf({ content }: TakenMessage): Omit<MessageReport, keyof Fate | 'id'> {
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
  { problem, waitsFor, released, entries }: TakenMessage,
  { handler, signal }: ReplaySettings,
): Fate {
  if (released) return { status: 'replayed', reason: undefined, detail: '' };
  if (problem !== undefined) return { status: 'stayed', ...problem };
  if (signal.aborted) return { status: 'stayed', reason: 'stopped', detail: 'stopped before its turn' };
  for (const { failure, queued } of entries) {
    if (failure === undefined) continue;
    const { eventName, eventID } = queued.record;
    const detail = `${[eventName, eventID].filter(Boolean).join(' ')}: ${wordsOf(failure)}`;
    return { status: 'stayed', reason: 'failed', detail };
  }
  if (waitsFor !== undefined && entries.some(({ held }) => held))
    return { status: 'stayed', reason: 'blocked', detail: waitsFor };
  if (handler === undefined) return { status: 'planned', reason: undefined, detail: '' };
  const detail = 'it comes after a record of the same item that stayed';
  return { status: 'stayed', reason: 'blocked', detail };
}

function wordsOf({ type, error }: InvocationOutcome): string {
  return type === 'returned' ? 'the handler reported it' : thrownText(error);
}

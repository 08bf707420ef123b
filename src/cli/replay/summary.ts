import type { MessageReport, PlannedRecord, ReplaySummary } from '../../replay/report.ts';
import type { CommandContext } from '../command.ts';
import { count } from '../terminal/count.ts';
import { keysText } from '../terminal/keys-text.ts';
import { writeTable } from '../terminal/output.ts';
import { writeLines } from '../terminal/terminal-text.ts';

const HEAD = ['MESSAGE', 'KIND', 'TABLE', 'RECORDS', 'FROM', 'TO', 'RESULT', 'WHY'];

// Of a message: a range may have 10,000.
const MAX_RECORDS = 20;

/** Writes the results: one line for each message that remains or has skipped records; in a dry run for each message. */
export async function writeSummary(
  { io: { stdout }, style }: CommandContext,
  summary: ReplaySummary,
  dryRun: boolean,
): Promise<void> {
  const { messages, records, succeeded, skipped, remaining, deadLettered, invocations, durationMs } = summary;
  if (messages.length === 0) {
    void writeLines(stdout, 'There is nothing to replay.');
    return;
  }
  const shown = dryRun
    ? messages
    : messages.filter(({ status, skipped }) => status === 'remaining' || skipped > 0);
  const rows = shown.map((message) => rowOf(message, style));
  if (rows.length > 0) {
    await writeTable(stdout, HEAD, rows, style);
    void writeLines(stdout, '');
  }
  for (const message of shown) {
    const lines = recordLinesOf(message, style);
    if (lines.length > 0) void writeLines(stdout, message.id, ...lines, '');
  }
  const rest =
    remaining === 0
      ? ''
      : style(
          'yellow',
          ` ${count(remaining, 'message')} ${dryRun ? 'would remain' : remaining === 1 ? 'remains' : 'remain'}.`,
        );
  // A record whose letter was accepted is done, but its handler failed.
  const done = dryRun
    ? `Would replay ${count(records, 'record')}`
    : `${style(remaining + deadLettered === 0 ? 'green' : 'yellow', 'Replayed')} ${succeeded - deadLettered} of ${count(records, 'record')}`;
  const how = dryRun ? '' : ` ${count(invocations, 'invocation')}, ${(durationMs / 1000).toFixed(1)} s.`;
  const older = skipped === 0 ? '' : ` Skipped ${count(skipped, 'record')} with a newer image in the table.`;
  const became = deadLettered === 1 ? 'became a dead letter again' : 'became dead letters again';
  const letters = deadLettered === 0 ? '' : style('yellow', ` ${count(deadLettered, 'record')} ${became}.`);
  void writeLines(stdout, `${done} of ${count(messages.length, 'message')}.${rest}${how}${older}${letters}`);
}

/** A line for each record that failed, or that a dry run would hand over. */
function recordLinesOf(
  { failures = [], planned = [] }: MessageReport,
  style: CommandContext['style'],
): readonly string[] {
  const lines = [
    ...failures.map((failure) => `    ${style('dim', nameOf(failure))}  ${style('red', failure.error)}`),
    ...planned.map((record) => `    ${nameOf(record)}`),
  ];
  const left = lines.length - MAX_RECORDS;
  return left > 0 ? [...lines.slice(0, MAX_RECORDS), `    and ${count(left, 'more record')}`] : lines;
}

function nameOf({ eventName, eventID, keys }: PlannedRecord): string {
  return [eventName, keysText(keys) ?? eventID].filter(Boolean).join(' ');
}

function rowOf(message: MessageReport, style: CommandContext['style']): readonly string[] {
  const { id, kind, tableName, records, status, reason = status, detail } = message;
  const result = status === 'remaining' ? style('yellow', reason) : reason;
  const numbers = [message.startSequenceNumber, message.endSequenceNumber].map((number) =>
    number.replace(/^0+(?=\d)/, ''),
  );
  return [id, kind, tableName, `${records}`, ...numbers, result, detail];
}

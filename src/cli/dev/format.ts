import type { InvocationEvent } from '../../local/mapping-events.ts';
import type { MappingStatistics } from '../../local/statistics.ts';
import { count } from '../terminal/count.ts';
import type { Style } from '../terminal/style.ts';
import type { Failure } from './failures.ts';
import type { Consequence } from './follow-invocations.ts';

const MARKS = {
  succeeded: ['green', '✓'],
  partial: ['yellow', '◐'],
  failed: ['red', '✗'],
  throttled: ['yellow', '…'],
} as const;

const MOST_FAILURES = 5;

/** One line for an invocation: records, duration, what came of it. */
export function formatInvocation(
  invocation: InvocationEvent | undefined,
  consequence: Consequence | undefined,
  style: Style,
): string {
  const then = consequence === undefined ? 'stopped before the checkpoint' : consequenceOf(consequence);
  if (invocation === undefined) return `${style('red', '✗')} ${then}`;
  const { outcome, records, durationMs, attempt } = invocation;
  const [color, mark] = MARKS[outcome];
  const parts = [
    records.length === 0 ? 'window' : count(records.length, 'record'),
    duration(durationMs),
    ...(attempt > 1 ? [`attempt ${attempt}`] : []),
    ...(outcome === 'succeeded' ? [] : [style(color, outcome)]),
  ];
  return `${style(color, mark)} ${parts.join('  ')}  ${style('dim', '→')} ${then}`;
}

function consequenceOf(consequence: Consequence): string {
  const { type, event } = consequence;
  switch (type) {
    case 'checkpoint':
      return `checkpoint ${numberOf(event.sequenceNumber)}`;
    case 'retry':
      return `retry in ${duration(event.delayMs)}`;
    case 'split':
      return `split ${event.left.length} + ${event.right.length}`;
    case 'discard': {
      const { condition } = event.document.requestContext;
      return `discarded: ${count(event.records.length, 'record')}, ${condition}`;
    }
    case 'windowClosed': {
      const { window, early, outcome } = event;
      return `window of ${window.start} ${outcome === 'succeeded' ? 'closed' : 'discarded'}${early ? ' early' : ''}`;
    }
  }
}

/** A line for each failure, with its event id. */
export function formatFailures(
  failures: readonly Failure[],
  style: Style,
  verbose: boolean,
): readonly string[] {
  const lines = failures.slice(0, MOST_FAILURES).flatMap((failure) => {
    const { eventID, eventName, deadLettered, message, at, stack } = failure;
    const which = eventID === undefined ? 'all of them' : `${eventName} ${eventID}`;
    const where = at === undefined ? '' : style('dim', ` (${at})`);
    const more =
      verbose && stack !== '' ? stack.split('\n').map((line) => style('dim', `      ${line}`)) : [];
    const what = deadLettered ? style('yellow', `dead letter: ${message}`) : style('red', message);
    return [`    ${style('dim', which)}  ${what}${where}`, ...more];
  });
  const left = failures.length - MOST_FAILURES;
  return left > 0 ? [...lines, style('dim', `    and ${count(left, 'more failure')}`)] : lines;
}

/** Where a mapping is. */
export function formatStatus(
  tableName: string,
  statistics: MappingStatistics,
  checkpoint: string | undefined,
): string {
  const { recordsSucceeded, recordsDiscarded, recordsFiltered, failedInvocations, lagMs } = statistics;
  return [
    tableName,
    count(recordsSucceeded, 'record'),
    ...(recordsFiltered > 0 ? [`${recordsFiltered} filtered`] : []),
    ...(recordsDiscarded > 0 ? [`${recordsDiscarded} discarded`] : []),
    ...(failedInvocations > 0 ? [count(failedInvocations, 'failed invocation')] : []),
    `lag ${lagMs === undefined ? '-' : duration(lagMs)}`,
    `checkpoint ${checkpoint === undefined ? '-' : numberOf(checkpoint)}`,
  ].join(' · ');
}

function duration(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${Number((ms / 1000).toFixed(1))} s`;
}

/** Emulators count from 1, and get zeros in front. */
function numberOf(sequenceNumber: string): string {
  return sequenceNumber.replace(/^0+(?=\d)/, '');
}

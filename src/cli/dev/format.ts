import { boundedStack, boundedText } from '../../console/protocol/bounded-text.ts';
import type { InvocationEvent } from '../../local/mapping-events.ts';
import type { MappingStatistics } from '../../local/statistics.ts';
import { count } from '../terminal/count.ts';
import { keysText } from '../terminal/keys-text.ts';
import type { Style } from '../terminal/style.ts';
import type { Failure } from './failures.ts';
import type { Consequence } from './follow-invocations.ts';

const MARKS = {
  succeeded: ['green', '✓'],
  partial: ['yellow', '◐'],
  failed: ['red', '✗'],
  throttled: ['yellow', '…'],
} as const;

const MAX_FAILURES = 5;

/**
 * One line for an invocation: records, duration, outcome.
 *
 * @param failures of its records; dead letters are counted
 * @param times how often these failures have been seen; from the second time on, this is all that is said of them
 */
export function formatInvocation(
  invocation: InvocationEvent | undefined,
  consequence: Consequence | undefined,
  style: Style,
  failures: readonly Failure[] = [],
  times = 1,
): string {
  const then = consequence === undefined ? 'stopped before the checkpoint' : consequenceOf(consequence);
  if (invocation === undefined) return `${style('red', '✗')} ${then}`;
  const { outcome, records, durationMs, attempt } = invocation;
  const letters = failures.filter(({ deadLettered }) => deadLettered).length;
  // No tick: the record is in a dead-letter queue, and has to be looked at.
  const [color, mark] = outcome === 'succeeded' && letters > 0 ? (['yellow', '!'] as const) : MARKS[outcome];
  const parts = [
    records.length === 0 ? 'window' : count(records.length, 'record'),
    duration(durationMs),
    ...(attempt > 1 ? [`attempt ${attempt}`] : []),
    ...(outcome === 'succeeded' ? [] : [style(color, outcome)]),
    ...(letters > 0 ? [style('yellow', `${letters} dead-lettered`)] : []),
  ];
  const again = times > 1 ? `  ${style('dim', `(as before, ${times} times now)`)}` : '';
  return `${style(color, mark)} ${parts.join('  ')}  ${style('dim', '→')} ${then}${again}`;
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

/**
 * A line for each failure, with the keys of its record. Records that failed in the same way share one.
 *
 * @param keyNames of the table, partition key first
 */
export function formatFailures(
  failures: readonly Failure[],
  style: Style,
  verbose: boolean,
  keyNames?: readonly string[],
): readonly string[] {
  const groups = [...Map.groupBy(failures, signatureOf).values()];
  const lines = groups.slice(0, MAX_FAILURES).flatMap((group) => {
    const [{ deadLettered, message, at, stack }] = group as [Failure];
    const where = at === undefined ? '' : style('dim', ` (${at})`);
    const more =
      verbose && stack !== ''
        ? boundedStack(stack)
            .split('\n')
            .map((line) => style('dim', `      ${line}`))
        : [];
    const text = boundedText(message);
    const what = deadLettered ? style('yellow', `dead letter: ${text}`) : style('red', text);
    return [`    ${style('dim', recordsOf(group, verbose, keyNames))}  ${what}${where}`, ...more];
  });
  const left = groups.slice(MAX_FAILURES).flat().length;
  return left > 0 ? [...lines, style('dim', `    and ${count(left, 'more failure')}`)] : lines;
}

/** The same text for failures that are shown alike, and differ in their records alone. */
export function signatureOf({ deadLettered, message, at }: Failure): string {
  return JSON.stringify([deadLettered, boundedText(message), at]);
}

/** `INSERT pk="a"`, and how many more. */
function recordsOf(
  group: readonly Failure[],
  verbose: boolean,
  keyNames: readonly string[] | undefined,
): string {
  const [{ eventID, eventName, keys }] = group as [Failure];
  if (eventID === undefined && keys === undefined) return 'all of them';
  const item = keysText(keys, keyNames) ?? keysText(keys);
  const id = item === undefined || verbose ? eventID : undefined;
  const more = group.length > 1 ? `and ${group.length - 1} more, ×${group.length}` : undefined;
  return [eventName, item, id, more].filter((part) => part !== undefined).join(' ');
}

/** Where a mapping is. */
export function formatStatus(
  tableName: string,
  statistics: MappingStatistics,
  checkpoint: string | undefined,
  deadLettered = 0,
): string {
  const { recordsSucceeded, recordsDiscarded, recordsFiltered, failedInvocations, lagMs } = statistics;
  return [
    tableName,
    count(recordsSucceeded, 'record'),
    ...(recordsFiltered > 0 ? [`${recordsFiltered} filtered`] : []),
    ...(recordsDiscarded > 0 ? [`${recordsDiscarded} discarded`] : []),
    ...(deadLettered > 0 ? [`${deadLettered} dead-lettered`] : []),
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

import type { Invocation, Outcome } from './invocation.ts';
import type { Block } from './lane-picture.ts';

const OUTCOMES: Readonly<Record<Outcome, string>> = {
  running: 'running',
  succeeded: 'succeeded',
  partial: 'partial',
  failed: 'failed',
  throttled: 'throttled',
  unknown: 'unknown outcome',
};

/** Writes an outcome for people. */
export function outcomeText(outcome: Outcome): string {
  return OUTCOMES[outcome];
}

/** `3 records`, `1 record`. */
export function counted(count: number, noun: string): string {
  return `${count.toLocaleString('en')} ${noun}${count === 1 ? '' : 's'}`;
}

/** `850 ms`, `2.5 s`, `3 min`. */
export function durationText(ms: number): string {
  if (ms < 1) return `${Number(ms.toFixed(1))} ms`;
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${Number((ms / 1000).toFixed(1))} s`;
  return `${Math.round(ms / 60_000)} min`;
}

/** The name of an invocation: `failed, attempt 2, 3 records, 2 failed, 4 ms`. */
export function invocationText(invocation: Invocation): string {
  const { outcome, attempt, recordCount, failedRecords, durationMs, origin } = invocation;
  const parts = [outcomeText(outcome)];
  if (attempt > 1) parts.push(`attempt ${attempt}`);
  if (origin?.kind === 'split') parts.push('half of a batch');
  if (origin?.kind === 'rest') parts.push('rest of a batch');
  parts.push(counted(recordCount, 'record'));
  if (failedRecords.length > 0) parts.push(`${failedRecords.length.toLocaleString('en')} failed`);
  if (durationMs !== undefined) parts.push(durationText(durationMs));
  return parts.join(', ');
}

/** The name of a rectangle. */
export function blockText({ invocations }: Block): string {
  const [only] = invocations;
  if (invocations.length === 1 && only !== undefined) return `Invocation: ${invocationText(only)}`;
  const failed = invocations.filter(({ outcome }) => outcome === 'failed' || outcome === 'partial').length;
  const text = counted(invocations.length, 'invocation');
  return failed === 0 ? text : `${text}, ${failed.toLocaleString('en')} with failures`;
}

/** The end of a long id, which tells it from others: `…4f6a1c09`. */
export function shortId(id: string, characters = 10): string {
  return id.length <= characters + 1 ? id : `…${id.slice(-characters)}`;
}

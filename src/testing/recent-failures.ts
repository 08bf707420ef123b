import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { RecordFailedMessage } from '../batch/record-failed.ts';
import { thrownReason } from './failure-text.ts';

/** A failure, and the test in which it happened. */
interface Recent {
  readonly test: string;
  readonly message: RecordFailedMessage;
}

const CHANNEL = 'streamlane:record-failed';
const MAX_REMEMBERED = 1000;

const recent = new Map<string, Recent>();

let currentTest: (() => string | undefined) | undefined;

/**
 * Remembers why records failed, so that a failed expectation about a response can say so: a response has the sequence
 * number only.
 *
 * @param testName names the test that runs. Streams of two tests have records of one number, so a failure counts for the
 * test that it happened in.
 */
export function rememberFailures(testName: () => string | undefined): void {
  if (currentTest === undefined) subscribe(CHANNEL, remember);
  currentTest = testName;
}

/** Ends what {@link rememberFailures} has begun. */
export function forgetFailures(): void {
  unsubscribe(CHANNEL, remember);
  currentTest = undefined;
  recent.clear();
}

function remember(told: unknown): void {
  const message = told as RecordFailedMessage;
  const { outcome, sequenceNumber } = message;
  const test = currentTest?.();
  if (outcome !== 'failed' || sequenceNumber === undefined || test === undefined) return;
  recent.delete(sequenceNumber);
  recent.set(sequenceNumber, { test, message });
  const [oldest] = recent.keys();
  if (recent.size > MAX_REMEMBERED) recent.delete(oldest as string);
}

/** Says why the record of this sequence number failed in the present test. Empty where that is not known. */
export function rememberedFailure(sequenceNumber: string): string {
  const { test, message } = recent.get(sequenceNumber) ?? {};
  if (message === undefined || test !== currentTest?.()) return '';
  const { tableName, eventName, error } = message;
  const reason = thrownReason(error).replaceAll('\n', '\n  ');
  return `\n\nWhy it failed:\n  ${[eventName, tableName && `of ${tableName}`].filter(Boolean).join(' ')}: ${reason}`;
}

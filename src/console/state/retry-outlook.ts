import type { RetrySettings } from '../protocol/events.ts';

/** A DynamoDB stream keeps its records for 24 hours. */
const STREAM_RETENTION_SECONDS = 86_400;

/** Returns how many invocations a blocked batch can have from now on. Infinity without a limit. */
export function attemptsLeft(nextAttempt: number, { maximumRetryAttempts }: RetrySettings): number {
  return maximumRetryAttempts < 0
    ? Number.POSITIVE_INFINITY
    : Math.max(0, maximumRetryAttempts + 2 - nextAttempt);
}

/** Returns the epoch milliseconds from which on a record is discarded. Undefined if it does not say when it was made. */
export function expiryOf(
  createdAtSeconds: number | undefined,
  { maximumRecordAgeInSeconds: maximum }: RetrySettings,
): number | undefined {
  if (createdAtSeconds === undefined) return undefined;
  const seconds = maximum < 0 ? STREAM_RETENTION_SECONDS : Math.min(maximum, STREAM_RETENTION_SECONDS);
  return (createdAtSeconds + seconds) * 1000;
}

/** Writes a time that is left: `12 s`, `3 min 5 s`, `23 h 59 min`. */
export function timeLeft(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1000));
  const minutes = Math.floor(seconds / 60);
  if (minutes === 0) return `${seconds} s`;
  const hours = Math.floor(minutes / 60);
  return hours === 0 ? `${minutes} min ${seconds % 60} s` : `${hours} h ${minutes % 60} min`;
}

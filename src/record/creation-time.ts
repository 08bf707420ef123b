import { InvalidRecordError } from '../errors.ts';
import { CHECK_EVENT } from '../unmarshall/malformed.ts';

/** ISO 8601 with a time of day, and seconds since 1970: `Date.parse` alone would read `"1"` as a month. */
const ISO = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}/;
const SECONDS = /^\d+(\.\d*)?(e\+?\d{1,2})?$/i;
/** The last moment that a Date can hold. */
const MAX_MS = 8.64e15;

/** The member of a record that has the time of a change. */
interface TimedChange {
  readonly ApproximateCreationDateTime?: unknown;
}

/**
 * Reads when a change was made. Lambda sends seconds since 1970; fractions of them are kept, to the millisecond. The
 * AWS CLI and tools that archive events write the same as text, in seconds or as ISO 8601.
 *
 * @returns milliseconds since 1970; undefined when the record does not say; NaN when it says something else
 */
export function creationMsOf(change: TimedChange | null | undefined): number | undefined {
  const time = change?.ApproximateCreationDateTime ?? undefined;
  if (time === undefined) return undefined;
  if (typeof time === 'string' && ISO.test(time)) return Date.parse(time);
  const isSeconds = typeof time === 'number' || (typeof time === 'string' && SECONDS.test(time));
  // Rounded, because 1.001 * 1000 is less than 1001 as a double.
  const ms = isSeconds ? Math.round(Number(time) * 1000) : Number.NaN;
  return Math.abs(ms) <= MAX_MS ? ms : Number.NaN;
}

/** The same in seconds, for arithmetic that goes on without it. @returns undefined where it cannot be read */
export function creationSecondsOf(change: TimedChange | null | undefined): number | undefined {
  const ms = creationMsOf(change);
  return ms === undefined || Number.isNaN(ms) ? undefined : ms / 1000;
}

/**
 * Reads when a change was made, as a Date: an Invalid Date when the record does not say.
 *
 * @throws InvalidRecordError `INVALID_CREATION_TIME` when it says something that is not a time
 */
export function creationDateOf(change: TimedChange | null | undefined): Date {
  const ms = creationMsOf(change);
  if (Number.isNaN(ms)) {
    throw new InvalidRecordError(
      'INVALID_CREATION_TIME',
      'The ApproximateCreationDateTime of the record is not a time: expected seconds since 1970 or ISO 8601, got another ' +
        `${typeof change?.ApproximateCreationDateTime}. ${CHECK_EVENT}`,
    );
  }
  return new Date(ms ?? Number.NaN);
}

import type { DynamoDBRecord } from 'aws-lambda';
import { creationSecondsOf } from '../record/creation-time.ts';
import type { WindowSpan } from '../window/window-event.ts';

/**
 * The start of the window that a record's creation falls into: a multiple of the window's length.
 *
 * @returns epoch seconds; undefined when the record does not say when it was made
 */
export function windowStartOf(
  record: DynamoDBRecord | undefined,
  lengthInSeconds: number,
): number | undefined {
  const createdAt = creationSecondsOf(record?.dynamodb);
  if (createdAt === undefined) return undefined;
  return Math.floor(createdAt / lengthInSeconds) * lengthInSeconds;
}

/** Returns true if a record counts in an open window: all records do, except those of later windows. */
export function isOpenAt(
  start: number,
  record: DynamoDBRecord | undefined,
  lengthInSeconds: number,
): boolean {
  return (windowStartOf(record, lengthInSeconds) ?? start) <= start;
}

/** From when to when a window goes, as events say it: `2020-07-30T17:00:00Z`. */
export function spanFrom(start: number, lengthInSeconds: number): WindowSpan {
  return { start: isoSeconds(start), end: isoSeconds(start + lengthInSeconds) };
}

function isoSeconds(epochSeconds: number): string {
  return new Date(epochSeconds * 1000).toISOString().replace('.000Z', 'Z');
}

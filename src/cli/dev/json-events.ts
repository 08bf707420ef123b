import type { DynamoDBRecord } from 'aws-lambda';
import type { MappingEvents } from '../../local/mapping-events.ts';
import type { Failure } from './failures.ts';

const NAMES: { readonly [Name in keyof MappingEvents]: true } = {
  read: true,
  invocationStarted: true,
  invocation: true,
  retry: true,
  split: true,
  discard: true,
  checkpoint: true,
  filtered: true,
  shardStarted: true,
  shardFinished: true,
  trimmed: true,
  windowClosed: true,
  recursiveLoop: true,
  problem: true,
  state: true,
  stopped: true,
};

/** The names of a mapping's events: a new one does not compile until it is here. */
export const EVENT_NAMES: readonly (keyof MappingEvents)[] = Object.keys(NAMES) as (keyof MappingEvents)[];

/**
 * An event as one JSON object. Records are named, not shown: items stay private.
 *
 * @param failures what went wrong, for an invocation
 */
export function jsonOf(event: string, fields: object, failures?: readonly Failure[]): object {
  const plain = Object.entries(fields).map(([name, value]): [string, unknown] => [
    name,
    isRecords(value) ? value.map(namesOf) : value instanceof Error ? errorOf(value) : value,
  ]);
  return {
    event,
    time: new Date().toISOString(),
    ...Object.fromEntries(plain),
    // Keys are of an item.
    ...(failures !== undefined &&
      failures.length > 0 && { failures: failures.map(({ keys: _keys, ...failure }) => failure) }),
  };
}

function isRecords(value: unknown): value is readonly DynamoDBRecord[] {
  return (
    Array.isArray(value) && value.every((element: unknown) => (element as { dynamodb?: unknown })?.dynamodb)
  );
}

function namesOf({ eventID, eventName, dynamodb }: DynamoDBRecord): object {
  return { eventID, eventName, sequenceNumber: dynamodb?.SequenceNumber };
}

function errorOf({ name, message }: Error): object {
  return { name, message };
}

import type { DynamoDBRecord } from 'aws-lambda';
import type { ErrorText, NamedRecord } from './events.ts';

/**
 * Writes the fields of an event so that JSON can carry them.
 *
 * @param formOf writes a list of records
 */
export function plainFields(
  fields: object,
  formOf: (records: readonly DynamoDBRecord[]) => unknown,
): Readonly<Record<string, unknown>> {
  const plain = Object.entries(fields).map(([name, value]): [string, unknown] => [
    name,
    isRecords(value) ? formOf(value) : value instanceof Error ? errorText(value) : value,
  ]);
  return Object.fromEntries(plain);
}

/** Names a record, and shows nothing of its item. */
export function namedRecord({ eventID, eventName, dynamodb }: DynamoDBRecord): NamedRecord {
  return { eventID, eventName, sequenceNumber: dynamodb?.SequenceNumber };
}

function isRecords(value: unknown): value is readonly DynamoDBRecord[] {
  return (
    Array.isArray(value) && value.every((element: unknown) => (element as { dynamodb?: unknown })?.dynamodb)
  );
}

function errorText({ name, message }: Error): ErrorText {
  return { name, message };
}

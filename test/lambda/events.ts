import type { DynamoDBStreamEvent } from 'aws-lambda';
import { eventOf, sequenceNumberAt } from '../fixtures/events.ts';

/** The event of these items, each inserted. */
export function inserted(...ids: readonly string[]): DynamoDBStreamEvent {
  return eventOf(...ids.map((id) => ({ id, newImage: { text: { S: 'ä ✓ "\u0000' } } })));
}

/** The response when all records succeeded. */
export const OK = '{"batchItemFailures":[]}';

/** The response when the record at an index was the first that failed. */
export function failedAt(index: number): string {
  return JSON.stringify({ batchItemFailures: [{ itemIdentifier: sequenceNumberAt(index) }] });
}

import type { ShownRecord } from '../protocol/events.ts';

/** Writes a record in Lambda's shape, as event patterns and functions expect it. */
export function lambdaShape(record: ShownRecord): object {
  const { eventID, eventName, keys, oldImage, newImage, createdAt, sequenceNumber, isExpired } = record;
  return {
    eventID,
    eventName,
    eventSource: 'aws:dynamodb',
    ...(isExpired && { userIdentity: { type: 'Service', principalId: 'dynamodb.amazonaws.com' } }),
    dynamodb: {
      ApproximateCreationDateTime: createdAt,
      Keys: keys,
      ...(newImage && { NewImage: newImage }),
      ...(oldImage && { OldImage: oldImage }),
      SequenceNumber: sequenceNumber,
    },
  };
}

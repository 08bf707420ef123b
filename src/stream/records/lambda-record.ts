import type { DynamoDBRecord, StreamRecord } from 'aws-lambda';
import type { ServerRecord } from './server-record.ts';

/**
 * Makes one record of the Streams API into the form that Lambda sends.
 *
 * ```text
 * stream  { ApproximateCreationDateTime: 1479499740.123, ... }, userIdentity { PrincipalId, Type }
 * Lambda  { ApproximateCreationDateTime: 1479499740, ... }, userIdentity { principalId, type }
 * ```
 *
 * Images are the same on both sides and are passed on, whatever is in them: what cannot be read fails its own record, in
 * the function. A member that is missing stays missing: it never becomes an `undefined` property.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html
 */
export function lambdaRecord(record: ServerRecord, eventSourceARN: string): DynamoDBRecord {
  const { eventID, eventName, eventVersion, userIdentity } = record;
  return {
    ...(isGiven(eventID) && { eventID }),
    ...(isGiven(eventName) && { eventName }),
    ...(isGiven(eventVersion) && { eventVersion }),
    eventSource: 'aws:dynamodb',
    awsRegion: eventSourceARN.split(':')[3] as string,
    dynamodb: lambdaStreamRecord(record.dynamodb),
    ...(userIdentity && { userIdentity: { type: userIdentity.Type, principalId: userIdentity.PrincipalId } }),
    eventSourceARN,
  };
}

function lambdaStreamRecord(change: ServerRecord['dynamodb']): StreamRecord {
  const { ApproximateCreationDateTime: created, Keys, NewImage, OldImage, SequenceNumber } = change;
  const { SizeBytes, StreamViewType } = change;
  return {
    // Lambda sends whole seconds, whatever the precision of the stream.
    ...(isGiven(created) && { ApproximateCreationDateTime: Math.floor(created) }),
    ...(Keys && { Keys }),
    ...(NewImage && { NewImage }),
    ...(OldImage && { OldImage }),
    SequenceNumber,
    ...(isGiven(SizeBytes) && { SizeBytes }),
    ...(isGiven(StreamViewType) && { StreamViewType }),
  };
}

function isGiven<Value>(value: Value | null | undefined): value is Value {
  return value !== undefined && value !== null;
}

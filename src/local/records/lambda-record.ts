import type { _Record as SdkRecord, AttributeValue as SdkValue } from '@aws-sdk/client-dynamodb-streams';
import type { AttributeValue, DynamoDBRecord, StreamRecord } from 'aws-lambda';

/**
 * One record of the Streams API in the shape that Lambda sends.
 *
 * ```text
 * SDK     { ApproximateCreationDateTime: Date, NewImage: { photo: { B: Uint8Array } } }, Identity in PascalCase
 * Lambda  { ApproximateCreationDateTime: 1479499740, NewImage: { photo: { B: 'iVBORw==' } } }, in camelCase
 * ```
 *
 * A member that the SDK leaves out stays out: it never becomes an `undefined` property.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html
 */
export function lambdaRecord(record: SdkRecord, eventSourceARN: string): DynamoDBRecord {
  const { userIdentity } = record;
  return {
    ...(record.eventID !== undefined && { eventID: record.eventID }),
    ...(record.eventName !== undefined && { eventName: record.eventName }),
    ...(record.eventVersion !== undefined && { eventVersion: record.eventVersion }),
    eventSource: 'aws:dynamodb',
    awsRegion: eventSourceARN.split(':')[3] as string,
    ...(record.dynamodb && { dynamodb: lambdaStreamRecord(record.dynamodb) }),
    ...(userIdentity && { userIdentity: { type: userIdentity.Type, principalId: userIdentity.PrincipalId } }),
    eventSourceARN,
  };
}

function lambdaStreamRecord(change: NonNullable<SdkRecord['dynamodb']>): StreamRecord {
  const { ApproximateCreationDateTime: created, Keys, NewImage, OldImage } = change;
  return {
    // Lambda sends whole seconds, whatever the precision of the stream.
    ...(created && { ApproximateCreationDateTime: Math.floor(created.getTime() / 1000) }),
    ...(Keys && { Keys: lambdaImage(Keys) }),
    ...(NewImage && { NewImage: lambdaImage(NewImage) }),
    ...(OldImage && { OldImage: lambdaImage(OldImage) }),
    ...(change.SequenceNumber !== undefined && { SequenceNumber: change.SequenceNumber }),
    ...(change.SizeBytes !== undefined && { SizeBytes: change.SizeBytes }),
    ...(change.StreamViewType !== undefined && { StreamViewType: change.StreamViewType }),
  };
}

/** An item as the SDK has it, in the form that Lambda sends: bytes as base64. */
export function lambdaImage(image: Record<string, SdkValue>): Record<string, AttributeValue> {
  // fromEntries defines properties, so an attribute named `__proto__` is kept as an attribute.
  return Object.fromEntries(Object.entries(image).map(([name, value]) => [name, lambdaValue(value)]));
}

/** Bytes become base64 at every depth; every other value has the same form on both sides. */
function lambdaValue(value: SdkValue): AttributeValue {
  if (value.B !== undefined) return { B: base64(value.B) };
  if (value.BS !== undefined) return { BS: value.BS.map(base64) };
  if (value.L !== undefined) return { L: value.L.map(lambdaValue) };
  if (value.M !== undefined) return { M: lambdaImage(value.M) };
  return value as AttributeValue;
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}

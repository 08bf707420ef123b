import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { itemSize } from '../../item/item-size.ts';
import type { Image, ServerRecord } from './server-record.ts';

/**
 * Makes the records of a stream into those of DynamoDB. Everything that other servers do differently is normalized here
 * and nowhere else.
 */
export interface StreamAdapter {
  /** The ARN that Lambda would name as the source of the records. */
  readonly eventSourceArn: string;
  /** The records that DynamoDB would have sent, as it would have sent them. */
  normalize(records: readonly ServerRecord[]): readonly ServerRecord[];
}

const AWS_REGION = /^[a-z]{2}(-[a-z]+)+-\d$/;
const AWS_ACCOUNT = /^(?!0{12})\d{12}$/;
const AWS_LABEL = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}$/;
const EVENT_ID = /^[0-9a-f]{32}$/;
const EVENT_VERSION = '1.1';
const MIN_DIGITS = 21;

export interface AdaptedStream {
  readonly streamArn: string;
  /** The region that the mapping works in. */
  readonly region: string;
  readonly createdAt: Date | undefined;
}

/**
 * Servers are known by their behaviour. Records of every server:
 *
 * | quirk | seen in | normalized |
 * | --- | --- | --- |
 * | a MODIFY for a write that changed nothing | Dynoxide, moto | left out, if both images are there |
 * | eventID is the sequence number, so not unique | Dynoxide | 32 hex digits, the same at each reading |
 * | eventVersion `1.0` | moto | `1.1` |
 * | sequence numbers of fewer than 21 digits | Dynoxide | zeros in front |
 *
 * And where region, account or label of the stream are not in AWS's form:
 *
 * | quirk | seen in | normalized |
 * | --- | --- | --- |
 * | the region is `dynoxide` or `ddblocal`, also in the ARN | Dynoxide, DynamoDB Local | the mapping's region |
 * | a label of epoch seconds, or of microseconds | Dynoxide, moto | `2026-11-27T20:32:45.855` |
 * | SizeBytes measures JSON, or something else | Dynoxide, moto | DynamoDB's rules for keys and images |
 * | a table made again has the records of its predecessor | Dynoxide | left out, to the second |
 *
 * A shard that has an EndingSequenceNumber while it is open (Dynoxide) needs nothing: the number is not read. A no-op
 * MODIFY on a stream without both images cannot be told from a real one, and is delivered.
 */
export function adapterFor({ streamArn, region, createdAt }: AdaptedStream): StreamAdapter {
  const madeAt = Math.floor((createdAt?.getTime() ?? 0) / 1000);
  const isOfAws = hasAwsForm(streamArn);
  return {
    eventSourceArn: isOfAws ? streamArn : inAwsForm(streamArn, region),
    normalize: (records) =>
      records
        .filter((record) => !changedNothing(record) && (isOfAws || !isOlder(record, madeAt)))
        .map((record) => normalized(record, streamArn, isOfAws)),
  };
}

function hasAwsForm(streamArn: string): boolean {
  const [, , , region = '', account = ''] = streamArn.split(':');
  return AWS_REGION.test(region) && AWS_ACCOUNT.test(account) && AWS_LABEL.test(labelOf(streamArn));
}

function inAwsForm(streamArn: string, region: string): string {
  const parts = streamArn.split(':');
  if (!AWS_REGION.test(`${parts[3]}`)) parts[3] = region;
  const label = labelOf(streamArn);
  return parts.join(':').slice(0, -label.length) + labelInAwsForm(label);
}

/** Returns the text after the last slash. A label contains colons. */
function labelOf(streamArn: string): string {
  return streamArn.slice(streamArn.lastIndexOf('/') + 1);
}

function labelInAwsForm(label: string): string {
  const seconds = Number(label);
  const time = new Date(Number.isFinite(seconds) ? seconds * 1000 : `${label.replace(/Z$/, '')}Z`);
  return Number.isNaN(time.getTime()) ? label : time.toISOString().slice(0, -1);
}

function changedNothing({ eventName, dynamodb }: ServerRecord): boolean {
  if (eventName !== 'MODIFY' || !dynamodb.OldImage || !dynamodb.NewImage) return false;
  try {
    return isDeepStrictEqual(dynamodb.OldImage, dynamodb.NewImage);
  } catch {
    return false; // images that nest too deep to be compared: both are delivered
  }
}

function isOlder({ dynamodb }: ServerRecord, madeAt: number): boolean {
  const created = dynamodb.ApproximateCreationDateTime;
  return created !== undefined && created < madeAt;
}

function normalized(record: ServerRecord, streamArn: string, isOfAws: boolean): ServerRecord {
  const { eventID, dynamodb } = record;
  const { SequenceNumber } = dynamodb;
  const isNormal = isOfAws && SequenceNumber.length >= MIN_DIGITS && record.eventVersion === EVENT_VERSION;
  if (isNormal && EVENT_ID.test(`${eventID}`)) return record;
  const sizeBytes = isOfAws ? dynamodb.SizeBytes : sizeOf(dynamodb);
  return {
    ...record,
    eventVersion: EVENT_VERSION,
    eventID:
      eventID !== undefined && EVENT_ID.test(eventID) ? eventID : hexDigits(`${streamArn} ${SequenceNumber}`),
    dynamodb: {
      ...dynamodb,
      SequenceNumber: SequenceNumber.padStart(MIN_DIGITS, '0'),
      ...(sizeBytes !== undefined && { SizeBytes: sizeBytes }),
    },
  };
}

/** Undefined for an image that cannot be measured, because it has something other than values in it. */
function sizeOf({ Keys, NewImage, OldImage, SizeBytes }: ServerRecord['dynamodb']): number | undefined {
  const images = [Keys, NewImage, OldImage].filter((image) => image !== undefined);
  try {
    return images.reduce((size, image) => size + itemSize(image as Image), 0);
  } catch {
    return SizeBytes;
  }
}

function hexDigits(text: string): string {
  return createHash('md5').update(text).digest('hex');
}

import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { _Record as SdkRecord } from '@aws-sdk/client-dynamodb-streams';

/**
 * What has to be mended before records of this stream are those of DynamoDB. Everything that an emulator does
 * otherwise is mended here and nowhere else.
 */
export interface StreamAdapter {
  /** What Lambda would name as the source of the records. */
  readonly eventSourceArn: string;
  /** The records that DynamoDB would have sent, as it would have sent them. */
  mend(records: readonly SdkRecord[]): readonly SdkRecord[];
}

// No account of AWS: Dynoxide, DynamoDB Local and LocalStack name the stream's account so. A server that names
// another account is taken for AWS, and nothing of it is mended.
const EMULATED_ACCOUNT = '000000000000';
// What Dynoxide and DynamoDB Local call the place where they are.
const EMULATED_REGIONS = ['dynoxide', 'ddblocal'];
const LEAST_DIGITS = 21;

export interface AdaptedStream {
  readonly streamArn: string;
  /** The region that the mapping works in. */
  readonly region: string;
  readonly createdAt: Date | undefined;
}

/**
 * | quirk | seen in | mended |
 * | --- | --- | --- |
 * | a MODIFY for a write that changed nothing | Dynoxide | left out |
 * | the region is `dynoxide` or `ddblocal`, also in the ARN | Dynoxide, DynamoDB Local | the mapping's region |
 * | eventID is the sequence number, so not unique | Dynoxide | 32 hex digits, the same at each reading |
 * | sequence numbers of fewer than 21 digits | Dynoxide | zeros in front |
 * | a table made again has the records of its predecessor | Dynoxide | left out, to the second |
 *
 * That a shard has an EndingSequenceNumber while it is open (Dynoxide) needs no mending: nothing reads it.
 */
export function adapterFor({ streamArn, region, createdAt }: AdaptedStream): StreamAdapter {
  const parts = streamArn.split(':');
  if (parts[4] !== EMULATED_ACCOUNT) return { eventSourceArn: streamArn, mend: (records) => records };
  if (EMULATED_REGIONS.includes(parts[3] as string)) parts[3] = region;
  const madeAt = Math.floor((createdAt?.getTime() ?? 0) / 1000) * 1000;
  return {
    eventSourceArn: parts.join(':'),
    mend: (records) =>
      records
        .filter((record) => !changedNothing(record) && !isOlder(record, madeAt))
        .map((record) => withIdentifiers(record, streamArn)),
  };
}

function changedNothing({ eventName, dynamodb }: SdkRecord): boolean {
  if (eventName !== 'MODIFY' || !dynamodb?.OldImage || !dynamodb.NewImage) return false;
  return isDeepStrictEqual(dynamodb.OldImage, dynamodb.NewImage);
}

function isOlder({ dynamodb }: SdkRecord, madeAt: number): boolean {
  const created = dynamodb?.ApproximateCreationDateTime;
  return created !== undefined && created.getTime() < madeAt;
}

function withIdentifiers(record: SdkRecord, streamArn: string): SdkRecord {
  const { eventID = '', dynamodb } = record;
  const { SequenceNumber } = dynamodb ?? {};
  if (SequenceNumber === undefined) return record;
  return {
    ...record,
    eventID: eventID === SequenceNumber ? hexDigits(`${streamArn} ${SequenceNumber}`) : eventID,
    dynamodb: { ...dynamodb, SequenceNumber: SequenceNumber.padStart(LEAST_DIGITS, '0') },
  };
}

function hexDigits(text: string): string {
  return createHash('md5').update(text).digest('hex');
}

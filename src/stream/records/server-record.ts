import type { _Record as SdkRecord, AttributeValue as SdkValue } from '@aws-sdk/client-dynamodb-streams';
import type { AttributeValue } from 'aws-lambda';
import { isSequenceNumber } from '../../record/sequence-number.ts';

/** An item as JSON has it: bytes as base64. */
export type Image = Readonly<Record<string, AttributeValue>>;

/** A record as GetRecords sends it, in JSON. A server may send anything: only the sequence number is checked. */
export interface ServerRecord {
  readonly eventID?: string;
  readonly eventName?: 'INSERT' | 'MODIFY' | 'REMOVE';
  readonly eventVersion?: string;
  readonly userIdentity?: { readonly PrincipalId?: string; readonly Type?: string };
  readonly dynamodb: {
    /** Epoch seconds. */
    readonly ApproximateCreationDateTime?: number;
    readonly Keys?: Image;
    readonly NewImage?: Image;
    readonly OldImage?: Image;
    readonly SequenceNumber: string;
    readonly SizeBytes?: number;
    readonly StreamViewType?: 'KEYS_ONLY' | 'NEW_IMAGE' | 'OLD_IMAGE' | 'NEW_AND_OLD_IMAGES';
  };
}

/** Returns true if a record has a position in its shard. Without one it can neither be delivered nor skipped. */
export function isServerRecord(record: unknown): record is ServerRecord {
  return isSequenceNumber((record as Partial<ServerRecord> | null | undefined)?.dynamodb?.SequenceNumber);
}

/** A record that the SDK has read, in the form in which it was sent. */
export function asSent(record: SdkRecord | null): unknown {
  if (!record?.dynamodb) return record;
  const { dynamodb } = record;
  const { ApproximateCreationDateTime: created, Keys, NewImage, OldImage, ...rest } = dynamodb;
  return {
    ...record,
    dynamodb: {
      ...rest,
      ...(created && { ApproximateCreationDateTime: created.getTime() / 1000 }),
      ...(Keys && { Keys: sentImage(Keys) }),
      ...(NewImage && { NewImage: sentImage(NewImage) }),
      ...(OldImage && { OldImage: sentImage(OldImage) }),
    },
  };
}

/** An item that the SDK has read, in the form in which it was sent: bytes as base64. */
export function sentImage(image: Readonly<Record<string, SdkValue>>): Record<string, AttributeValue> {
  // fromEntries defines properties, so an attribute named `__proto__` is kept as an attribute.
  return Object.fromEntries(Object.entries(image).map(([name, value]) => [name, sentValue(value)]));
}

/** Bytes become base64 at every depth. Every other value has the same form on both sides. Malformed values stay unchanged. */
function sentValue(value: SdkValue | null | undefined): AttributeValue {
  if (value?.B instanceof Uint8Array) return { B: base64(value.B) };
  if (Array.isArray(value?.BS)) return { BS: value.BS.map(base64) };
  if (Array.isArray(value?.L)) return { L: value.L.map(sentValue) };
  if (typeof value?.M === 'object') return { M: sentImage(value.M) };
  return value as AttributeValue;
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}

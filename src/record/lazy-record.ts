import type { StandardSchemaV1 } from '@standard-schema/spec';
import type { DynamoDBRecord } from 'aws-lambda';
import { InvalidRecordError } from '../errors.ts';
import type { AttributeMap, NativeMap } from '../unmarshall/attribute-value.ts';
import { isMap } from '../unmarshall/malformed.ts';
import type { ToNumber } from '../unmarshall/numbers.ts';
import { unmarshall } from '../unmarshall/unmarshall.ts';
import { checkImage, checkImageNow } from './schema.ts';
import { tableNameOf } from './stream-arn.ts';
import type { EventName, UserIdentity } from './stream-record.ts';
import { hasNewImage, hasOldImage, type StreamViewType } from './view-type.ts';

/** How the records of one invocation are read. */
export interface RecordReading {
  readonly toNumber: ToNumber;
  readonly viewType: StreamViewType;
  readonly schema: StandardSchemaV1 | undefined;
  /** The invocation's deadline, for sinks that are handed the record alone. */
  readonly deadline?: { readonly signal: AbortSignal };
}

/** The one class behind every record type: images are unmarshalled when somebody reads them, then kept. */
export class LazyRecord {
  readonly raw: DynamoDBRecord;
  readonly #reading: RecordReading;
  #keys: NativeMap | undefined;
  #newImage: unknown;
  #oldImage: unknown;

  constructor(raw: DynamoDBRecord, reading: RecordReading) {
    this.raw = raw;
    this.#reading = reading;
  }

  /** For sinks: aborts at the deadline of the invocation; undefined where there is none. */
  get deadlineSignal(): AbortSignal | undefined {
    return this.#reading.deadline?.signal;
  }

  get eventName(): EventName {
    return this.raw.eventName as EventName;
  }

  get eventID(): string {
    return this.raw.eventID ?? '';
  }

  get sequenceNumber(): string {
    return this.raw.dynamodb?.SequenceNumber ?? '';
  }

  get tableName(): string {
    return tableNameOf(this.raw.eventSourceARN);
  }

  get approximateCreationDateTime(): Date {
    // Lambda sends whole epoch seconds.
    const seconds: unknown = this.raw.dynamodb?.ApproximateCreationDateTime;
    return new Date(typeof seconds === 'number' ? seconds * 1000 : Number.NaN);
  }

  get streamViewType(): StreamViewType | undefined {
    return this.raw.dynamodb?.StreamViewType ?? undefined;
  }

  get userIdentity(): UserIdentity | undefined {
    return this.raw.userIdentity ?? undefined;
  }

  get expired(): boolean {
    const identity = this.raw.userIdentity;
    return (
      this.raw.eventName === 'REMOVE' &&
      identity?.type === 'Service' &&
      identity.principalId === 'dynamodb.amazonaws.com'
    );
  }

  get keys(): NativeMap {
    this.#keys ??= unmarshall(this.raw.dynamodb?.Keys as AttributeMap, this.#reading.toNumber);
    return this.#keys;
  }

  get newImage(): unknown {
    if (this.#newImage === undefined) {
      const image = this.#unmarshall('newImage');
      if (image !== undefined) this.#newImage = checkImageNow(this.#reading.schema, 'newImage', image);
    }
    return this.#newImage;
  }

  get oldImage(): unknown {
    if (this.#oldImage === undefined) {
      const image = this.#unmarshall('oldImage');
      if (image !== undefined) this.#oldImage = checkImageNow(this.#reading.schema, 'oldImage', image);
    }
    return this.#oldImage;
  }

  /**
   * Checks the images that handlers may read against the schema, so that a record that does not fit fails before a handler runs.
   *
   * @returns a promise where the schema is asynchronous
   */
  validate(): void | Promise<void> {
    const { schema, viewType } = this.#reading;
    if (schema === undefined) return;
    const needsNew = this.#newImage === undefined && hasNewImage(viewType, this.eventName);
    const needsOld = this.#oldImage === undefined && hasOldImage(viewType, this.eventName);
    const checkedNew = needsNew ? checkImage(schema, 'newImage', this.#unmarshall('newImage')) : undefined;
    const checkedOld = needsOld ? checkImage(schema, 'oldImage', this.#unmarshall('oldImage')) : undefined;
    if (checkedNew instanceof Promise || checkedOld instanceof Promise) {
      return Promise.all([checkedNew, checkedOld]).then(([checkedNew, checkedOld]) => {
        this.#keep(checkedNew, checkedOld);
      });
    }
    this.#keep(checkedNew, checkedOld);
  }

  #keep(newImage: unknown, oldImage: unknown): void {
    this.#newImage ??= newImage;
    this.#oldImage ??= oldImage;
  }

  /** Undefined where the event or the view type has no such image. */
  #unmarshall(which: 'newImage' | 'oldImage'): NativeMap | undefined {
    const change = this.raw.dynamodb;
    const map = which === 'newImage' ? change?.NewImage : change?.OldImage;
    // Some tools write null for an image that the record does not have.
    if (map !== undefined && map !== null) return unmarshall(map, this.#reading.toNumber);
    const viewType = this.streamViewType ?? this.#reading.viewType;
    const expected =
      which === 'newImage' ? hasNewImage(viewType, this.eventName) : hasOldImage(viewType, this.eventName);
    // An absent image must never look like an empty item.
    if (expected) {
      throw new InvalidRecordError(
        'MISSING_IMAGE',
        `The record carries no ${which}, though ${this.eventName} records of a ${viewType} stream do. ` +
          'Check what builds or transforms the event.',
      );
    }
    return undefined;
  }
}

/**
 * Opens one record of a checked event.
 *
 * @throws InvalidRecordError when the record cannot be dispatched; it alone fails
 */
export function openRecord(raw: DynamoDBRecord, reading: RecordReading): LazyRecord {
  const { eventName } = raw;
  if (eventName !== 'INSERT' && eventName !== 'MODIFY' && eventName !== 'REMOVE') {
    throw new InvalidRecordError(
      'UNKNOWN_EVENT_NAME',
      'The record has an eventName that is none of INSERT, MODIFY, REMOVE. Check what builds the event.',
    );
  }
  if (!hasKeys(raw.dynamodb?.Keys)) {
    throw new InvalidRecordError(
      'MISSING_KEYS',
      'The record carries no Keys, so its item is unknown. DynamoDB always sends them: check what builds the event.',
    );
  }
  return new LazyRecord(raw, reading);
}

function hasKeys(keys: unknown): boolean {
  if (!isMap(keys)) return false;
  for (const _name in keys) return true;
  return false;
}

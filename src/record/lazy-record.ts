import type { DynamoDBRecord } from 'aws-lambda';
import { InvalidRecordError } from '../errors.ts';
import type { AttributeMap, NativeMap } from '../unmarshall/attribute-value.ts';
import { CHECK_EVENT, isMap } from '../unmarshall/malformed.ts';
import type { ToNumber } from '../unmarshall/numbers.ts';
import { unmarshall } from '../unmarshall/unmarshall.ts';
import { creationDateOf } from './creation-time.ts';
import { frozenCopy } from './frozen-copy.ts';
import type { ImageName } from './schema.ts';
import { tableNameOf } from './stream-arn.ts';
import type { EventName, UserIdentity } from './stream-record.ts';
import { isExpired } from './time-to-live.ts';
import { hasImage, type StreamViewType } from './view-type.ts';

/** How the records of one invocation are read. */
export interface RecordReading {
  readonly toNumber: ToNumber;
  readonly viewType: StreamViewType;
  /** Opens the records of a table with a schema or entities. Undefined for all others. */
  readonly open?: RecordOpener | undefined;
  /** The invocation's deadline, for sinks that are handed the record alone. */
  readonly deadline?: { readonly signal: AbortSignal; reached(): boolean };
}

/** Opens a record whose event name and keys were checked. A table carries one, so that routers without bundle none of it. */
export type RecordOpener = (raw: DynamoDBRecord, reading: RecordReading) => LazyRecord;

/**
 * The one class behind every record type: keys and images are unmarshalled when they are read, then kept until
 * the next reader has its turn.
 *
 * A record is easily logged: as a part of an event, or with an error. So it has no property of its own, and shows only
 * what identifies it, never the item.
 */
export class LazyRecord {
  static {
    // console.log shows what this method returns.
    const inspect = Symbol.for('nodejs.util.inspect.custom');
    Object.assign(LazyRecord.prototype, { [inspect]: LazyRecord.prototype.toJSON });
  }

  readonly #raw: DynamoDBRecord;
  readonly #reading: RecordReading;
  #copy: DynamoDBRecord | undefined;
  #keys: NativeMap | undefined;
  #newImage: unknown;
  #oldImage: unknown;

  constructor(raw: DynamoDBRecord, reading: RecordReading) {
    this.#raw = raw;
    this.#reading = reading;
  }

  /** The record as Lambda sent it, uncopied: for what neither changes it nor hands it to user code. */
  static rawOf(record: { readonly raw: DynamoDBRecord }): DynamoDBRecord {
    // Tests may pass plain objects.
    return #raw in record ? record.#raw : record.raw;
  }

  /** A frozen copy, made when it is read: nothing that user code does to it changes what others see. */
  get raw(): DynamoDBRecord {
    this.#copy ??= frozenCopy(this.#raw);
    return this.#copy;
  }

  /** Identifies the record. JSON.stringify writes this. */
  toJSON(): Readonly<Record<string, unknown>> {
    const { eventID, sequenceNumber, tableName } = this;
    // Subclasses may throw when their eventName is read.
    return { eventID, eventName: this.#raw.eventName, sequenceNumber, tableName };
  }

  /** For sinks: aborts at the deadline of the invocation; undefined where there is none. */
  get deadlineSignal(): AbortSignal | undefined {
    const { deadline } = this.#reading;
    // The clock decides: the timer that aborts the signal is late while code runs that never waits.
    deadline?.reached();
    return deadline?.signal;
  }

  get eventName(): EventName {
    return this.#raw.eventName as EventName;
  }

  get eventID(): string {
    return this.#raw.eventID ?? '';
  }

  get sequenceNumber(): string {
    return this.#raw.dynamodb?.SequenceNumber ?? '';
  }

  get tableName(): string {
    return tableNameOf(this.#raw.eventSourceARN);
  }

  get approximateCreationDateTime(): Date {
    return creationDateOf(this.#raw.dynamodb);
  }

  get streamViewType(): StreamViewType | undefined {
    return this.#raw.dynamodb?.StreamViewType ?? undefined;
  }

  get userIdentity(): UserIdentity | undefined {
    const { userIdentity } = this.#raw;
    // A copy, as the next route, attempt and letter read it as well.
    return typeof userIdentity === 'object' && userIdentity !== null
      ? Object.freeze({ ...userIdentity })
      : undefined;
  }

  get expired(): boolean {
    return isExpired(this.#raw);
  }

  /** Undefined where the table declares no entities. */
  get entity(): string | undefined {
    return undefined;
  }

  get keys(): NativeMap {
    this.#keys ??= unmarshall(this.#raw.dynamodb?.Keys as AttributeMap, this.#reading.toNumber);
    return this.#keys;
  }

  get newImage(): unknown {
    this.#newImage ??= this.readAnew('newImage');
    return this.#newImage;
  }

  get oldImage(): unknown {
    this.#oldImage ??= this.readAnew('oldImage');
    return this.#oldImage;
  }

  /** For conditions and subclasses. */
  get reading(): RecordReading {
    return this.#reading;
  }

  /**
   * Checks the images again where a reader may have changed them and they cannot be copied: an asynchronous schema made
   * instances of classes.
   */
  revalidate(): void | Promise<void> {}

  /**
   * Lets the next reader have keys and images as they were: called between attempts, routes, layers and conditions. A
   * reader may change its images, and no other one sees that. Costs nothing until the next read, which
   * unmarshalls again.
   */
  reread(): void {
    this.#keys = undefined;
    this.#newImage = undefined;
    this.#oldImage = undefined;
  }

  /** Makes an image that no other reader has, whatever its values are instances of. Undefined where the record has none. */
  readAnew(image: ImageName): unknown {
    const map = this.storedImage(image);
    return map === undefined ? undefined : unmarshall(map, this.#reading.toNumber);
  }

  /** The AttributeValues of an image; undefined where the event or the view type has none. */
  storedImage(image: ImageName): AttributeMap | undefined {
    const change = this.#raw.dynamodb;
    const map = image === 'newImage' ? change?.NewImage : change?.OldImage;
    // Some tools write null for an image that the record does not have.
    if (map !== undefined && map !== null) return map;
    const viewType = this.streamViewType ?? this.#reading.viewType;
    // An absent image must never look like an empty item.
    if (hasImage(image, viewType, this.eventName)) {
      throw new InvalidRecordError(
        'MISSING_IMAGE',
        `The record carries no ${image}, though ${this.eventName} records of a ${viewType} stream do. ` +
          CHECK_EVENT,
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
      `The eventName of the record is none of INSERT, MODIFY, REMOVE. ${CHECK_EVENT}`,
    );
  }
  if (!hasKeys(raw.dynamodb?.Keys)) {
    throw new InvalidRecordError(
      'MISSING_KEYS',
      `The record carries no Keys, which DynamoDB always sends. ${CHECK_EVENT}`,
    );
  }
  return reading.open?.(raw, reading) ?? new LazyRecord(raw, reading);
}

function hasKeys(keys: unknown): boolean {
  if (!isMap(keys)) return false;
  for (const _name in keys) return true;
  return false;
}

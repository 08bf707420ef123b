import type { DynamoDBRecord } from 'aws-lambda';
import { LazyRecord, type RecordReading } from '../record/lazy-record.ts';

/** A record whose images do not fit the table's schema: reading one throws the reason. */
export class UnfitRecord extends LazyRecord {
  readonly #record: LazyRecord;
  readonly #reason: unknown;

  constructor(record: LazyRecord, reading: RecordReading, reason: unknown) {
    super(LazyRecord.rawOf(record), reading);
    this.#record = record;
    this.#reason = reason;
  }

  override get entity(): string | undefined {
    return this.#record.entity;
  }

  override get newImage(): never {
    throw this.#reason;
  }

  override get oldImage(): never {
    throw this.#reason;
  }
}

/**
 * A record without a readable change or item: reading it throws the reason.
 * What identifies the record can be read, so that its failure can be reported.
 */
export class MalformedRecord extends LazyRecord {
  readonly #reason: unknown;

  constructor(raw: DynamoDBRecord, reading: RecordReading, reason: unknown) {
    super(raw, reading);
    this.#reason = reason;
  }

  override get eventName(): never {
    throw this.#reason;
  }

  override get entity(): never {
    throw this.#reason;
  }

  override get keys(): never {
    throw this.#reason;
  }

  override get newImage(): never {
    throw this.#reason;
  }

  override get oldImage(): never {
    throw this.#reason;
  }
}

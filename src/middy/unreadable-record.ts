import type { DynamoDBRecord } from 'aws-lambda';
import { LazyRecord, type RecordReading } from '../record/lazy-record.ts';

/** A record whose images do not fit the table's schema: reading one throws the reason. */
export class UnfitRecord extends LazyRecord {
  readonly #reason: unknown;

  constructor(raw: DynamoDBRecord, reading: RecordReading, reason: unknown) {
    super(raw, reading);
    this.#reason = reason;
  }

  override get newImage(): never {
    throw this.#reason;
  }

  override get oldImage(): never {
    throw this.#reason;
  }

  /** Nothing more to find out. */
  override validate(): void {}
}

/**
 * A record that says not what happened or to which item: reading that throws the reason.
 * What identifies the record can be read, so that its failure can be reported.
 */
export class MalformedRecord extends UnfitRecord {
  readonly #reason: unknown;

  constructor(raw: DynamoDBRecord, reading: RecordReading, reason: unknown) {
    super(raw, reading, reason);
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
}

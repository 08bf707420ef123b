import type { DynamoDBRecord } from 'aws-lambda';

/** The records of an entity, by sequence number. */
export interface EntityRecords {
  readonly entity: string;
  readonly sequenceNumbers: readonly string[];
}

const MAX_NAMES = 100_000;

/** The entities of records that are being handled. */
export class EntityNames {
  readonly #names: Map<string, string> = new Map();

  add(found: readonly EntityRecords[]): void {
    for (const { entity, sequenceNumbers } of found) {
      for (const sequenceNumber of sequenceNumbers) this.#names.set(sequenceNumber, entity);
    }
    // An invocation that never ends, such as one in a thread that crashed, leaves its names behind.
    if (this.#names.size > MAX_NAMES) this.#names.clear();
  }

  /** Groups records by their entity, and forgets it. */
  take(records: readonly DynamoDBRecord[]): ReadonlyMap<string, readonly DynamoDBRecord[]> {
    const groups = new Map<string, DynamoDBRecord[]>();
    for (const record of records) {
      const sequenceNumber = `${record.dynamodb?.SequenceNumber}`;
      const name = this.#names.get(sequenceNumber);
      if (name === undefined) continue;
      this.#names.delete(sequenceNumber);
      const group = groups.get(name);
      if (group === undefined) groups.set(name, [record]);
      else group.push(record);
    }
    return groups;
  }
}

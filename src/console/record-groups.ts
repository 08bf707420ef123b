import type { DynamoDBRecord } from 'aws-lambda';

/** The records of an entity, by sequence number. */
export interface EntityRecords {
  readonly entity: string;
  readonly sequenceNumbers: readonly string[];
}

/** Records that the same routes take, by sequence number. */
export interface RouteRecords {
  readonly routes: TakingRoutes;
  readonly sequenceNumbers: readonly string[];
}

/** The routes that take a record, by their places in the router. */
export interface TakingRoutes {
  /** That of the router's routes. */
  readonly routesId: string;
  readonly taken: readonly number[];
  /** Routes that may take it: code of the user decides. */
  readonly undecided: readonly number[];
}

const MAX_RECORDS = 100_000;

/** Records that are being handled, each in a group. */
export class RecordGroups<Group> {
  readonly #groups: Map<string, Group> = new Map();

  add(group: Group, sequenceNumbers: readonly string[]): void {
    for (const sequenceNumber of sequenceNumbers) this.#groups.set(sequenceNumber, group);
    // An invocation that never ends, such as one in a thread that crashed, leaves its records behind.
    if (this.#groups.size > MAX_RECORDS) this.#groups.clear();
  }

  /** Returns the records of each group, and forgets them. Records without a group are left out. */
  take(records: readonly DynamoDBRecord[]): ReadonlyMap<Group, readonly DynamoDBRecord[]> {
    const groups = new Map<Group, DynamoDBRecord[]>();
    for (const record of records) {
      const sequenceNumber = `${record.dynamodb?.SequenceNumber}`;
      const group = this.#groups.get(sequenceNumber);
      if (group === undefined) continue;
      this.#groups.delete(sequenceNumber);
      const others = groups.get(group);
      if (others === undefined) groups.set(group, [record]);
      else others.push(record);
    }
    return groups;
  }
}

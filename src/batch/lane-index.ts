import type { AttributeValue, DynamoDBRecord } from 'aws-lambda';
import { plainNumber } from '../item/decimal.ts';
import { sortedEntries } from '../item/sorted-entries.ts';

/**
 * Which lane a record belongs to.
 *
 * - `'item'`: a lane per item: changes of one item run in order, items run side by side
 * - `'partition'`: a lane per partition key
 * - `'shard'`: one lane, one record at a time
 */
export type Order = 'item' | 'partition' | 'shard';

/**
 * Numbers the lanes of one batch. Records of one item always get one lane, whatever the order of the
 * attributes in their Keys.
 *
 * Values are numbered per attribute and the pair of numbers names the lane: no key string is built, which
 * took twice as long (bench: router, async handlers).
 */
export class LaneIndex {
  readonly #order: Order;
  #partitionKey: string | undefined;
  #sortKey: string | undefined;
  readonly #partitions: Map<string, number> = new Map();
  readonly #sorts: Map<string, number> = new Map();
  /** By the name of an item, or by the record where there is none. */
  readonly #lanes: Map<unknown, number> = new Map();
  readonly #stride: number;

  /**
   * @param records how many records the batch has
   * @param partitionKey the partition key's attribute, needed for `'partition'`
   */
  constructor(order: Order, records: number, partitionKey?: string) {
    this.#order = order;
    // For 'item' the first record names the key attributes, all of them.
    this.#partitionKey = order === 'partition' ? partitionKey : undefined;
    this.#stride = records + 1;
  }

  /** The lane of a record, from 0. A record without usable Keys gets a lane of its own: it will fail there. */
  of(record: DynamoDBRecord): number {
    if (this.#order === 'shard') return 0;
    const keys = record.dynamodb?.Keys;
    if (typeof keys !== 'object' || keys === null) return numberOf(this.#lanes, record);
    if (this.#order === 'item' && this.#partitionKey === undefined) {
      [this.#partitionKey, this.#sortKey] = Object.keys(keys);
    }
    const partition = this.#partitionKey === undefined ? undefined : textOf(keys[this.#partitionKey]);
    if (partition === undefined) return this.#laneOfShape(keys);
    const first = numberOf(this.#partitions, partition);
    if (this.#sortKey === undefined) return numberOf(this.#lanes, first);
    const sort = textOf(keys[this.#sortKey]);
    if (sort === undefined) return this.#laneOfShape(keys);
    return numberOf(this.#lanes, first * this.#stride + numberOf(this.#sorts, sort));
  }

  /** Keys of another shape than the first record's: not from one table, but still one lane per item. */
  #laneOfShape(keys: Readonly<Record<string, AttributeValue>>): number {
    try {
      return numberOf(this.#lanes, JSON.stringify(sortedEntries(keys)));
    } catch {
      // DynamoDB never sends such keys. They share a lane, so that those of one item do.
      return numberOf(this.#lanes, '');
    }
  }
}

function numberOf<Value>(numbers: Map<Value, number>, value: Value): number {
  let number = numbers.get(value);
  if (number === undefined) {
    number = numbers.size;
    numbers.set(value, number);
  }
  return number;
}

// DynamoDB sends a number always in one form. Whole numbers, nearly all there are, are taken as they come;
// where something else built the event, other forms are brought to theirs.
const OTHER_NUMBER_FORM = /[.eE+]|^-0|^0./;

// A key attribute has one type in a table, so the type need not be part of the name.
function textOf(value: AttributeValue | undefined): string | undefined {
  if (typeof value?.S === 'string') return value.S;
  if (typeof value?.N === 'string') {
    return OTHER_NUMBER_FORM.test(value.N) ? plainNumber(value.N) : value.N;
  }
  return typeof value?.B === 'string' ? value.B : undefined;
}

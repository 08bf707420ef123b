// @types/aws-lambda imports node:stream without saying so; programs that check library types need this.
/// <reference types="node" preserve="true" />

import {
  type AttributeValue,
  BatchWriteItemCommand,
  DynamoDBClient,
  type WriteRequest,
} from '@aws-sdk/client-dynamodb';
import { partOf } from '../failure/content-free-cause.ts';
import { canonicalNumber } from '../item/decimal.ts';
import { itemSize } from '../item/item-size.ts';
import { marshallMap, UnsafeNumber } from '../item/marshall-map.ts';
import type { EnvironmentVariable } from '../options/env.ts';
import { kindOf } from '../options/kind-of.ts';
import { batchedSink } from './batcher/batched-sink.ts';
import { type AwsSinkOptions, checkAwsSinkOptions, clientOf } from './batcher/client.ts';
import type { Payload, Refusal } from './batcher/entry.ts';
import type { Fault } from './batcher/fault.ts';
import { awsRefusal } from './batcher/request-failure.ts';
import { invalid, tooLarge } from './batcher/sink-errors.ts';
import { itemProblem } from './message/item-problem.ts';
import { jsonValue, refuseUnawaited, UnawaitedWork } from './message/message-text.ts';
import { WrongMessage } from './message/wrong-message.ts';
import type { SendOptions, Sink } from './sink.ts';
import { TARGET, type TargetKind, targetCheck } from './sink-target.ts';

/** Options of {@link tableWriter}. */
export interface TableWriterOptions extends AwsSinkOptions<DynamoDBClient> {
  /** Name or ARN of the table. */
  readonly tableName: string | EnvironmentVariable;
  /** Its key attributes: the partition key, and the sort key where it has one. */
  readonly keys: readonly [partitionKey: string, sortKey?: string];
}

/** A DynamoDB table as a sink. */
export interface TableWriter extends Sink {
  /** `send` by its name in DynamoDB: writes an item, in place of the one with the same key. */
  put(item: object, options: SendOptions): Promise<void>;
  /** Deletes the item with this key, if there is one. */
  delete(key: object, options: SendOptions): Promise<void>;
}

/** An item to put, or the key of one to delete. */
interface Change {
  readonly put?: unknown;
  readonly deleted?: unknown;
}

interface Write extends Payload {
  readonly orderKey: string;
  readonly request: WriteRequest;
}

type Item = Record<string, AttributeValue>;

const TABLE: TargetKind = {
  noun: 'table',
  action: 'dynamodb:BatchWriteItem',
  expected: 'the name of a table, of 3 to 255 letters, digits and _.-, or its ARN',
  accepts: (text) => /^(arn:aws[\w-]*:dynamodb:[\w-]+:\d{12}:table\/)?[\w.-]{3,255}$/.test(text),
};

const MAX_ITEM_BYTES = 400 * 1024;
/** 16 MB, less what the request has around its writes. */
const MAX_BYTES = 16 * 1024 * 1024 - 4096;

/**
 * A DynamoDB table. Writes that are made at the same time travel in one BatchWriteItem request: 25 of them and 16 MB in
 * total, at most one for each key. Writes to one key happen in the order that they were made in.
 *
 * Items are plain objects, marshalled as the SDK does; attributes that are undefined are left out. A put replaces the whole
 * item, so redelivery writes the same again. It takes back what an image holds, whatever it is; a whole number beyond
 * 2^53 - 1 is refused, as the default number policy makes one of a fraction that it rounds: read images with `numbers: 'exact'`.
 *
 * @throws ConfigurationError `UNKNOWN_OPTION` or `INVALID_OPTION`
 * @example
 * ```ts
 * const totals = tableWriter({ tableName: 'Totals', keys: ['customerId'] });
 *
 * export const handler = streamRouter<Invoice>()
 *   .onInsert(async (record) => { await totals.put({ customerId: record.newImage.customerId, open: true }, { record }); })
 *   .onRemove(async (record) => { await totals.delete({ customerId: record.oldImage.customerId }, { record }); });
 * ```
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html
 */
export function tableWriter(options: TableWriterOptions): TableWriter {
  checkAwsSinkOptions('tableWriter', options, { tableName: targetCheck(TABLE), keys: KEYS });
  const keys = options.keys as readonly string[];
  const client = clientOf(options, (settings) => new DynamoDBClient(settings));
  const keyOf = (item: Item): string =>
    JSON.stringify(
      keys.map((name) => keyValue(item[name])),
      jsonValue,
    );
  const requestKey = ({ PutRequest, DeleteRequest }: WriteRequest): string =>
    keyOf(PutRequest?.Item ?? DeleteRequest?.Key ?? {});
  const sink = batchedSink<Write, SendOptions, Change>(options, {
    named: ['tableWriter', 'tableName'],
    target: options.tableName,
    kind: TABLE,
    maxEntries: 25,
    maxBytes: MAX_BYTES,
    payloadOf(target, { put, deleted }) {
      const item = marshalled(target, put ?? deleted);
      checkItem(target, item, keys);
      const request = put === undefined ? { DeleteRequest: { Key: item } } : { PutRequest: { Item: item } };
      const bytes = Buffer.byteLength(JSON.stringify(request, jsonValue)) + 1;
      return { bytes, orderKey: keyOf(item), request };
    },
    async request(writes, { target, signal }) {
      const command = new BatchWriteItemCommand({
        RequestItems: { [target]: writes.map(({ request }) => request) },
      });
      const { UnprocessedItems } = await client().send(command, { abortSignal: signal });
      // DynamoDB answers with an empty object when all was written: without one, something else has answered.
      if (!isMap(UnprocessedItems)) return writes.map(() => NO_RESULT);
      const unprocessed = new Set(Object.values(UnprocessedItems).flat().map(requestKey));
      // Should one come back that looks like none of ours, none counts as written.
      const known = writes.filter(({ orderKey }) => unprocessed.has(orderKey)).length === unprocessed.size;
      return writes.map(({ orderKey }) => (known && !unprocessed.has(orderKey) ? undefined : UNPROCESSED));
    },
    refusalOf: tableRefusal,
  });
  const put: TableWriter['put'] = (item, sendOptions) => sink.send({ put: item }, sendOptions);
  const writer: TableWriter & Pick<typeof sink, typeof TARGET> = {
    [TARGET]: sink[TARGET],
    get target() {
      return sink.target;
    },
    send: put as TableWriter['send'],
    put,
    delete: (key, sendOptions) => sink.send({ deleted: key }, sendOptions),
  };
  return writer;
}

/** Refuses an item that no table takes, or that has not the keys of this one. */
function checkItem(target: string, item: Item, keys: readonly string[]): void {
  for (const name of keys) {
    // Nothing shows that keys is right: items that have its attributes by chance are accepted under wrong keys too.
    if (item[name] === undefined) throw keysMismatch(name);
  }
  const problem = itemProblem(item, keys);
  if (problem !== undefined) throw invalid(target, problem);
  const size = itemSize(item);
  if (size > MAX_ITEM_BYTES) throw tooLarge(target, size, MAX_ITEM_BYTES);
}

function isMap(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function keysMismatch(name: string): WrongMessage {
  return new WrongMessage(
    'KEYS_MISMATCH',
    `has no attribute ${name}, which keys names. Correct keys, or write items with their key attributes.`,
  );
}

/** The value of a key attribute, so that equal ones have one text: 1 and 1.0 are one key. */
function keyValue(value: AttributeValue | undefined): unknown {
  return value?.N === undefined ? value : canonicalNumber(value.N);
}

/**
 * Tells the meaning of a failed request. A ValidationException may be about the content of one item, unless it says that `keys` is not
 * what the table has:
 *
 * - An item without a key attribute of the table, or with another type there. The others may be written, but an item of
 *   that kind never is.
 * - Two items with one key. As keys are told apart by `keys`, the table has other ones, and the order of writes is lost.
 *
 * @see https://github.com/nubo-db/dynoxide/pull/101, with the words that DynamoDB answers
 */
function tableRefusal(error: unknown): Refusal {
  const refusal = awsRefusal(error);
  const message = partOf(error, 'message');
  const [, fault] =
    SCHEMA_FAULTS.find(([words]) => typeof message === 'string' && message.includes(words)) ?? [];
  return refusal.fault === 'unproven' && fault !== undefined
    ? { ...refusal, fault, remedy: KEYS_REMEDY }
    : refusal;
}

const SCHEMA_FAULTS: readonly (readonly [words: string, fault: Fault])[] = [
  ['key element does not match the schema', 'unknown'],
  ['item keys contains duplicates', 'target'],
];
const KEYS_REMEDY =
  "Compare keys with the key attributes of the table, their names and types, and the item's attributes with both.";

const UNPROCESSED: Refusal = { code: 'UnprocessedItems', fault: 'passing' };
const NO_RESULT: Refusal = { code: 'an answer without UnprocessedItems', fault: 'passing' };

const KEYS = {
  expected: 'a list of the names of one or two key attributes',
  accepts: (value: unknown): boolean =>
    Array.isArray(value) &&
    (value.length === 1 || value.length === 2) &&
    value.every((name) => typeof name === 'string' && name !== ''),
};

function marshalled(target: string, item: unknown): Item {
  if (typeof item !== 'object' || item === null || Array.isArray(item)) {
    throw new WrongMessage('INVALID_MESSAGE', `has to be an object of its attributes, got ${kindOf(item)}.`);
  }
  refuseUnawaited(item);
  try {
    return marshallMap(item);
  } catch (error) {
    refuseWork(item);
    // No cause: the SDK quotes the value, and errors are logged with their causes.
    const name = unfit(item);
    // A number that is rounded comes from an image. What DynamoDB cannot hold comes from no item.
    if (error instanceof UnsafeNumber)
      throw invalid(target, `the attribute ${name} is, or has in it, ${UNSAFE}`);
    const where = name === undefined ? 'is' : `has in its attribute ${name}`;
    throw new WrongMessage('INVALID_MESSAGE', `${where} ${UNFIT}.`);
  }
}

const UNSAFE =
  "a whole number beyond 2^53 - 1, which may have been rounded. Read images with numbers: 'exact', or write a bigint or " +
  "the SDK's NumberValue";
const UNFIT =
  'something that DynamoDB cannot hold, such as NaN, an empty set, a set of several types or an object of a class. Where ' +
  "it is a number as a function of yours has made it, read images with numbers: 'exact'";

/** @throws UnawaitedWork for a promise within an item, which is a mistake of the code and not of the item */
function refuseWork(item: object): void {
  try {
    JSON.stringify(item, jsonValue);
  } catch (error) {
    if (error instanceof UnawaitedWork) throw error;
  }
}

/** The first attribute that cannot be marshalled. */
function unfit(item: object): string | undefined {
  return Object.keys(item).find((name) => {
    try {
      marshallMap({ [name]: (item as Readonly<Record<string, unknown>>)[name] });
      return false;
    } catch {
      return true;
    }
  });
}

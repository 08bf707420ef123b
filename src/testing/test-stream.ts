import { createHash } from 'node:crypto';
import type { AttributeValue, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import { ConfigurationError } from '../errors.ts';
import { itemSize } from '../item/item-size.ts';
import { oneOf } from '../options/check.ts';
import { rejectUnknownOptions, requireArgument } from '../options/check-options.ts';
import type { AnyItem, AttributeOf, EventName } from '../record/stream-record.ts';
import { TIME_TO_LIVE } from '../record/time-to-live.ts';
import { hasImage, type StreamViewType } from '../record/view-type.ts';
import { tableOf } from '../table/define-table.ts';
import type { EntityMap, EntityOf, StoredEntityItem } from '../table/entity-types.ts';
import { itemOf } from '../table/item-of.ts';
import { type AnyTable, type EntityTable, isTable, type Table } from '../table/table.ts';
import { marshallItem } from './marshall-item.ts';
import { FINITE_MILLISECONDS } from './milliseconds.ts';

/** Options of a stream whose table is not declared. */
export interface TestStreamOptions<Item extends object> {
  /** The attributes of the item's key: partition key, then sort key if there is one. */
  readonly keys: readonly [AttributeOf<Item>] | readonly [AttributeOf<Item>, AttributeOf<Item>];
  /**
   * The table's name.
   *
   * @defaultValue `'TestTable'`
   */
  readonly name?: string;
  /**
   * The view type of the stream.
   *
   * @defaultValue `'NEW_AND_OLD_IMAGES'`
   */
  readonly viewType?: StreamViewType;
}

/** An image as Lambda sends it: AttributeValues, with binary as base64. */
export type Image = Record<string, AttributeValue>;

/** A record as Lambda sends it, with all that DynamoDB always says. */
export interface TestRecord extends DynamoDBRecord {
  /** Identifies the record: 32 hexadecimal digits. */
  readonly eventID: string;
  /** The kind of the change. */
  readonly eventName: EventName;
  /** The ARN of the stream. */
  readonly eventSourceARN: string;
  /** Keys, images and position of the change. */
  readonly dynamodb: NonNullable<DynamoDBRecord['dynamodb']> & {
    readonly ApproximateCreationDateTime: number;
    readonly Keys: Image;
    readonly SequenceNumber: string;
    readonly SizeBytes: number;
  };
}

/** Writes records of items. Each call is the next change in the stream. */
export interface TestRecords<Item extends object> {
  /** An item was created. */
  insert(item: Item): TestRecord;
  /** An item was changed. Both have the same key. DynamoDB itself emits nothing when nothing changed. */
  modify(oldItem: Item, newItem: Item): TestRecord;
  /** An item was deleted. */
  remove(item: Item): TestRecord;
  /** An item was deleted by Time to Live: a REMOVE with DynamoDB's `userIdentity`. */
  expire(item: Item): TestRecord;
}

/**
 * Writes the records of one stream, as Lambda sends them.
 *
 * Each call is the next change in the stream: sequence numbers of 21 digits ascend, event ids are unique, images
 * are there as event and view type have them, binary is base64.
 */
export interface TestStream<Item extends object> extends TestRecords<Item> {
  /** `arn:aws:dynamodb:<region>:<account>:table/<name>/stream/<label>`; the label differs between streams. */
  readonly streamArn: string;
  /** The event with these records, in this order. */
  event(records: readonly DynamoDBRecord[]): DynamoDBStreamEvent;
  /**
   * Lets milliseconds pass until the next change: it moves `ApproximateCreationDateTime`.
   *
   * @throws ConfigurationError `INVALID_OPTION` when it is not a finite number
   */
  advance(ms: number): void;
}

/** A stream of a table that declares entities. Its own methods take any item. */
export interface EntityTestStream<T extends EntityTable> extends TestStream<AnyItem> {
  /**
   * Writes records of one entity. Items are typed by it, as stored.
   *
   * @throws ConfigurationError `INVALID_OPTION` for a name that the table does not declare; the methods throw
   * `INVALID_ITEM` for an item that belongs to another entity, or to none
   */
  entity<Name extends EntityOf<T>>(name: Name): TestRecords<StoredEntityItem<T, Name>>;
}

const REGION = 'us-east-1';
const ACCOUNT = '123456789012';
const FIRST_SEQUENCE_NUMBER = 400_000_000_000_000_000_000n;

let streams = 0;

/**
 * Makes a stream to take records from, typed by its table.
 *
 * Its clock starts at the present second and moves by `advance` only. Items are what DynamoDB stores: for a table
 * whose schema transforms items, use `testStream<StoredItem>({ keys })`.
 *
 * @throws ConfigurationError `INVALID_TABLE` or `UNKNOWN_OPTION`; its methods throw `INVALID_ITEM` for what DynamoDB
 * refuses
 * @example
 * ```ts
 * const stream = testStream<Invoice>({ keys: ['customerId', 'invoiceId'] });
 * const draft = { customerId: 'C-7', invoiceId: 'INV-1', status: 'DRAFT', total: 12 } as const;
 * const event = stream.event([stream.insert(draft), stream.modify(draft, { ...draft, status: 'OPEN' })]);
 * ```
 */
export function testStream<
  Item extends object,
  Key extends string,
  View extends StreamViewType,
  Stored extends object,
>(table: Table<Item, Key, View, Stored>): TestStream<Stored>;
export function testStream<Entities extends EntityMap, Key extends string, View extends StreamViewType>(
  table: EntityTable<Entities, Key, View>,
): EntityTestStream<EntityTable<Entities, Key, View>>;
export function testStream<Item extends object = AnyItem>(
  // Without NoInfer the item would be inferred from its keys, and have no other attribute.
  options: TestStreamOptions<NoInfer<Item>>,
): TestStream<Item>;
export function testStream(
  tableOrOptions: AnyTable | TestStreamOptions<AnyItem>,
): TestStream<AnyItem> | EntityTestStream<EntityTable> {
  const table = isTable(tableOrOptions) ? tableOrOptions : tableFrom(tableOrOptions);
  const { name, keys, viewType } = table;
  const startedAt = Math.floor(Date.now() / 1000) * 1000;
  // Unlike the label of any other stream of this process: a router that serves several tests knows the checkpoints it reported.
  const label = new Date(startedAt + streams++).toISOString().slice(0, -1);
  const streamArn = `arn:aws:dynamodb:${REGION}:${ACCOUNT}:table/${name}/stream/${label}`;
  let now = startedAt;
  let sequenceNumber = FIRST_SEQUENCE_NUMBER;

  const stream: TestStream<AnyItem> = {
    ...recordsOf(),
    streamArn,
    event: (records) => ({ Records: [...records] }),
    advance(ms) {
      requireArgument('advance', 'time', ms, FINITE_MILLISECONDS);
      now += ms;
    },
  };
  if (table['~entities'] === undefined) return stream;
  const entities = table['~entities'];
  return {
    ...stream,
    entity(entity: string) {
      requireArgument('entity', 'name', entity, oneOf(entities.names));
      return recordsOf((owner, image) => requireEntity(owner, image, entity, table as EntityTable));
    },
  };

  /** @param check refuses the image that decides which entity a record belongs to */
  function recordsOf(check: (owner: string, image: Image) => void = () => {}): TestRecords<AnyItem> {
    const remove = (owner: string, item: AnyItem): TestRecord => {
      const before = marshallItem(owner, item, keys);
      check(owner, before);
      return record('REMOVE', before, undefined);
    };
    return {
      insert(item) {
        const after = marshallItem('insert', item, keys);
        check('insert', after);
        return record('INSERT', undefined, after);
      },
      modify(oldItem, newItem) {
        const [before, after] = [
          marshallItem('modify', oldItem, keys),
          marshallItem('modify', newItem, keys),
        ];
        if (JSON.stringify(keysOf(before)) !== JSON.stringify(keysOf(after))) {
          throw new ConfigurationError(
            'INVALID_ITEM',
            `both items have to have the same key (${keys.join(', ')}). ` +
              'A key cannot be changed: DynamoDB emits a REMOVE and an INSERT instead.',
            { owner: 'modify' },
          );
        }
        check('modify', after);
        return record('MODIFY', before, after);
      },
      remove: (item) => remove('remove', item),
      expire: (item) => ({ ...remove('expire', item), userIdentity: { ...TIME_TO_LIVE } }),
    };
  }

  function keysOf(marshalled: Image): Image {
    return Object.fromEntries(keys.map((key) => [key, marshalled[key] as Image[string]]));
  }

  function record(eventName: EventName, before: Image | undefined, after: Image | undefined): TestRecord {
    sequenceNumber += nextGap(sequenceNumber);
    const Keys = keysOf((after ?? before) as Image);
    const images = {
      ...(after !== undefined && hasImage('newImage', viewType, eventName) && { NewImage: after }),
      ...(before !== undefined && hasImage('oldImage', viewType, eventName) && { OldImage: before }),
    };
    return {
      eventID: createHash('md5').update(`${streamArn} ${sequenceNumber}`).digest('hex'),
      eventName,
      eventVersion: '1.1',
      eventSource: 'aws:dynamodb',
      awsRegion: REGION,
      dynamodb: {
        ApproximateCreationDateTime: Math.floor(now / 1000),
        Keys,
        ...images,
        SequenceNumber: String(sequenceNumber),
        SizeBytes: [Keys, ...Object.values(images)].reduce((total, part) => total + itemSize(part), 0),
        StreamViewType: viewType,
      },
      eventSourceARN: streamArn,
    };
  }
}

/** A test that takes an item for another one than the router does would promise nothing. */
function requireEntity(owner: string, image: Image, name: string, table: EntityTable): void {
  const raw = { eventName: 'INSERT', dynamodb: { NewImage: image } } as const;
  const { entity } = table['~open'](raw, { toNumber: Number, viewType: 'NEW_IMAGE' });
  if (entity === name) return;
  throw new ConfigurationError(
    'INVALID_ITEM',
    `the item does not belong to the entity ${name}, but to ${entity ?? 'none'}, by what defineTable declares for ` +
      `${table.name}. Give it the attributes that the match of ${name} names.`,
    { owner },
  );
}

function tableFrom(options: TestStreamOptions<AnyItem>): AnyTable {
  rejectUnknownOptions('testStream', options, ['keys', 'name', 'viewType']);
  const { keys, name = 'TestTable', viewType = 'NEW_AND_OLD_IMAGES' } = options;
  return tableOf('testStream', { name, keys, viewType, item: itemOf<AnyItem>() });
}

/** Uneven gaps, as in a real shard, and the same ones at every run. */
function nextGap(sequenceNumber: bigint): bigint {
  return 1n + ((sequenceNumber * 7919n) % 9973n);
}

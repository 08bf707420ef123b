import type { Context, DynamoDBStreamEvent } from 'aws-lambda';
import { validateEvent } from '../batch/event.ts';
import { batchSettings, type StreamOptions } from '../batch/options.ts';
import { rejectUnknownOptions } from '../options/check-options.ts';
import { ignoreErrors } from '../promise/ignore-errors.ts';
import type { AnyItem, StreamRecord } from '../record/stream-record.ts';
import type { StreamViewType } from '../record/view-type.ts';
import type { EntityMap, RecordOf, UnknownEntityRecord } from '../table/entity-types.ts';
import { type AnyTable, type EntityTable, isTable, type KeysOf, type Table } from '../table/table.ts';
import { type NumberPolicy, numberReader } from '../unmarshall/numbers.ts';
import { openRecords } from './open-records.ts';

/** How records are read. */
export interface RecordReadingOptions {
  /**
   * How numbers are unmarshalled. `'exact'` needs `@aws-sdk/util-dynamodb`.
   *
   * @defaultValue `'number'`
   */
  readonly numbers?: NumberPolicy;
}

/** {@link RecordReadingOptions} and the view type, for a stream whose table is not declared. */
export interface StreamRecordsOptions<View extends StreamViewType> extends RecordReadingOptions {
  /** The view type of the stream. It decides which images may be read. `NEW_AND_OLD_IMAGES` if not set. */
  readonly viewType: View;
}

/** The event that the handler gets: Lambda's own, and the records in it made readable. */
export type StreamRecordsEvent<R> = DynamoDBStreamEvent & {
  /** All records of the batch, in SequenceNumber order. */
  readonly records: readonly R[];
};

/** The members of Middy's request that the middleware uses. */
export interface StreamRecordsRequest<R> {
  /** The event. The middleware adds `records` to it. */
  event: StreamRecordsEvent<R>;
  /** The Lambda context. */
  context: Context;
  /** Middy's store for the values of middleware. */
  internal: object;
}

/** A Middy middleware, written down without Middy's types: those of any version infer the event from it. */
export interface StreamRecordsMiddleware<R> {
  /** Makes the records readable, before the handler. */
  readonly before: (request: StreamRecordsRequest<R>) => Promise<void>;
}

/**
 * A Middy middleware that gives a handler of your own `event.records`: typed, in SequenceNumber order,
 * their images unmarshalled when they are read. `event.Records` stays as Lambda sent it.
 *
 * From EventBridge Pipes an array of records comes instead of an event; it becomes `event.Records`, and a response to
 * a pipe names records by `eventID`.
 *
 * The loop, and the response, are the handler's. To get lanes, a deadline and the checkpoint too, wrap a
 * `streamRouter` in Middy, or call `processBatch`.
 *
 * - A record without Keys, or with an unknown eventName, stays in its place. Reading its `eventName`,
 *   `keys` or images throws an InvalidRecordError; its `sequenceNumber`, `eventID` and `raw` can be read,
 *   to report it. Records that are not read do no harm.
 * - A malformed or missing image throws when it is read.
 * - A table's schema checks the images before the handler runs, as an asynchronous one could not do it
 *   later. An image that does not fit throws its ValidationError when one of the record's images is read.
 *
 * The middleware throws, before the handler has run, an InvalidEventError for an event that is not of a stream or
 * could not be reported, and a ConfigurationError for a stream of another view type or table.
 *
 * A handler declared as `.handler<DynamoDBStreamEvent, DynamoDBBatchResponse>(...)` can be called with a
 * plain event, as a test does, and is a `DynamoDBStreamHandler`.
 *
 * @throws ConfigurationError `UNKNOWN_OPTION` or `INVALID_OPTION`
 * @example
 * ```ts
 * export const handler = middy<DynamoDBStreamEvent, DynamoDBBatchResponse>()
 *   .use(streamRecords<Invoice>())
 *   .handler(async (event) => {
 *     for (const record of event.records) {
 *       try {
 *         if (record.eventName === 'INSERT') await save(record.newImage);
 *       } catch {
 *         return { batchItemFailures: [{ itemIdentifier: record.sequenceNumber }] };
 *       }
 *     }
 *     return { batchItemFailures: [] };
 *   });
 * ```
 */
export function streamRecords<
  Item extends object,
  Key extends string,
  View extends StreamViewType,
  Stored extends object,
>(
  table: Table<Item, Key, View, Stored>,
  options?: RecordReadingOptions,
): StreamRecordsMiddleware<StreamRecord<Item, View, KeysOf<Stored, Key>, undefined, Stored>>;
export function streamRecords<Entities extends EntityMap, Key extends string, View extends StreamViewType>(
  table: EntityTable<Entities, Key, View>,
  options?: RecordReadingOptions,
): StreamRecordsMiddleware<
  RecordOf<EntityTable<Entities, Key, View>> | UnknownEntityRecord<EntityTable<Entities, Key, View>>
>;
export function streamRecords<Item extends object = AnyItem>(
  options?: Partial<StreamRecordsOptions<'NEW_AND_OLD_IMAGES'>>,
): StreamRecordsMiddleware<StreamRecord<Item>>;
export function streamRecords<Item extends object = AnyItem>(
  options: StreamRecordsOptions<'NEW_IMAGE'>,
): StreamRecordsMiddleware<StreamRecord<Item, 'NEW_IMAGE'>>;
export function streamRecords<Item extends object = AnyItem>(
  options: StreamRecordsOptions<'OLD_IMAGE'>,
): StreamRecordsMiddleware<StreamRecord<Item, 'OLD_IMAGE'>>;
export function streamRecords<Item extends object = AnyItem>(
  options: StreamRecordsOptions<'KEYS_ONLY'>,
): StreamRecordsMiddleware<StreamRecord<Item, 'KEYS_ONLY'>>;
export function streamRecords(
  tableOrOptions: AnyTable | StreamOptions = {},
  tableOptions: RecordReadingOptions = {},
): StreamRecordsMiddleware<StreamRecord<AnyItem>> {
  const table = isTable(tableOrOptions) ? tableOrOptions : undefined;
  const options = table === undefined ? (tableOrOptions as StreamOptions) : tableOptions;
  rejectUnknownOptions('streamRecords', options, ['viewType', 'numbers']);
  const { owner, viewType, numbers } = batchSettings('streamRecords', options, table);
  const toNumber = numberReader(numbers);
  // Thrown at the first event, which awaits it; until then it would be an unhandled rejection.
  ignoreErrors(() => toNumber);

  return {
    before: async (request) => {
      const { event } = request;
      const { records: raws } = validateEvent(event, { owner, viewType, keys: table?.keys });
      const reading = { toNumber: await toNumber, viewType, open: table?.['~open'] };
      const records = await openRecords(raws, reading);
      // A new object: other holders of the event have it as Lambda sent it.
      const lambdaEvent = Array.isArray(event) ? { Records: event } : event;
      request.event = { ...lambdaEvent, records: records as unknown as readonly StreamRecord<AnyItem>[] };
    },
  };
}

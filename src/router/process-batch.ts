import type { Context, DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda';
import { type BatchOptions, batchSettings, type StreamOptions } from '../batch/options.ts';
import { batchProcessor, processEvent } from '../batch/process-event.ts';
import { ReportedCheckpoints } from '../batch/reported-checkpoints.ts';
import { validated } from '../batch/validated.ts';
import { FUNCTION } from '../options/check.ts';
import { requireArgument, requireOption, requireOptions } from '../options/check-options.ts';
import type { LazyRecord } from '../record/lazy-record.ts';
import type { AnyItem, StreamRecord } from '../record/stream-record.ts';
import type { StreamViewType } from '../record/view-type.ts';
import type { EntityMap, RecordOf, UnknownEntityRecord } from '../table/entity-types.ts';
import { type AnyTable, type EntityTable, type KeysOf, TABLE, type Table } from '../table/table.ts';
import type { RecordHandler } from './route.ts';

/** {@link BatchOptions} with the table whose stream it is. */
export interface TableBatchOptions<
  Item extends object,
  Key extends string,
  View extends StreamViewType,
  Stored extends object,
> extends BatchOptions {
  /** Gives item type, keys, view type and validation. */
  readonly table: Table<Item, Key, View, Stored>;
}

/** {@link BatchOptions} with a table that declares entities: `record.entity` tells them apart. */
export interface EntityBatchOptions<T extends EntityTable> extends BatchOptions {
  /** Gives keys, view type, entities and their validation. */
  readonly table: T;
}

/** {@link BatchOptions} with the view type, which has to be named unless it is the default. */
export interface ViewBatchOptions<View extends StreamViewType> extends BatchOptions {
  /** The view type of the stream. It decides which images a handler may read. */
  readonly viewType: View;
}

// One for all handlers: most are closures made anew for each invocation, and only the schedule depends on it.
const reported: ReportedCheckpoints = new ReportedCheckpoints();

/**
 * Processes one batch for a handler of your own: lanes, deadline, checkpoint and response of a router,
 * without routes. Records are branched on by `record.eventName`.
 *
 * @throws InvalidEventError, ConfigurationError; BatchFailedError with `partialResponses: false`
 * @example
 * ```ts
 * export const handler = (event: DynamoDBStreamEvent, context: Context) =>
 *   processBatch<Invoice>(event, context, async (record, { signal }) => {
 *     if (record.eventName === 'INSERT') await save(record.newImage, signal);
 *   });
 * ```
 */
export function processBatch<
  Item extends object,
  Key extends string,
  View extends StreamViewType,
  Stored extends object,
>(
  event: DynamoDBStreamEvent,
  context: Context | undefined,
  handler: RecordHandler<StreamRecord<Item, View, KeysOf<Stored, Key>, undefined, Stored>>,
  options: TableBatchOptions<Item, Key, View, Stored>,
): Promise<DynamoDBBatchResponse>;
export function processBatch<Entities extends EntityMap, Key extends string, View extends StreamViewType>(
  event: DynamoDBStreamEvent,
  context: Context | undefined,
  handler: RecordHandler<
    RecordOf<EntityTable<Entities, Key, View>> | UnknownEntityRecord<EntityTable<Entities, Key, View>>
  >,
  options: EntityBatchOptions<EntityTable<Entities, Key, View>>,
): Promise<DynamoDBBatchResponse>;
export function processBatch<Item extends object = AnyItem>(
  event: DynamoDBStreamEvent,
  context: Context | undefined,
  handler: RecordHandler<StreamRecord<Item>>,
  options?: BatchOptions & Partial<ViewBatchOptions<'NEW_AND_OLD_IMAGES'>>,
): Promise<DynamoDBBatchResponse>;
export function processBatch<Item extends object = AnyItem>(
  event: DynamoDBStreamEvent,
  context: Context | undefined,
  handler: RecordHandler<StreamRecord<Item, 'NEW_IMAGE'>>,
  options: ViewBatchOptions<'NEW_IMAGE'>,
): Promise<DynamoDBBatchResponse>;
export function processBatch<Item extends object = AnyItem>(
  event: DynamoDBStreamEvent,
  context: Context | undefined,
  handler: RecordHandler<StreamRecord<Item, 'OLD_IMAGE'>>,
  options: ViewBatchOptions<'OLD_IMAGE'>,
): Promise<DynamoDBBatchResponse>;
export function processBatch<Item extends object = AnyItem>(
  event: DynamoDBStreamEvent,
  context: Context | undefined,
  handler: RecordHandler<StreamRecord<Item, 'KEYS_ONLY'>>,
  options: ViewBatchOptions<'KEYS_ONLY'>,
): Promise<DynamoDBBatchResponse>;
export async function processBatch(
  event: unknown,
  context: Context | undefined,
  handler: RecordHandler<never>,
  options: StreamOptions & { readonly table?: unknown } = {},
): Promise<DynamoDBBatchResponse> {
  requireArgument('processBatch', 'handler', handler, FUNCTION, {
    code: 'INVALID_HANDLER',
    remedy: 'Use processBatch(event, context, handler, options).',
  });
  requireOptions('processBatch', options);
  const { table, ...batchOptions } = options;
  if (table !== undefined) requireOption('processBatch', 'table', table, TABLE);
  const processor = batchProcessor(
    batchSettings('processBatch', batchOptions, table as AnyTable | undefined),
  );
  const handle = handler as unknown as RecordHandler<LazyRecord>;
  return processEvent(processor, event, context, reported, validated(processor.settings, handle));
}

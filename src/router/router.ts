import type { Context, DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda';
import { NOTHING_HANDLED } from '../batch/event.ts';
import { type HandlerMetadata, type RoutedHandler, withMetadata } from '../batch/handler-metadata.ts';
import { type BatchOptions, batchSettings, type StreamOptions } from '../batch/options.ts';
import { batchProcessor, type HandleRecord, processEvent } from '../batch/process-event.ts';
import { ReportedCheckpoints } from '../batch/reported-checkpoints.ts';
import { validated } from '../batch/validated.ts';
import { warningsOf } from '../conditions/built-in.ts';
import { ConfigurationError } from '../errors.ts';
import { type Check, FUNCTION } from '../options/check.ts';
import { requireArgument } from '../options/check-options.ts';
import { invalidOption } from '../options/invalid-option.ts';
import type {
  AnyItem,
  EventName,
  InsertRecord,
  ModifyRecord,
  RemoveRecord,
  StreamRecord,
} from '../record/stream-record.ts';
import type { StreamViewType } from '../record/view-type.ts';
import type { EntityMap, EntityOf, RecordOf, UnknownEntityRecord } from '../table/entity-types.ts';
import { type AnyTable, type EntityTable, isTable, type KeysOf, TABLE, type Table } from '../table/table.ts';
import { isWindowEvent } from '../window/window-event.ts';
import { neededRecordsOf, type UseOptions } from './needed-records.ts';
import { plainRoutes } from './plain-routes.ts';
import { type LayerMiddleware, type RecordMiddleware, wrapLayer } from './record-middleware.ts';
import { type Route, routeOf, runRoutes } from './route.ts';
import type { Routes } from './routes.ts';

/**
 * A Lambda handler that dispatches each record of a batch to the routes that match it.
 *
 * - All matching routes of a record run, one after the other, in the order registered.
 * - A record that no route matches counts as succeeded.
 * - The response is empty, or names the lowest SequenceNumber that did not succeed.
 */
export interface StreamRouter<Item, View extends StreamViewType, Keys, Stored = Item>
  extends RoutedHandler,
    Routes<
      InsertRecord<Item, View, Keys, undefined, Stored>,
      ModifyRecord<Item, View, Keys, undefined, Stored>,
      RemoveRecord<Item, View, Keys, undefined, Stored>
    > {
  /**
   * Handles one event. Deploy the router itself: it is the handler.
   *
   * @throws InvalidEventError, ConfigurationError; BatchFailedError with `partialResponses: false`
   */
  (event: DynamoDBStreamEvent, context?: Context): Promise<DynamoDBBatchResponse>;
  /**
   * Wraps the handling of every record. The first one added is the outermost.
   *
   * @throws ConfigurationError `INVALID_HANDLER`, `UNKNOWN_OPTION`, `INVALID_OPTION`, `LATE_ROUTE`
   */
  use(
    middleware: RecordMiddleware<StreamRecord<Item, View, Keys, undefined, Stored>>,
    options?: UseOptions,
  ): this;
}

/** A router of a table that declares entities. */
export interface EntityRouter<T extends EntityTable>
  extends RoutedHandler,
    Routes<
      RecordOf<T, EntityOf<T>, 'INSERT'>,
      RecordOf<T, EntityOf<T>, 'MODIFY'>,
      RecordOf<T, EntityOf<T>, 'REMOVE'>
    > {
  /**
   * Handles one event. Deploy the router itself: it is the handler.
   *
   * @throws InvalidEventError, ConfigurationError; BatchFailedError with `partialResponses: false`
   */
  (event: DynamoDBStreamEvent, context?: Context): Promise<DynamoDBBatchResponse>;
  /**
   * Adds routes for the records of one entity.
   *
   * @param routes called at once, with an object that takes the routes
   * @throws ConfigurationError `INVALID_OPTION` for a name that the table does not declare
   */
  entity<Name extends EntityOf<T>>(name: Name, routes: (routes: EntityRoutes<T, Name>) => unknown): this;
  /**
   * Wraps the handling of every record, also of those that belong to no entity. The first one added is the outermost.
   *
   * @throws ConfigurationError `INVALID_HANDLER`, `UNKNOWN_OPTION`, `INVALID_OPTION`, `LATE_ROUTE`
   */
  use(middleware: RecordMiddleware<RecordOf<T> | UnknownEntityRecord<T>>, options?: UseOptions): this;
}

/** The routes of one entity: what the callback of `router.entity` gets. Write the callback in a file of its own. */
export interface EntityRoutes<T extends EntityTable, Name extends EntityOf<T>>
  extends Routes<RecordOf<T, Name, 'INSERT'>, RecordOf<T, Name, 'MODIFY'>, RecordOf<T, Name, 'REMOVE'>> {}

const OWNER = 'streamRouter';
const MIDDLEWARE: Check = { ...FUNCTION, expected: 'a function (record, context, next)' };

/** {@link BatchOptions} and the view type of the stream. */
export interface RouterOptions<View extends StreamViewType> extends BatchOptions {
  /** The view type of the stream. It decides which images handlers may read. */
  readonly viewType: View;
}

/**
 * Makes a router. It is the Lambda handler: export it.
 *
 * @throws ConfigurationError when an option is unknown or has another value than it may
 * @example
 * ```ts
 * export const handler = streamRouter<Invoice>()
 *   .onInsert(async ({ newImage }) => {})
 *   .onModify(changed('status', { to: 'PAID' }), async ({ oldImage, newImage }) => {})
 *   .onRemove(expired, async ({ oldImage }) => {});
 * ```
 */
export function streamRouter<
  Item extends object,
  Key extends string,
  View extends StreamViewType,
  Stored extends object,
>(
  table: Table<Item, Key, View, Stored>,
  options?: BatchOptions,
): StreamRouter<Item, View, KeysOf<Stored, Key>, Stored>;
export function streamRouter<Entities extends EntityMap, Key extends string, View extends StreamViewType>(
  table: EntityTable<Entities, Key, View>,
  options?: BatchOptions,
): EntityRouter<EntityTable<Entities, Key, View>>;
export function streamRouter<Item extends object = AnyItem>(
  options?: BatchOptions & Partial<RouterOptions<'NEW_AND_OLD_IMAGES'>>,
): StreamRouter<Item, 'NEW_AND_OLD_IMAGES', Partial<Item>>;
export function streamRouter<Item extends object = AnyItem>(
  options: RouterOptions<'NEW_IMAGE'>,
): StreamRouter<Item, 'NEW_IMAGE', Partial<Item>>;
export function streamRouter<Item extends object = AnyItem>(
  options: RouterOptions<'OLD_IMAGE'>,
): StreamRouter<Item, 'OLD_IMAGE', Partial<Item>>;
export function streamRouter<Item extends object = AnyItem>(
  options: RouterOptions<'KEYS_ONLY'>,
): StreamRouter<Item, 'KEYS_ONLY', Partial<Item>>;
export function streamRouter(tableOrOptions?: AnyTable | StreamOptions, tableOptions?: BatchOptions): object {
  const [table, options] = isTable(tableOrOptions)
    ? [tableOrOptions, tableOptions]
    : [undefined, tableOrOptions];
  if (tableOptions !== undefined) {
    requireArgument(OWNER, 'table', tableOrOptions, TABLE, {
      code: 'INVALID_TABLE',
      remedy: 'Use streamRouter(options) or streamRouter(table, options).',
    });
  }
  const settings = batchSettings(OWNER, options, table);
  const processor = batchProcessor(settings);
  const reported = new ReportedCheckpoints();
  const entities = table?.['~entities'];
  const routes = entities?.routes<Route>(settings.viewType) ?? plainRoutes<Route>();
  const layers: LayerMiddleware[] = [];
  const metadata: HandlerMetadata = { kind: 'router', settings, routes: [], layers, needs: [] };

  const run: HandleRecord = (record, context) => runRoutes(routes.of(record), record, context);
  const dispatch = validated(settings, run, routes.of);
  let handle = dispatch;

  // Two parameters, not three: Lambda's Node 24 runtime refuses handlers that take a callback.
  async function router(event: DynamoDBStreamEvent, context?: Context): Promise<DynamoDBBatchResponse> {
    if (isWindowEvent(event)) {
      throw new ConfigurationError(
        'WINDOW_MISMATCH',
        `got an event of a tumbling window, but returns no state. ${NOTHING_HANDLED}` +
          'Use streamWindow, or remove tumblingWindowInSeconds from the mapping.',
        { owner: OWNER },
      );
    }
    return processEvent(processor, event, context, reported, handle);
  }

  return withMetadata(
    Object.assign(
      router,
      routesInto(undefined, () => router),
      { entity, use },
    ),
    metadata,
  );

  /** The methods that add routes for an entity, or for all records. */
  function routesInto<Self>(entity: string | undefined, self: () => Self) {
    const adding =
      (method: string, eventName: EventName) =>
      (...args: unknown[]): Self => {
        metadata.refuse?.(method);
        const route = routeOf(method, args);
        routes.add(method, entity, eventName, route);
        metadata.routes.push({ eventName, entity, condition: route.condition });
        for (const { code, message } of warningsOf(route.condition)) {
          settings.logger.warn(`${method}: ${message}`, { code });
        }
        return self();
      };
    return {
      onInsert: adding('onInsert', 'INSERT'),
      onModify: adding('onModify', 'MODIFY'),
      onRemove: adding('onRemove', 'REMOVE'),
    };
  }

  function entity(name: unknown, add: unknown): typeof router {
    if (entities === undefined) {
      throw invalidOption('entity', undefined, 'needs a table that declares entities.');
    }
    const entityRoutes: object = routesInto(name as string, () => entityRoutes);
    entities.addRoutes(name, add, entityRoutes);
    return router;
  }

  function use(middleware: LayerMiddleware, options?: UseOptions): typeof router {
    metadata.refuse?.('use');
    requireArgument('use', 'middleware', middleware, MIDDLEWARE, { code: 'INVALID_HANDLER' });
    metadata.needs.push(neededRecordsOf(middleware, options));
    layers.push(middleware);
    handle = layers.reduceRight<HandleRecord>(
      (inner, layer) => (layer['~wrap'] ?? wrapLayer)(layer, inner),
      dispatch,
    );
    return router;
  }
}

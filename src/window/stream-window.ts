import type { Context } from 'aws-lambda';
import { type HandlerMetadata, type RoutedHandler, withMetadata } from '../batch/handler-metadata.ts';
import { type BatchOptions, batchSettings } from '../batch/options.ts';
import { batchProcessor } from '../batch/process-event.ts';
import type { RecordContext } from '../batch/record-context.ts';
import { FUNCTION } from '../options/check.ts';
import { rejectUnknownOptions, requireArgument, requireOption } from '../options/check-options.ts';
import { invalidOption } from '../options/invalid-option.ts';
import type { AnyItem, StreamRecord } from '../record/stream-record.ts';
import type { StreamViewType } from '../record/view-type.ts';
import type { EntityMap, RecordOf, UnknownEntityRecord } from '../table/entity-types.ts';
import { type EntityTable, isTable, type KeysOf, TABLE, type Table } from '../table/table.ts';
import type { ClosedWindow } from './close-window.ts';
import { processWindowEvent, type WindowReducer } from './process-window-event.ts';
import type { DynamoDBStreamWindowEvent, DynamoDBWindowResponse } from './window-event.ts';
import { stateJson } from './window-state.ts';

/** Options of {@link streamWindow}: how records are counted, and the {@link BatchOptions} that apply. */
export interface WindowOptions<Record, State extends object>
  extends Omit<BatchOptions, 'order' | 'concurrency'> {
  /** The state at the start of each window. It has to be JSON, and is copied for each window. */
  readonly initial: State;
  /**
   * Counts one record into the state. Returns the state, or nothing after changing it in place. What it throws
   * fails the record.
   *
   * Records come strictly in order. One can come several times, because Lambda delivers again and because a state
   * is built anew after a failure; its result counts once. So let it depend on state and record alone.
   */
  readonly reduce: (
    state: NoInfer<State>,
    record: Record,
    context: RecordContext,
    // biome-ignore lint/suspicious/noConfusingVoidType: what changes the state in place returns nothing
  ) => NoInfer<State> | void | Promise<NoInfer<State> | void>;
  /**
   * Called with the whole state when the window closes. What it throws fails the invocation, and Lambda tries
   * `maximumRetryAttempts` times before the state is lost: let it be idempotent, by shard and start.
   */
  readonly close: (state: NoInfer<State>, window: ClosedWindow, context: RecordContext) => unknown;
}

/** {@link WindowOptions} with the view type, which has to be named unless it is the default. */
export interface ViewWindowOptions<Record, State extends object, View extends StreamViewType>
  extends WindowOptions<Record, State> {
  /** The view type of the stream. It decides which images may be read. */
  readonly viewType: View;
}

/** The Lambda handler that {@link streamWindow} returns. */
export interface StreamWindow extends RoutedHandler {
  (event: DynamoDBStreamWindowEvent, context?: Context): Promise<DynamoDBWindowResponse>;
}

/** A state of which nothing is declared. */
// biome-ignore lint/suspicious/noExplicitAny: undeclared state can be anything, and is read without a cast
type AnyState = { [name: string]: any };

const OWNER = 'streamWindow';

const OPTIONS = [
  'initial',
  'reduce',
  'close',
  'reserveMs',
  'numbers',
  'logger',
  'partialResponses',
  'unknownEntity',
  'onBatch',
  'viewType',
];

/**
 * Makes the handler of a function that aggregates: for a mapping with `tumblingWindowInSeconds`.
 *
 * - The state that it returns holds exactly the records before the checkpoint, so that none is counted twice and
 *   none is left out, however often Lambda delivers again.
 * - Deadline, validation and number policy are those of `streamRouter`.
 * - A state over 1 MB makes Lambda close the window early; that is logged as a warning.
 *
 * @throws ConfigurationError `INVALID_OPTION`, `INVALID_HANDLER`, `INVALID_TABLE` or `UNKNOWN_OPTION`; at events
 * also `WINDOW_MISMATCH`, and WindowStateError when the state cannot be kept
 * @example
 * ```ts
 * export const handler = streamWindow<Invoice, { paid: number }>({
 *   initial: { paid: 0 },
 *   reduce(state, record) {
 *     if (record.eventName === 'INSERT') state.paid += record.newImage.total;
 *   },
 *   async close({ paid }, { start, shardId }) {},
 * });
 * ```
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-windows.html
 */
export function streamWindow<
  Item extends object,
  Key extends string,
  View extends StreamViewType,
  Stored extends object,
  State extends object,
>(
  table: Table<Item, Key, View, Stored>,
  options: WindowOptions<StreamRecord<Item, View, KeysOf<Stored, Key>, undefined, Stored>, State>,
): StreamWindow;
export function streamWindow<
  Entities extends EntityMap,
  Key extends string,
  View extends StreamViewType,
  State extends object,
>(
  table: EntityTable<Entities, Key, View>,
  options: WindowOptions<
    RecordOf<EntityTable<Entities, Key, View>> | UnknownEntityRecord<EntityTable<Entities, Key, View>>,
    State
  >,
): StreamWindow;
export function streamWindow<Item extends object = AnyItem, State extends object = AnyState>(
  options: WindowOptions<StreamRecord<Item>, State> & { readonly viewType?: 'NEW_AND_OLD_IMAGES' },
): StreamWindow;
export function streamWindow<Item extends object = AnyItem, State extends object = AnyState>(
  options: ViewWindowOptions<StreamRecord<Item, 'NEW_IMAGE'>, State, 'NEW_IMAGE'>,
): StreamWindow;
export function streamWindow<Item extends object = AnyItem, State extends object = AnyState>(
  options: ViewWindowOptions<StreamRecord<Item, 'OLD_IMAGE'>, State, 'OLD_IMAGE'>,
): StreamWindow;
export function streamWindow<Item extends object = AnyItem, State extends object = AnyState>(
  options: ViewWindowOptions<StreamRecord<Item, 'KEYS_ONLY'>, State, 'KEYS_ONLY'>,
): StreamWindow;
export function streamWindow(...args: readonly unknown[]): StreamWindow {
  const [table, given] = isTable(args[0]) ? [args[0], args[1]] : [undefined, args[0]];
  if (args.length > 1) {
    requireArgument(OWNER, 'table', args[0], TABLE, {
      code: 'INVALID_TABLE',
      remedy: 'Use streamWindow(options) or streamWindow(table, options).',
    });
  }
  rejectUnknownOptions(OWNER, given, OPTIONS);
  const { initial, reduce, close, ...options } = given as WindowReducer & BatchOptions;
  for (const [name, value] of Object.entries({ reduce, close })) {
    requireOption(OWNER, name, value, FUNCTION, { code: 'INVALID_HANDLER' });
  }
  const settings = batchSettings(OWNER, options, table);
  const processor = batchProcessor(settings);
  // Copied, so that later changes do not matter.
  const reducer: WindowReducer = { initial: JSON.parse(initialJson(initial)), reduce, close };
  const window = async (
    event: DynamoDBStreamWindowEvent,
    context?: Context,
  ): Promise<DynamoDBWindowResponse> => processWindowEvent(processor, reducer, event, context);
  const metadata: HandlerMetadata = { kind: 'window', settings, routes: [], layers: [], needs: [] };
  return withMetadata(window, metadata);
}

function initialJson(initial: unknown): string {
  try {
    return stateJson(initial, initial);
  } catch (cause) {
    throw invalidOption(OWNER, 'initial', 'has to be an object of JSON, such as { count: 0 }.', { cause });
  }
}

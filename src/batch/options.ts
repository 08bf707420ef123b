import { type Logger, loggerOf } from '../logger.ts';
import {
  BOOLEAN,
  type Checks,
  FUNCTION,
  LOGGER_OR_FALSE,
  numberFrom,
  oneOf,
  wholeNumberFrom,
} from '../options/check.ts';
import { checkOptions } from '../options/check-options.ts';
import { invalidOption } from '../options/invalid-option.ts';
import { type StreamViewType, VIEW_TYPES } from '../record/view-type.ts';
import type { AnyTable } from '../table/table.ts';
import type { EntityCounts } from '../table/table-entities.ts';
import type { NumberPolicy } from '../unmarshall/numbers.ts';
import type { Order } from './lane-index.ts';

/** The result of one batch, for {@link BatchOptions.onBatch}. */
export interface BatchSummary {
  /** Records in the batch. */
  readonly records: number;
  /** Handled to the end. Without those whose dead letter was accepted. */
  readonly succeeded: number;
  /** Records that failed or were not handled: Lambda delivers them again. */
  readonly failed: number;
  /** Failed, and `deadLetter` sent a dead letter about them: Lambda does not deliver them again. */
  readonly deadLettered: number;
  /**
   * Records that belong to none of the table's entities. They count as succeeded, or as failed with
   * `unknownEntity: 'fail'`. 0 for a table without entities.
   */
  readonly unknownEntity: number;
  /** The lowest SequenceNumber that did not succeed; undefined when all did. */
  readonly checkpoint: string | undefined;
  /** Milliseconds from the start of the invocation until its answer. */
  readonly durationMs: number;
  /** From the creation of the batch's last record until its end; undefined when the records do not say. */
  readonly lagMs: number | undefined;
  /** Counts the records of each entity, when called. Empty for a table without entities. */
  byEntity(): EntityCounts;
}

/** How a batch is processed. */
export interface BatchOptions {
  /**
   * Runs in order: the changes of one item, of one partition key (needs a table with keys), or of the shard.
   *
   * @defaultValue `'item'`
   */
  readonly order?: Order;
  /**
   * Lanes in flight at once, 1 to 10,000.
   *
   * @defaultValue 10
   */
  readonly concurrency?: number;
  /**
   * Milliseconds kept back from the Lambda deadline to answer, 0 to 900,000. Once less is left no record
   * starts and `context.signal` aborts.
   *
   * @defaultValue 1000
   */
  readonly reserveMs?: number;
  /**
   * How numbers are unmarshalled. `'exact'` needs `@aws-sdk/util-dynamodb`.
   *
   * @defaultValue `'number'`
   */
  readonly numbers?: NumberPolicy;
  /**
   * Anything with debug, info, warn and error: a Powertools Logger fits. `false` logs nothing.
   *
   * @defaultValue `console`; its `debug` only with the log level DEBUG or TRACE (`AWS_LAMBDA_LOG_LEVEL`)
   */
  readonly logger?: Logger | false;
  /**
   * Reports failed records in the response, for a mapping with ReportBatchItemFailures. `false`: a failure throws
   * instead, for a mapping without it.
   *
   * @defaultValue true
   * @see https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html
   */
  readonly partialResponses?: boolean;
  /**
   * For a table with entities: how a record that belongs to none of them is handled. `'ignore'`: no route gets it and it
   * counts as succeeded; each batch with such records logs one warning. `'fail'`: it fails with `UNKNOWN_ENTITY`.
   *
   * @defaultValue `'ignore'`
   */
  readonly unknownEntity?: 'ignore' | 'fail';
  /** Called once with the summary of each batch. What it throws is logged and changes nothing. */
  readonly onBatch?: (summary: BatchSummary) => unknown;
}

/** {@link BatchOptions} and the view type, for a stream whose table is not declared. */
export interface StreamOptions extends BatchOptions {
  /**
   * The view type of the stream. It decides which images handlers may read.
   *
   * @defaultValue `'NEW_AND_OLD_IMAGES'`
   */
  readonly viewType?: StreamViewType;
}

/** Options, checked and with their defaults. */
export interface BatchSettings extends Required<Omit<BatchOptions, 'logger' | 'onBatch'>> {
  readonly logger: Logger;
  readonly viewType: StreamViewType;
  readonly onBatch: BatchOptions['onBatch'];
  readonly table: AnyTable | undefined;
  /** The function that was given the options, for errors. */
  readonly owner: string;
}

/** Made when there are options to check, which saves the cold start of others 0.2 ms (bench: footprint). */
const checks = (): Checks => ({
  viewType: oneOf(VIEW_TYPES),
  order: oneOf(['item', 'partition', 'shard']),
  concurrency: wholeNumberFrom(1, 10_000),
  reserveMs: numberFrom(0, 900_000, 'milliseconds'),
  numbers: {
    expected: "'number', 'exact', 'string' or a function",
    accepts: (value) =>
      ['number', 'exact', 'string'].includes(value as string) || typeof value === 'function',
  },
  logger: LOGGER_OR_FALSE,
  partialResponses: BOOLEAN,
  unknownEntity: oneOf(['ignore', 'fail']),
  onBatch: FUNCTION,
});

/**
 * Checks options once, so that no batch has configuration left to interpret.
 *
 * @throws ConfigurationError `UNKNOWN_OPTION`, `INVALID_OPTION` or `KEYS_REQUIRED`
 */
export function batchSettings(
  owner: string,
  given: StreamOptions | undefined,
  table: AnyTable | undefined,
): BatchSettings {
  if (given !== undefined) checkOptions(owner, given, checks());
  const options = given ?? {};
  if (table !== undefined && options.viewType !== undefined) {
    throw invalidOption(
      owner,
      'viewType',
      'belongs to the table. Declare it in defineTable and leave it out here.',
    );
  }
  if (table?.['~entities'] === undefined && options.unknownEntity !== undefined) {
    throw invalidOption(owner, 'unknownEntity', 'needs a table that declares entities.');
  }
  const { order = 'item', concurrency = 10, reserveMs = 1000, numbers = 'number' } = options;
  if (order === 'partition' && table === undefined) {
    throw invalidOption(
      owner,
      'order',
      "'partition' needs the partition key. Pass a table made by defineTable.",
      { code: 'KEYS_REQUIRED' },
    );
  }
  return {
    order,
    concurrency,
    reserveMs,
    numbers,
    logger: loggerOf(options.logger),
    partialResponses: options.partialResponses ?? true,
    unknownEntity: options.unknownEntity ?? 'ignore',
    onBatch: options.onBatch,
    viewType: table?.viewType ?? options.viewType ?? 'NEW_AND_OLD_IMAGES',
    table,
    owner,
  };
}

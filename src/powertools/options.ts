import type { Order } from '../batch/lane-index.ts';
import { type BatchSettings, batchSettings } from '../batch/options.ts';
import { ConfigurationError } from '../errors.ts';
import type { Logger } from '../logger.ts';
import { kindOf, rejectUnknownOptions } from '../options.ts';

/** How an `OrderedStreamProcessor` processes batches. */
export interface OrderedStreamProcessorOptions {
  /**
   * What runs in order: changes of one item, of one partition key (named by `partitionKey`), or of the shard.
   *
   * @defaultValue `'item'`
   */
  readonly order?: Order;
  /** The attribute that is the table's partition key. Needed for `order: 'partition'`, and only there. */
  readonly partitionKey?: string;
  /**
   * Lanes in flight at once, 1 to 10,000.
   *
   * @defaultValue 10
   */
  readonly concurrency?: number;
  /**
   * Milliseconds kept back from the Lambda deadline to answer, 0 to 900,000. Once less is left no record
   * starts. The deadline is known when `processPartialResponse` is given the `context`.
   *
   * @defaultValue 1000
   */
  readonly reserveMs?: number;
  /**
   * Anything with debug, info, warn and error: a Powertools Logger fits.
   *
   * @defaultValue `console`
   */
  readonly logger?: Logger;
}

/** Options, checked and with their defaults. */
export interface ProcessorSettings extends BatchSettings {
  readonly partitionKey: string | undefined;
}

const OWNER = 'OrderedStreamProcessor';
const OPTIONS = ['order', 'partitionKey', 'concurrency', 'reserveMs', 'logger'];

/**
 * Checks options once.
 *
 * @throws ConfigurationError `UNKNOWN_OPTION`, `INVALID_OPTION` or `KEYS_REQUIRED`
 */
export function processorSettings(options: OrderedStreamProcessorOptions): ProcessorSettings {
  rejectUnknownOptions(OWNER, options, OPTIONS);
  const { partitionKey, order, ...others } = options;
  if (partitionKey !== undefined && (typeof partitionKey !== 'string' || partitionKey === '')) {
    throw new ConfigurationError(
      'INVALID_OPTION',
      `${OWNER}: partitionKey has to be the name of an attribute, got ${kindOf(partitionKey)}.`,
    );
  }
  if (order === 'partition' && partitionKey === undefined) {
    throw new ConfigurationError(
      'KEYS_REQUIRED',
      `${OWNER}: order: 'partition' has to know the partition key. Pass its attribute as partitionKey.`,
    );
  }
  if (order !== 'partition' && partitionKey !== undefined) {
    throw new ConfigurationError(
      'INVALID_OPTION',
      `${OWNER}: partitionKey is read with order: 'partition' only. Leave it out, or set the order.`,
    );
  }
  // Elsewhere a table gives the partition key; here there is none, so that order is checked above.
  if (order === 'partition') return { ...batchSettings(OWNER, others, undefined), order, partitionKey };
  return {
    ...batchSettings(OWNER, { ...others, ...(order !== undefined && { order }) }, undefined),
    partitionKey,
  };
}

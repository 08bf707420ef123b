import type { EventSourceDataClassTypes } from '@aws-lambda-powertools/batch/types';
import type { Order } from '../batch/lane-index.ts';
import { type BatchSettings, batchSettings } from '../batch/options.ts';
import { type Logger, loggerOf } from '../logger.ts';
import { type Check, type Checks, FUNCTION, objectWith, oneOf, TEXT } from '../options/check.ts';
import { checkOptions } from '../options/check-options.ts';
import { invalidOption } from '../options/invalid-option.ts';

/** How an `OrderedStreamProcessor` processes batches. */
export interface OrderedStreamProcessorOptions {
  /**
   * Runs in order: the changes of one item, of one partition key (named by `partitionKey`), or of the shard.
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
   * Anything with debug, warn and error: a Powertools Logger fits. `false` logs nothing.
   *
   * @defaultValue `console`
   */
  readonly logger?: ProcessorLogger | false;
  /**
   * Powertools' parser, from `@aws-lambda-powertools/batch/parser`. With it, the record handler gets the parsed record.
   * A record that does not fit fails. Needs `schema` or `innerSchema`.
   *
   * @see https://docs.aws.amazon.com/powertools/typescript/latest/features/batch/#parser-integration
   */
  readonly parser?: RecordParser;
  /** A Standard Schema of the whole record, for `parser`. */
  readonly schema?: unknown;
  /** A Zod schema of the images, for `parser`. */
  readonly innerSchema?: unknown;
  /** The conversion of the images before `innerSchema`: `'unmarshall'` for those of a stream. */
  readonly transformer?: 'json' | 'base64' | 'unmarshall';
}

/** Where an `OrderedStreamProcessor` writes, as a `BatchProcessor` does. */
export type ProcessorLogger = Pick<Logger, 'debug' | 'warn' | 'error'>;

/** Powertools' parser, or a function like it: gives the record that the record handler gets, or rejects. */
export type RecordParser = (
  record: EventSourceDataClassTypes,
  eventType: 'DynamoDBStreams',
  logger: ProcessorLogger,
  // Powertools types its configuration as a union. This argument gets the options.
  config: never,
) => Promise<EventSourceDataClassTypes>;

/** The argument of Powertools' parser: the options, as a `BatchProcessor` passes them. */
export interface Parsing extends OrderedStreamProcessorOptions {
  readonly parser: RecordParser;
}

/** Options, checked and with their defaults. */
export interface ProcessorSettings extends BatchSettings {
  readonly partitionKey: string | undefined;
  readonly parsing: Parsing | undefined;
}

/** The name of the processor in messages. */
export const OWNER = 'OrderedStreamProcessor';
const OF_BATCHES = ['order', 'concurrency', 'reserveMs'];
const SCHEMAS = ['schema', 'innerSchema'];

const LOGGER = objectWith(['debug', 'warn', 'error']);
const LOGGER_OR_FALSE: Check = {
  expected: `${LOGGER.expected}, or false`,
  accepts: (value) => value === false || LOGGER.accepts(value),
};

const CHECKS: Checks = {
  logger: LOGGER_OR_FALSE,
  partitionKey: { ...TEXT, expected: 'the name of an attribute' },
  parser: FUNCTION,
  transformer: oneOf(['json', 'base64', 'unmarshall']),
};

/**
 * Checks options once.
 *
 * @throws ConfigurationError `UNKNOWN_OPTION`, `INVALID_OPTION` or `KEYS_REQUIRED`
 */
export function processorSettings(options: OrderedStreamProcessorOptions): ProcessorSettings {
  checkOptions(OWNER, options, CHECKS, { others: [...OF_BATCHES, ...SCHEMAS] });
  const { partitionKey, order, concurrency, reserveMs, logger } = options;
  const others = {
    ...(concurrency !== undefined && { concurrency }),
    ...(reserveMs !== undefined && { reserveMs }),
  };
  const own = {
    // A batch of raw records logs with nothing else, so a logger needs no `info`.
    logger: loggerOf(logger as Logger | false | undefined),
    partitionKey,
    parsing: parsingOf(options),
  };
  if (order === 'partition' && partitionKey === undefined) {
    throw invalidOption(
      OWNER,
      'order',
      "'partition' needs the partition key. Pass its attribute as partitionKey.",
      { code: 'KEYS_REQUIRED' },
    );
  }
  if (order !== 'partition' && partitionKey !== undefined) {
    throw invalidOption(
      OWNER,
      'partitionKey',
      "is only used with order: 'partition'. Leave it out, or set the order.",
    );
  }
  // Elsewhere a table gives the partition key; here there is none, so that order is checked above.
  if (order === 'partition') {
    return { ...batchSettings(OWNER, others, undefined), order, ...own };
  }
  return {
    ...batchSettings(OWNER, { ...others, ...(order !== undefined && { order }) }, undefined),
    ...own,
  };
}

function parsingOf(options: OrderedStreamProcessorOptions): Parsing | undefined {
  const { parser, schema, innerSchema } = options;
  if (parser === undefined) {
    const unread = (['schema', 'innerSchema', 'transformer'] as const).find(
      (name) => options[name] !== undefined,
    );
    if (unread === undefined) return undefined;
    throw invalidOption(
      OWNER,
      unread,
      'is only used with a parser. Pass parser from @aws-lambda-powertools/batch/parser.',
    );
  }
  if ((schema === undefined) === (innerSchema === undefined)) {
    throw invalidOption(OWNER, 'parser', 'needs either schema or innerSchema.');
  }
  // A copy: later changes do not matter.
  return { ...options, parser };
}

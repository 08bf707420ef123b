import type { DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import { compilePattern } from '../../conditions/compile-pattern.ts';
import { thrownText } from '../../failure/thrown-text.ts';
import { startEventSourceMapping } from '../../local/start-event-source-mapping.ts';
import type { RunCommand } from '../command.ts';
import { failure, usageError } from '../errors/cli-error.ts';
import { EXIT } from '../errors/exit-codes.ts';
import type { ConnectionFlags } from '../flags/connection-options.ts';
import { dynamodbClient, streamsClient } from '../servers/clients.ts';
import { connect } from '../servers/connect.ts';
import { STREAMS } from '../servers/packages.ts';
import { describeTableAtStart, keyNamesOf, streamArnOf } from '../servers/stream-of-table.ts';
import { interrupted } from '../terminal/io.ts';
import { writeLines } from '../terminal/terminal-text.ts';
import { warningLogger } from '../terminal/warning-logger.ts';
import { changeOf } from './change.ts';
import { formatChange, jsonOfChange } from './format-change.ts';

export interface TailFlags extends ConnectionFlags {
  readonly from: 'LATEST' | 'TRIM_HORIZON';
  readonly only?: readonly string[];
  readonly where?: string;
  readonly limit?: string;
  readonly json?: true;
}

// A mapping would take a slow reader of the output for a function that has timed out.
const TIMEOUT_SECONDS = 900;

/**
 * Prints the changes of a table. It is an event source mapping whose function prints, so shards are read parents
 * first, and deviations of emulators are normalized.
 */
export const runTail: RunCommand<TailFlags> = async (context, [table = ''], options) => {
  const { io, style } = context;
  const { from, only = [], where, json } = options;
  const matches = where === undefined ? () => true : compilePattern(where, '--where');
  const limit = limitOf(options.limit);
  await using connection = await connect(context, options, { needs: STREAMS });
  const logger = warningLogger(context);
  const description = await describeTableAtStart(await dynamodbClient(connection.dynamodb), table, logger);
  const streamArn = streamArnOf(description);
  const keyNames = keyNamesOf(description);
  const { promise: enough, resolve: stop } = Promise.withResolvers<void>();
  let left = limit;
  const handler = async ({ Records }: DynamoDBStreamEvent): Promise<void> => {
    for (const record of Records) {
      const isWanted = only.length === 0 || only.includes(`${record.eventName}`.toLowerCase());
      if (left === 0 || !isWanted || !matches(record)) continue;
      const lines = linesOf(record);
      if (lines === undefined) continue;
      // Waited for, so that a reader that is slow is not buried.
      await writeLines(io.stdout, ...lines);
      if (--left === 0) stop();
    }
  };
  /** Undefined for a record that cannot be read: it is skipped with a warning, and the ones after it are printed. */
  const linesOf = (record: DynamoDBRecord): readonly string[] | undefined => {
    try {
      const change = changeOf(record, keyNames);
      return json ? [jsonOfChange(change)] : formatChange(change, style);
    } catch (error) {
      const { eventID, dynamodb } = record;
      const which = `${eventID} (sequence number ${dynamodb?.SequenceNumber})`;
      void writeLines(io.stderr, `warning: record ${which} cannot be read: ${thrownText(error)}`);
      return undefined;
    }
  };
  await using mapping = await startEventSourceMapping({
    client: await streamsClient(connection.streams),
    ...(options.region !== undefined && { region: options.region }),
    streamArn,
    startingPosition: from,
    timeoutSeconds: TIMEOUT_SECONDS,
    maximumRetryAttempts: 0, // nothing is printed twice
    handler,
    logger,
  });
  void writeLines(io.stderr, `Tailing ${table} from ${from}, ${connection.description}. Ctrl-C stops.`);
  const stopped = await Promise.race([interrupted(io.signal), enough, mapping.ended]);
  if (stopped === undefined || stopped.reason === 'streamDisabled') return EXIT.ok;
  throw stopped.error ?? failure(`The stream of ${table} is gone: its table was deleted.`);
};

function limitOf(text: string | undefined): number {
  if (text === undefined) return Number.POSITIVE_INFINITY;
  if (!/^[1-9]\d*$/.test(text)) throw usageError(`--limit has to be a whole number from 1, got ${text}.`);
  return Number(text);
}

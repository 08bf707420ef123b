import type { LocalEventSourceMapping } from '../../local/event-source-mapping.ts';
import { startEventSourceMapping } from '../../local/start-event-source-mapping.ts';
import type { RunCommand } from '../command.ts';
import { failure } from '../errors/cli-error.ts';
import { EXIT } from '../errors/exit-codes.ts';
import type { ConnectionFlags } from '../flags/connection-options.ts';
import { type PageFlags, portOf } from '../flags/console-flags.ts';
import { dynamodbClient, streamsClient } from '../servers/clients.ts';
import { connect } from '../servers/connect.ts';
import { openBrowser } from '../servers/open-browser.ts';
import { openConsole } from '../servers/open-console.ts';
import { STREAMS } from '../servers/packages.ts';
import { describeTableAtStart, keyNamesOf, streamArnOf } from '../servers/stream-of-table.ts';
import { interrupted } from '../terminal/io.ts';
import { tellWarning } from '../terminal/output.ts';
import { writeLines } from '../terminal/terminal-text.ts';
import { warningLogger } from '../terminal/warning-logger.ts';

export interface ConsoleCommandFlags extends ConnectionFlags, PageFlags {
  readonly table: string;
  readonly from: 'LATEST' | 'TRIM_HORIZON';
}

/**
 * Shows the changes of a table in the live console. It is an event source mapping whose function does nothing, and of its events
 * only those about reading are shown: there is no handler that a record could succeed with.
 */
export const runConsole: RunCommand<ConsoleCommandFlags> = async (context, _args, options) => {
  const { io } = context;
  const { table, from, mask, open } = options;
  const port = portOf(options);
  await using connection = await connect(context, options, { needs: STREAMS });
  const logger = warningLogger(context);
  const description = await describeTableAtStart(await dynamodbClient(connection.dynamodb), table, logger);
  const streamArn = streamArnOf(description);
  await using live = await openConsole({
    port,
    mask,
    keyNames: keyNamesOf(description),
    /* v8 ignore next -- asked only about invocations, of which none is shown */
    failuresOf: () => [],
  });
  await using mapping = await startEventSourceMapping({
    client: await streamsClient(connection.streams),
    ...(options.region !== undefined && { region: options.region }),
    streamArn,
    startingPosition: from,
    handler: async () => {},
    logger,
  });
  live.tell({ event: 'started', table, startingPosition: from, streamArn });
  live.follow(readingOf(mapping));
  await writeLines(
    io.stderr,
    `Watching ${table} from ${from}, ${connection.description}. Ctrl-C stops.`,
    `The live console: ${live.url}`,
  );
  if (open) {
    openBrowser(live.url, io.env, () => tellWarning(context, `No browser could be opened. Open ${live.url}`));
  }
  const stopped = await Promise.race([interrupted(io.signal), mapping.ended]);
  if (stopped === undefined || stopped.reason === 'streamDisabled') return EXIT.ok;
  throw stopped.error ?? failure(`The stream of ${table} is gone: its table was deleted.`);
};

/** The events about reading, and about the end. */
const SHOWN: ReadonlySet<string> = new Set([
  'read',
  'shardStarted',
  'shardFinished',
  'trimmed',
  'problem',
  'state',
  'stopped',
]);

/** The mapping without the events of its invocations. */
function readingOf(mapping: LocalEventSourceMapping): Pick<LocalEventSourceMapping, 'on'> {
  return {
    on(name, listener) {
      if (SHOWN.has(name)) mapping.on(name, listener);
      return mapping;
    },
  };
}

import type { CommandDefinition } from '../command.ts';
import { connectionOptions } from '../flags/connection-options.ts';
import { consoleOptions } from '../flags/console-flags.ts';
import { environmentOptions } from '../flags/environment-flags.ts';
import { mappingFlags } from '../flags/mapping-flags.ts';
import { resourceOptions } from '../flags/resource-flags.ts';

export const dev: CommandDefinition = {
  usage: 'dev <module#export>',
  summary: 'Run a handler behind the stream of a table, and reload it when its code changes.',
  details:
    'Prints a line for each invocation. Ctrl-C stops it after running invocations. The options of the event source ' +
    'mapping have the names and defaults of AWS, except for the defaults of --starting-position and --function-response-types.',
  examples: [
    [
      'dev src/handler.ts#handler --table Invoices --create customerId,invoiceId',
      'on embedded servers, with a new table',
    ],
    ['dev src/handler.ts#handler --table Invoices --profile staging', 'new changes of a table on AWS'],
    [
      'dev src/handler.ts --table Invoices --batch-size 10 --maximum-retry-attempts 2 --bisect-batch-on-function-error',
      'with options of the mapping',
    ],
    [
      'dev src/handler.ts --table Invoices --parallelization-factor 10 --max-concurrency 64 --workers 2',
      'as on Lambda Managed Instances',
    ],
    ['dev src/handler.ts --table Invoices --open --mask email', 'with the live console in the browser'],
    ['dev src/handler.ts --table Invoices --traces', 'with the trace of each record'],
    ['dev src/handler.ts --table Invoices --json | jq .', 'a line of JSON for each event'],
  ],
  configure: (command) =>
    mappingFlags(
      resourceOptions(consoleOptions(environmentOptions(connectionOptions(command))))
        .requiredOption('--table <name>', 'The table whose stream is read.')
        .option(
          '--create <keys>',
          'Create the table if it does not exist, with these keys: customerId,invoiceId or id:N.',
        )
        .option('--timeout <seconds>', 'Timeout of an invocation in seconds, up to 5400. (default: 3)')
        .option(
          '--max-concurrency <count>',
          'Invocations at once in one sandbox, as on Lambda Managed Instances: 1 to 1600. (default: 1, or 64 with --workers)',
        )
        .option('--workers <count>', 'Worker threads of that sandbox, 1 to 64. (default: 1)')
        .option('--function-name <name>', 'Name of the function in the Lambda context. (default: local)')
        .option(
          '--checkpoint-file <path>',
          'Store the position in this file, and continue there in the next run.',
        )
        .option(
          '--mapping <export>',
          "Use the options of a mapping: an export of the handler's module, or module#export of another module.",
        )
        .option(
          '--show-messages',
          'Print the messages that topics, queues and buckets of embedded servers get, not only their number.',
        )
        .option(
          '--traces',
          "Print the trace of each record as a tree: its writer, the spans of OpenTelemetry, and messages. The handler's router uses tracing() for it.",
        )
        .option('--json', 'Print a line of JSON for each event.'),
      undefined,
      {
        destinationConfig: {
          value: '<name or arn>',
          meaning:
            'Where details of discarded records go: a queue, topic or bucket, by its ARN, or by its name if a --create option ' +
            'creates it. Or the JSON of AWS.',
        },
      },
    ),
  stopsItself: true,
  load: async () => (await import('./run-dev.ts')).runDev,
};

import type { CommandDefinition } from '../command.ts';
import { connectionOptions } from '../flags/connection-options.ts';
import { environmentOptions } from '../flags/environment-flags.ts';
import { mappingFlags } from '../flags/mapping-flags.ts';

export const replay: CommandDefinition = {
  usage: 'replay [documents...]',
  summary: 'Pass failed records to a handler again, in the order of each item.',
  details:
    'Reads on-failure documents and dead letters: from files (one as JSON, an array, one per line, or one after the other; ' +
    '- is stdin), from the objects below s3://bucket/prefix, or from an SQS queue. The records of an on-failure document are in the stream or in the document. A message is deleted from its queue when all of its records have succeeded. The exit code is 1 if a message remains, or a record becomes a dead letter again.',
  examples: [
    ['replay failed.ndjson --handler src/handler.ts#handler', 'the documents of a file'],
    [
      'replay s3://failed-records/aws/lambda/ --handler src/handler.ts --profile staging',
      'the objects that a mapping wrote to its bucket',
    ],
    [
      'replay --queue https://sqs.eu-central-1.amazonaws.com/123456789012/failed --handler src/handler.ts --profile staging',
      'the messages of a queue',
    ],
    [
      'replay --queue arn:aws:sqs:eu-central-1:123456789012:failed --handler src/handler.ts --profile staging',
      'the same queue, by its ARN',
    ],
    ['replay --queue failed --handler src/handler.ts', 'a queue of dev or emulators, by its name'],
    ['replay monday.ndjson tuesday.ndjson --dry-run', 'what would be replayed, and what has left the stream'],
  ],
  configure: (command) =>
    mappingFlags(
      environmentOptions(connectionOptions(command))
        .option(
          '--delete-objects',
          'Delete an object of a bucket when all records of its documents have succeeded.',
        )
        .option(
          '--newest-only',
          'Skip records whose item has a newer image in its table: for handlers that copy items.',
        )
        .option('--queue <name, URL or ARN>', 'The SQS queue with the documents and dead letters.')
        .option('--handler <module#export>', 'The handler to invoke. Required, except for a dry run.')
        .option('--dry-run', 'Print what would be replayed. Invoke and delete nothing.')
        .option('--batch-size <count>', 'Maximum number of records in an invocation, 1 to 10000.', '100'),
      ['filterCriteria'],
    )
      .option(
        '--allow-count-mismatch',
        'Replay a range although it has more or fewer records than were discarded.',
      )
      .option(
        '--no-partial-responses',
        'Any response is a success, as in a mapping without ReportBatchItemFailures.',
      )
      .option('--timeout <seconds>', 'Timeout of an invocation in seconds, up to 5400.', '60')
      .option(
        '--function-name <name>',
        'Name of the function in the Lambda context. (default: the name in a dead letter, else replay)',
      )
      .option(
        '--visibility-timeout <seconds>',
        'Seconds for which messages are invisible; extended as needed.',
        '120',
      )
      .option('--json', 'Print a line of JSON for each message, and one for the summary.'),
  stopsItself: true,
  load: async () => (await import('./run-replay.ts')).runReplay,
};

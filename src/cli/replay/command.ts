import type { CommandDefinition } from '../command.ts';
import { connectionOptions } from '../flags/connection-options.ts';
import { environmentOptions } from '../flags/environment-flags.ts';
import { mappingFlags } from '../flags/mapping-flags.ts';

export const replay: CommandDefinition = {
  usage: 'replay [documents...]',
  summary: 'Hand records that failed to a handler again, in order per item.',
  details:
    'Takes on-failure documents, whose records are read again from the stream or are in the document, and dead letters: ' +
    'from files (one as JSON, an array, one per line, or one behind the other; - is stdin), from the objects beneath ' +
    's3://bucket/prefix, or from an SQS queue. A message is deleted from its queue once all of its records succeeded. ' +
    'The exit code is 1 when something remains or becomes a dead letter again.',
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
    ['replay --queue failed --handler src/handler.ts', 'the queue failed of dev or emulators, by its name'],
    ['replay monday.ndjson tuesday.ndjson --dry-run', 'what would be replayed, and what has left the stream'],
  ],
  configure: (command) =>
    mappingFlags(
      environmentOptions(connectionOptions(command))
        .option('--delete-objects', 'Delete an object of a bucket once all of its documents are done.')
        .option(
          '--newest-only',
          'Skip records whose item has a newer image in its table: for handlers that copy items.',
        )
        .option('--queue <name, URL or ARN>', 'The SQS queue with the documents and dead letters.')
        .option('--handler <module#export>', 'What is invoked. Needed unless it is a dry run.')
        .option('--dry-run', 'Say what would be replayed, invoke nothing and delete nothing.')
        .option('--batch-size <count>', 'Records in an invocation at most, 1 to 10000.', '100'),
      ['filterCriteria'],
    )
      .option(
        '--allow-count-mismatch',
        'Replay a range although it holds more or fewer records than were discarded.',
      )
      .option('--no-partial-responses', 'Any answer is success: the mapping has no ReportBatchItemFailures.')
      .option('--timeout <seconds>', 'Seconds until an invocation has failed, up to 5400.', '60')
      .option(
        '--function-name <name>',
        'What the context says the function is called. (default: the name in a dead letter, else replay)',
      )
      .option(
        '--visibility-timeout <seconds>',
        'How long messages are invisible; prolonged as needed.',
        '120',
      )
      .option('--json', 'Print a line of JSON for each message, and one for the summary.'),
  stopsItself: true,
  load: async () => (await import('./run-replay.ts')).runReplay,
};

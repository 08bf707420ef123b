import type { CommandDefinition } from '../command.ts';
import { mappingFlags } from '../flags/mapping-flags.ts';

/** Options of a mapping that mean here what they mean for `dev`. */
const SHARED: readonly string[] = [
  'batchSize',
  'maximumBatchingWindowInSeconds',
  'parallelizationFactor',
  'maximumRetryAttempts',
  'maximumRecordAgeInSeconds',
  'tumblingWindowInSeconds',
  'destinationConfig',
  'filterCriteria',
  'enabled',
  'metricsConfig',
];

export const mapping: CommandDefinition = {
  usage: 'mapping <source>',
  summary: 'Print the event source mapping of a router, for the tool that deploys it.',
  details:
    'The source is module#export: a router, or a mapping that eventSourceMapping returned. It can also be a .yaml, .yml or .json file ' +
    'that declares mappings. Warnings go to stderr. Texts with ${...} and JSON objects are references of the template. ' +
    'It prints no permissions: streamPolicy, sinkPolicy and destinationPolicy of streamlane/mapping return their statements.',
  examples: [
    [
      `mapping src/handler.ts#handler --starting-position LATEST --function '{"Ref":"OnChange"}' --stream '\${App.StreamArn}'`,
      'a resource of CloudFormation, for a function of the same template',
    ],
    [
      'mapping src/handler.ts#handler --starting-position TRIM_HORIZON --function on-change',
      'for a function, by its name',
    ],
    ['mapping src/handler.ts#mapping --format terraform', 'the mapping that the module exports'],
    ['mapping mappings.yaml --format sam', 'the mappings that a file declares'],
    ['mapping src/handler.ts --starting-position LATEST --explain', 'with the filters of each route'],
  ],
  configure: (command) =>
    mappingFlags(
      command
        .option(
          '--format <format>',
          'cloudformation, sam, terraform, serverless, cdk or json.',
          'cloudformation',
        )
        .option('--function <name>', 'Name or ARN of the function, or a reference to it.')
        .option('--stream <arn>', 'ARN of the stream, or a reference to it.')
        .option('--name <name>', 'Name of the resource. (default: Stream)')
        .option('--destination-type <type>', 'sqs, sns or s3, if the destination is a reference.')
        .option('--explain', 'Print the filters of each route.')
        .option('--starting-position <position>', 'TRIM_HORIZON or LATEST. Needed for a router.')
        .option('--no-bisect-batch-on-function-error', 'Do not halve a batch that failed.')
        .option('--no-filters', 'Derive no filters.'),
      SHARED,
      {
        maximumRecordAgeInSeconds: {
          meaning:
            'Age at which a record is discarded, 60 to 604800; -1: never. (default: 43200 with a destination, else -1)',
        },
        destinationConfig: {
          meaning:
            'Where details of discarded records go: ARN of a queue, topic or bucket, or the JSON of a reference or of AWS.',
        },
      },
    ),
  load: async () => (await import('./run-mapping.ts')).runMapping,
};

import type { CommandDefinition } from '../command.ts';
import { resourceOptions } from '../flags/resource-flags.ts';

export const emulators: CommandDefinition = {
  usage: 'emulators',
  summary: 'Run embedded DynamoDB with streams, SNS, SQS and S3 until Ctrl-C.',
  details:
    'Other commands of this project find the servers. For other programs, it prints the variables to set.',
  examples: [
    ['emulators', 'runs the servers; use another terminal for other commands'],
    [
      'emulators --create-topic payments --create-queue dead-letter.fifo',
      'with a topic and a queue, and variables that name them',
    ],
    ['emulators --json', 'the variables as one line of JSON'],
  ],
  configure: (command) =>
    resourceOptions(command)
      .option('--region <name>', 'The AWS region of the servers.')
      .option(
        '--show-messages',
        'Print the messages that topics, queues and buckets get, not only their number.',
      )
      .option('--json', 'Print the variables as JSON.'),
  stopsItself: true,
  load: async () => (await import('./run-emulators.ts')).runEmulators,
};

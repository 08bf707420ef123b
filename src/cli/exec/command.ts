import type { CommandDefinition } from '../command.ts';
import { connectionOptions } from '../flags/connection-options.ts';

export const exec: CommandDefinition = {
  usage: 'exec <program> [arguments...]',
  summary: 'Run a program with the environment of the running servers.',
  details:
    'The program and its arguments stand behind --. It gets the variables of dev or emulators in this project, with the ' +
    'topics, queues and buckets that were created, and AWS clients find the servers by them. Its exit code is that of the ' +
    'command, and signals are forwarded.',
  examples: [
    ['exec -- node setup.mjs', 'fills tables on the servers of dev or emulators'],
    ['exec -- aws dynamodb list-tables', 'the AWS CLI on them'],
  ],
  configure: connectionOptions,
  stopsItself: true,
  load: async () => (await import('./run-exec.ts')).runExec,
};

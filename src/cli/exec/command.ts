import type { CommandDefinition } from '../command.ts';
import { connectionOptions } from '../flags/connection-options.ts';

export const exec: CommandDefinition = {
  usage: 'exec <program> [arguments...]',
  summary: 'Run a program with the environment of the running servers.',
  details:
    'Write the program and its arguments after --. The program gets the variables of the servers that dev or emulators ' +
    'runs, and of the topics, queues and buckets that were created. So its AWS clients use these servers. The command has the exit code of the program, and forwards signals.',
  examples: [
    ['exec -- node setup.mjs', 'fills tables on the servers of dev or emulators'],
    ['exec -- aws dynamodb list-tables', 'the AWS CLI with these servers'],
  ],
  configure: connectionOptions,
  stopsItself: true,
  load: async () => (await import('./run-exec.ts')).runExec,
};

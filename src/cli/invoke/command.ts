import type { CommandDefinition } from '../command.ts';
import { connectionOptions } from '../flags/connection-options.ts';
import { environmentOptions } from '../flags/environment-flags.ts';

export const invoke: CommandDefinition = {
  usage: 'invoke <module#export> <payload>',
  summary: 'Invoke a handler once, with an event from a file.',
  details:
    'Prints the response, and how many records succeeded. Logs of the handler go to stderr. If esbuild is ' +
    'installed, it bundles the handler, as for Lambda. Otherwise Node removes the types.',
  examples: [
    ['invoke src/handler.ts#handler event.json', 'the export handler, with the event of a file'],
    ['invoke src/handler.ts event.json --json | jq .response', 'the same, for programs'],
    ['invoke src/handler.ts -', 'with the event from stdin'],
  ],
  configure: (command) =>
    environmentOptions(connectionOptions(command))
      .option('--timeout <seconds>', 'Timeout of the invocation in seconds.', '3')
      .option('--json', 'Print outcome, response and counts as one line of JSON.'),
  load: async () => (await import('./run-invoke.ts')).runInvoke,
};

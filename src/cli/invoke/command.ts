import type { CommandDefinition } from '../command.ts';
import { connectionOptions } from '../flags/connection-options.ts';
import { environmentOptions } from '../flags/environment-flags.ts';

export const invoke: CommandDefinition = {
  usage: 'invoke <module#export> <payload>',
  summary: 'Invoke a handler once, with an event from a file.',
  details:
    'Prints the response, and how many records it was successful with. What the handler logs goes to stderr. ' +
    'The handler is bundled as for Lambda if esbuild is installed; otherwise Node strips the types.',
  examples: [
    ['invoke src/handler.ts#handler event.json', 'the export handler, with the event of a file'],
    ['invoke src/handler.ts event.json --json | jq .response', 'the same, for programs'],
    ['invoke src/handler.ts -', 'the event comes in on stdin'],
  ],
  configure: (command) =>
    environmentOptions(connectionOptions(command))
      .option('--timeout <seconds>', 'Seconds after which the invocation has failed.', '3')
      .option('--json', 'Print outcome, response and counts as one line of JSON.'),
  load: async () => (await import('./run-invoke.ts')).runInvoke,
};

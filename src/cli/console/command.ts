import type { CommandDefinition } from '../command.ts';
import { connectionOptions } from '../flags/connection-options.ts';
import { pageOptions } from '../flags/console-flags.ts';
import { Option } from '../third-party/commander.ts';

export const liveConsole: CommandDefinition = {
  usage: 'console',
  summary: 'Show the changes of a table in the browser as they happen, without a handler.',
  details:
    'Serves the live console on 127.0.0.1 until Ctrl-C. It only reads the stream: it writes no items and no checkpoint. ' +
    'On AWS, at most two readers should read a shard, and this command is one of them.',
  examples: [
    ['console --table Invoices --open', 'every change from now on'],
    [
      'console --table Invoices --profile staging --mask email',
      'a table on AWS, without the values of an attribute',
    ],
    ['console --table Invoices --from TRIM_HORIZON', 'from the oldest change that the stream still has'],
  ],
  configure: (command) =>
    pageOptions(connectionOptions(command))
      .requiredOption('--table <name>', 'The table whose stream is read.')
      .addOption(
        new Option('--from <position>', 'Where to start reading.')
          .choices(['LATEST', 'TRIM_HORIZON'])
          .default('LATEST'),
      ),
  stopsItself: true,
  load: async () => (await import('./run-console.ts')).runConsole,
};

import type { CommandDefinition } from '../command.ts';
import { connectionOptions } from '../flags/connection-options.ts';

export const tables: CommandDefinition = {
  usage: 'tables',
  summary: 'Create a table with a stream.',
  examples: [
    ['tables create Invoices --keys customerId,invoiceId', 'a table with a stream, to try things with'],
  ],
  subcommands: [
    {
      usage: 'create <table>',
      summary: 'Create a table with a stream, and wait until it can be used.',
      examples: [
        ['tables create Invoices --keys customerId,invoiceId', 'partition key and sort key, both text'],
        [
          'tables create Meters --keys id:N --view-type NEW_IMAGE',
          'a number as key, and a stream of new images',
        ],
      ],
      configure: (command) =>
        connectionOptions(command)
          .requiredOption(
            '--keys <names>',
            'Partition key and sort key; :N or :B after the name of a number or binary attribute.',
          )
          .option(
            '--view-type <type>',
            'What the stream carries: KEYS_ONLY, NEW_IMAGE, OLD_IMAGE or NEW_AND_OLD_IMAGES.',
            'NEW_AND_OLD_IMAGES',
          )
          .option('--json', 'Print table and stream as one line of JSON.'),
      load: async () => (await import('./run-create.ts')).runCreate,
    },
  ],
};

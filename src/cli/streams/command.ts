import type { CommandDefinition } from '../command.ts';
import { connectionOptions } from '../flags/connection-options.ts';

export const streams: CommandDefinition = {
  usage: 'streams',
  summary: 'List streams, or describe one with its shards.',
  examples: [['streams list', 'the streams of all tables']],
  subcommands: [
    {
      usage: 'list [table]',
      summary: 'List the streams of all tables, or of one.',
      examples: [
        ['streams list', 'the streams of all tables'],
        ['streams list Invoices --json', 'those of one table, a line of JSON for each'],
      ],
      configure: (command) =>
        connectionOptions(command).option('--json', 'Print a line of JSON for each stream.'),
      load: async () => (await import('./run-list.ts')).runList,
    },
    {
      usage: 'describe <arn-or-table>',
      summary: 'Describe a stream: its shards with their parents and sequence numbers.',
      details:
        'A shard is read after its parent. FIRST and LAST are its sequence numbers; LAST is open until the shard is ' +
        'closed. Some emulators give an open shard its last number so far.',
      examples: [
        ['streams describe Invoices', 'the newest stream of a table'],
        ['streams describe arn:aws:dynamodb:...:table/Invoices/stream/... --json', 'one stream as JSON'],
      ],
      configure: (command) => connectionOptions(command).option('--json', 'Print one line of JSON.'),
      load: async () => (await import('./run-describe.ts')).runDescribe,
    },
  ],
};

import type { CommandDefinition } from '../command.ts';
import { connectionOptions } from '../flags/connection-options.ts';

export const demo: CommandDefinition = {
  usage: 'demo',
  summary: 'Run the invoice workflow: table, stream, router, topics and queues, with an outage.',
  details:
    'Writes invoices to a table. A router on its stream publishes each change to topics. A topic refuses some of them, ' +
    'and some become dead letters, which are replayed. At the end, it counts what was written, delivered again, received, out of order and lost. It runs on embedded servers by default, and deletes what it created.',
  examples: [
    ['demo', '300 invoices, on embedded servers'],
    ['demo --invoices 1000 --json', 'more invoices, and the counts as one line of JSON'],
  ],
  configure: (command) =>
    connectionOptions(command)
      .option('--invoices <count>', 'Number of invoices.', '300')
      .option('--json', 'Print the counts as one line of JSON.'),
  stopsItself: true,
  load: async () => (await import('./run-demo.ts')).runDemo,
};

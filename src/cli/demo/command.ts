import type { CommandDefinition } from '../command.ts';
import { connectionOptions } from '../flags/connection-options.ts';

export const demo: CommandDefinition = {
  usage: 'demo',
  summary: 'Run the invoice workflow: table, stream, router, topics, queues, with an outage in between.',
  details:
    'Writes invoices to a table and announces their changes from a router on its stream. A topic fails for some, and ' +
    'some go to a dead-letter queue and are replayed. Ends with what was written, delivered again, received, out of ' +
    'order and lost. Runs on embedded servers, never on AWS by default, and removes what it made.',
  examples: [
    ['demo', '300 invoices, on embedded servers'],
    ['demo --invoices 1000 --json', 'more of them, and the counts as one line of JSON'],
  ],
  configure: (command) =>
    connectionOptions(command)
      .option('--invoices <count>', 'How many invoices live through it.', '300')
      .option('--json', 'Print the counts as one line of JSON.'),
  stopsItself: true,
  load: async () => (await import('./run-demo.ts')).runDemo,
};

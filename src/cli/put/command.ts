import type { CommandDefinition } from '../command.ts';
import { connectionOptions } from '../flags/connection-options.ts';

export const put: CommandDefinition = {
  usage: 'put <table>',
  summary: 'Put items into a table.',
  examples: [
    [
      `put Invoices --item '{"customerId":"C-1","invoiceId":"INV-1","total":12.5}'`,
      'one item, as plain JSON',
    ],
    [`put Meters --item '{"id":1}' --item '{"id":2}'`, 'several, one after the other'],
  ],
  configure: (command) =>
    connectionOptions(command).requiredOption(
      '--item <json>',
      'The item as plain JSON; numbers keep all their digits. Can be repeated.',
      (item: string, items: readonly string[] = []) => [...items, item],
    ),
  load: async () => (await import('./run-put.ts')).runPut,
};

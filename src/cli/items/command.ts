import type { CommandDefinition } from '../command.ts';
import { collect } from '../flags/collect.ts';
import { connectionOptions } from '../flags/connection-options.ts';
import type { Command } from '../third-party/commander.ts';

const WHERE =
  'Writes to running local servers, or to AWS with --profile or --aws. Items ' +
  'are written one by one, in the given order.';

export const put: CommandDefinition = {
  usage: 'put <table> [items...]',
  summary: 'Put items into a table.',
  details: `${WHERE} An item is plain JSON; numbers keep all their digits.`,
  examples: [
    [`put Invoices '{"customerId":"C-1","invoiceId":"INV-1","total":12.5}'`, 'one item, as plain JSON'],
    ['put Invoices --file items.ndjson', 'one item for each line, one item, or a list of items'],
    [
      `put Meters --dynamodb-json '{"id":{"N":"1"},"tags":{"SS":["a","b"]},"raw":{"B":"AQID"}}'`,
      'with sets and binary',
    ],
    [
      'put Meters --file scan.json --dynamodb-json --aws',
      'what aws dynamodb scan printed, into a table on AWS',
    ],
  ],
  configure: (command) => itemOptions(connectionOptions(command), 'item'),
  load: async () => (await import('./run-put.ts')).runPut,
};

export const update: CommandDefinition = {
  usage: 'update <table> [keys...]',
  summary: 'Change attributes of items.',
  details:
    `${WHERE} A key is plain JSON. Attributes besides the key are set too. The value of --set and --add is JSON, or else ` +
    'text. If the item does not exist, that is an error, unless --upsert is set.',
  examples: [
    [
      `update Invoices '{"customerId":"C-1","invoiceId":"INV-1"}' --set status=PAID --set total=20`,
      'two attributes',
    ],
    [
      `update Invoices --key '{"customerId":"C-1","invoiceId":"INV-1"}' --remove note --add views=1`,
      'the same, in the words of AWS',
    ],
    [
      `update Invoices '{"customerId":"C-1","invoiceId":"INV-1","status":"PAID"}'`,
      'sets the attributes besides the key',
    ],
    ['update Invoices --file items.ndjson --set checked=true', 'of each item of a file'],
  ],
  configure: (command) =>
    itemOptions(connectionOptions(command), 'key')
      .option(
        '--set <path=value>',
        'Set an attribute, such as total=5 or address.city=Bern. Can be repeated.',
        collect,
      )
      .option(
        '--add <path=value>',
        'Add to a number, or with --dynamodb-json to a set. Can be repeated.',
        collect,
      )
      .option('--remove <path>', 'Remove an attribute. Can be repeated.', collect)
      .option('--upsert', 'Create the item if it does not exist.'),
  load: async () => (await import('./run-update.ts')).runUpdate,
};

export const remove: CommandDefinition = {
  usage: 'delete <table> [keys...]',
  summary: 'Delete items of a table.',
  details: `${WHERE} A key is plain JSON. Attributes besides the key are ignored, so you can use the file of a put.`,
  examples: [
    [`delete Invoices '{"customerId":"C-1","invoiceId":"INV-1"}'`, 'one item, by its key'],
    ['delete Invoices --file items.ndjson', 'the items of a file'],
  ],
  configure: (command) => itemOptions(connectionOptions(command), 'key'),
  load: async () => (await import('./run-delete.ts')).runDelete,
};

function itemOptions(command: Command, what: 'item' | 'key'): Command {
  const meaning = what === 'item' ? 'An item as JSON' : 'The key of an item as JSON';
  return command
    .option(`--${what} <json>`, `${meaning}, like the arguments. Can be repeated.`, collect)
    .option(
      '--file <path>',
      'A file of them: one, a list, or one for each line; - is stdin. Can be repeated.',
      collect,
    )
    .option(
      '--dynamodb-json',
      'Values have their type, {"S":"text"}, as the AWS CLI writes them: for sets and binary.',
    );
}

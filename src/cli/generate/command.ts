import type { CommandDefinition } from '../command.ts';
import { collect } from '../flags/collect.ts';

export const generate: CommandDefinition = {
  usage: 'generate',
  summary: 'Write an event of a stream, for invoke.',
  examples: [
    [
      'generate event | streamlane invoke src/handler.ts -',
      'an insert, a change and a delete of an item, for streamlane invoke',
    ],
  ],
  subcommands: [
    {
      usage: 'event',
      summary: 'Write an event with records as Lambda sends them.',
      details:
        'Prints the event as JSON: inserts first, then modifies, then removes. The first change of each kind is of the ' +
        'first item, the second of the second item, and so on. Without counts, there is one change of each kind.',
      examples: [
        ['generate event | streamlane invoke src/handler.ts -', 'records of a table with the key id'],
        [
          `generate event --table-module src/tables.ts#orders --item '{"id":"1","status":"OPEN"}' --set status=PAID`,
          'an item of a declared table, with its keys, name and view type',
        ],
        ['generate event --keys pk,sk --insert 100', 'a hundred inserts'],
      ],
      configure: (command) =>
        command
          .option(
            '--table-module <module#export>',
            'A table that defineTable returned, for keys, name and view type.',
          )
          .option('--keys <names>', 'The key attributes of a table that is not declared. (default: id)')
          .option('--table <name>', 'The name of a table that is not declared. (default: TestTable)')
          .option(
            '--item <json>',
            'An item as plain JSON. The partition keys of further items get a number. Can be repeated.',
            collect,
          )
          .option(
            '--set <name=value>',
            'An attribute that each modify changes, as in update. Can be repeated.',
            collect,
          )
          .option('--insert <count>', 'Number of inserts.')
          .option('--modify <count>', 'Number of modifies.')
          .option('--remove <count>', 'Number of removes.'),
      load: async () => (await import('./run-event.ts')).runEvent,
    },
  ],
};

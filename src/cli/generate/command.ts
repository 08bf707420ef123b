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
        'Prints the event as JSON. The first change of each kind is of the same item, the second of the next one, and so ' +
        'on: inserts first, then modifies, then removes. Without counts there is one of each.',
      examples: [
        ['generate event | streamlane invoke src/handler.ts -', 'records of a table with the key id'],
        [
          `generate event --table-module src/tables.ts#orders --item '{"id":"1","status":"OPEN"}' --set status=PAID`,
          'keys, name and view type of a declared table, and an item of it',
        ],
        ['generate event --keys pk,sk --insert 100', 'a hundred inserts'],
      ],
      configure: (command) =>
        command
          .option(
            '--table-module <module#export>',
            'A table that defineTable has made: keys, name and view type.',
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
            'An attribute that modifies change, as in update. Can be repeated.',
            collect,
          )
          .option('--insert <count>', 'How many inserts.')
          .option('--modify <count>', 'How many modifies.')
          .option('--remove <count>', 'How many removes.'),
      load: async () => (await import('./run-event.ts')).runEvent,
    },
  ],
};

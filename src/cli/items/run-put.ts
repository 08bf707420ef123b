import type { RunCommand } from '../command.ts';
import { EXIT } from '../errors/exit-codes.ts';
import { dynamodbModule } from '../servers/clients.ts';
import { count } from '../terminal/count.ts';
import { writeLines } from '../terminal/terminal-text.ts';
import { type ItemFlags, readItems } from './read-items.ts';
import { writeItems } from './write-items.ts';

/** Puts items into a table. */
export const runPut: RunCommand<ItemFlags> = async (context, [table = '', ...given], flags) => {
  const items = await readItems(given, flags, '--item', context.io);
  await writeItems(context, flags, table, items, 'Put', async ({ client }) => {
    const { PutItemCommand } = await dynamodbModule();
    return ({ attributes: Item }) => client.send(new PutItemCommand({ TableName: table, Item }));
  });
  void writeLines(context.io.stdout, `Put ${count(items.length, 'item')} into ${table}.`);
  return EXIT.ok;
};

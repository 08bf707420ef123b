import type { RunCommand } from '../command.ts';
import { EXIT } from '../errors/exit-codes.ts';
import { dynamodbModule } from '../servers/clients.ts';
import { describeTable, keyNamesOf } from '../servers/stream-of-table.ts';
import { count } from '../terminal/count.ts';
import { tellWarning } from '../terminal/output.ts';
import { writeLines } from '../terminal/terminal-text.ts';
import { type ItemFlags, readItems } from './read-items.ts';
import { keyOf, writeItems } from './write-items.ts';

/** Deletes items of a table. A missing item is not an error: the stream then has no record of it. */
export const runDelete: RunCommand<ItemFlags> = async (context, [table = '', ...given], flags) => {
  const items = await readItems(given, flags, '--key', context.io);
  let missing = 0;
  await writeItems(context, flags, table, items, 'Deleted', async (target) => {
    const { DeleteItemCommand } = await dynamodbModule();
    const names = keyNamesOf(await describeTable(target.client, table));
    const keys = new Map(items.map((item) => [item, keyOf(item, names, table)]));
    return async (item) => {
      const command = new DeleteItemCommand({
        TableName: table,
        Key: keys.get(item),
        ReturnValues: 'ALL_OLD',
      });
      const { Attributes } = await target.client.send(command);
      if (Attributes === undefined) missing++;
    };
  });
  if (missing > 0) {
    tellWarning(context, `${count(missing, 'item')} of ${items.length} did not exist.`);
  }
  void writeLines(context.io.stdout, `Deleted ${count(items.length - missing, 'item')} from ${table}.`);
  return EXIT.ok;
};

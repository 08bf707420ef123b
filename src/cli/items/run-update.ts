import type { RunCommand } from '../command.ts';
import { failure } from '../errors/cli-error.ts';
import { EXIT } from '../errors/exit-codes.ts';
import { dynamodbModule } from '../servers/clients.ts';
import { describeTable, keyNamesOf } from '../servers/stream-of-table.ts';
import { count } from '../terminal/count.ts';
import { writeLines } from '../terminal/terminal-text.ts';
import { type ItemFlags, readItems } from './read-items.ts';
import { changesOf, type UpdateChanges, updateExpression } from './update-expression.ts';
import { keyOf, writeItems } from './write-items.ts';

export interface UpdateFlags extends ItemFlags {
  readonly set?: readonly string[];
  readonly remove?: readonly string[];
  readonly add?: readonly string[];
  readonly upsert?: true;
}

/** Changes attributes of items, and leaves their others. */
export const runUpdate: RunCommand<UpdateFlags> = async (context, [table = '', ...given], flags) => {
  const changes: UpdateChanges = changesOf(flags);
  const items = await readItems(given, flags, '--key', context.io);
  await writeItems(context, flags, table, items, 'Updated', async (target) => {
    const { UpdateItemCommand } = await dynamodbModule();
    const names = keyNamesOf(await describeTable(target.client, table));
    const updates = new Map(
      items.map((item) => [
        item,
        { Key: keyOf(item, names, table), ...updateExpression(item, names, changes, flags.upsert === true) },
      ]),
    );
    return async (item) => {
      const command = new UpdateItemCommand({ TableName: table, Key: undefined, ...updates.get(item) });
      await target.client.send(command).catch((error: Error) => {
        if (error.name !== 'ConditionalCheckFailedException') throw error;
        throw failure(
          `There is no such item in ${table}. Put it with streamlane put, or use --upsert, which creates it.`,
          error,
        );
      });
    };
  });
  void writeLines(context.io.stdout, `Updated ${count(items.length, 'item')} of ${table}.`);
  return EXIT.ok;
};

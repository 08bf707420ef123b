import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { CommandContext } from '../command.ts';
import { failure, usageError } from '../errors/cli-error.ts';
import { explain } from '../errors/explain.ts';
import { dynamodbClient } from '../servers/clients.ts';
import { connect } from '../servers/connect.ts';
import { TABLES } from '../servers/packages.ts';
import { asUnknownTable } from '../servers/stream-of-table.ts';
import { count } from '../terminal/count.ts';
import { tellWarning } from '../terminal/output.ts';
import type { Attributes } from './attribute-value.ts';
import type { GivenItem, ItemFlags } from './read-items.ts';

/** Where items are written. */
export interface Target {
  readonly client: DynamoDBClient;
  readonly table: string;
}

/**
 * Writes items, one after the other, so that the stream has them in this order.
 *
 * @param done `Put`, `Updated`, `Deleted`
 * @param write gets one item at a time
 * @throws CliError that says how many were written before the one that failed
 */
export async function writeItems(
  context: CommandContext,
  flags: ItemFlags,
  table: string,
  items: readonly GivenItem[],
  done: string,
  prepare: (target: Target) => Promise<(item: GivenItem) => Promise<unknown>>,
): Promise<void> {
  await using connection = await connect(context, flags, { writes: true, needs: TABLES });
  const client = await dynamodbClient(connection.dynamodb);
  const write = await prepare({ client, table });
  let written = 0;
  // The command ends at once. The item under way may be written or not.
  const tellWritten = (): void =>
    tellWarning(
      context,
      `Stopped. ${done} ${written} of ${count(items.length, 'item')}, and perhaps one more.`,
    );
  context.io.signal.addEventListener('abort', tellWritten);
  for (const [index, item] of items.entries()) {
    try {
      context.io.signal.throwIfAborted();
      await write(item);
      written = index + 1;
    } catch (error) {
      const known = asUnknownTable(error, table);
      if (items.length === 1 || known !== error) throw known;
      const { message } = explain(error);
      throw failure(
        `${item.name}: ${message} ${done} ${index} of ${count(items.length, 'item')} before it, and none after it.`,
        error,
      );
    }
  }
  context.io.signal.removeEventListener('abort', tellWritten);
}

/** @throws CliError when an item lacks a key attribute */
export function keyOf(
  { attributes, name }: GivenItem,
  keyNames: readonly string[],
  table: string,
): Attributes {
  const missing = keyNames.find((key) => !Object.hasOwn(attributes, key));
  if (missing === undefined)
    return Object.fromEntries(keyNames.map((key) => [key, attributes[key]])) as Attributes;
  throw usageError(`${name} lacks the attribute ${missing}. The key of ${table} is ${keyNames.join(', ')}.`);
}

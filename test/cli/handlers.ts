// Handlers that the tests of the command name by path.
import { DynamoDBClient, ListTablesCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { DynamoDBStreamEvent } from 'aws-lambda';
import { streamRouter } from '../../src/index.ts';

export const router = streamRouter().onInsert(() => {});

export const nothing = (): void => {};

export const text = ({ Records }: DynamoDBStreamEvent): string =>
  `Successfully processed ${Records.length} records.`;

export const partial = (): object => ({ batchItemFailures: [{ itemIdentifier: '102' }] });

export const wrong = (): object => ({ batchItemFailures: [{ itemIdentifier: '7' }] });

export const throwing = (): void => {
  throw new RangeError('out of range');
};

export const throwingWithoutPlace = (): void => {
  throw Object.assign(new RangeError('out of range'), { stack: 'RangeError: out of range' });
};

export const throwingText = (): void => {
  throw 'text';
};

export const slow = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 100_000).unref());

export const waiting = (): Promise<void> => {
  console.log('waiting');
  return slow();
};

export const logging = ({ Records }: DynamoDBStreamEvent): string => {
  process.stdout.write(`logged ${Records.length}\n`);
  return 'done';
};

export const tables = async (): Promise<object> => {
  const { TableNames } = await new DynamoDBClient({}).send(new ListTablesCommand({}));
  return { tables: TableNames };
};

/** Counts on the item itself, without end. */
export const counting = async ({ Records }: DynamoDBStreamEvent): Promise<void> => {
  const client = new DynamoDBClient({});
  for (const { dynamodb, eventSourceARN } of Records) {
    await client.send(
      new UpdateItemCommand({
        TableName: eventSourceARN?.split('/')[1],
        Key: dynamodb?.Keys as Record<string, { S: string }>,
        UpdateExpression: 'ADD handled :one',
        ExpressionAttributeValues: { ':one': { N: '1' } },
      }),
    );
  }
};

export const number = 1;

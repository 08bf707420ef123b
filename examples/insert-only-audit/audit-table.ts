import {
  CreateTableCommand,
  DeleteTableCommand,
  type DynamoDBClient,
  paginateQuery,
} from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { type AuditEntry, auditKeyOf } from 'streamlane/audit';

/** Creates an audit table: entries of one item lie together, in the order of its changes. */
export async function createAuditTable(
  dynamodb: DynamoDBClient,
  TableName: string,
): Promise<AsyncDisposable> {
  await dynamodb.send(
    new CreateTableCommand({
      TableName,
      AttributeDefinitions: [
        { AttributeName: 'itemKey', AttributeType: 'S' },
        { AttributeName: 'position', AttributeType: 'S' },
      ],
      KeySchema: [
        { AttributeName: 'itemKey', KeyType: 'HASH' },
        { AttributeName: 'position', KeyType: 'RANGE' },
      ],
      BillingMode: 'PAY_PER_REQUEST',
    }),
  );
  return {
    async [Symbol.asyncDispose]() {
      await dynamodb.send(new DeleteTableCommand({ TableName }));
    },
  };
}

/** Reads the entries about one item, the oldest first. */
export async function historyOf(
  dynamodb: DynamoDBClient,
  TableName: string,
  item: { readonly tableName: string; readonly keys: object },
): Promise<AuditEntry[]> {
  const pages = paginateQuery(
    { client: dynamodb },
    {
      TableName,
      KeyConditionExpression: 'itemKey = :item',
      ExpressionAttributeValues: { ':item': { S: auditKeyOf(item.tableName, item.keys) } },
    },
  );
  const entries: AuditEntry[] = [];
  for await (const { Items = [] } of pages) {
    entries.push(...Items.map((entry) => unmarshall(entry) as AuditEntry));
  }
  return entries;
}

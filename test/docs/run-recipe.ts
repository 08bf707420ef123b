// node run-recipe.ts <library> <model> <recipe>: writes an order to a table with a library, and lets the recipe's router
// read it from the stream of the table. Servers are those that the environment names.
import { pathToFileURL } from 'node:url';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { startEventSourceMapping } from '../../src/local/index.ts';

const [, , library = '', model = '', recipe = ''] = process.argv;

// biome-ignore lint/suspicious/noExplicitAny: the examples depend on the libraries, the tests do not
const load = async (name: string): Promise<any> => import(name);

const key = { customerId: 'c-1', orderId: 'o-1' };
const order = { ...key, status: 'OPEN', total: 80 };

/** Places an order, then marks it as paid. */
const WRITERS = {
  async electrodb({ Order }) {
    await Order.put(order).go();
    await Order.patch(key).set({ status: 'PAID' }).go();
  },
  async 'dynamodb-toolbox'({ Order }) {
    const { PutItemCommand, UpdateItemCommand } = await load('dynamodb-toolbox');
    await Order.build(PutItemCommand).item(order).send();
    await Order.build(UpdateItemCommand)
      .item({ ...key, status: 'PAID' })
      .send();
  },
  async onetable({ Order }) {
    await Order.create({ ...order, placedAt: new Date('2026-01-01') });
    await Order.update({ ...key, status: 'PAID' });
  },
  // biome-ignore lint/suspicious/noExplicitAny: see above
} satisfies Record<string, (model: any) => Promise<void>>;

const TableName = 'App';
const names = ['pk', 'sk'];
await new DynamoDBClient().send(
  new CreateTableCommand({
    TableName,
    AttributeDefinitions: names.map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
    KeySchema: names.map((AttributeName, index) => ({
      AttributeName,
      KeyType: index === 0 ? 'HASH' : 'RANGE',
    })),
    BillingMode: 'PAY_PER_REQUEST',
    StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
  }),
);
await using mapping = await startEventSourceMapping({
  tableName: TableName,
  handler: (await load(pathToFileURL(recipe).href)).handler,
  functionName: library,
  startingPosition: 'TRIM_HORIZON',
  functionResponseTypes: ['ReportBatchItemFailures'],
  maximumRetryAttempts: 0,
});
await WRITERS[library as keyof typeof WRITERS](await load(pathToFileURL(model).href));
await mapping.caughtUp();
console.log('succeeded', mapping.statistics.recordsSucceeded);

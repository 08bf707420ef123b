import { type DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { runOnTable } from '../run-on-table.ts';
import { handler, type Product } from './handler.ts';

const tableName = 'Products';
const lamp: Product = { productId: 'p-1', name: 'Lamp', brand: 'Acme', price: 40 };

await runOnTable({
  functionName: 'derived-attribute',
  handler,
  tableName,
  keys: ['productId'],
  viewType: 'NEW_AND_OLD_IMAGES',
  writes: [
    { put: lamp },
    { put: { productId: 'p-2', name: 'Chair', brand: 'Umbrella', price: 90 } },
    { put: { ...lamp, name: 'Floor lamp', price: 60 } },
  ],
  async conclude(dynamodb) {
    console.log('\nWhat customers search in:');
    for (const { productId, searchText } of await productsIn(dynamodb))
      console.log(`  ${productId}  ${searchText}`);
  },
});

async function productsIn(client: DynamoDBClient): Promise<Product[]> {
  const products: Product[] = [];
  for await (const { Items = [] } of paginateScan({ client }, { TableName: tableName })) {
    products.push(...Items.map((item) => unmarshall(item) as Product));
  }
  return products.sort((a, b) => a.productId.localeCompare(b.productId));
}

import { ConditionalCheckFailedException, DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import {
  type InsertRecord,
  type ModifyRecord,
  not,
  ownWrite,
  type RecordContext,
  streamRouter,
} from 'streamlane';

export interface Product {
  productId: string;
  name: string;
  brand: string;
  price: number;
  /** Derived by this function: what customers search in. */
  searchText?: string;
  /** The `eventID` of the change that `searchText` was derived from: each write of this function changes it. */
  derivedFrom?: string;
}

const dynamodb = new DynamoDBClient();

/** Writes the search text of a product to the product itself. */
export async function derive(
  record: InsertRecord<Product> | ModifyRecord<Product>,
  { signal }: RecordContext,
): Promise<void> {
  const { eventID, eventName, newImage, tableName } = record;
  const { productId, name, brand } = newImage;
  const searchText = `${brand} ${name}`.toLowerCase();
  try {
    await dynamodb.send(
      new UpdateItemCommand({
        TableName: tableName,
        Key: marshall({ productId }),
        UpdateExpression: 'SET searchText = :text, derivedFrom = :event',
        // The product may have been deleted since: an update would create it again.
        ConditionExpression: 'attribute_exists(productId)',
        ExpressionAttributeValues: marshall({ ':text': searchText, ':event': eventID }),
      }),
      { abortSignal: signal },
    );
    console.log(`${productId}: "${searchText}" after ${eventName}`);
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
  }
}

/** Derives after every change by others. Its own writes come through the stream as well, and match no route. */
export const handler = streamRouter<Product>()
  .onInsert(derive)
  .onModify(not(ownWrite('derivedFrom', { writes: ['searchText'] })), derive);

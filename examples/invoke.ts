import { readFile } from 'node:fs/promises';
import type { Context, DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda';
import { lambdaContext } from './lambda-context.ts';

type Handler = (event: DynamoDBStreamEvent, context: Context) => Promise<DynamoDBBatchResponse>;

/** Invokes a handler once with the event in a JSON file, and prints its response. */
export async function invoke(functionName: string, handler: Handler, eventFile: URL): Promise<void> {
  const event: DynamoDBStreamEvent = JSON.parse(await readFile(eventFile, 'utf8'));
  const response = await handler(event, lambdaContext(functionName));
  console.log(`response: ${JSON.stringify(response)}`);
}

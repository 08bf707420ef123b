// node run-snippet.ts <file> <view type>: imports a snippet and, when it exports a handler, invokes that.
import { pathToFileURL } from 'node:url';
import type { Context, DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda';
import { invoiceEvent } from './invoice-event.ts';

const [, , file = '', viewType = ''] = process.argv;
const endsAt = Date.now() + 15_000;
const context = {
  functionName: 'invoices',
  functionVersion: '$LATEST',
  invokedFunctionArn: 'arn:aws:lambda:eu-central-1:123456789012:function:invoices',
  memoryLimitInMB: '256',
  awsRequestId: '7f8a1c52-0000-4000-8000-000000000000',
  getRemainingTimeInMillis: () => endsAt - Date.now(),
} as Context;

type Handler = (event: DynamoDBStreamEvent, context: Context) => Promise<DynamoDBBatchResponse>;
const { handler } = (await import(pathToFileURL(file).href)) as { handler?: Handler };
if (handler !== undefined) {
  const response = await handler(invoiceEvent(viewType), context);
  console.log(`response: ${JSON.stringify(response)}`);
}

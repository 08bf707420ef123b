// node run-snippet.ts <file> <view type>: imports a snippet and, when it exports a handler, invokes that with an event
// about invoices, or with the one in SNIPPET_EVENT.
import { readFileSync } from 'node:fs';
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

/** The fields that a mapping with a tumbling window adds to an event. */
const WINDOW = {
  window: { start: '2026-01-01T00:00:00Z', end: '2026-01-01T00:01:00Z' },
  state: {},
  shardId: 'shardId-00000001767225600000-00000000',
  eventSourceARN: 'arn:aws:dynamodb:eu-central-1:123456789012:table/Invoices/stream/2026-01-01T00:00:00.000',
  isFinalInvokeForWindow: false,
  isWindowTerminatedEarly: false,
};

type Handler = (event: DynamoDBStreamEvent, context: Context) => Promise<DynamoDBBatchResponse>;
const { handler } = (await import(pathToFileURL(file).href)) as { handler?: Handler };
if (handler !== undefined) {
  const { SNIPPET_EVENT } = process.env;
  const code = readFileSync(file, 'utf8');
  const event = SNIPPET_EVENT === undefined ? eventFor(code) : JSON.parse(SNIPPET_EVENT);
  const windowed = code.includes('streamWindow');
  const response = await handler(windowed ? { ...event, ...WINDOW } : event, context);
  console.log(`response: ${JSON.stringify(response ?? null)}`);
}

/** For a single table, invoices are orders. */
function eventFor(code: string): DynamoDBStreamEvent {
  const event = invoiceEvent(viewType);
  if (!/keys: \['pk', 'sk'\]|'\.\/app\.ts'/.test(code)) return event;
  const names: Readonly<Record<string, string>> = { customerId: 'pk', invoiceId: 'sk', 'INV-': 'ORDER#' };
  return JSON.parse(
    JSON.stringify(event).replaceAll(/customerId|invoiceId|INV-/g, (name) => names[name] ?? name),
  );
}

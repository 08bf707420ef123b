import {
  CreateTableCommand,
  DeleteItemCommand,
  DeleteTableCommand,
  DynamoDBClient,
  PutItemCommand,
  type StreamViewType,
} from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { StreamlaneError } from 'streamlane';
import {
  type InvocationEvent,
  type LambdaHandler,
  startEmulators,
  startEventSourceMapping,
} from 'streamlane/local';

/** One write to the table: an item, or the key of the item to delete. */
export type Write = { readonly put: object } | { readonly delete: object };

export interface TableRun {
  readonly functionName: string;
  readonly handler: LambdaHandler;
  readonly tableName: string;
  /** The partition key and, if there is one, the sort key: text. */
  readonly keys: readonly string[];
  readonly viewType: StreamViewType;
  readonly batchSize?: number;
  readonly writes: readonly Write[];
  /** Makes what else the function needs. It is disposed of at the end. */
  readonly prepare?: (dynamodb: DynamoDBClient) => Promise<AsyncDisposable>;
  /** Looks at what the function has done. */
  readonly conclude?: (dynamodb: DynamoDBClient) => Promise<void>;
}

/**
 * Runs a function on the stream of a table that exists for this run: does the writes, in order, and waits until the
 * function has processed them all. The exit code is 1 if it cannot, or if the function keeps failing.
 */
export async function runOnTable(run: TableRun): Promise<void> {
  try {
    await using emulators = await startEmulators();
    console.log(`DynamoDB at ${emulators.dynamodb.endpoint}\n`);
    // As on Lambda: what the function connects to is in its environment.
    Object.assign(process.env, emulators.environment);
    const dynamodb = new DynamoDBClient(emulators.dynamodb);
    await using _prepared = await run.prepare?.(dynamodb);
    await using _table = await createTable(dynamodb, run);
    await using mapping = await startEventSourceMapping({
      ...emulators.streams,
      tableName: run.tableName,
      handler: run.handler,
      functionName: run.functionName,
      batchSize: run.batchSize ?? 100,
      startingPosition: 'TRIM_HORIZON',
      functionResponseTypes: ['ReportBatchItemFailures'],
      maximumRetryAttempts: 2,
      retryDelayMs: () => 20, // AWS waits longer, and an example should not
    });
    mapping.on('invocation', printInvocation);

    for (const write of run.writes) await apply(write, run, dynamodb);
    await mapping.caughtUp();
    // A function may have written to the table itself.
    await mapping.caughtUp();
    await run.conclude?.(dynamodb);
    if (mapping.statistics.recordsDiscarded > 0) process.exitCode = 1;
  } catch (error) {
    console.error(error instanceof StreamlaneError ? `\n${error.message}\n` : error);
    process.exitCode = 1;
  }
}

/** Creates the table, which is deleted again at the end: a server that the environment names is left as it was. */
async function createTable(
  dynamodb: DynamoDBClient,
  { tableName: TableName, keys, viewType }: TableRun,
): Promise<AsyncDisposable> {
  await dynamodb.send(
    new CreateTableCommand({
      TableName,
      AttributeDefinitions: keys.map((name) => ({ AttributeName: name, AttributeType: 'S' })),
      KeySchema: keys.map((name, index) => ({
        AttributeName: name,
        KeyType: index === 0 ? 'HASH' : 'RANGE',
      })),
      BillingMode: 'PAY_PER_REQUEST',
      StreamSpecification: { StreamEnabled: true, StreamViewType: viewType },
    }),
  );
  return {
    async [Symbol.asyncDispose]() {
      await dynamodb.send(new DeleteTableCommand({ TableName }));
    },
  };
}

async function apply(
  write: Write,
  { tableName: TableName }: TableRun,
  dynamodb: DynamoDBClient,
): Promise<void> {
  if ('put' in write) await dynamodb.send(new PutItemCommand({ TableName, Item: marshall(write.put) }));
  else await dynamodb.send(new DeleteItemCommand({ TableName, Key: marshall(write.delete) }));
}

function printInvocation({ records, outcome, response, error }: InvocationEvent): void {
  const events = records.map(({ eventName }) => eventName).join(', ');
  console.log(`${events}: ${outcome}, ${error === undefined ? JSON.stringify(response) : error}`);
}

// The functions of these tests, bundled into one module. An item's `id` says what its handler does.
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { processPartialResponse } from '@aws-lambda-powertools/batch';
import { Logger } from '@aws-lambda-powertools/logger';
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import middy from '@middy/core';
import type { Context, DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import { processBatch, type RecordContext, streamRouter, streamWindow } from '../../src/index.ts';
import { streamRecords } from '../../src/middy/index.ts';
import { OrderedStreamProcessor } from '../../src/powertools/index.ts';

interface Item {
  readonly id: string;
  readonly text: string;
}

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Fails `bad-1`, never ends `stuck-1`, and so on. */
async function handleItem({ id }: Item): Promise<void> {
  const [behaviour] = id.split('-');
  await sleep(1);
  if (behaviour === 'bad') throw new RangeError(`Nothing takes ${id}.`);
  if (behaviour === 'stuck') await new Promise(() => {});
  if (behaviour === 'late') {
    await sleep(900); // the signal is ignored
    throw new Error('Too late.');
  }
}

const QUICK = { logger: false, reserveMs: 300 } as const;

export const router = streamRouter<Item>(QUICK).onInsert(({ newImage }) => handleItem(newImage));

export const throwing = streamRouter<Item>({ ...QUICK, partialResponses: false }).onInsert(({ newImage }) =>
  handleItem(newImage),
);

/** With the console of the runtime client. */
export const withConsole = streamRouter<Item>().onInsert(({ newImage }) => handleItem(newImage));

export const batch = (event: DynamoDBStreamEvent, context: Context): Promise<DynamoDBBatchResponse> =>
  processBatch<Item>(
    event,
    context,
    async (record) => {
      if (record.eventName === 'INSERT') await handleItem(record.newImage);
    },
    QUICK,
  );

const logger = new Logger({ serviceName: 'invoices' });

export const withLogger = streamRouter<Item>({ ...QUICK, logger }).onInsert(({ newImage }) =>
  handleItem(newImage),
);

export const withMiddy = middy(withLogger).use(injectLambdaContext(logger));

export const loop = middy<DynamoDBStreamEvent, DynamoDBBatchResponse>()
  .use(streamRecords<Item>())
  .handler(async (event) => {
    for (const record of event.records) {
      try {
        if (record.eventName === 'INSERT') await handleItem(record.newImage);
      } catch {
        return { batchItemFailures: [{ itemIdentifier: record.sequenceNumber }] };
      }
    }
    return { batchItemFailures: [] };
  });

const processor = new OrderedStreamProcessor(QUICK);

export const withPowertoolsBatch = (
  event: DynamoDBStreamEvent,
  context: Context,
): Promise<DynamoDBBatchResponse> =>
  processPartialResponse(
    event,
    (record: DynamoDBRecord) =>
      handleItem({ id: `${record.dynamodb?.Keys?.id?.S}`, text: `${record.dynamodb?.NewImage?.text?.S}` }),
    processor,
    { context },
  );

/** Its state is as long as the last text. */
export const windowed = streamWindow<Item, { text: string; count: number }>({
  ...QUICK,
  initial: { text: '', count: 0 },
  reduce(state, record) {
    state.count++;
    if (record.eventName === 'INSERT') state.text = 'é'.repeat(Number(record.newImage.text));
  },
  async close() {},
});

/** Counts in its own process. */
let invocations = 0;
export const counting = async (): Promise<{ invocations: number }> => ({ invocations: ++invocations });

/** Returns the context that a record handler gets. */
export const seen = async (event: DynamoDBStreamEvent, context: Context): Promise<object> => {
  let inHandler: RecordContext | undefined;
  const watching = streamRouter<Item>(QUICK).onInsert((_record, recordContext) => {
    inHandler = recordContext;
  });
  await watching(event, context);
  if (inHandler === undefined) throw new Error('No handler ran.');
  const { lambdaContext } = inHandler;
  return {
    isTheContext: lambdaContext === context,
    ...lambdaContext,
    remainingMs: inHandler.getRemainingTimeInMillis(),
    names: Object.keys(context),
  };
};

export const answering = async ({ text, times }: { text: string; times: number }): Promise<string> =>
  text.repeat(times);

/** Leaves a timer, a server and a connection open. */
export const leavingOpen = streamRouter<Item>(QUICK).onInsert(async () => {
  setInterval(() => {}, 50);
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  await once(connect(port, '127.0.0.1'), 'connect');
});

/** Leaves a promise behind that rejects when nothing waits for it. */
export const leavingRejection = streamRouter<Item>(QUICK).onInsert(async () => {
  await sleep(150);
  void sleep(100).then(() => {
    throw new Error('No code waits for this.');
  });
});

/** Works without waiting, past the timeout. */
export const blocking = streamRouter<Item>(QUICK).onInsert(() => {
  for (const startedAt = Date.now(); Date.now() - startedAt < 1500; );
});

/** Never settles, with nothing that keeps the process alive. */
export const silent = (): Promise<never> => new Promise(() => {});

/** Never settles, with a timer. */
export const waiting = (): Promise<never> => {
  setInterval(() => {}, 1000);
  return silent();
};

export const undefinedAnswer = async (): Promise<void> => {};

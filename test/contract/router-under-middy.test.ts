import { Logger } from '@aws-lambda-powertools/logger';
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import middy from '@middy/core';
import type { DynamoDBStreamHandler } from 'aws-lambda';
import { expect, test, vi } from 'vitest';
import { streamRouter } from '../../src/index.ts';
import { contextOf, eventOf, memoryLogger, sequenceNumberAt } from '../fixtures/events.ts';

interface Invoice {
  id: string;
}

test('a router in Middy answers with its checkpoint', async () => {
  const router = streamRouter<Invoice>({ logger: memoryLogger() }).onInsert(async ({ newImage }) => {
    if (newImage.id === 'b') throw new Error('no');
  });

  const handler: DynamoDBStreamHandler = middy(router);

  expect(await handler(eventOf({ id: 'a' }, { id: 'b' }, { id: 'c' }), contextOf(), () => {})).toEqual({
    batchItemFailures: [{ itemIdentifier: sequenceNumberAt(1) }],
  });
});

test("middy(router).use(injectLambdaContext(logger)) gives handlers' logs the request id", async () => {
  vi.stubEnv('POWERTOOLS_DEV', 'true');
  const written = vi.spyOn(console, 'info').mockImplementation(() => {});
  const logger = new Logger({ serviceName: 'invoices' });
  const router = streamRouter<Invoice>({ logger }).onInsert((_record, context) => {
    context.logger.info('Invoice created', {});
  });
  const handler = middy(router).use(injectLambdaContext(logger));

  expect(await handler(eventOf({ id: 'a' }), contextOf())).toEqual({ batchItemFailures: [] });

  expect(JSON.parse(written.mock.lastCall?.[0])).toMatchObject({
    message: 'Invoice created',
    function_request_id: 'request-1',
  });
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

test('an event that a router refuses reaches the onError of Middy', async () => {
  const refused: unknown[] = [];
  const handler = middy(streamRouter<Invoice>()).onError(({ error }) => void refused.push(error));

  await expect(handler({ Records: [{}] }, contextOf())).rejects.toMatchObject({ name: 'InvalidEventError' });
  expect(refused).toHaveLength(1);
});

import type { Context, DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda';
import { startEventSourceMapping } from '../../dist/local/index.js';
import { silentLogger } from '../silent-logger.ts';

export type LambdaHandler = (event: DynamoDBStreamEvent, context: Context) => Promise<DynamoDBBatchResponse>;

/**
 * Reads a stream from its start with the local event source mapping, until that many records are processed.
 *
 * @returns milliseconds from the start of the mapping to its last checkpoint
 * @throws when a record was discarded
 */
export async function drain(streamArn: string, records: number, handler: LambdaHandler): Promise<number> {
  const startedAt = performance.now();
  const mapping = await startEventSourceMapping({
    streamArn,
    startingPosition: 'TRIM_HORIZON',
    batchSize: 1_000,
    functionResponseTypes: ['ReportBatchItemFailures'],
    maximumRetryAttempts: 0,
    timeoutSeconds: 60,
    pollIntervalMs: 10,
    logger: silentLogger,
    handler,
  });
  try {
    return await new Promise<number>((resolve, reject) => {
      let done = 0;
      mapping.on('checkpoint', ({ records: acknowledged }) => {
        done += acknowledged.length;
        if (done >= records) resolve(performance.now() - startedAt);
      });
      mapping.on('discard', () => reject(new Error('The mapping gave records up')));
      mapping.ended.then(() => reject(new Error(`The mapping ended after ${done} of ${records} records`)));
    });
  } finally {
    await mapping.stop();
  }
}

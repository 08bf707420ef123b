import type { LambdaClient } from '@aws-sdk/client-lambda';
import type { LocalMappingOptions } from '../../src/local/local-options.ts';
import { startEventSourceMapping } from '../../src/local/start-event-source-mapping.ts';
import { FAKE_STREAM, FakeStreams, type WireRecord } from '../fixtures/fake-streams.ts';

/** The handler: a path, or the name of a function that a client invokes. */
export interface HandlerOptions extends Partial<LocalMappingOptions> {
  readonly handler: string;
  readonly lambdaClient?: LambdaClient;
}

/** Runs a mapping until it has processed these records. @returns all that it did, as text */
export async function processStream(
  records: readonly WireRecord[],
  options: HandlerOptions,
): Promise<readonly string[]> {
  const steps: string[] = [];
  const streams = await FakeStreams.start();
  streams.addShard('shard-1');
  streams.writeRaw('shard-1', ...records);
  const client = streams.client();
  const mapping = await startEventSourceMapping({
    client,
    streamArn: FAKE_STREAM,
    startingPosition: 'TRIM_HORIZON',
    functionResponseTypes: ['ReportBatchItemFailures'],
    retryDelayMs: () => 10,
    pollIntervalMs: 10,
    logger: false,
    ...options,
  });
  await new Promise<void>((resolve) => {
    mapping.on('invocation', ({ records: batch, attempt, outcome, response }) => {
      const numbers = batch.map(({ dynamodb }) => dynamodb?.SequenceNumber?.slice(-2)).join(' ');
      steps.push(`${numbers}, attempt ${attempt}: ${outcome} ${JSON.stringify(response)}`);
    });
    mapping.on('checkpoint', ({ sequenceNumber, outcome }) => {
      steps.push(`${sequenceNumber} ${outcome}`);
      if (sequenceNumber === records.at(-1)?.dynamodb.SequenceNumber) resolve();
    });
  });
  await mapping.stop();
  client.destroy();
  await streams.stop();
  return steps;
}

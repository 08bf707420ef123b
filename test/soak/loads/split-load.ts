import { setTimeout as sleep } from 'node:timers/promises';
import type { DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda';
import { type LocalEventSourceMapping, startEventSourceMapping } from 'streamlane/local';
import { FAKE_STREAM } from '../../fixtures/fake-streams.ts';
import type { Servers } from '../servers.ts';
import type { Load } from './load.ts';

const RECORDS = 400;
/** A record stays until all of its attempts are used up: more of them than failures in a row. */
const ATTEMPTS = 50;

/**
 * One mapping for the whole time, on a stream whose shards end and split, and whose server fails in every way. Every
 * fifth run pauses it.
 */
export async function splitLoad(servers: Servers): Promise<Load> {
  /** Records of the run, by shard and sequence number. A pause may repeat some. */
  const processed = new Set<string>();
  let runs = 0;
  const mapping = await startMapping(servers);
  mapping.on('checkpoint', ({ records, shardId, position, outcome }) => {
    if (outcome === 'succeeded') {
      for (const { dynamodb } of records) processed.add(`${shardId} ${dynamodb?.SequenceNumber}`);
    }
    if (position !== undefined) servers.trim(shardId, position);
  });
  mapping.on('shardFinished', ({ shardId }) => servers.removeShard(shardId));
  return {
    async run() {
      processed.clear();
      await servers.write(RECORDS);
      if (++runs % 5 === 0) {
        await mapping.pause();
        await mapping.resume();
      }
      await mapping.caughtUp();
      if (processed.size !== RECORDS) {
        throw new Error(`Of ${RECORDS} records in the stream, ${processed.size} were processed.`);
      }
      return RECORDS;
    },
    listeners: () => 0,
    close: () => mapping.stop(),
  };
}

function startMapping({ streamsEndpoint }: Servers): Promise<LocalEventSourceMapping> {
  return startEventSourceMapping({
    endpoint: streamsEndpoint,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    streamArn: FAKE_STREAM,
    startingPosition: 'TRIM_HORIZON',
    functionResponseTypes: ['ReportBatchItemFailures'],
    bisectBatchOnFunctionError: true,
    maximumRetryAttempts: ATTEMPTS,
    parallelizationFactor: 2,
    pollIntervalMs: 20,
    discoveryIntervalMs: 200,
    retryDelayMs: () => 1,
    timeoutSeconds: 60,
    logger: false,
    handler: faultyHandler,
  });
}

async function faultyHandler({ Records }: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> {
  await sleep(Math.random() * 3);
  const dice = Math.random();
  if (dice < 0.05) throw new Error('The whole batch fails.');
  const failed = dice < 0.2 ? Records[Math.floor(Math.random() * Records.length)] : undefined;
  const itemIdentifier = failed?.dynamodb?.SequenceNumber;
  return { batchItemFailures: itemIdentifier === undefined ? [] : [{ itemIdentifier }] };
}

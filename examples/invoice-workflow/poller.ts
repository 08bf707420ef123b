import { setTimeout as sleep } from 'node:timers/promises';
import {
  DescribeStreamCommand,
  type DynamoDBStreamsClient,
  GetRecordsCommand,
  GetShardIteratorCommand,
} from '@aws-sdk/client-dynamodb-streams';
import { type DeliveryOptions, deliverBatch } from './deliver-batch.ts';
import { lambdaRecords } from './lambda-record.ts';

export interface PollerOptions extends DeliveryOptions {
  readonly streams: DynamoDBStreamsClient;
  readonly streamArn: string;
  readonly batchSize: number;
  /** Between two polls of a shard that had nothing new. */
  readonly intervalMs: number;
  /** Ends the polling, after the batch in hand. */
  readonly signal: AbortSignal;
}

/** Reads the one shard of a small stream from its start, and delivers it batch by batch, in order. */
export async function pollStream(options: PollerOptions): Promise<void> {
  const { streams, streamArn, batchSize, intervalMs, signal } = options;
  let iterator = await firstIterator(streams, streamArn);
  while (iterator !== undefined && !signal.aborted) {
    const page = await streams.send(new GetRecordsCommand({ ShardIterator: iterator, Limit: batchSize }));
    const records = page.Records ?? [];
    await deliverBatch(lambdaRecords(records, streamArn), options);
    iterator = page.NextShardIterator;
    if (records.length === 0) await sleep(intervalMs, undefined, { signal }).catch(() => {});
  }
}

async function firstIterator(streams: DynamoDBStreamsClient, StreamArn: string): Promise<string | undefined> {
  const { StreamDescription } = await streams.send(new DescribeStreamCommand({ StreamArn }));
  const [shard, ...others] = StreamDescription?.Shards ?? [];
  if (shard === undefined || others.length > 0) {
    throw new Error(`This poller reads one shard; ${StreamArn} has ${shard ? others.length + 1 : 'none'}.`);
  }
  const { ShardIterator } = await streams.send(
    new GetShardIteratorCommand({ StreamArn, ShardId: shard.ShardId, ShardIteratorType: 'TRIM_HORIZON' }),
  );
  return ShardIterator;
}

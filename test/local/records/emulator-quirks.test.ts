import { CreateTableCommand, DeleteTableCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import {
  DescribeStreamCommand,
  DynamoDBStreamsClient,
  GetRecordsCommand,
  GetShardIteratorCommand,
  type _Record as SdkRecord,
} from '@aws-sdk/client-dynamodb-streams';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Emulators } from '../../../src/local/emulators/start-emulators.ts';
import { adapterFor } from '../../../src/local/records/emulator-quirks.ts';
import { lambdaRecord } from '../../../src/local/records/lambda-record.ts';
import { type EmulatedTable, emulatedServers, emulatedTable } from '../../fixtures/emulated.ts';

let emulators: Emulators;
let client: DynamoDBStreamsClient;
let table: EmulatedTable;
let records: SdkRecord[];

const adapt = (streamArn = table.streamArn, createdAt?: Date) =>
  adapterFor({ streamArn, region: 'eu-central-1', createdAt });

async function read(streamArn: string) {
  const { StreamDescription } = await client.send(new DescribeStreamCommand({ StreamArn: streamArn }));
  const [shard] = StreamDescription?.Shards ?? [];
  const { ShardIterator } = await client.send(
    new GetShardIteratorCommand({
      StreamArn: streamArn,
      ShardId: shard?.ShardId,
      ShardIteratorType: 'TRIM_HORIZON',
    }),
  );
  const { Records = [], NextShardIterator } = await client.send(new GetRecordsCommand({ ShardIterator }));
  return {
    shard,
    records: Records,
    NextShardIterator,
    createdAt: StreamDescription?.CreationRequestDateTime,
  };
}

beforeAll(async () => {
  emulators = await emulatedServers();
  client = new DynamoDBStreamsClient(emulators.streams);
  table = await emulatedTable(emulators);
  await table.fill(12);
  await table.fill(1); // the first one again, unchanged
  ({ records } = await read(table.streamArn));
});

afterAll(() => emulators.stop());

describe('Dynoxide', () => {
  test('sends a MODIFY for a write that changed nothing; it is left out', () => {
    expect(records.at(-1)?.eventName).toBe('MODIFY');
    expect(adapt().mend(records)).toHaveLength(12);
  });

  test('names itself as the region; it becomes that of the mapping', () => {
    expect(records[0]?.awsRegion).toBe('dynoxide');
    const { eventSourceArn } = adapt();
    expect(eventSourceArn).toBe(table.streamArn.replace(':dynoxide:', ':eu-central-1:'));
    expect(lambdaRecord(records[0] as SdkRecord, eventSourceArn).awsRegion).toBe('eu-central-1');
  });

  test('has the sequence number as eventID; it becomes 32 digits, the same ones each time', () => {
    expect(records[1]).toMatchObject({ eventID: '2', dynamodb: { SequenceNumber: '2' } });
    const ids = adapt()
      .mend(records)
      .map(({ eventID }) => eventID);
    expect(ids.every((id) => /^[0-9a-f]{32}$/.test(`${id}`))).toBe(true);
    expect(new Set(ids).size).toBe(12);
    expect(
      adapt()
        .mend(records)
        .map(({ eventID }) => eventID),
    ).toEqual(ids);
  });

  test('has short sequence numbers; they get 21 digits, and still are positions', async () => {
    const [, second] = adapt().mend(records);
    expect(second?.dynamodb?.SequenceNumber).toBe('000000000000000000002');
    const { shard } = await read(table.streamArn);
    const { ShardIterator } = await client.send(
      new GetShardIteratorCommand({
        StreamArn: table.streamArn,
        ShardId: shard?.ShardId,
        ShardIteratorType: 'AFTER_SEQUENCE_NUMBER',
        SequenceNumber: second?.dynamodb?.SequenceNumber,
      }),
    );
    const { Records } = await client.send(new GetRecordsCommand({ ShardIterator }));
    expect(Records?.[0]?.dynamodb?.SequenceNumber).toBe('3');
  });

  test('gives an open shard an EndingSequenceNumber, compared as text; nothing reads it', async () => {
    const { shard, NextShardIterator } = await read(table.streamArn);
    expect(shard?.SequenceNumberRange?.EndingSequenceNumber).toBe('9');
    expect(NextShardIterator).toBeDefined();
  });

  test('gives a table that is made again the records of its predecessor; they are left out', async () => {
    const first = await emulatedTable(emulators);
    await first.fill(2);
    await new Promise((resolve) => setTimeout(resolve, 1100));
    await first.client.send(new DeleteTableCommand({ TableName: first.name }));
    const { TableDescription } = await first.client.send(
      new CreateTableCommand({
        TableName: first.name,
        AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
        KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
        BillingMode: 'PAY_PER_REQUEST',
        StreamSpecification: { StreamEnabled: true, StreamViewType: 'KEYS_ONLY' },
      }),
    );
    await first.client.send(new PutItemCommand({ TableName: first.name, Item: { pk: { S: 'new' } } }));
    const streamArn = TableDescription?.LatestStreamArn ?? '';
    const leaked = await read(streamArn);
    expect(leaked.records.length).toBe(3);
    const mended = adapt(streamArn, leaked.createdAt).mend(leaked.records);
    expect(mended.map(({ dynamodb }) => dynamodb?.Keys?.pk?.S)).toEqual(['new']);
  });
});

test('what comes from AWS is left as it is', () => {
  const streamArn = 'arn:aws:dynamodb:us-west-2:123456789012:table/T/stream/x';
  const { eventSourceArn, mend } = adapt(streamArn, new Date('2100-01-01'));
  expect(eventSourceArn).toBe(streamArn);
  expect(mend(records)).toBe(records);
});

test("an emulator's own identifiers and region are kept where they are like those of AWS", () => {
  const streamArn = 'arn:aws:dynamodb:us-west-2:000000000000:table/T/stream/x';
  const record: SdkRecord = {
    eventID: 'e'.repeat(32),
    eventName: 'MODIFY',
    dynamodb: { SequenceNumber: '1'.repeat(25) },
  };
  const { eventSourceArn, mend } = adapt(streamArn);
  expect(eventSourceArn).toBe(streamArn);
  expect(mend([record, {}])).toEqual([record, {}]);
});

import { CreateTableCommand, DeleteTableCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import {
  DescribeStreamCommand,
  DynamoDBStreamsClient,
  GetRecordsCommand,
  GetShardIteratorCommand,
} from '@aws-sdk/client-dynamodb-streams';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Emulators } from '../../../src/emulators/start-emulators.ts';
import { adapterFor } from '../../../src/stream/records/emulator-quirks.ts';
import { lambdaRecord } from '../../../src/stream/records/lambda-record.ts';
import { asSent, type ServerRecord } from '../../../src/stream/records/server-record.ts';
import { type EmulatedTable, emulatedServers, emulatedTable } from '../../fixtures/emulated.ts';

let emulators: Emulators;
let client: DynamoDBStreamsClient;
let table: EmulatedTable;
let records: ServerRecord[];

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
    records: Records.map(asSent) as ServerRecord[],
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
    expect(adapt().normalize(records)).toHaveLength(12);
  });

  test('measures something else than DynamoDB; SizeBytes follows its rules', () => {
    const keyBytes = 2 + 1 + 2 + 4;
    expect(adapt().normalize(records)[1]?.dynamodb.SizeBytes).toBe(keyBytes * 2 + 1 + 2);
    expect(records[1]?.dynamodb.SizeBytes).not.toBe(keyBytes * 2 + 1 + 2);
  });

  test('names itself as the region; it becomes that of the mapping', () => {
    expect(table.streamArn).toContain(':dynoxide:');
    const { eventSourceArn } = adapt();
    expect(eventSourceArn).toMatch(/^arn:aws:dynamodb:eu-central-1:/);
    expect(lambdaRecord(records[0] as ServerRecord, eventSourceArn).awsRegion).toBe('eu-central-1');
  });

  test('has the sequence number as eventID; it becomes 32 digits, the same ones each time', () => {
    expect(records[1]).toMatchObject({ eventID: '2', dynamodb: { SequenceNumber: '2' } });
    const ids = adapt()
      .normalize(records)
      .map(({ eventID }) => eventID);
    expect(ids.every((id) => /^[0-9a-f]{32}$/.test(`${id}`))).toBe(true);
    expect(new Set(ids).size).toBe(12);
    expect(
      adapt()
        .normalize(records)
        .map(({ eventID }) => eventID),
    ).toEqual(ids);
  });

  test('has short sequence numbers; they get 21 digits, and still are positions', async () => {
    const [, second] = adapt().normalize(records);
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
    const normalized = adapt(streamArn, leaked.createdAt).normalize(leaked.records);
    expect(normalized.map(({ dynamodb }) => dynamodb?.Keys?.pk?.S)).toEqual(['new']);
  });
});

const AWS = 'arn:aws:dynamodb:us-west-2:123456789012:table/T/stream/2026-11-27T20:32:45.855';
const record: ServerRecord = {
  eventID: 'e'.repeat(32),
  eventName: 'INSERT',
  eventVersion: '1.1',
  dynamodb: {
    ApproximateCreationDateTime: 1_700_000_000,
    Keys: { Id: { N: '101' } },
    NewImage: { Message: { S: 'New item!' }, Id: { N: '101' } },
    SequenceNumber: '1'.repeat(25),
    SizeBytes: 999,
  },
};
const changed = (eventName: 'MODIFY' | 'INSERT', images: object): ServerRecord => ({
  ...record,
  eventName,
  dynamodb: { SequenceNumber: '1'.repeat(25), ...images },
});

test('a record in the form of AWS, of a stream in the form of AWS, is left unchanged', () => {
  const { eventSourceArn, normalize } = adapt(AWS, new Date('2100-01-01'));
  expect(eventSourceArn).toBe(AWS);
  expect(normalize([record])[0]).toBe(record);
});

describe('every server, whatever its account', () => {
  const normalize = (one: object) => adapt(AWS).normalize([one as ServerRecord]);

  test('a MODIFY that changed nothing is left out', () => {
    const image = JSON.parse('{"__proto__":{"S":"x"},"a":{"L":[null]}}');
    expect(normalize(changed('MODIFY', { OldImage: image, NewImage: structuredClone(image) }))).toEqual([]);
  });

  test.each<[string, ServerRecord]>([
    ['an INSERT', changed('INSERT', { OldImage: {}, NewImage: {} })],
    ['without an old image', changed('MODIFY', { NewImage: {} })],
    ['without a new image', changed('MODIFY', { OldImage: {} })],
    ['with another value', changed('MODIFY', { OldImage: { a: { S: '1' } }, NewImage: { a: { N: '1' } } })],
  ])('%s is kept', (_name, kept) => expect(normalize(kept)).toHaveLength(1));

  test('a MODIFY of images that nest too deep to be compared is kept', () => {
    const deep = () => JSON.parse(`{"a":${'{"M":{"a":'.repeat(20_000)}{"S":"x"}${'}}'.repeat(20_000)}}`);
    expect(normalize(changed('MODIFY', { OldImage: deep(), NewImage: deep() }))).toHaveLength(1);
  });

  test.each([
    ['missing', undefined],
    ['a short text, as LocalStack has', '1a2b3c4d'],
    ['a UUID', '5216e2f0-6d68-4c63-be6d-3e173b8318aa'],
  ])('an eventID that is %s becomes 32 hex digits', (_name, eventID) => {
    expect(normalize({ ...record, eventID })[0]?.eventID).toMatch(/^[0-9a-f]{32}$/);
  });

  test.each(['1.0', undefined])('eventVersion %s becomes 1.1, and the rest stays', (eventVersion) => {
    expect(normalize({ ...record, eventVersion })).toEqual([record]);
  });
});

test.each([
  [
    'moto',
    'arn:aws:dynamodb:us-east-1:123456789012:table/T/stream/2026-11-29T18:29:51.006048',
    ':us-east-1:',
  ],
  [
    'Dynoxide',
    'arn:aws:dynamodb:dynoxide:000000000000:table/T/stream/1795976991.006553859',
    ':eu-central-1:',
  ],
  [
    'a server that adds a Z',
    'arn:aws:dynamodb:us-east-1:1:table/T/stream/2026-11-29T18:29:51.006Z',
    ':us-east-1:',
  ],
])('the stream of %s gets a label and a region in the form of AWS', (_name, streamArn, region) => {
  const { eventSourceArn } = adapt(streamArn);
  expect(eventSourceArn).toContain(region);
  expect(eventSourceArn).toMatch(/:table\/T\/stream\/2026-11-29T18:29:51\.006$/);
});

test('a label that is not a time stays', () => {
  const streamArn = 'arn:aws:dynamodb:us-west-2:000000000000:table/T/stream/x';
  expect(adapt(streamArn).eventSourceArn).toBe(streamArn);
});

describe('SizeBytes of a server that is not AWS', () => {
  const moto = 'arn:aws:dynamodb:us-east-1:123456789012:table/T/stream/2026-11-29T18:29:51.006048';
  const sizeOf = (dynamodb: object) =>
    adapt(moto).normalize([{ ...record, dynamodb: { SequenceNumber: '1', ...dynamodb } } as ServerRecord])[0]
      ?.dynamodb.SizeBytes;
  const Keys = { Id: { N: '101' } };
  const [oldItem, newItem] = [
    { Message: { S: 'New item!' }, Id: { N: '101' } },
    { Message: { S: 'This item has changed' }, Id: { N: '101' } },
  ];

  // The sizes that AWS shows for these records: https://docs.aws.amazon.com/lambda/latest/dg/with-ddb-example.html
  test.each([
    [26, { Keys, NewImage: oldItem }],
    [59, { Keys, OldImage: oldItem, NewImage: newItem }],
    [38, { Keys, OldImage: newItem }],
  ])('is %i where AWS says so', (size, change) => expect(sizeOf({ ...change, SizeBytes: 7 })).toBe(size));

  test('stays where an image holds something other than values', () => {
    expect(sizeOf({ Keys, NewImage: { a: null }, SizeBytes: 7 })).toBe(7);
    expect(sizeOf({ Keys, NewImage: { a: null } })).toBeUndefined();
  });
});

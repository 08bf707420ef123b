// Runs on Dynoxide. To run it on another server: STREAMS_ENDPOINT=http://127.0.0.1:5000 npx vitest run test/contract/stream-servers.test.ts
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CreateTableCommand,
  DeleteItemCommand,
  DynamoDBClient,
  PutItemCommand,
  type AttributeValue as SdkValue,
  type StreamViewType,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { AttributeValue, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Emulators } from '../../src/emulators/start-emulators.ts';
import {
  type EmulatorConnection,
  type LocalMappingOptions,
  startEventSourceMapping,
} from '../../src/local/index.ts';
import { emulatedServers } from '../fixtures/emulated.ts';

const ENDPOINT = process.env.STREAMS_ENDPOINT;
const ITEMS = Number(process.env.STREAMS_ITEMS ?? 100);
// moto 5.2.1 gives two records the same sequence number if two requests write at the same time, and repeats one to a reader.
const WRITERS = ENDPOINT === undefined ? 10 : 1;

type Image = Record<string, AttributeValue>;

/** The record of a write in a stream of both images. */
interface Expected {
  readonly eventName: string;
  readonly keys: Image;
  readonly newImage: Image | undefined;
  readonly oldImage: Image | undefined;
}

let emulators: Emulators | undefined;
let connection: EmulatorConnection;
let client: DynamoDBClient;

beforeAll(async () => {
  if (ENDPOINT === undefined) emulators = await emulatedServers();
  connection = emulators?.dynamodb ?? {
    endpoint: `${ENDPOINT}`,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  };
  client = new DynamoDBClient(connection);
});

afterAll(async () => {
  client.destroy();
  await emulators?.stop();
});

test.each(['NEW_AND_OLD_IMAGES', 'NEW_IMAGE', 'OLD_IMAGE', 'KEYS_ONLY'] as const)(
  'with %s a handler gets every change as DynamoDB would have sent it',
  async (viewType) => {
    const tableName = `Servers-${viewType}-${process.pid}-${Date.now()}`;
    await createTable(tableName, viewType);
    const before = Math.floor(Date.now() / 1000);
    const live = await start({ tableName, startingPosition: 'LATEST' });
    const { expected, noOps } = await writeItems(tableName);
    await live.mapping.caughtUp();
    await live.mapping.stop();
    const whole = await start({ tableName, startingPosition: 'TRIM_HORIZON' });
    await whole.mapping.caughtUp();
    await whole.mapping.stop();
    const { records } = whole;
    // The same records, with the same ids, wherever reading begins, and with a restart in the midst.
    const ids = records.map(({ eventID }) => eventID);
    expect(live.records.map(({ eventID }) => eventID)).toEqual(ids);
    expect((await readInTwo(tableName, records.length / 2)).map(({ eventID }) => eventID)).toEqual(ids);

    const byItem = Map.groupBy(records, ({ dynamodb }) => nameOf(dynamodb?.Keys as Image));
    let ofNoOps = 0;
    for (const [name, changes] of expected) {
      const got = [...(byItem.get(name) ?? [])];
      // A write that changed nothing cannot be told from another one where an image is missing.
      const surplus = got.length - changes.length;
      if (viewType !== 'NEW_AND_OLD_IMAGES' && noOps.has(name) && surplus === 1) {
        expect(got.splice(2, 1)[0]?.eventName).toBe('MODIFY');
        ofNoOps++;
      }
      expect(
        got.map(({ eventName }) => eventName),
        name,
      ).toEqual(changes.map(({ eventName }) => eventName));
      for (const [index, record] of got.entries()) {
        expectRecord(record, changes[index] as Expected, { viewType, tableName, before });
      }
      const numbers = got.map(({ dynamodb }) => BigInt(`${dynamodb?.SequenceNumber}`));
      expect(numbers).toEqual(numbers.toSorted((a, b) => (a < b ? -1 : 1)));
    }
    expect(byItem.size).toBe(expected.size);
    expect(new Set(records.map(({ eventID }) => eventID)).size).toBe(records.length);
    console.log(
      JSON.stringify({
        server: ENDPOINT ?? 'Dynoxide',
        viewType,
        items: expected.size,
        written: [...expected.values()].flat().length,
        received: records.length,
        noOps: noOps.size,
        noOpsReceived: ofNoOps,
      }),
    );
  },
);

function expectRecord(
  record: DynamoDBRecord,
  { keys, newImage, oldImage }: Expected,
  {
    viewType,
    tableName,
    before,
  }: { readonly viewType: string; readonly tableName: string; readonly before: number },
): void {
  const hasNew = viewType === 'NEW_IMAGE' || viewType === 'NEW_AND_OLD_IMAGES';
  const hasOld = viewType === 'OLD_IMAGE' || viewType === 'NEW_AND_OLD_IMAGES';
  const images = {
    Keys: keys,
    ...(hasNew && newImage && { NewImage: newImage }),
    ...(hasOld && oldImage && { OldImage: oldImage }),
  };
  const { dynamodb = {}, ...rest } = record;
  const { SequenceNumber, ApproximateCreationDateTime, SizeBytes, StreamViewType, ...got } = dynamodb;
  expect(plain(got)).toEqual(plain(images));
  expect(SizeBytes).toBe(Object.values(images).reduce((sum, image) => sum + plainSize(image), 0));
  expect(StreamViewType).toBe(viewType);
  expect(SequenceNumber).toMatch(/^\d{21,40}$/);
  expect(Number.isInteger(ApproximateCreationDateTime)).toBe(true);
  expect(ApproximateCreationDateTime).toBeGreaterThanOrEqual(before);
  expect(rest).toEqual({
    eventID: expect.stringMatching(/^[0-9a-f]{32}$/),
    eventName: record.eventName,
    eventVersion: '1.1',
    eventSource: 'aws:dynamodb',
    awsRegion: 'us-east-1',
    eventSourceARN: expect.stringMatching(
      new RegExp(
        `^arn:aws:dynamodb:us-east-1:\\d{12}:table/${tableName}/stream/\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}$`,
      ),
    ),
  });
}

async function createTable(TableName: string, StreamViewType: StreamViewType): Promise<void> {
  await client.send(
    new CreateTableCommand({
      TableName,
      AttributeDefinitions: [
        { AttributeName: 'pk', AttributeType: 'S' },
        { AttributeName: 'sk', AttributeType: 'N' },
      ],
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
      BillingMode: 'PAY_PER_REQUEST',
      StreamSpecification: { StreamEnabled: true, StreamViewType },
    }),
  );
}

/** Puts, changes and removes items. Every third one is also written again unchanged, every second one removed in the end. */
async function writeItems(TableName: string) {
  const expected = new Map<string, Expected[]>();
  const noOps = new Set<string>();
  const put = (item: Image) => client.send(new PutItemCommand({ TableName, Item: sdkImage(item) }));
  const write = async (index: number): Promise<void> => {
    const keys: Image = { pk: { S: `ключ-${index % 20}` }, sk: { N: `${index}` } };
    const first = itemOf(keys, index);
    const second: Image = { ...first, status: { S: 'PAID' }, total: { N: `-${index}.25` } };
    const changes: Expected[] = [];
    expected.set(nameOf(keys), changes);
    // Deleting a missing item is not a change.
    await client.send(new DeleteItemCommand({ TableName, Key: sdkImage(keys) }));
    await put(first);
    changes.push({ eventName: 'INSERT', keys, newImage: first, oldImage: undefined });
    if (index % 2 === 0) await put(second);
    else {
      await client.send(
        new UpdateItemCommand({
          TableName,
          Key: sdkImage(keys),
          UpdateExpression: 'SET #status = :status, #total = :total',
          ExpressionAttributeNames: { '#status': 'status', '#total': 'total' },
          ExpressionAttributeValues: sdkImage({
            ':status': second.status as AttributeValue,
            ':total': second.total as AttributeValue,
          }),
        }),
      );
    }
    changes.push({ eventName: 'MODIFY', keys, newImage: second, oldImage: first });
    if (index % 3 === 0) {
      await put(second);
      noOps.add(nameOf(keys));
    }
    if (index % 2 === 0) {
      await client.send(new DeleteItemCommand({ TableName, Key: sdkImage(keys) }));
      changes.push({ eventName: 'REMOVE', keys, newImage: undefined, oldImage: second });
    }
  };
  let next = 0;
  const writer = async (): Promise<void> => {
    while (next < ITEMS) await write(next++);
  };
  await Promise.all(Array.from({ length: WRITERS }, writer));
  return { expected, noOps };
}

/** A mapping, and the records that it delivers. */
async function start(
  options: Pick<LocalMappingOptions, 'startingPosition' | 'tableName' | 'checkpointFile'>,
) {
  const records: DynamoDBRecord[] = [];
  const mapping = await startEventSourceMapping({
    ...connection,
    ...options,
    batchSize: 20,
    pollIntervalMs: 5,
    timeoutSeconds: 60,
    logger: false,
    handler: ({ Records }: DynamoDBStreamEvent) => void records.push(...Records),
  });
  return { mapping, records };
}

/** Reads a stream by two mappings: the second one goes on where the first one was. */
async function readInTwo(tableName: string, atLeast: number): Promise<readonly DynamoDBRecord[]> {
  const directory = mkdtempSync(join(tmpdir(), 'streamlane-servers-'));
  const options = {
    tableName,
    startingPosition: 'TRIM_HORIZON',
    checkpointFile: join(directory, 'positions.json'),
  } as const;
  const first = await start(options);
  first.mapping.on('checkpoint', () => {
    if (first.records.length > atLeast) void first.mapping.stop();
  });
  await first.mapping.ended;
  const second = await start(options);
  await second.mapping.caughtUp();
  await second.mapping.stop();
  rmSync(directory, { recursive: true, force: true });
  expect(second.records.length).toBeGreaterThan(0);
  return [...first.records, ...second.records];
}

/** An item with a value of every type. */
function itemOf(keys: Image, index: number): Image {
  return {
    ...keys,
    status: { S: 'OPEN' },
    text: { S: `Grüße 日本 ${index}` },
    empty: { S: '' },
    total: { N: `${index}.5` },
    bytes: { B: Buffer.from([0, 255, index % 256]).toString('base64') },
    yes: { BOOL: index % 2 === 0 },
    none: { NULL: true },
    tags: { SS: ['b', 'a', `${index}`] },
    numbers: { NS: ['1', '-2.5', '1000'] },
    blobs: { BS: [Buffer.from('x').toString('base64'), Buffer.from('yy').toString('base64')] },
    list: { L: [{ S: 'a' }, { N: '1' }, { L: [] }, { M: {} }] },
    map: { M: { deep: { M: { bytes: { B: Buffer.from('z').toString('base64') } } }, on: { BOOL: false } } },
  };
}

function nameOf({ pk, sk }: Image): string {
  return `${pk?.S}/${sk?.N}`;
}

function sdkImage(image: Image): Record<string, SdkValue> {
  return Object.fromEntries(Object.entries(image).map(([name, value]) => [name, sdkValue(value)]));
}

function sdkValue(value: AttributeValue): SdkValue {
  if (value.B !== undefined) return { B: Buffer.from(value.B, 'base64') };
  if (value.BS !== undefined) return { BS: value.BS.map((text) => Buffer.from(text, 'base64')) };
  if (value.L !== undefined) return { L: value.L.map(sdkValue) };
  if (value.M !== undefined) return { M: sdkImage(value.M) };
  return value as SdkValue;
}

/** Elements of sets come in any order, and a number in any form. */
function plain(value: unknown, name = ''): unknown {
  if (name === 'N') return Number(value);
  if (name === 'NS') return (value as string[]).map(Number).toSorted((a, b) => a - b);
  if (name === 'SS' || name === 'BS') return (value as string[]).toSorted();
  if (Array.isArray(value)) return value.map((element) => plain(element));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, plain(member, key)]));
}

/** The size of an image by the words of AWS's page on item sizes. */
function plainSize(image: Image): number {
  return Object.entries(image).reduce(
    (sum, [name, value]) => sum + Buffer.byteLength(name) + sizeOf(value),
    0,
  );
}

function sizeOf(value: AttributeValue): number {
  const [type, content] = Object.entries(value)[0] as [string, never];
  const bytes = (base64: string): number => Buffer.from(base64, 'base64').length;
  // One byte for two significant digits, one more, and one for a sign.
  const number = (text: string): number => {
    const digits = text.replace(/[-.]/g, '').replace(/^0+/, '').replace(/0+$/, '').length;
    return Math.ceil(digits / 2) + 1 + (text.startsWith('-') ? 1 : 0);
  };
  const sizes: Record<string, (content: never) => number> = {
    S: (text: string) => Buffer.byteLength(text),
    N: number,
    B: bytes,
    BOOL: () => 1,
    NULL: () => 1,
    SS: (texts: string[]) => texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0),
    NS: (texts: string[]) => texts.reduce((sum, text) => sum + number(text), 0),
    BS: (texts: string[]) => texts.reduce((sum, text) => sum + bytes(text), 0),
    L: (values: AttributeValue[]) => values.reduce((sum, element) => sum + 1 + sizeOf(element), 3),
    M: (map: Image) => 3 + Object.keys(map).length + plainSize(map),
  };
  return (sizes[type] as (content: never) => number)(content);
}

import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import type { DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createDeadLetter } from '../../../src/dead-letter/create-dead-letter.ts';
import type { Emulators } from '../../../src/emulators/start-emulators.ts';
import { startEventSourceMapping } from '../../../src/local/index.ts';
import { type ReplayOptions, replay } from '../../../src/replay/index.ts';
import { emulatedServers, emulatedTable } from '../../fixtures/emulated.ts';
import { recordOf } from '../../fixtures/events.ts';
import { quietLogger } from '../../fixtures/quiet-logger.ts';

let emulators: Emulators;
let s3: S3Client;
let bucket: string;
let buckets = 0;
let seen: string[];

beforeAll(async () => {
  emulators = await emulatedServers();
  s3 = new S3Client(emulators.s3);
});

afterAll(() => emulators.stop());

beforeEach(async () => {
  bucket = `failed-${++buckets}`;
  seen = [];
  await s3.send(new CreateBucketCommand({ Bucket: bucket }));
});

const put = (Key: string, Body: string) => s3.send(new PutObjectCommand({ Bucket: bucket, Key, Body }));

const letter = (id: string, index: number) =>
  JSON.stringify(createDeadLetter(recordOf({ id }, index), new Error('no'), undefined));
const idOf = ({ dynamodb }: DynamoDBRecord) => `${dynamodb?.Keys?.id?.S}`;

function run(options: Partial<ReplayOptions> = {}) {
  const { endpoint, credentials, region } = emulators.s3;
  return replay({
    s3Uri: `s3://${bucket}/letters/`,
    s3Endpoint: endpoint,
    region,
    ...(credentials && { credentials }),
    handler: ({ Records }: DynamoDBStreamEvent) => void seen.push(...Records.map(idOf)),
    ...options,
  } as ReplayOptions);
}

async function keys(): Promise<(string | undefined)[]> {
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: bucket }));
  return Contents.map(({ Key }) => Key);
}

test('what a mapping wrote to its bucket is handled after the fix, though the stream has lost it', async () => {
  const table = await emulatedTable(emulators);
  const mapping = await startEventSourceMapping({
    ...emulators.streams,
    tableName: table.name,
    startingPosition: 'TRIM_HORIZON',
    maximumRetryAttempts: 0,
    batchSize: 2,
    pollIntervalMs: 5,
    logger: quietLogger(),
    destinationConfig: { onFailure: { destination: `arn:aws:s3:::${bucket}` } },
    destinationEndpoint: emulators.s3.endpoint,
    handler: () => Promise.reject(new Error('a bug')),
  });
  await table.fill(5);
  await mapping.caughtUp();
  await mapping.stop();
  const written = await keys();
  expect(written.length).toBeGreaterThan(1);
  const numbers: string[] = [];
  const summary = await run({
    s3Uri: `s3://${bucket}/aws/lambda/`,
    handler: ({ Records }: DynamoDBStreamEvent) =>
      void numbers.push(...Records.map(({ dynamodb }) => `${dynamodb?.Keys?.sk?.S}`)),
  });
  expect(numbers).toEqual(['0000', '0001', '0002', '0003', '0004']);
  expect(summary.messages.map(({ kind }) => kind)).toEqual(written.map(() => 'payload'));
  expect(summary.messages[0]?.id).toBe(`s3://${bucket}/${written[0]}`);
  // No option says that they may be deleted.
  expect(await keys()).toEqual(written);
});

test('objects beneath the prefix are read, whatever way they hold documents', async () => {
  await put('letters/1', letter('a', 0));
  await put('letters/2.ndjson', `${letter('b', 1)}\n${letter('c', 2)}\n`);
  await put('letters/3', letter('d', 3) + letter('e', 4));
  await put('letters/folder/', '');
  await put('letters/none', '[]');
  await put('other', letter('f', 5));
  expect(await run()).toMatchObject({ remaining: 0, records: 5 });
  expect(seen).toEqual(['a', 'b', 'c', 'd', 'e']);
});

test('a whole bucket is one without a prefix; pages of its list are all read', async () => {
  for (let index = 0; index < 12; index++) await put(`${index}`, letter('a', index));
  const client = {
    send: (command: { readonly input: object }, options?: object) => {
      if (command instanceof ListObjectsV2Command) Object.assign(command.input, { MaxKeys: 5 });
      return s3.send(command as ListObjectsV2Command, options);
    },
  };
  const { messages } = await run({ s3Uri: `s3://${bucket}`, s3Client: client as never });
  expect(messages).toHaveLength(12);
});

test('an object that is not JSON is not understood, and one that cannot be read is said to be', async () => {
  await put('letters/1', 'hello');
  await put('letters/2', letter('a', 0));
  await put('letters/3', letter('b', 1));
  const client = {
    send: async (command: { readonly input: { readonly Key?: string } }, options?: object) => {
      if (command instanceof GetObjectCommand && command.input.Key === 'letters/3')
        throw new Error('not yours');
      return s3.send(command as never, options);
    },
  };
  const { messages } = await run({ s3Client: client as never });
  expect(messages).toMatchObject([
    { id: `s3://${bucket}/letters/1`, reason: 'unrecognized' },
    { status: 'replayed' },
    { reason: 'unreadable', detail: 'the object cannot be read: Error: not yours' },
  ]);
  expect(seen).toEqual(['a']);
});

test('with deleteObjects, an object is deleted once all of its documents are done', async () => {
  await put('letters/both', `${letter('a', 0)}\n${letter('bad', 1)}\n`);
  await put('letters/good', `${letter('c', 2)}\n${letter('d', 3)}\n`);
  const atCall: unknown[] = [];
  const summary = await run({
    deleteObjects: true,
    batchSize: 1,
    handler: async ({ Records: [record] }: DynamoDBStreamEvent) => {
      atCall.push((await keys()).length);
      if (idOf(record as DynamoDBRecord) === 'bad') throw new Error('no');
    },
  });
  expect(atCall).toEqual([2, 2, 2, 2]);
  expect(summary.messages.map(({ id, status }) => [id.slice(-10), status])).toEqual([
    ['document 1', 'replayed'],
    ['document 2', 'remaining'],
    ['document 1', 'replayed'],
    ['document 2', 'replayed'],
  ]);
  expect(await keys()).toEqual(['letters/both']);
});

test('an object that cannot be deleted is reported', async () => {
  await put('letters/1', letter('a', 0));
  const client = {
    send: async (command: object, options?: object) => {
      if (command instanceof DeleteObjectCommand) throw new Error('not yours');
      return s3.send(command as never, options);
    },
  };
  const { messages } = await run({ deleteObjects: true, s3Client: client as never });
  expect(messages).toMatchObject([
    { status: 'remaining', reason: 'notDeleted', detail: 'all succeeded, but: Error: not yours' },
  ]);
});

test('a bucket that does not exist is an error', async () => {
  await expect(run({ s3Uri: 's3://not-there/' })).rejects.toThrow(/bucket/i);
});

test.each(['list', 'get'])('a signal ends the reading at a %s, and nothing is handled', async (at) => {
  await put('letters/1', letter('a', 0));
  const stopping = new AbortController();
  const client = {
    send: async (command: object, options?: object) => {
      if (command instanceof GetObjectCommand === (at === 'get')) stopping.abort();
      return s3.send(command as never, options);
    },
  };
  const { messages } = await run({ s3Client: client as never, signal: stopping.signal });
  expect(messages).toEqual([]);
  expect(seen).toEqual([]);
});

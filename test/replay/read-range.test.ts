import { ListStreamsCommand } from '@aws-sdk/client-dynamodb-streams';
import type { DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createDeadLetter } from '../../src/dead-letter/create-dead-letter.ts';
import { streamRouter } from '../../src/index.ts';
import { parseDocuments, type ReplayOptions, replay } from '../../src/replay/index.ts';
import { recordOf } from '../fixtures/events.ts';
import { eventually } from '../fixtures/eventually.ts';
import { FAKE_STREAM, FakeStreams } from '../fixtures/fake-streams.ts';

const SHARD = 'shardId-1';

let streams: FakeStreams;
let handled: string[];

beforeEach(async () => {
  streams = await FakeStreams.start();
  streams.addShard(SHARD);
  handled = [];
});

afterEach(() => streams.stop());

const keyOf = ({ dynamodb }: DynamoDBRecord): string => `${dynamodb?.Keys?.pk?.S}`;

function document(start = '', end = start, batchSize = 1, shardId = SHARD) {
  const range = { streamArn: FAKE_STREAM, startSequenceNumber: start, endSequenceNumber: end };
  return { DDBStreamBatchInfo: { ...range, shardId, batchSize } };
}

function run(documents: readonly unknown[], options: Partial<ReplayOptions> = {}) {
  return replay({
    documents,
    client: streams.client(),
    handler: ({ Records }: DynamoDBStreamEvent) => {
      handled.push(Records.map(keyOf).join());
    },
    ...options,
  });
}

test('exactly the range is read, page by page, with the records as Lambda sends them', async () => {
  const keys = Array.from({ length: 2500 }, (_, index) => `k${index}`);
  const numbers = streams.write(SHARD, ...keys);
  const records: DynamoDBRecord[] = [];
  const { messages, ...summary } = await run([document(numbers[1], numbers[2400], 2400)], {
    batchSize: 1000,
    handler: ({ Records }: DynamoDBStreamEvent) => void records.push(...Records),
  });
  expect(records.map(keyOf)).toEqual(keys.slice(1, 2401));
  expect(records[0]).toMatchObject({
    awsRegion: 'eu-central-1',
    eventSource: 'aws:dynamodb',
    eventSourceARN: FAKE_STREAM,
    dynamodb: { SequenceNumber: numbers[1], NewImage: { pk: { S: 'k1' } } },
  });
  expect(summary).toMatchObject({ records: 2400, succeeded: 2400, failed: 0, invocations: 3, remaining: 0 });
  expect(messages).toEqual([
    {
      id: 'document 1',
      kind: 'range',
      streamArn: FAKE_STREAM,
      tableName: 'Invoices',
      shardId: SHARD,
      startSequenceNumber: numbers[1],
      endSequenceNumber: numbers[2400],
      records: 2400,
      skipped: 0,
      status: 'replayed',
      reason: undefined,
      detail: '',
    },
  ]);
});

describe('records that are not as they should be', () => {
  const IMAGES = [
    ['an attribute named __proto__', '{"__proto__":{"S":"x"},"m":{"M":{"__proto__":{"N":"1"}}}}'],
    ['a null member', '{"a":null}'],
    ['a null in a list', '{"l":{"L":[null,{"S":"k"}]}}'],
    ['text in place of a value', '{"a":"x"}'],
  ];
  const recordWith = (image: string, SequenceNumber: string) => ({
    eventID: 'b'.repeat(32),
    eventName: 'INSERT',
    dynamodb: { SequenceNumber, Keys: { pk: { S: 'bad' } }, NewImage: JSON.parse(image) },
  });

  test.each(IMAGES)('%s of a range reaches the handler as it was sent', async (_name, image) => {
    streams.writeRaw(SHARD, recordWith(image, '1'.repeat(21)));
    const images: string[] = [];
    const summary = await run([document('1'.repeat(21))], {
      handler: ({ Records }: DynamoDBStreamEvent) => {
        for (const { dynamodb } of Records) images.push(JSON.stringify(dynamodb?.NewImage));
      },
    });
    expect(images).toEqual([image]);
    expect(summary).toMatchObject({ succeeded: 1, remaining: 0 });
  });

  test.each(IMAGES)('%s of a dead letter reaches the handler as it was sent', async (_name, image) => {
    const letter = createDeadLetter(recordOf({ id: 'a' }, 1), new Error('no'), undefined);
    const text = JSON.stringify(letter).replace(
      /"NewImage":\{"id":\{"S":"a"\}\}/,
      () => `"NewImage":${image}`,
    );
    expect(text).toContain(image);
    const images: string[] = [];
    const summary = await run(parseDocuments(text), {
      handler: ({ Records }: DynamoDBStreamEvent) => {
        for (const { dynamodb } of Records) images.push(JSON.stringify(dynamodb?.NewImage));
      },
    });
    expect(images).toEqual([image]);
    expect(summary).toMatchObject({ succeeded: 1, remaining: 0 });
  });

  test('a router fails such a record alone', async () => {
    streams.writeRaw(SHARD, recordWith('{"pk":null}', '1'.repeat(21)));
    const [after] = streams.write(SHARD, 'after');
    const seen: unknown[] = [];
    const router = streamRouter({ viewType: 'NEW_IMAGE', logger: false }).onInsert(
      ({ newImage }) => void seen.push(newImage.pk),
    );
    const { messages } = await run([document('1'.repeat(21)), document(after)], { handler: router });
    expect(seen).toEqual(['after']);
    expect(messages.map(({ status, reason }) => [status, reason])).toEqual([
      ['remaining', 'failed'],
      ['replayed', undefined],
    ]);
  });
});

test('clients that a replay made leave no socket open', async () => {
  const [a] = streams.write(SHARD, 'a');
  const summary = await replay({
    documents: [document(a)],
    endpoint: streams.endpoint,
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    handler: () => {},
  });
  expect(summary).toMatchObject({ succeeded: 1 });
  await eventually(async () => expect(await streams.connections()).toBe(0));
});

test('dead letters need nothing of the stream', async () => {
  await run([createDeadLetter(recordOf({ id: 'a' }, 1), new Error('no'), undefined)]);
  expect(streams.calls).toEqual([]);
});

test('what a range is read with is what its permissions name', async () => {
  const [a] = streams.write(SHARD, 'a');
  await run([document(a)]);
  const operations = new Set(streams.calls.map((call) => call.split(' ')[0]));
  expect([...operations]).toEqual(['ListStreams', 'DescribeStream', 'GetShardIterator', 'GetRecords']);
});

test('ranges that come in any order, and overlap, are handled in order and once', async () => {
  const [a, b, c, d] = streams.write(SHARD, 'a', 'b', 'a', 'b');
  const summary = await run([document(c, d, 2), document(a), document(a, c, 3), document(b, c, 2)]);
  expect(handled).toEqual(['a,b,a,b']);
  expect(summary).toMatchObject({ records: 4, succeeded: 4, remaining: 0 });
});

test('a child shard comes after its parent', async () => {
  const [a] = streams.write(SHARD, 'a');
  streams.addShard('shardId-2', SHARD);
  const [b] = streams.write('shardId-2', 'b');
  await run([document(b, b, 1, 'shardId-2'), document(a)]);
  expect(handled).toEqual(['a,b']);
});

test('a closed shard ends where it ends', async () => {
  const [a] = streams.write(SHARD, 'a');
  streams.closeShard(SHARD);
  const { messages } = await run([document(a, '999999999999999999999', 2)]);
  expect(messages).toMatchObject([{ reason: 'trimmed', detail: expect.stringContaining('1 of its 2') }]);
});

test('a range may end at a number that no record has', async () => {
  const [a] = streams.write(SHARD, 'a');
  streams.expireIterators(); // takes a number
  streams.write(SHARD, 'b');
  expect(await run([document(a, `${BigInt(`${a}`) + 1n}`)])).toMatchObject({ remaining: 0 });
  expect(handled).toEqual(['a']);
});

test('an open shard is not waited on for records that never come', async () => {
  const [a] = streams.write(SHARD, 'a');
  const { messages } = await run([document(a, '999999999999999999999', 1)]);
  expect(messages).toMatchObject([{ status: 'replayed' }]);
});

test('a record is handled for the message that can have it, though another one remains', async () => {
  const [a, b, c] = streams.write(SHARD, 'a', 'a', 'a');
  const { messages } = await run([document(a), document(a, b, 1), document(b, b, 2), document(c)]);
  expect(messages.map(({ reason }) => reason)).toEqual([undefined, 'mismatch', 'trimmed', 'blocked']);
  expect(handled).toEqual(['a']);
});

describe('a range remains', () => {
  test('when its records have left the stream', async () => {
    const [a, b] = streams.write(SHARD, 'a', 'b', 'c');
    streams.trim(SHARD, 1);
    const { messages, remaining } = await run([document(a, b, 2)]);
    expect(messages).toMatchObject([
      { status: 'remaining', reason: 'trimmed', detail: expect.stringContaining('left the stream') },
    ]);
    expect(remaining).toBe(1);
    expect(handled).toEqual([]);
  });

  test('when its shard has left the stream', async () => {
    const { messages } = await run([document('1', '2', 2, 'shardId-0')]);
    expect(messages).toMatchObject([
      { reason: 'trimmed', detail: expect.stringContaining('no shard shardId-0') },
    ]);
  });

  test('when its stream is gone, for all of its ranges', async () => {
    streams.deleted = true;
    const { messages } = await run([document('1'), document('2')]);
    expect(messages).toMatchObject([{ reason: 'trimmed' }, { reason: 'trimmed' }]);
    expect(streams.calls).toEqual(['ListStreams']); // asked once, for both
  });

  test('when some of its records have left the stream, and later changes of their items with it', async () => {
    const [, b, c, d] = streams.write(SHARD, 'a', 'b', 'c', 'b');
    // AT_SEQUENCE_NUMBER of a record that is gone begins with the next one.
    const { messages } = await run([document('1', b, 3), document(c), document(d)]);
    expect(messages).toMatchObject([
      {
        reason: 'trimmed',
        detail: '2 of its 3 records are in the stream; to replay them, use allowCountMismatch',
      },
      { status: 'replayed' },
      { reason: 'blocked', detail: 'it comes after a record of the same item that remains' },
    ]);
    expect(handled).toEqual(['c']);
  });

  test('when its first records have left the stream, and those of other lanes make up for them', async () => {
    const [, b] = streams.write(SHARD, 'a', 'b');
    const { messages } = await run([document('1', b, 2)]);
    const detail =
      'its first record is not in the stream any more; allowCountMismatch takes the 2 records that are';
    expect(messages).toMatchObject([{ reason: 'trimmed', detail }]);
    expect(handled).toEqual([]);
  });

  test('if none of its records is in the stream', async () => {
    const { messages } = await run([document('1', '2', 2)], { allowCountMismatch: true });
    expect(messages).toMatchObject([
      { reason: 'trimmed', detail: 'none of its 2 records is in the stream any more' },
    ]);
  });

  test('when it holds more than was discarded', async () => {
    const [a, , c] = streams.write(SHARD, 'a', 'b', 'c');
    const { messages } = await run([document(a, c, 2)]);
    expect(messages).toMatchObject([
      { reason: 'mismatch', detail: expect.stringContaining('holds 3 records, and 2 were discarded') },
    ]);
    expect(handled).toEqual([]);
  });

  test('when the filters leave nothing of it', async () => {
    const [a] = streams.write(SHARD, 'a');
    const filterCriteria = { filters: [{ pattern: { eventName: ['REMOVE'] } }] };
    const { messages } = await run([document(a)], { filterCriteria });
    expect(messages).toMatchObject([
      { reason: 'mismatch', detail: 'filterCriteria exclude every record of the range' },
    ]);
  });

  test('when the stream answers with errors', async () => {
    const [a] = streams.write(SHARD, 'a');
    streams.fail('GetRecords', 'InternalServerError', 3);
    const { messages } = await run([document(a)]);
    expect(messages).toMatchObject([
      { reason: 'unreadable', detail: 'the stream cannot be read: InternalServerError: InternalServerError' },
    ]);
  });

  test('when the stream is not to be seen', async () => {
    streams.fail('DescribeStream', 'AccessDeniedException', 3);
    const { messages } = await run([document('1')]);
    expect(messages).toMatchObject([
      { reason: 'unreadable', detail: expect.stringContaining('AccessDenied') },
    ]);
  });
});

test('an error that passes does no harm', async () => {
  const [a] = streams.write(SHARD, 'a');
  streams.fail('GetRecords', 'InternalServerError', 2);
  expect(await run([document(a)])).toMatchObject({ remaining: 0 });
});

test('a stream can be read by those who may not list streams', async () => {
  const [a] = streams.write(SHARD, 'a');
  const client = streams.client();
  const send = client.send.bind(client);
  client.send = (async (command: object, ...rest: never[]) => {
    if (command instanceof ListStreamsCommand) {
      throw Object.assign(new Error('m'), { name: 'AccessDeniedException' });
    }
    return send(command as never, ...rest);
  }) as never;
  expect(await run([document(a)], { client })).toMatchObject({ remaining: 0, succeeded: 1 });
  expect(handled).toEqual(['a']);
});

test('a throttle is waited out longer than another error', async () => {
  const [a] = streams.write(SHARD, 'a');
  streams.fail('DescribeStream', 'ThrottlingException', 2);
  streams.fail('GetRecords', 'LimitExceededException', 4);
  expect(await run([document(a)])).toMatchObject({ remaining: 0 });
  expect(handled).toEqual(['a']);
});

describe('after a range that cannot be read now', () => {
  const letterOf = (key: string, sequenceNumber: string | undefined) =>
    createDeadLetter(
      {
        ...recordOf({ eventName: 'MODIFY', sequenceNumber: `${sequenceNumber}` }),
        dynamodb: { SequenceNumber: `${sequenceNumber}`, Keys: { pk: { S: key } } },
      },
      new Error('no'),
      undefined,
    );
  const reasonsOf = ({ messages }: Awaited<ReturnType<typeof replay>>) =>
    messages.map(({ reason }) => reason);

  test('no later record of its shard is handled before its records are', async () => {
    const [v1, other, v2] = streams.write(SHARD, 'a', 'b', 'a');
    streams.fail('GetRecords', 'InternalServerError', 3);
    const documents = [document(v1), document(v2), letterOf('b', other)];
    const first = await run(documents);
    expect(reasonsOf(first)).toEqual(['unreadable', 'blocked', 'blocked']);
    expect(first.messages[1]?.detail).toBe(
      'it may come after a record of document 1, which cannot be read now',
    );
    expect(handled).toEqual([]);
    expect(await run(documents)).toMatchObject({ remaining: 0 });
    expect(handled).toEqual(['a,b,a']);
  });

  test('records before it are handled, and records known not to follow it', async () => {
    const [before] = streams.write(SHARD, 'a');
    streams.addShard('shardId-2');
    streams.addShard('shardId-3', SHARD);
    const [start] = streams.write(SHARD, 'b');
    const [elsewhere] = streams.write('shardId-2', 'c');
    const [inChild] = streams.write('shardId-3', 'b');
    streams.fail('GetRecords', 'InternalServerError', 3);
    const summary = await run([
      document(start),
      document(before),
      document(elsewhere, elsewhere, 1, 'shardId-2'),
      document(inChild, inChild, 1, 'shardId-3'),
      letterOf('b', start),
    ]);
    expect(reasonsOf(summary)).toEqual(['unreadable', undefined, undefined, 'blocked', undefined]);
    expect(handled).toEqual(['a,b,c']);
  });

  test('of several ranges the lowest counts', async () => {
    const numbers = streams.write(SHARD, 'a', 'b', 'c', 'd');
    streams.fail('GetRecords', 'InternalServerError', 9);
    const documents = [2, 1, 3].map((index) => document(numbers[index]));
    const summary = await run([...documents, letterOf('c', numbers[2]), letterOf('a', numbers[0])]);
    expect(reasonsOf(summary)).toEqual(['unreadable', 'unreadable', 'unreadable', 'blocked', undefined]);
  });

  test('all later records wait while the shards are not known', async () => {
    const [a, b] = streams.write(SHARD, 'a', 'b');
    streams.fail('DescribeStream', 'InternalServerError', 3);
    const summary = await run([document(a), letterOf('b', b)]);
    expect(reasonsOf(summary)).toEqual(['unreadable', 'blocked']);
  });

  test('a dry run says so', async () => {
    const [a, b] = streams.write(SHARD, 'a', 'b');
    streams.fail('GetRecords', 'InternalServerError', 3);
    const summary = await run([document(a), letterOf('b', b)], { dryRun: true });
    expect(reasonsOf(summary)).toEqual(['unreadable', 'blocked']);
  });

  test('a range that the server never takes holds back nothing', async () => {
    const [a, b] = streams.write(SHARD, 'a', 'b');
    streams.fail('GetShardIterator', 'ValidationException');
    const summary = await run([document(a), document(b)]);
    expect(reasonsOf(summary)).toEqual(['unreadable', undefined]);
    expect(handled).toEqual(['b']);
  });
});

test('with the filters of the mapping, what they leave out is left out', async () => {
  const [a, , c] = streams.write(SHARD, 'a', 'b', 'c');
  const filterCriteria = { filters: [{ pattern: { dynamodb: { Keys: { pk: { S: ['a', 'c'] } } } } }] };
  expect(await run([document(a, c, 2)], { filterCriteria })).toMatchObject({ records: 2, remaining: 0 });
  expect(handled).toEqual(['a,c']);
});

test.each([2, 4])(
  'allowCountMismatch takes the records that are there, where %i were discarded',
  async (batchSize) => {
    const [a, , c] = streams.write(SHARD, 'a', 'b', 'c');
    expect(await run([document(a, c, batchSize)], { allowCountMismatch: true })).toMatchObject({
      remaining: 0,
    });
    expect(handled).toEqual(['a,b,c']);
  },
);

test('a dry run reads and invokes nothing', async () => {
  const [a, b] = streams.write(SHARD, 'a', 'b');
  const summary = await run([document(a, b, 2), document(a, b, 3), 'what'], { dryRun: true });
  expect(summary).toMatchObject({ records: 2, succeeded: 0, invocations: 0, remaining: 2 });
  expect(summary.messages).toMatchObject([
    { status: 'planned', detail: '' },
    { status: 'remaining', reason: 'trimmed' },
    { kind: 'unknown', status: 'remaining', reason: 'unrecognized', tableName: '' },
  ]);
  expect(handled).toEqual([]);
});

test('without a client, each region gets its own', async () => {
  const [a, b] = streams.write(SHARD, 'a', 'b');
  const { DDBStreamBatchInfo: elsewhere } = document(b);
  const streamArn = FAKE_STREAM.replace('eu-central-1', 'us-west-2');
  const summary = await run([document(a), { DDBStreamBatchInfo: { ...elsewhere, streamArn } }], {
    client: undefined,
    endpoint: streams.endpoint,
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
  } as object);
  expect(summary).toMatchObject({ remaining: 0, invocations: 2 });
  expect(handled).toEqual(['a', 'b']);
});

test('an endpoint that does not answer shows in the report', async () => {
  const { endpoint } = streams;
  await streams.stop();
  streams = await FakeStreams.start();
  const { messages } = await run([document('1')], {
    client: undefined,
    endpoint,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
  } as object);
  expect(messages).toMatchObject([
    { reason: 'unreadable', detail: expect.stringMatching(/cannot be read: .+/) },
  ]);
  streams = await FakeStreams.start();
});

test('a signal ends the reading too, and then all of it remains', async () => {
  const stopping = new AbortController();
  const [a] = streams.write(SHARD, 'a');
  streams.fail('GetRecords', 'InternalServerError', 2);
  const running = run([document(a), document(a)], { signal: stopping.signal });
  while (!streams.calls.includes('GetRecords')) await new Promise(setImmediate);
  stopping.abort();
  const { messages } = await running;
  expect(messages.map(({ reason }) => reason)).toEqual(['stopped', 'stopped']);
  expect(handled).toEqual([]);
});

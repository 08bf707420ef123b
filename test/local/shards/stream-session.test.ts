import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { GetRecordsCommand } from '@aws-sdk/client-dynamodb-streams';
import { LambdaClient } from '@aws-sdk/client-lambda';
import type { DynamoDBStreamEvent } from 'aws-lambda';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { streamRouter } from '../../../src/index.ts';
import {
  type LocalEventSourceMapping,
  type LocalMappingOptions,
  startEventSourceMapping,
} from '../../../src/local/index.ts';
import { StreamSource } from '../../../src/stream/stream-source.ts';
import { eventually } from '../../fixtures/eventually.ts';
import { FAKE_STREAM, FakeStreams } from '../../fixtures/fake-streams.ts';
import { quietLogger } from '../../fixtures/quiet-logger.ts';

let fake: FakeStreams;
let mapping: LocalEventSourceMapping | undefined;
let seen: string[];
let logger: ReturnType<typeof quietLogger>;

beforeEach(async () => {
  fake = await FakeStreams.start();
  seen = [];
  logger = quietLogger();
});

afterEach(async () => {
  await mapping?.stop();
  await fake.stop();
});

const keysOf = ({ Records }: DynamoDBStreamEvent) =>
  Records.map(({ dynamodb }) => `${dynamodb?.Keys?.pk?.S}`);

async function start(options: Partial<LocalMappingOptions> = {}): Promise<LocalEventSourceMapping> {
  mapping = await startEventSourceMapping({
    client: fake.client(),
    streamArn: FAKE_STREAM,
    startingPosition: 'TRIM_HORIZON',
    pollIntervalMs: 5,
    logger,
    handler: async (event: DynamoDBStreamEvent) => void seen.push(...keysOf(event)),
    ...options,
  });
  return mapping;
}

describe('lineage', () => {
  test('a child is read once its parent is finished, the others meanwhile', async () => {
    fake.addShard('parent');
    fake.addShard('child', 'parent');
    fake.addShard('other');
    fake.write('parent', 'p1');
    fake.write('child', 'c1');
    fake.write('other', 'o1');
    const { position } = await start();
    expect(position).toEqual({});
    await mapping?.caughtUp();
    expect(seen.toSorted()).toEqual(['o1', 'p1']);

    fake.write('parent', 'p2');
    fake.closeShard('parent');
    await eventually(() => expect(seen).toContain('c1'));
    expect(seen.indexOf('c1')).toBeGreaterThan(seen.indexOf('p2'));
    expect(mapping?.position.parent).toEqual({ finished: true });
  });

  test('a child waits for a failing parent, whose last batch is not processed', async () => {
    fake.addShard('parent');
    fake.addShard('child', 'parent');
    fake.write('parent', 'p1');
    fake.write('child', 'c1');
    fake.closeShard('parent');
    let fails = 3;
    await start({
      retryDelayMs: () => 5,
      handler: async (event: DynamoDBStreamEvent) => {
        seen.push(...keysOf(event));
        if (fails-- > 0) throw new Error('no');
      },
    });
    await mapping?.caughtUp();
    expect(seen).toEqual(['p1', 'p1', 'p1', 'p1', 'c1']);
  });

  test('a shard whose parent has left the stream is read, and finished shards are forgotten with them', async () => {
    fake.addShard('child', 'gone');
    fake.write('child', 'c1');
    fake.addShard('grandchild', 'child');
    fake.closeShard('child');
    await start({ discoveryIntervalMs: 10 });
    await mapping?.caughtUp();
    expect(seen).toEqual(['c1']);
    fake.removeShard('child');
    await eventually(() => expect(mapping?.position).toEqual({}));
  });

  test('all pages of DescribeStream are read', async () => {
    for (let index = 0; index < 250; index++) fake.addShard(`shard-${index}`);
    fake.write('shard-249', 'last');
    await start({ pollIntervalMs: 200 });
    await eventually(() => expect(seen).toEqual(['last']));
    expect(fake.calls.filter((call) => call === 'DescribeStream').length).toBeGreaterThanOrEqual(6);
  });

  test('shards that come later are found', async () => {
    await start({ discoveryIntervalMs: 10 });
    await mapping?.caughtUp();
    fake.addShard('new');
    fake.write('new', 'n1');
    await eventually(() => expect(seen).toEqual(['n1']));
  });
});

describe('the children of a finished shard', () => {
  const described = () => fake.calls.filter((call) => call.startsWith('DescribeStream'));

  /** Shards that follow each other, closed and with a record in each; the last one is open. */
  function chain(...ids: string[]): void {
    for (const [index, id] of ids.entries()) {
      fake.addShard(id, ids[index - 1]);
      fake.write(id, id);
      if (index < ids.length - 1) fake.closeShard(id);
    }
  }

  test('are asked for with a filter, where the server knows it', async () => {
    chain('a', 'b', 'c');
    await start();
    await eventually(() => expect(seen).toEqual(['a', 'b', 'c']));
    expect(described()).toEqual([
      'DescribeStream',
      'DescribeStream',
      'DescribeStream children of a',
      'DescribeStream children of b',
    ]);
  });

  test('are delivered when both are there, each once', async () => {
    chain('a', 'b');
    fake.addShard('c', 'a');
    fake.write('c', 'c');
    await start();
    await mapping?.caughtUp();
    expect(seen.toSorted()).toEqual(['a', 'b', 'c']);
    expect(described()).toContain('DescribeStream children of a');
  });

  test('that were made after the last look are found by the filter', async () => {
    fake.addShard('a');
    await start();
    fake.addShard('b', 'a');
    fake.write('b', 'b');
    fake.closeShard('a');
    await eventually(() => expect(seen).toEqual(['b']));
    expect(described().slice(2)).toEqual(['DescribeStream children of a']);
  });

  test.each(['ignored', 'ValidationException', 'SerializationException'] as const)(
    'are found by full descriptions where the filter is answered with: %s; it is sent once',
    async (shardFilter) => {
      fake.shardFilter = shardFilter;
      chain('a', 'b', 'c', 'd');
      await start();
      const problems: unknown[] = [];
      mapping?.on('problem', (problem) => problems.push(problem));
      await eventually(() => expect(seen).toEqual(['a', 'b', 'c', 'd']));
      expect(described().filter((call) => call.includes('children'))).toEqual([
        'DescribeStream children of a',
      ]);
      await mapping?.pause();
      fake.addShard('e', 'd');
      fake.write('e', 'e');
      fake.closeShard('d');
      await mapping?.resume();
      await eventually(() => expect(seen).toEqual(['a', 'b', 'c', 'd', 'e']));
      expect(described().filter((call) => call.includes('children'))).toHaveLength(1);
      expect(problems).toEqual([]);
    },
  );

  test('are found by the full description when the filter is throttled, and the next ones by the filter', async () => {
    fake.addShard('a');
    await start();
    const problems: unknown[] = [];
    mapping?.on('problem', ({ operation, error, delayMs }) =>
      problems.push([operation, (error as Error).name, delayMs]),
    );
    fake.addShard('b', 'a');
    fake.addShard('c', 'b');
    fake.write('c', 'c');
    fake.closeShard('b');
    fake.fail('DescribeStream', 'LimitExceededException');
    fake.closeShard('a');
    await eventually(() => expect(seen).toEqual(['c']));
    expect(problems).toEqual([['DescribeStream', 'LimitExceededException', 0]]);
    expect(described().slice(2)).toEqual([
      'DescribeStream children of a',
      'DescribeStream',
      'DescribeStream children of b',
    ]);
  });

  test('are found by the full description when the parent has left the stream', async () => {
    fake.addShard('a');
    await start();
    fake.addShard('b', 'a');
    fake.write('b', 'b');
    fake.fail('DescribeStream', 'ResourceNotFoundException');
    fake.closeShard('a');
    await eventually(() => expect(seen).toEqual(['b']));
    expect(logger.entries).toEqual([]);
  });

  test('take the full description when there are none yet: the stream may have been disabled', async () => {
    fake.addShard('a');
    await start();
    fake.status = 'DISABLED';
    fake.closeShard('a');
    expect(await mapping?.ended).toEqual({ reason: 'streamDisabled' });
    expect(described().slice(2)).toEqual(['DescribeStream children of a', 'DescribeStream']);
  });

  test('take the full description when none of them is left to be read', async () => {
    const checkpointFile = join(mkdtempSync(join(tmpdir(), 'streamlane-children-')), 'positions.json');
    chain('a', 'b', 'c');
    const content = { version: 1, streamArn: FAKE_STREAM, shards: { b: { finished: true } } };
    writeFileSync(checkpointFile, JSON.stringify(content));
    await start({ checkpointFile });
    await mapping?.caughtUp();
    expect(seen.toSorted()).toEqual(['a', 'c']);
    expect(described().slice(2, 4)).toEqual(['DescribeStream children of a', 'DescribeStream']);
  });

  test('take one full description where that is fewer requests: AWS allows ten a second', async () => {
    for (const id of ['a', 'b', 'c']) {
      fake.addShard(id);
      fake.addShard(`${id}2`, id);
      fake.write(`${id}2`, id);
    }
    await start();
    fake.slow('DescribeStream', 200);
    for (const id of ['a', 'b', 'c']) fake.closeShard(id);
    await eventually(() => expect(seen.toSorted()).toEqual(['a', 'b', 'c']));
    // Two of them end while the children of the first are asked for.
    expect(described().slice(2)).toEqual([expect.stringMatching(/children of/), 'DescribeStream']);
  });

  test('do not put off the full description, which forgets shards that have left the stream', async () => {
    fake.addShard('other');
    chain('a', 'b');
    await start({ discoveryIntervalMs: 10 });
    await mapping?.caughtUp();
    fake.removeShard('a');
    fake.addShard('c', 'b');
    fake.closeShard('b');
    await eventually(() => expect(mapping?.position.a).toBeUndefined());
  });

  test('stop() ends the search for them', async () => {
    fake.addShard('a');
    await start();
    fake.slow('DescribeStream', 60_000);
    fake.closeShard('a');
    await eventually(() => expect(described()).toHaveLength(3));
    await mapping?.stop();
    expect(mapping?.state).toBe('Stopped');
  });
});

describe('starting positions', () => {
  test('LATEST leaves out existing records, and delivers later ones, also of children made later', async () => {
    fake.addShard('old');
    fake.addShard('open', 'old');
    fake.write('old', 'x');
    fake.write('open', 'y');
    fake.closeShard('old');
    await start({ startingPosition: 'LATEST' });
    fake.write('open', 'a');
    fake.addShard('child', 'open');
    fake.write('child', 'b');
    fake.closeShard('open');
    await mapping?.caughtUp();
    expect(seen).toEqual(['a', 'b']);
    expect(fake.calls).toContain('GetShardIterator open LATEST');
    expect(fake.calls).toContain('GetShardIterator child TRIM_HORIZON');
  });

  test('LATEST survives a pause before the first record: records written meanwhile are delivered', async () => {
    fake.addShard('s');
    const long = 1_600_000_000;
    fake.writeRaw('s', {
      eventName: 'INSERT',
      dynamodb: {
        SequenceNumber: '1'.repeat(21),
        ApproximateCreationDateTime: long,
        Keys: { pk: { S: 'old' } },
      },
    });
    await start({ startingPosition: 'LATEST' });
    await mapping?.pause();
    fake.write('s', 'meanwhile');
    await mapping?.resume();
    await mapping?.caughtUp();
    expect(seen).toEqual(['meanwhile']);
  });

  test('LATEST loses nothing when its iterator expires before it was of use', async () => {
    fake.addShard('s');
    fake.fail('GetRecords', 'LimitExceededException', 3);
    await start({ startingPosition: 'LATEST' });
    fake.write('s', 'before');
    fake.expireIterators();
    fake.write('s', 'after');
    await mapping?.caughtUp();
    expect(seen).toEqual(['before', 'after']);
  });

  test('LATEST survives a pause although the clock of the stream is half a minute late', async () => {
    fake.addShard('s');
    await start({ startingPosition: 'LATEST' });
    await mapping?.pause();
    fake.writeRaw('s', {
      eventName: 'INSERT',
      dynamodb: {
        SequenceNumber: '1'.repeat(21),
        ApproximateCreationDateTime: Date.now() / 1000 - 30,
        Keys: { pk: { S: 'meanwhile' } },
      },
    });
    await mapping?.resume();
    await mapping?.caughtUp();
    expect(seen).toEqual(['meanwhile']);
  });

  test('LATEST delivers no old records after a pause without new ones', async () => {
    fake.addShard('s');
    fake.writeRaw('s', {
      eventName: 'INSERT',
      dynamodb: {
        SequenceNumber: '1'.repeat(21),
        ApproximateCreationDateTime: 1,
        Keys: { pk: { S: 'old' } },
      },
    });
    await start({ startingPosition: 'LATEST' });
    await mapping?.pause();
    await mapping?.resume();
    await mapping?.caughtUp();
    expect(seen).toEqual([]);
  });
});

describe('records that are not as they should be', () => {
  const raw = (json: string) =>
    fake.writeRaw('s', {
      eventName: 'INSERT',
      dynamodb: { SequenceNumber: '5'.repeat(21), Keys: { pk: { S: 'bad' } }, NewImage: JSON.parse(json) },
    });

  test.each([
    ['an attribute named __proto__', '{"__proto__":{"S":"x"},"m":{"M":{"__proto__":{"N":"1"}}}}'],
    ['a null member', '{"a":null}'],
    ['a null in a list', '{"l":{"L":[null,{"S":"k"}]}}'],
    ['a value without a type', '{"a":{}}'],
    ['a value of an unknown type', '{"a":{"Q":"x"}}'],
    ['binary that is a number', '{"a":{"B":5}}'],
    ['a set that is text', '{"a":{"BS":"x"}}'],
    ['a list that is text', '{"a":{"L":"x"}}'],
    ['text in place of a value', '{"a":"x"}'],
  ])('%s reaches the function as it was sent, and the mapping goes on', async (_name, image) => {
    fake.addShard('s');
    raw(image);
    const images: string[] = [];
    await start({
      handler: async ({ Records }: DynamoDBStreamEvent) => {
        for (const { dynamodb } of Records) images.push(JSON.stringify(dynamodb?.NewImage));
      },
    });
    await mapping?.caughtUp();
    expect(images).toEqual([image]);
    expect(mapping?.state).toBe('Enabled');
  });

  test('a router fails such a record alone, and the record is discarded when its retries are used up', async () => {
    fake.addShard('s');
    fake.write('s', 'before');
    raw('{"pk":null}');
    fake.write('s', 'after');
    const handled: unknown[] = [];
    const discarded: number[] = [];
    const router = streamRouter({ viewType: 'NEW_IMAGE', logger: false }).onInsert(
      ({ newImage }) => void handled.push(newImage.pk),
    );
    await start({
      handler: router,
      functionResponseTypes: ['ReportBatchItemFailures'],
      maximumRetryAttempts: 1,
      bisectBatchOnFunctionError: true,
      retryDelayMs: () => 1,
      enabled: false,
    });
    mapping?.on('discard', ({ records }) => discarded.push(records.length));
    await mapping?.resume();
    await mapping?.caughtUp();
    expect(new Set(handled)).toEqual(new Set(['before', 'after']));
    expect(discarded).toEqual([1]);
  });

  test('a record without a sequence number is left out with a warning', async () => {
    fake.addShard('s');
    fake.writeRaw('s', null as never, { eventName: 'INSERT', dynamodb: { Keys: {} } } as never);
    fake.write('s', 'after');
    await start();
    await mapping?.caughtUp();
    expect(seen).toEqual(['after']);
    expect(logger.entries).toEqual([
      'warn Records without a sequence number of 1 to 40 digits are ignored: they have no position in the shard',
    ]);
  });

  test('a client without middleware of the SDK, such as a stub, is read as well', async () => {
    fake.addShard('s');
    fake.write('s', 'a');
    const client = fake.client();
    const stub = {
      config: client.config,
      send: (command: { readonly input: object }, ...rest: never[]) =>
        client.send(new (command.constructor as typeof GetRecordsCommand)(command.input as never), ...rest),
    };
    await start({ client: stub as never });
    await mapping?.caughtUp();
    expect(seen).toEqual(['a']);
  });
});

describe('iterators', () => {
  test('that always expire are asked for less and less often', async () => {
    fake.addShard('s');
    fake.expires = true;
    await start();
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    // At once, after 100, 200 and 400 ms: without growing delays there were some 290 a second.
    expect(fake.calls.filter((call) => call === 'GetRecords').length).toBeLessThanOrEqual(6);
    fake.expires = false;
    fake.write('s', 'a');
    await eventually(() => expect(seen).toEqual(['a']));
  });

  test('caughtUp waits through empty pages and expired iterators in the midst of a shard', async () => {
    fake.addShard('s');
    fake.write('s', 'a', 'b');
    fake.emptyPages = 5;
    fake.fail('GetRecords', 'ExpiredIteratorException', 2);
    await start();
    await mapping?.caughtUp();
    expect(seen).toEqual(['a', 'b']);
  });

  test('caughtUp does not take empty pages from before the call for the end of a shard', async () => {
    fake.addShard('s');
    await start();
    await mapping?.caughtUp(); // the shard is idle
    fake.emptyPages = 9;
    fake.write('s', 'a');
    await mapping?.caughtUp();
    expect(seen).toEqual(['a']);
  });

  test('caughtUp asks an idle shard more often than every pollIntervalMs', async () => {
    fake.addShard('s');
    await start({ pollIntervalMs: 1_000 });
    await mapping?.caughtUp();
    const startedAt = performance.now();
    await mapping?.caughtUp();
    // One interval at most, and ten polls at short intervals.
    expect(performance.now() - startedAt).toBeLessThan(5_000);
  });

  test('caughtUp does not take expired iterators of an idle shard for empty polls', async () => {
    fake.addShard('s');
    await start();
    await mapping?.caughtUp(); // the shard is idle
    fake.fail('GetRecords', 'ExpiredIteratorException', 3);
    fake.write('s', 'a');
    await mapping?.caughtUp();
    expect(seen).toEqual(['a']);
  });

  test.each(['ValidationException', 'SerializationException', 'InvalidArgumentException'])(
    'a server that was restarted and answers %s to old ones is given new ones, which is told',
    async (expiry) => {
      fake.addShard('s');
      fake.write('s', 'a');
      await start();
      await mapping?.caughtUp();
      const problems: unknown[] = [];
      mapping?.on('problem', ({ operation, error }) => problems.push([operation, (error as Error).name]));
      fake.expiry = expiry;
      fake.expireIterators();
      fake.write('s', 'b');
      await mapping?.caughtUp();
      expect(seen).toEqual(['a', 'b']);
      expect(problems).toEqual([['GetRecords', expiry]]);
    },
  );

  test('that are always refused, as without permission, are requested less and less often, with an event', async () => {
    fake.addShard('s');
    await start({ enabled: false });
    const delays: number[] = [];
    mapping?.on('problem', ({ delayMs }) => delays.push(delayMs));
    fake.fail('GetRecords', 'AccessDeniedException', 4);
    fake.write('s', 'a');
    await mapping?.resume();
    await eventually(() => expect(seen).toEqual(['a']));
    expect(delays).toEqual([0, 100, 200, 400]);
  });

  test('an expired one is replaced, right after the last record read', async () => {
    fake.addShard('s');
    fake.write('s', 'a');
    await start();
    await mapping?.caughtUp();
    fake.expireIterators();
    fake.write('s', 'b');
    await eventually(() => expect(seen).toEqual(['a', 'b']));
    expect(fake.calls).toContain('GetShardIterator s AFTER_SEQUENCE_NUMBER');
  });

  test('trimmed at a restart reaches a listener that is added right after the start', async () => {
    const checkpointFile = join(mkdtempSync(join(tmpdir(), 'streamlane-trimmed-')), 'positions.json');
    fake.addShard('s');
    fake.write('s', 'a');
    const first = await start({ checkpointFile });
    await first.caughtUp();
    await first.stop();
    fake.write('s', 'b', 'c');
    fake.trim('s', 1);
    const trimmed: unknown[] = [];
    const second = await start({ checkpointFile });
    second.on('trimmed', (event) => trimmed.push(event));
    await second.caughtUp();
    expect(trimmed).toEqual([{ shardId: 's' }]);
    expect(seen).toEqual(['a', 'c']);
  });

  test('trimmed records are lost, with an event, and reading continues with the oldest record', async () => {
    fake.addShard('s');
    fake.write('s', 'a');
    await start();
    await mapping?.caughtUp();
    await mapping?.pause();
    fake.write('s', 'b', 'c');
    fake.trim('s', 1);
    const trimmed: unknown[] = [];
    mapping?.on('trimmed', (event) => trimmed.push(event));
    await mapping?.resume();
    await mapping?.caughtUp();
    expect(seen).toEqual(['a', 'c']);
    expect(trimmed).toEqual([{ shardId: 's' }]);
    expect(logger.entries).toEqual(['warn Records have left the stream before they could be read']);
  });

  test.each(['DescribeStream', 'GetShardIterator', 'GetRecords'])(
    'a throttled %s is tried again, with growing delays',
    async (operation) => {
      fake.addShard('s');
      fake.write('s', 'a');
      const problems: unknown[] = [];
      await start({ enabled: false });
      mapping?.on('problem', (problem) => problems.push([problem.operation, problem.delayMs]));
      fake.fail(operation, 'LimitExceededException', 2);
      await mapping?.resume();
      await eventually(() => expect(seen).toEqual(['a']));
      expect(problems).toEqual([
        [operation, 100],
        [operation, 200],
      ]);
    },
  );

  test('stop() ends the wait for another try', async () => {
    fake.addShard('s');
    await start();
    fake.fail('GetRecords', 'LimitExceededException', 1000);
    await eventually(() => expect(logger.entries.length).toBeGreaterThan(2));
    await mapping?.stop();
    expect(mapping?.state).toBe('Stopped');
  });
});

describe('the end', () => {
  test('a deleted table stops the mapping', async () => {
    fake.addShard('s');
    await start();
    fake.deleted = true;
    expect(await mapping?.ended).toEqual({ reason: 'streamDeleted' });
    expect(mapping?.state).toBe('Stopped');
    await expect(mapping?.caughtUp()).rejects.toThrow('has stopped');
    expect(logger.entries).toEqual(['error The event source mapping has stopped']);
    await mapping?.resume();
    await mapping?.pause();
    expect(mapping?.state).toBe('Stopped');
  });

  test('a logger that throws keeps nothing from ending', async () => {
    fake.addShard('s');
    fake.write('s', 'a');
    const broken = () => {
      throw new Error('full disk');
    };
    await start({
      handler: broken,
      retryDelayMs: () => 1,
      maximumRetryAttempts: 1,
      logger: { debug: broken, info: broken, warn: broken, error: broken },
    });
    mapping?.on('stopped', broken);
    await mapping?.caughtUp();
    fake.deleted = true;
    expect(await mapping?.ended).toEqual({ reason: 'streamDeleted' });
    await mapping?.stop();
  });

  test('an error other than a missing stream ends the mapping as failed, with the error', async () => {
    await start({ enabled: false });
    vi.spyOn(StreamSource.prototype, 'describeAgain').mockRejectedValueOnce(new TypeError('x'));
    await mapping?.resume();
    expect(await mapping?.ended).toEqual({ reason: 'failed', error: expect.any(TypeError) });
  });

  test('a deployed function that is not there ends the mapping as failed, and says so', async () => {
    fake.addShard('s');
    fake.write('s', 'a');
    const lambdaClient = new LambdaClient({ region: 'eu-central-1' });
    const missing = Object.assign(new Error('Function not found.'), { name: 'ResourceNotFoundException' });
    vi.spyOn(lambdaClient, 'send').mockRejectedValue(missing as never);
    await start({ handler: 'invoices', lambdaClient });
    expect(await mapping?.ended).toEqual({
      reason: 'failed',
      error: expect.objectContaining({ code: 'INVALID_HANDLER', cause: missing }),
    });
    expect(mapping?.position).toEqual({});
  });

  test('a disabled stream is read to its end', async () => {
    fake.addShard('s');
    fake.write('s', 'a', 'b');
    fake.closeShard('s');
    fake.status = 'DISABLED';
    await start();
    expect(await mapping?.ended).toEqual({ reason: 'streamDisabled' });
    await mapping?.caughtUp(); // it has read everything there is
    expect(seen).toEqual(['a', 'b']);
  });

  test('a shard that disappears from an existing stream is skipped with a warning', async () => {
    fake.addShard('s');
    fake.addShard('t');
    await start();
    fake.removeShard('s');
    await eventually(() => expect(logger.entries).toHaveLength(1));
    fake.write('t', 'a');
    await mapping?.caughtUp();
    expect(seen).toEqual(['a']);
  });

  test('a shard that disappears while it is opened, too', async () => {
    fake.addShard('s');
    await start({ enabled: false });
    fake.fail('GetShardIterator', 'ResourceNotFoundException', 2);
    fake.write('s', 'a');
    await mapping?.resume();
    await mapping?.caughtUp();
    expect(seen).toEqual(['a']);
  });
});

test('the newest stream of a table is read', async () => {
  fake.addShard('s');
  fake.write('s', 'a');
  const named = (StreamLabel: string) => ({
    StreamArn: FAKE_STREAM.replace(/[^/]+$/, StreamLabel),
    StreamLabel,
  });
  fake.streams = [
    named('2026-01-01T00:00:00.000'),
    named('2026-03-01T00:00:00.000'),
    named('2026-02-01T00:00:00.000'),
  ];
  mapping = await startEventSourceMapping({
    client: fake.client(),
    tableName: 'Invoices',
    startingPosition: 'TRIM_HORIZON',
    handler: () => {},
  });
  expect(mapping.streamArn).toMatch(/2026-03-01/);
});

test.each([
  ['a table without a stream', { tableName: 'Invoices' }, /the table Invoices has no stream/],
  ['a stream that does not exist', { streamArn: FAKE_STREAM }, /there is no stream arn:aws:dynamodb/],
])('%s is refused', async (_name, location, message) => {
  fake.deleted = 'streamArn' in location;
  const starting = startEventSourceMapping({
    ...location,
    client: fake.client(),
    startingPosition: 'LATEST',
    handler: () => {},
  });
  await expect(starting).rejects.toThrow(message);
  await expect(starting).rejects.toMatchObject({ code: 'STREAM_NOT_FOUND' });
});

test('what keeps the stream from being described at the start is thrown', async () => {
  fake.fail('DescribeStream', 'AccessDeniedException');
  await expect(start()).rejects.toThrow('AccessDeniedException');
});

describe('a start', () => {
  test('waits while the server throttles, and logs that', async () => {
    fake.addShard('s');
    fake.write('s', 'a');
    fake.streams = [{ StreamArn: FAKE_STREAM, StreamLabel: '2026' }];
    fake.fail('ListStreams', 'ThrottlingException');
    fake.fail('DescribeStream', 'LimitExceededException', 2);
    fake.fail('GetShardIterator', 'InternalServerError');
    await start({ streamArn: undefined, tableName: 'Invoices' } as never);
    await mapping?.caughtUp();
    expect(seen).toEqual(['a']);
    expect(logger.entries.map((entry) => entry.split(' ').slice(0, 3).join(' '))).toEqual([
      'warn ListStreams failed;',
      'warn DescribeStream failed;',
      'warn DescribeStream failed;',
      'warn GetShardIterator failed;',
    ]);
  });

  test('without permission is refused at once, and starts nothing', async () => {
    fake.addShard('s');
    fake.fail('DescribeStream', 'AccessDeniedException');
    await expect(start()).rejects.toMatchObject({ name: 'AccessDeniedException' });
    expect(fake.calls).toEqual(['DescribeStream']);
  });
});

import { spawnSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { CheckpointFile } from '../../src/local/checkpoint-file.ts';
import { startEventSourceMapping } from '../../src/local/index.ts';
import { FAKE_STREAM, FakeStreams } from '../fixtures/fake-streams.ts';
import { quietLogger } from '../fixtures/quiet-logger.ts';

let directory: string;
let path: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'streamlane-checkpoint-'));
  path = join(directory, 'positions.json');
});

afterEach(() => rmSync(directory, { recursive: true }));

const file = (streamArn = FAKE_STREAM) => new CheckpointFile(path, streamArn);

test('saved checkpoints are read, by the same stream', async () => {
  const shards = {
    a: { after: '400' },
    b: { since: 1 },
    c: { finished: true },
    d: { after: '1', window: { start: 0, state: { n: 1 } } },
    e: {},
  } as const;
  expect(await file().read()).toBeUndefined();
  await file().save(() => shards);
  expect(await file().read()).toEqual(shards);
  expect(await file('arn:other').read()).toBe('otherStream');
  expect(readdirSync(directory)).toEqual(['positions.json']);
});

test('it is for the user alone, as it has the state of windows, whatever lies there already', async () => {
  writeFileSync(path, '', { mode: 0o644 });
  writeFileSync(`${path}.${process.pid}.tmp`, '', { mode: 0o644 });
  await file().save(() => ({}));
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

test('those who come while it is written share the write after it, and find theirs in it', async () => {
  const shared = file();
  let current = 0;
  let writes = 0;
  const save = () => {
    current++;
    const mine = current;
    return shared
      .save(() => {
        writes++;
        return { s: { after: `${current}` } };
      })
      .then(() => {
        const { shards } = JSON.parse(readFileSync(path, 'utf8'));
        expect(Number(shards.s.after)).toBeGreaterThanOrEqual(mine);
      });
  };
  const first = save();
  await Promise.resolve();
  await Promise.all([first, ...Array.from({ length: 50 }, save)]);
  expect(writes).toBeLessThan(5);
});

test('a write that fails rejects, and the next one works', async () => {
  const inside = new CheckpointFile(join(directory, 'later', 'file'), FAKE_STREAM);
  await expect(inside.save(() => ({}))).rejects.toThrow('ENOENT');
  mkdirSync(join(directory, 'later'));
  await inside.save(() => ({}));
  expect(await inside.read()).toEqual({});
});

test('a write that failed once is tried again', async () => {
  const inside = new CheckpointFile(join(directory, 'soon', 'file'), FAKE_STREAM);
  const saved = inside.save(() => ({}));
  await new Promise((resolve) => setTimeout(resolve, 20));
  mkdirSync(join(directory, 'soon'));
  await saved;
  expect(await inside.read()).toEqual({});
});

describe('a file is that of one process', () => {
  test('another process that runs is refused', () => {
    writeFileSync(`${path}.lock`, `${process.ppid}`);
    expect(() => file().lock()).toThrow(
      expect.objectContaining({
        code: 'MAPPING_CONFLICT',
        message: expect.stringContaining(`the process ${process.ppid} runs an event source mapping`),
      }),
    );
    file().release(); // not its own
    expect(readFileSync(`${path}.lock`, 'utf8')).toBe(`${process.ppid}`);
  });

  test.each([
    ['is a folder', () => mkdirSync(`${path}.lock`)],
    ['is a link to nowhere', () => symlinkSync(join(directory, 'missing', 'lock'), `${path}.lock`)],
  ])('a lock that %s is refused by an error that names the file', (_name, make) => {
    make();
    expect(() => file().lock()).toThrow(
      expect.objectContaining({
        code: 'INVALID_CHECKPOINT_FILE',
        message: expect.stringContaining(`${path}`),
      }),
    );
  });

  test('a process of another user is refused', () => {
    const kill = vi.spyOn(process, 'kill').mockImplementation(() => {
      throw Object.assign(new Error('not permitted'), { code: 'EPERM' });
    });
    writeFileSync(`${path}.lock`, '1');
    expect(() => file().lock()).toThrow(expect.objectContaining({ code: 'MAPPING_CONFLICT' }));
    kill.mockRestore();
  });

  test.each([
    ['was killed', () => `${spawnSync(process.execPath, ['-e', '']).pid}`],
    ['had the same id, such as the first one of a container', () => `${process.pid}`],
    ['died before it wrote its id', () => ''],
  ])('what a process left that %s is taken over, and given back', (_name, content) => {
    writeFileSync(`${path}.lock`, content());
    const mine = file();
    mine.lock();
    expect(readFileSync(`${path}.lock`, 'utf8')).toBe(`${process.pid}`);
    mine.release();
    expect(readdirSync(directory)).toEqual([]);
  });
});

describe('another file is refused, and left unchanged', () => {
  test.each([
    ['no JSON', 'hello'],
    ['null', 'null'],
    ['another version', '{"version":2,"streamArn":"a","shards":{}}'],
    ['no stream', '{"version":1,"shards":{}}'],
    ['no shards', '{"version":1,"streamArn":"a","shards":null}'],
    ['shards that are text', '{"version":1,"streamArn":"a","shards":"s"}'],
    ['a position that is text', '{"version":1,"streamArn":"a","shards":{"s":"1"}}'],
    ['a position that is null', '{"version":1,"streamArn":"a","shards":{"s":null}}'],
    ['no sequence number', '{"version":1,"streamArn":"a","shards":{"s":{"after":"x"}}}'],
    ['shards that are a list', '{"version":1,"streamArn":"a","shards":[{"after":"1"}]}'],
    ['a time without end', '{"version":1,"streamArn":"a","shards":{"s":{"since":1e999}}}'],
    ['no time', '{"version":1,"streamArn":"a","shards":{"s":{"since":"x"}}}'],
    ['a shard that is not finished', '{"version":1,"streamArn":"a","shards":{"s":{"finished":false}}}'],
    ['a window of null', '{"version":1,"streamArn":"a","shards":{"s":{"window":null}}}'],
    ['a window without state', '{"version":1,"streamArn":"a","shards":{"s":{"window":{"start":1}}}}'],
    [
      'a window with state null',
      '{"version":1,"streamArn":"a","shards":{"s":{"window":{"start":1,"state":null}}}}',
    ],
  ])('%s', async (_name, content) => {
    writeFileSync(path, content);
    await expect(file().read()).rejects.toMatchObject({ code: 'INVALID_CHECKPOINT_FILE' });
    expect(readFileSync(path, 'utf8')).toBe(content);
  });

  test('a directory', async () => {
    path = directory;
    await expect(file().read()).rejects.toThrow('cannot be read');
  });
});

describe('a mapping with a checkpointFile', () => {
  let fake: FakeStreams;
  let seen: string[];

  beforeEach(async () => {
    fake = await FakeStreams.start();
    fake.addShard('s');
    seen = [];
  });

  afterEach(() => fake.stop());

  const start = (options: object = {}) =>
    startEventSourceMapping({
      client: fake.client(),
      streamArn: FAKE_STREAM,
      startingPosition: 'TRIM_HORIZON',
      pollIntervalMs: 5,
      checkpointFile: path,
      handler: ({ Records }) =>
        void seen.push(
          ...Records.map(
            (record: { dynamodb: { Keys: { pk: { S: string } } } }) => record.dynamodb.Keys.pk.S,
          ),
        ),
      ...options,
    });

  test('continues where the last one stopped, and writes a checkpoint before it emits the event', async () => {
    const [a] = fake.write('s', 'a');
    const first = await start();
    first.on('checkpoint', () => {
      expect(JSON.parse(readFileSync(path, 'utf8')).shards).toEqual({ s: { after: a } });
      seen.push('written');
    });
    await first.caughtUp();
    await first.stop();
    fake.write('s', 'b');
    const second = await start();
    await second.caughtUp();
    await second.stop();
    expect(seen).toEqual(['a', 'written', 'b']);
  });

  test('keeps slots together while checkpoints are slow to write, so that a kill repeats little', async () => {
    const { save } = CheckpointFile.prototype;
    vi.spyOn(CheckpointFile.prototype, 'save').mockImplementation(async function (
      this: CheckpointFile,
      positions,
    ) {
      await sleep(10);
      await save.call(this, positions);
    });
    fake.write('s', ...Array.from({ length: 900 }, (_, index) => `${index}`));
    const mapping = await start({ parallelizationFactor: 2, batchSize: 10 });
    const handled: bigint[] = [];
    let maxAhead = 0;
    mapping.on('checkpoint', ({ records, position }) => {
      handled.push(...records.map(({ dynamodb }) => BigInt(`${dynamodb?.SequenceNumber}`)));
      const at = BigInt(position ?? 0);
      maxAhead = Math.max(maxAhead, handled.filter((sequenceNumber) => sequenceNumber > at).length);
    });
    await mapping.caughtUp();
    await mapping.stop();
    vi.restoreAllMocks();
    expect(seen).toHaveLength(900);
    // A batch of the other slot, and what the hash makes of it. A slot that does not wait is 450 records ahead.
    expect(maxAhead).toBeLessThan(100);
  });

  test('from LATEST misses nothing that is written before it is started again', async () => {
    await (await start({ startingPosition: 'LATEST' })).stop();
    fake.write('s', 'between');
    const second = await start({ startingPosition: 'LATEST' });
    await second.caughtUp();
    await second.stop();
    expect(seen).toEqual(['between']);
  });

  test('of another stream begins at its starting position, and says so', async () => {
    await file('arn:other').save(() => ({ s: { after: '999' } }));
    fake.write('s', 'a');
    const logger = quietLogger();
    const mapping = await start({ logger });
    await mapping.caughtUp();
    await mapping.stop();
    expect(seen).toEqual(['a']);
    expect(logger.entries).toEqual([expect.stringContaining('The checkpoint file is of another stream')]);
  });

  test('that cannot be written any more stops, loudly, rather than go on without', async () => {
    const logger = quietLogger();
    const mapping = await start({ logger });
    rmSync(directory, { recursive: true });
    fake.write('s', 'a');
    expect(await mapping.ended).toMatchObject({ reason: 'failed', error: { code: 'ENOENT' } });
    expect(logger.entries).toEqual(['error The event source mapping has stopped']);
    directory = mkdtempSync(join(tmpdir(), 'streamlane-checkpoint-'));
  });

  test('in a folder that is missing is refused before anything is handled', async () => {
    fake.write('s', 'a');
    await expect(start({ checkpointFile: join(directory, 'none', 'file') })).rejects.toMatchObject({
      code: 'INVALID_CHECKPOINT_FILE',
      message: expect.stringContaining('Create its folder or correct the permissions'),
    });
    expect(seen).toEqual([]);
  });

  test('gives the file back when it has stopped, and when it could not start', async () => {
    await (await start()).stop();
    fake.deleted = true;
    await expect(start()).rejects.toMatchObject({ code: 'STREAM_NOT_FOUND' });
    expect(readdirSync(directory).filter((name) => name.endsWith('.lock'))).toEqual([]);
  });

  test('is the only one with that file, and with that stream and handler, as on AWS', async () => {
    const handler = () => {};
    const first = await start({ handler });
    await expect(start({ handler, checkpointFile: undefined })).rejects.toMatchObject({
      code: 'MAPPING_CONFLICT',
    });
    await expect(start()).rejects.toThrow('checkpointFile');
    await first.stop();
    await (await start({ handler })).stop();
  });
});

import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ReadAhead, ShardAllowance } from '../../../src/local/delivery/read-ahead.ts';
import { startEventSourceMapping } from '../../../src/local/index.ts';
import { eventually } from '../../fixtures/eventually.ts';
import { FAKE_STREAM } from '../../fixtures/fake-streams.ts';
import { fullShards } from '../../fixtures/full-shards.ts';

const MB = 1024 * 1024;

function allowances(shards: number, { slots = 1, windowMs = 0 } = {}): ShardAllowance[] {
  const all = new ReadAhead();
  const opened = Array.from({ length: shards }, () => new ShardAllowance(all, slots, windowMs));
  for (const shard of opened) all.open(shard);
  return opened;
}

/** Lets a shard read a page of records that are as large as those before. */
function read(shard: ShardAllowance, recordBytes: number): number {
  const records = shard.ask();
  shard.answered();
  shard.hold(records, records * recordBytes);
  return records;
}

describe('a slot has room below', () => {
  test.each([
    ['its half of all, for the only shard', 1, { slots: 1 }, 16 * MB],
    ['as much of a slot, divided', 1, { slots: 10 }, 1.6 * MB],
    ['the share of its shard', 64, { slots: 1 }, MB / 4],
    ['a whole batch, with a window', 64, { windowMs: 1000 }, 8 * MB],
  ])('%s', (_name, shards, options, bytes) => {
    for (const shard of allowances(shards, options)) expect(shard.slotBytes).toBe(bytes);
  });

  test('its share, with a window, while everything is lent', () => {
    const shards = allowances(64, { windowMs: 1000 });
    for (const shard of shards.slice(1)) shard.hold(1000, 2 * MB);
    expect(shards[0]?.slotBytes).toBe(MB / 4);
  });
});

describe('a shard asks for', () => {
  test('a whole page, as long as there are bytes to lend', () => {
    const shards = allowances(200);
    expect(shards.slice(0, 10).map((shard) => shard.ask())).toEqual(Array(10).fill(1000));
  });

  test('what its share holds, when everything is lent', () => {
    const [first, ...others] = allowances(200);
    for (const shard of others) shard.ask();
    const share = (32 * MB) / 200;
    expect(first?.ask()).toBe(Math.floor(share / 1024));
    expect(first?.bytes).toBe(share);
  });

  test('fewer records where they are large, and one at least', () => {
    const [shard] = allowances(1) as [ShardAllowance];
    shard.hold(10, 10 * 64 * 1024);
    expect(shard.ask()).toBe(32);
    shard.answered();
    shard.hold(1, 40 * MB);
    expect(shard.ask()).toBe(1);
  });

  test('as many as before after a page without records', () => {
    const [shard] = allowances(1) as [ShardAllowance];
    shard.hold(10, 10 * 64 * 1024);
    shard.hold(0, 0);
    expect(shard.ask()).toBe(32);
  });

  test('whole pages again, when the others have handled theirs', () => {
    const shards = allowances(200);
    for (const shard of shards) read(shard, 1024);
    for (const shard of shards) shard.handled(shard.bytes);
    expect(shards[0]?.ask()).toBe(1000);
  });
});

test('shards together stay within 64 MiB whatever is handled when, and a shard that has handled its records may always read', () => {
  const step = fc.record({ shard: fc.nat(199), handles: fc.integer({ min: 0, max: 3 }) });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 200 }), fc.array(step, { maxLength: 400 }), (count, steps) => {
      const shards = allowances(count);
      for (const { shard: index, handles } of steps) {
        const shard = shards[index % count] as ShardAllowance;
        if (handles === 0) shard.handled(shard.bytes);
        if (shard.bytes < shard.slotBytes) expect(read(shard, 1024)).toBeGreaterThanOrEqual(80);
        const bytes = shards.reduce((sum, one) => sum + one.bytes, 0);
        expect(bytes).toBeLessThanOrEqual(64 * MB);
      }
    }),
  );
});

const PROGRAM = fileURLToPath(new URL('../../fixtures/full-shards-mapping.ts', import.meta.url));

describe('a mapping lives in a process of 1 GB', () => {
  test.each([
    [
      '200 shards of 1,000 records of 30 attributes',
      { shards: 200, records: 1000, attributes: 30, bytes: 5 },
    ],
    ['16 shards of 12,000 records of 3 kB', { shards: 16, records: 12_000, attributes: 30, bytes: 80 }],
  ])(
    '%s',
    async (_name, size) => {
      const stream = await fullShards(size);
      const program = [PROGRAM, stream.endpoint];
      const { stdout } = await promisify(execFile)(process.execPath, [
        '--max-old-space-size=512',
        ...program,
      ]);
      await stream.stop();
      const { recordsSucceeded, failedInvocations, rssMB } = JSON.parse(stdout);
      expect(recordsSucceeded).toBe(size.shards * size.records);
      expect(failedInvocations).toBe(0);
      expect(rssMB).toBeLessThan(1000);
    },
    120_000,
  );
});

test('a record that fails for ever ends the reading of its shard after a while, and holds up no other shard', async () => {
  const stream = await fullShards({ shards: 2, records: 20_000, attributes: 30, bytes: 80 });
  const seen = new Map<string, number>();
  await using mapping = await startEventSourceMapping({
    client: stream.client,
    streamArn: FAKE_STREAM,
    startingPosition: 'TRIM_HORIZON',
    parallelizationFactor: 2,
    batchSize: 1000,
    logger: false,
    handler: ({ Records }) => {
      for (const { dynamodb } of Records) {
        const [shard, index] = dynamodb.Keys.pk.S.split('/');
        if (shard === '1' && index === '7') throw new Error('for ever');
        seen.set(shard, (seen.get(shard) ?? 0) + 1);
      }
    },
  });
  await eventually(() => expect(seen.get('2')).toBe(20_000));
  const { recordsRead } = mapping.statistics;
  // A slot of two shards with two slots each holds 4 MiB and a page.
  expect(recordsRead).toBeLessThan(20_000 + 2 * 3_000);
  expect(recordsRead).toBeGreaterThan(20_000 + 2 * 1_000);
  await stream.stop();
}, 90_000);

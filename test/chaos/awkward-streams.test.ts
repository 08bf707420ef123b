import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda';
import { expect, test } from 'vitest';
import { seededRandom } from '../../examples/invoice-workflow/seeded-random.ts';
import { type LocalEventSourceMapping, startEventSourceMapping } from '../../src/local/index.ts';
import { AwkwardServer } from '../fixtures/awkward-streams/awkward-server.ts';
import { DeliveryLedger } from '../fixtures/awkward-streams/delivery-ledger.ts';
import { RollingStream } from '../fixtures/awkward-streams/rolling-stream.ts';
import { FAKE_STREAM } from '../fixtures/fake-streams.ts';

const FULL_RUN = 20_000;
const RECORDS = Number(process.env.AWKWARD_RECORDS ?? FULL_RUN);
const SEED = Number(process.env.AWKWARD_SEED ?? 14);

test.concurrent.each([
  { parallelizationFactor: 1, filters: true },
  { parallelizationFactor: 4, filters: false },
])(
  'of a stream whose shards roll, on a server that fails in every way, nothing is lost or out of order: %o',
  async ({ parallelizationFactor, filters }) => {
    const directory = mkdtempSync(join(tmpdir(), 'streamlane-awkward-'));
    const random = seededRandom(SEED);
    const stream = new RollingStream({ random, partitions: 40, recordsPerShard: 250, maxOpenShards: 12 });
    const rates = {
      throttled: 0.02,
      broken: 0.01,
      unavailable: 0.01,
      reset: 0.01,
      cut: 0.01,
      slow: 0.05,
      expired: 0.02,
      empty: 0.2,
    };
    const server = await AwkwardServer.start({
      stream,
      random,
      rates,
      shardsPerPage: 7,
      recordsPerPage: 400,
      filters,
    });
    const ledger = new DeliveryLedger();
    const tally = { invocations: 0, failed: 0, partial: 0, shards: 0, problems: 0, trimmed: 0 };

    const handler = async ({ Records }: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> => {
      ledger.begin(Records);
      await sleep(random() * 3);
      const dice = random();
      const succeeded = dice < 0.05 ? Math.floor(random() * Records.length) : Records.length;
      if (dice < 0.02) {
        ledger.end(Records, 0);
        throw new Error('the whole batch fails');
      }
      ledger.end(Records, succeeded);
      const failed = Records[succeeded]?.dynamodb?.SequenceNumber;
      return { batchItemFailures: failed === undefined ? [] : [{ itemIdentifier: failed }] };
    };
    const start = async (): Promise<LocalEventSourceMapping> => {
      const started = await startEventSourceMapping({
        endpoint: server.endpoint,
        region: 'eu-central-1',
        credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
        streamArn: FAKE_STREAM,
        startingPosition: 'TRIM_HORIZON',
        functionResponseTypes: ['ReportBatchItemFailures'],
        bisectBatchOnFunctionError: true,
        parallelizationFactor,
        checkpointFile: join(directory, 'positions.json'),
        pollIntervalMs: 20,
        retryDelayMs: () => 1,
        timeoutSeconds: 60,
        logger: false,
        handler,
      });
      started.on('invocation', ({ outcome }) => {
        tally.invocations++;
        if (outcome === 'failed' || outcome === 'partial') tally[outcome]++;
      });
      started.on('problem', () => tally.problems++);
      started.on('trimmed', () => tally.trimmed++);
      // Records leave the stream as soon as they are processed, and so do shards.
      started.on('checkpoint', ({ shardId, position }) => {
        if (position !== undefined && random() < 0.7) stream.trim(shardId, position);
      });
      started.on('shardFinished', ({ shardId }) => {
        tally.shards++;
        if (random() < 0.5) stream.remove(shardId);
      });
      return started;
    };
    const until = async (share: number): Promise<void> => {
      while (ledger.succeeded < RECORDS * share) await sleep(5);
    };

    const began = performance.now();
    stream.write(RECORDS / 2);
    let mapping = await start();
    const writing = (async () => {
      while (stream.written < RECORDS) {
        stream.write(Math.min(100, RECORDS - stream.written));
        await sleep(20);
      }
    })();
    await until(0.2);
    await server.restart(150);
    await until(0.4);
    server.expireIterators();
    await until(0.5);
    await mapping.stop();
    ledger.rewind(mapping.position, stream);
    mapping = await start();
    await until(0.7);
    await server.restart(150);
    await writing;
    await mapping.caughtUp();
    const seconds = Math.round((performance.now() - began) / 100) / 10;

    const { written, begun, splits, generations } = stream;
    const { deliveries, repeated, rewound } = ledger;
    console.log(
      JSON.stringify({
        seed: SEED,
        parallelizationFactor,
        seconds,
        written,
        shards: begun,
        splits,
        generations,
      }),
      JSON.stringify({ ...server.counts, mappingRestarts: 1 }),
      JSON.stringify({
        ...tally,
        deliveries,
        repeated,
        rewound,
        outOfOrder: ledger.faults.length,
        lost: written - ledger.succeeded,
      }),
    );
    await mapping.stop();
    await server.stop();
    rmSync(directory, { recursive: true, force: true });
    expect(ledger.faults).toEqual([]);
    expect(ledger.succeeded).toBe(RECORDS);
    expect(ledger.unfinished(stream)).toEqual([]);
    // A lane that is ahead is repeated after a restart. A single one is not.
    if (parallelizationFactor === 1) expect(rewound).toBe(0);
    if (RECORDS < FULL_RUN) return;
    for (const [name, count] of Object.entries(server.counts)) expect(count, name).toBeGreaterThan(0);
    expect(generations).toBeGreaterThan(5);
    expect(splits).toBeGreaterThan(5);
  },
  120_000, // 12 s on two idle cores
);

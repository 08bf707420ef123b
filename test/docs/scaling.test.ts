import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { batchMs, capacity, gbSecondsPerMillion, lagGrowth } from '../../scripts/scaling/arithmetic.ts';
import { chartOf, computeCurves } from '../../scripts/scaling/chart.ts';
import { WARM_UP } from '../../scripts/scaling/meter.ts';
import { DEFAULTS, PRICES, type Setup } from '../../scripts/scaling/setup.ts';
import { simulate } from '../../scripts/scaling/simulate.ts';
import { computeTables, type Row, type Table } from '../../scripts/scaling/tables.ts';
import { PAGE, PICTURE, setupFrom, withTables } from '../../scripts/scaling.ts';

const page = readFileSync(PAGE, 'utf8');

let tables: readonly Table[];

beforeAll(async () => {
  tables = await computeTables();
});

function rowsOf(...ids: readonly string[]): readonly Row[] {
  const rows = tables.filter(({ id }) => ids.includes(id)).flatMap((table) => table.rows);
  expect(rows.length).toBeGreaterThan(ids.length);
  return rows;
}

/** Expects a value within so many per cent of the expected one. */
function expectNear(value: number, expected: number, percent: number, setup: Setup): void {
  const off = Math.abs(value / expected - 1) * 100;
  expect(off, `${value} instead of ${expected} for ${JSON.stringify(setup)}`).toBeLessThanOrEqual(percent);
}

describe('the page', () => {
  test('has the tables that the script computes: npm run scaling', () => {
    expect(page).toBe(withTables(page, tables));
  });

  test('has the picture that the script draws: npm run scaling', async () => {
    expect(readFileSync(PICTURE, 'utf8')).toBe(chartOf(await computeCurves()));
  });

  test('names the prices that the script takes, and their date', () => {
    const { usdPerGBSecond, usdPerMillionRequests, lookedUpOn } = PRICES;
    expect(page).toContain(`$${usdPerGBSecond.toFixed(10)} for a GB-second`);
    expect(page).toContain(`$${usdPerMillionRequests.toFixed(2)} for a million requests`);
    expect(page).toContain(`read on ${lookedUpOn}`);
    expect(page).toContain(`The tables use ${DEFAULTS.memoryMB} MB`);
    expect(page).toContain(`This page assumes ${DEFAULTS.overheadMs} ms`);
  });

  test('a table without its place is an error, and a place without its table', () => {
    expect(() => withTables('', tables)).toThrow('no marker for throughput, lanes');
    expect(() => withTables(page, tables.slice(1))).toThrow('there is no table throughput');
  });

  test('a table that has changed is written again', () => {
    const old = page.replace(/\| 455 \|/, '| 456 |');
    expect(old).not.toBe(page);
    expect(withTables(old, tables)).toBe(page);
  });
});

describe('the figures agree with arithmetic', () => {
  test('records per second and GB-seconds, within 1 %', () => {
    for (const { setup, figures } of rowsOf('throughput', 'lanes', 'deadlines')) {
      expectNear(figures.recordsPerSecond, capacity(setup), 1, setup);
      expectNear(figures.gbSecondsPerMillion, gbSecondsPerMillion(setup), 1, setup);
      expect(figures.maxExecutions).toBe(setup.parallelizationFactor);
    }
  });

  test('cost, from requests and GB-seconds', () => {
    for (const { setup, figures } of rowsOf('throughput')) {
      const requests = (figures.invocations / figures.records) * PRICES.usdPerMillionRequests;
      const duration = gbSecondsPerMillion(setup) * PRICES.usdPerGBSecond;
      expectNear(figures.usdPerMillion, requests + duration, 1, setup);
    }
  });

  test('below capacity all changes are handled, within 4 % and a batch, and the lag does not grow', () => {
    const rows = rowsOf('lag', 'example').filter(({ setup }) => rateOf(setup) < capacity(setup));
    expect(rows).toHaveLength(8);
    for (const { setup, extent, figures } of rows) {
      const batch = setup.overheadMs + batchMs(setup, setup.batchSize);
      // The batch that is under way when the time is over is not counted, and Poisson's changes are not even.
      const measuredMs = (extent.seconds as number) * 1000 * (1 - WARM_UP);
      const edge = (setup.windowSeconds * 1000 + batch) / measuredMs;
      expectNear(figures.recordsPerSecond, rateOf(setup), 4 + 100 * edge, setup);
      expect(Math.abs(figures.lagGrowth)).toBeLessThan(0.02);
      // Not before the handler has finished, and not after a read, the batch before and its own one.
      expect(figures.lagP50Ms).toBeGreaterThan(setup.overheadMs + setup.handlerMs);
      expect(figures.lagP99Ms).toBeLessThan(250 + setup.windowSeconds * 1000 + 2 * batch);
    }
  });

  test('above capacity the lag grows by 1 - capacity / rate, within 0.03', () => {
    const rows = rowsOf('lag', 'example').filter(({ setup }) => rateOf(setup) > capacity(setup));
    expect(rows).toHaveLength(3);
    for (const { setup, figures } of rows) {
      expect(Math.abs(figures.lagGrowth - lagGrowth(setup, rateOf(setup)))).toBeLessThan(0.03);
      expectNear(figures.recordsPerSecond, capacity(setup), 6, setup);
    }
  });

  test('a window closes batches by time or size, within 6 %', () => {
    for (const { setup, figures } of rowsOf('windows')) {
      const { windowSeconds, batchSize, overheadMs } = setup;
      // The changes that came: their number is random.
      const rate = figures.recordsPerSecond;
      const records = Math.min(batchSize, rate * windowSeconds);
      const filling = Math.min(windowSeconds, batchSize / rate);
      const cycle = filling + (overheadMs + batchMs(setup, records)) / 1000;
      // Without a window each read that finds records is a batch.
      const expected = windowSeconds === 0 ? 4 * (1 - Math.exp(-rate / 4)) : 1 / cycle;
      expectNear(figures.invocationsPerSecond, expected, 6, setup);
    }
  });

  test('four shards take in four times as much', async () => {
    const setup = { ...DEFAULTS, shards: 4 };
    const { recordsPerSecond, maxExecutions } = await simulate(setup, { records: 1000 });
    expectNear(recordsPerSecond, capacity(setup), 1, setup);
    expect(maxExecutions).toBe(4);
  });

  test('any setting, within 1 %', async () => {
    const setups = fc.record({
      parallelizationFactor: fc.constantFrom(1, 2, 4, 5, 8, 10),
      batchSize: fc.integer({ min: 20, max: 1500 }),
      concurrency: fc.integer({ min: 1, max: 200 }),
      handlerMs: fc.integer({ min: 1, max: 300 }),
      overheadMs: fc.integer({ min: 0, max: 100 }),
      order: fc.constantFrom('item' as const, 'shard' as const),
    });
    await fc.assert(
      fc.asyncProperty(setups, async (differs) => {
        // Time enough for any batch: a deadline would cut it.
        const setup: Setup = { ...DEFAULTS, ...differs, timeoutMs: 1_000_000 };
        const figures = await simulate(setup, { records: 1000 });
        expectNear(figures.recordsPerSecond, capacity(setup), 1, setup);
        expectNear(figures.gbSecondsPerMillion, gbSecondsPerMillion(setup), 1, setup);
      }),
      { numRuns: 25, seed: 18 },
    );
  });
});

function rateOf({ shards, rate }: Setup): number {
  return shards * (rate as number);
}

describe('npm run scaling with flags', () => {
  test('takes the figures of a reader', () => {
    const args = '--rate 500 --shards 4 --concurrency 50 --handler-ms 40 --batch-size 500 --window-seconds 0';
    expect(setupFrom(args.split(' '))).toEqual({
      ...DEFAULTS,
      rate: 500,
      shards: 4,
      concurrency: 50,
      handlerMs: 40,
      batchSize: 500,
      spread: { kind: 'random' },
    });
  });

  test.each([
    ['--rate x', '--rate has to be a number above 0, got x'],
    ['--shards 0', '--shards has to be a number above 0, got 0'],
    ['--overhead-ms=-1', '--overhead-ms has to be a number, got -1'],
    ['--batch-size 20000', 'batchSize has to be a whole number from 1 to 10000'],
    ['--parallelization-factor 11', 'parallelizationFactor has to be a whole number from 1 to 10'],
    ['--speed 1', "Unknown option '--speed'"],
  ])('refuses %s', (args, message) => {
    expect(() => setupFrom(args.split(' '))).toThrow(message);
  });
});

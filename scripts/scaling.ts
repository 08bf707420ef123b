// Computes the tables and the picture of docs/scaling.md on virtual time, and writes them there: `npm run scaling`.
// With flags it prints the figures of one setting: `npm run scaling -- --rate 500 --shards 4 --concurrency 50 --handler-ms 40`.
import { readFileSync, writeFileSync } from 'node:fs';
import { argv } from 'node:process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { mappingSettings } from '../src/mapping/options.ts';
import { capacity, lagGrowth } from './scaling/arithmetic.ts';
import { chartOf, computeCurves } from './scaling/chart.ts';
import { DEFAULTS, type Setup } from './scaling/setup.ts';
import { simulate } from './scaling/simulate.ts';
import { computeTables, markdownOf, number, type Table, time } from './scaling/tables.ts';

export const PAGE: string = fileURLToPath(new URL('../docs/scaling.md', import.meta.url));
export const PICTURE: string = fileURLToPath(new URL('../docs/images/scaling.svg', import.meta.url));

/**
 * Writes tables between their markers, `<!-- scaling: name -->` and `<!-- scaling: end -->`.
 *
 * @throws when a table has no place, or a place no table
 */
export function withTables(page: string, tables: readonly Table[]): string {
  const left = new Map(tables.map((table) => [table.id, table]));
  const filled = page.replaceAll(
    /(<!-- scaling: (?!end )([\w-]+) -->\n)[\s\S]*?(<!-- scaling: end -->)/g,
    (_, begin: string, id: string, end: string) => {
      const table = left.get(id);
      if (table === undefined)
        throw new Error(`docs/scaling.md: there is no table ${id}, or it stands twice.`);
      left.delete(id);
      return `${begin}\n${markdownOf(table)}\n\n${end}`;
    },
  );
  if (left.size > 0) throw new Error(`docs/scaling.md has no marker for ${[...left.keys()].join(', ')}.`);
  return filled;
}

const FLAGS = {
  rate: 'rate',
  shards: 'shards',
  'parallelization-factor': 'parallelizationFactor',
  'batch-size': 'batchSize',
  'window-seconds': 'windowSeconds',
  concurrency: 'concurrency',
  'handler-ms': 'handlerMs',
  'overhead-ms': 'overheadMs',
  'timeout-ms': 'timeoutMs',
  'memory-mb': 'memoryMB',
} as const satisfies Record<string, keyof Setup>;

/**
 * Reads a setting from flags. `--rate` is for one shard.
 *
 * @throws for an unknown flag, a value that is not a number above 0, or one that AWS refuses
 */
export function setupFrom(args: readonly string[]): Setup {
  const options = Object.fromEntries(Object.keys(FLAGS).map((flag) => [flag, { type: 'string' } as const]));
  const { values } = parseArgs({ args: [...args], options });
  const given = Object.entries(FLAGS).flatMap(([flag, name]) => {
    const value = values[flag];
    if (value === undefined) return [];
    const least = name === 'windowSeconds' || name === 'overheadMs' ? 0 : Number.MIN_VALUE;
    if (!(Number(value) >= least && Number(value) < Number.POSITIVE_INFINITY))
      throw new Error(`--${flag} has to be a number${least === 0 ? '' : ' above 0'}, got ${value}.`);
    return [[name, Number(value)]];
  });
  const setup: Setup = { ...DEFAULTS, rate: 100, spread: { kind: 'random' }, ...Object.fromEntries(given) };
  const { batchSize, parallelizationFactor, windowSeconds } = setup;
  mappingSettings(
    {
      startingPosition: 'LATEST',
      batchSize,
      parallelizationFactor,
      maximumBatchingWindowInSeconds: windowSeconds,
    },
    'scaling',
  );
  return setup;
}

async function print(setup: Setup): Promise<void> {
  const rate = setup.shards * (setup.rate as number);
  const most = capacity(setup);
  const figures = await simulate(setup, { seconds: 60 });
  const growth = lagGrowth(setup, rate);
  const lines = [
    ['changes/s', number(rate)],
    ['capacity', `${number(most)} records/s, ${number((rate / most) * 100)} % used`],
    ['processed', `${number(figures.recordsPerSecond)} records/s`],
    growth > 0
      ? ['lag', `grows by ${time(growth * 3.6e6)} an hour`]
      : ['lag', `p50 ${time(figures.lagP50Ms)}, p99 ${time(figures.lagP99Ms)}`],
    ['invocations/s', number(figures.invocationsPerSecond)],
    ['executions', `${number(figures.concurrentExecutions)} on average, ${figures.maxExecutions} at most`],
    ['GB-s', `${number(figures.gbSecondsPerMillion)} for a million records`],
    ['Lambda', `${figures.usdPerMillion.toFixed(3)} USD for a million records`],
  ];
  for (const [name = '', value = ''] of lines) console.log(`${name.padEnd(14)}${value}`);
}

if (argv[1] === import.meta.filename) {
  const args = argv.slice(2);
  try {
    if (args.length > 0) await print(setupFrom(args));
    else {
      writeFileSync(PAGE, withTables(readFileSync(PAGE, 'utf8'), await computeTables()));
      writeFileSync(PICTURE, chartOf(await computeCurves()));
    }
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}

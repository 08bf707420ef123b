import { batchMs, capacity } from './arithmetic.ts';
import type { Figures } from './meter.ts';
import { DEFAULTS, type Setup } from './setup.ts';
import { type Extent, simulate } from './simulate.ts';

/** One line of a table: the setup of a simulation, and its figures. */
export interface Row {
  readonly words: readonly string[];
  readonly setup: Setup;
  readonly extent: Extent;
  readonly figures: Figures;
}

/** A table of docs/scaling.md. */
export interface Table {
  readonly id: string;
  readonly head: readonly string[];
  readonly rows: readonly Row[];
  readonly cellsOf: (row: Row) => readonly string[];
}

type Sketch = readonly [words: string | readonly string[], setup: Partial<Setup>];

async function rowsOf(
  sketches: readonly Sketch[],
  base: Partial<Setup>,
  extentOf: (setup: Setup) => Extent,
): Promise<readonly Row[]> {
  const rows: Row[] = [];
  // One after the other: each takes the timers for itself.
  for (const [words, differs] of sketches) {
    const setup = { ...DEFAULTS, ...base, ...differs };
    const extent = extentOf(setup);
    rows.push({ words: [words].flat(), setup, extent, figures: await simulate(setup, extent) });
  }
  return rows;
}

/** The throughput of one shard, with everything waiting from the start. */
async function throughput(): Promise<Table> {
  const sketch = (setup: Partial<Setup>): Sketch => [[], setup];
  return {
    id: 'throughput',
    head: [
      '`BatchSize`',
      '`concurrency`',
      '`ParallelizationFactor`',
      'handler',
      'function takes',
      'records/s',
      'executions',
      'USD per million',
    ],
    rows: await rowsOf(
      [
        sketch({ concurrency: 1 }),
        sketch({}),
        sketch({ concurrency: 50 }),
        sketch({ concurrency: 1, parallelizationFactor: 10 }),
        sketch({ parallelizationFactor: 10 }),
        sketch({ batchSize: 10 }),
        sketch({ batchSize: 1000 }),
        sketch({ batchSize: 1000, concurrency: 50 }),
        sketch({ handlerMs: 2 }),
        sketch({ handlerMs: 200 }),
        sketch({ handlerMs: 200, concurrency: 100 }),
      ],
      {},
      () => ({ records: 3000 }),
    ),
    cellsOf: ({ setup, figures }) => [
      number(setup.batchSize),
      number(setup.concurrency),
      number(setup.parallelizationFactor),
      time(setup.handlerMs),
      time(batchMs(setup, setup.batchSize)),
      number(figures.recordsPerSecond),
      number(figures.maxExecutions),
      usd(figures.usdPerMillion),
    ],
  };
}

/** Lanes that hold up their batch. */
async function lanes(): Promise<Table> {
  return {
    id: 'lanes',
    head: ['a batch of 100 changes', '`order`', 'longest lane', 'function takes', 'records/s'],
    rows: await rowsOf(
      [
        [['100 items', '1'], {}],
        [['10 of one item, 90 others', '10'], { spread: { kind: 'hot', share: 0.1 } }],
        [['50 of one item, 50 others', '50'], { spread: { kind: 'hot', share: 0.5 } }],
        [['all of one item', '100'], { spread: { kind: 'hot', share: 1 } }],
        [
          ['100 items of 10 partition keys', '10'],
          { order: 'partition', spread: { kind: 'partitions', count: 10 } },
        ],
        [
          ['100 items of 2 partition keys', '50'],
          { order: 'partition', spread: { kind: 'partitions', count: 2 } },
        ],
        [['100 items', '100'], { order: 'shard' }],
      ],
      {},
      () => ({ records: 1000 }),
    ),
    cellsOf: ({ words: [batch = '', longest = ''], setup, figures }) => [
      batch,
      `\`'${setup.order}'\``,
      longest,
      time(batchMs(setup, setup.batchSize)),
      number(figures.recordsPerSecond),
    ],
  };
}

/** The lag, from little load to more than fits. */
async function lag(): Promise<Table> {
  return {
    id: 'lag',
    head: [
      'changes/s',
      'share of capacity',
      'lag p50',
      'lag p99',
      'in an hour the lag grows by',
      'loses records after',
    ],
    rows: await rowsOf(
      [45, 230, 365, 430, 500, 900].map((rate): Sketch => [[], { rate }]),
      { spread: { kind: 'random' } },
      // Above capacity pages fill up first, and batches with them.
      ({ rate }) => ({ seconds: (rate as number) > 450 ? 60 : 30 }),
    ),
    cellsOf: ({ setup, figures }) => {
      const rate = setup.rate as number;
      const share = rate / capacity(setup);
      const { lagGrowth, lagP50Ms, lagP99Ms } = figures;
      const known = [number(rate), `${number(share * 100)} %`];
      if (share < 1) return [...known, time(lagP50Ms), time(lagP99Ms), '', ''];
      return [...known, '', '', time(lagGrowth * 3.6e6), time((24 / lagGrowth) * 3.6e6)];
    },
  };
}

/** Batching windows: invocations, lag and cost. */
async function windows(): Promise<Table> {
  return {
    id: 'windows',
    head: [
      '`MaximumBatchingWindowInSeconds`',
      'records in a batch',
      'invocations/s',
      'lag p50',
      'lag p99',
      'USD per million',
    ],
    rows: await rowsOf(
      [0, 1, 2, 5, 20].map((windowSeconds): Sketch => [[], { windowSeconds }]),
      { spread: { kind: 'random' }, rate: 10 },
      () => ({ seconds: 400 }),
    ),
    cellsOf: ({ setup, figures }) => [
      number(setup.windowSeconds),
      number(figures.records / figures.invocations),
      number(figures.invocationsPerSecond),
      time(figures.lagP50Ms),
      time(figures.lagP99Ms),
      usd(figures.usdPerMillion),
    ],
  };
}

/** A batch that does not fit into the function's timeout. */
async function deadlines(): Promise<Table> {
  return {
    id: 'deadlines',
    head: ['function timeout', 'time that 1,000 records need', 'invocations per batch', 'records/s'],
    rows: await rowsOf(
      [30_000, 60_000].map((timeoutMs): Sketch => [[], { timeoutMs }]),
      { batchSize: 1000, concurrency: 1, handlerMs: 50 },
      () => ({ records: 2000 }),
    ),
    cellsOf: ({ setup, figures }) => [
      time(setup.timeoutMs),
      time(batchMs(setup, setup.batchSize)),
      number(figures.invocations / (figures.records / setup.batchSize)),
      number(figures.recordsPerSecond),
    ],
  };
}

/** The worked example. */
async function example(): Promise<Table> {
  return {
    id: 'example',
    head: ['settings', 'capacity', 'lag p99', 'executions, average', 'at most', 'USD a month'],
    rows: await rowsOf(
      [
        ['the defaults', {}],
        ['`ParallelizationFactor: 3`', { parallelizationFactor: 3 }],
        ['`concurrency: 50`', { concurrency: 50 }],
        ['`concurrency: 50`, `BatchSize: 500`', { concurrency: 50, batchSize: 500 }],
        [
          '`concurrency: 50`, `BatchSize: 500`, a window of 1 s',
          { concurrency: 50, batchSize: 500, windowSeconds: 1 },
        ],
      ],
      { shards: 4, rate: 500, handlerMs: 40, spread: { kind: 'random' } },
      () => ({ seconds: 8 }),
    ),
    cellsOf: ({ words: [settings = ''], setup, figures }) => {
      const most = capacity(setup);
      const rate = setup.shards * (setup.rate as number);
      const month = (rate * 86_400 * 30) / 1e6;
      return [
        settings,
        `${number(most)}/s`,
        most < rate ? `grows by ${time(figures.lagGrowth * 3.6e6)} an hour` : time(figures.lagP99Ms),
        number(figures.concurrentExecutions),
        number(figures.maxExecutions),
        most < rate ? '' : number(figures.usdPerMillion * month),
      ];
    },
  };
}

/** All tables of the page. */
export async function computeTables(): Promise<readonly Table[]> {
  const tables: Table[] = [];
  for (const compute of [throughput, lanes, lag, windows, deadlines, example]) tables.push(await compute());
  return tables;
}

/** A table as Markdown. */
export function markdownOf({ head, rows, cellsOf }: Table): string {
  return [head, head.map((_, column) => (column === 0 ? '---' : '---:')), ...rows.map(cellsOf)]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n');
}

/** Two significant digits, or the whole number from 100 on. */
export function number(value: number): string {
  const rounded = value >= 100 ? Math.round(value) : Number(value.toPrecision(2));
  return rounded.toLocaleString('en');
}

function usd(value: number): string {
  return value.toFixed(3);
}

/** Milliseconds in the unit that reads best. */
export function time(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 120_000) return `${Number((ms / 1000).toPrecision(2))} s`;
  if (ms < 2 * 3.6e6) return `${Math.round(ms / 60_000)} min`;
  return ms < 48 * 3.6e6 ? `${Math.round(ms / 3.6e6)} h` : `${Math.round(ms / 86.4e6)} days`;
}

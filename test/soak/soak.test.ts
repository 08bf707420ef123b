import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { LEAKS } from './leaks.ts';
import { theilSen } from './theil-sen.ts';
import { type Sample, verdictOf } from './verdict.ts';

/** Runs the program for a few seconds, with the router alone unless other loads are named. */
async function soak(
  ...flags: readonly string[]
): Promise<{ readonly code: number; readonly output: string }> {
  const main = join(import.meta.dirname, 'main.ts');
  const { promise, resolve } = Promise.withResolvers<{ code: number; output: string }>();
  const child = execFile(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', main, ...flags],
    (_error, stdout, stderr) => {
      const { exitCode, signalCode } = child;
      const ending = signalCode === null ? '' : `Ended by ${signalCode}.\n`;
      resolve({ code: exitCode ?? -1, output: stdout + stderr + ending });
    },
  );
  return promise;
}

/** The rows of the report that grow. */
const growing = (output: string): readonly string[] => /^GROWS: (.*)$/m.exec(output)?.[1]?.split(', ') ?? [];

/** On two idle cores, a sixth of it. */
const TIMEOUT_MS = 180_000;

test(
  'each planted leak is found',
  async () => {
    const leaks = Object.keys(LEAKS).flatMap((name) => ['--only', `leak:${name}`]);
    const { code, output } = await soak('--minutes', '0.01', ...leaks);
    const rows = ['heapBytes', 'handles', 'listeners', 'signals', 'queued', 'sockets'];
    expect(growing(output), output).toEqual(expect.arrayContaining(rows));
    expect(code, output).toBe(1);
  },
  TIMEOUT_MS,
);

test(
  'router and mapping hold nothing at rest',
  async () => {
    // The heap of a run this short grows with the code that is compiled.
    const limits = ['--heap-limit', '1000000', '--rss-limit', '100000000'];
    const { code, output } = await soak(
      '--minutes',
      '0.01',
      '--only',
      'router',
      '--only',
      'splits',
      ...limits,
    );
    expect(growing(output), output).toEqual([]);
    expect(code, output).toBe(0);
  },
  TIMEOUT_MS,
);

test('a flag that is wrong is refused before anything starts', async () => {
  expect(await soak('--minutes', 'x')).toEqual({
    code: 2,
    output: '--minutes has to be a number above 0, got x.\n',
  });
  expect((await soak('--only', 'x')).output).toMatch(/^--only has to be one of invoices, .*, got x\.\n$/);
});

test('the slope of most points counts, whatever a few of them say', () => {
  const points = Array.from({ length: 30 }, (_, x) => [x, x % 10 === 3 ? 1000 : 2 * x] as const);
  const { slope, low, high } = theilSen(points);
  expect(slope).toBeCloseTo(2);
  expect(low).toBeGreaterThan(1);
  expect(high).toBeLessThan(3);
});

describe('a value', () => {
  const rest = {
    heapBytes: 0,
    rssBytes: 0,
    handles: 3,
    sockets: 0,
    listeners: 0,
    queued: 0,
    records: 0,
    signals: 0,
    emitters: 0,
  };
  const limits = { heapKibPerMillion: 64, rssKibPerMillion: 64 };
  /** The rows that grow, of a run whose heap grows by so many KiB for each million records. */
  const growingAt = (kib: number, noise: (index: number) => number): readonly string[] => {
    const samples: readonly Sample[] = Array.from({ length: 40 }, (_, index) => ({
      ...rest,
      millions: index / 10,
      heapBytes: (20_000 + (kib * index) / 10 + noise(index)) * 1024,
      // Falls and rises, as sockets that are in use or not do.
      handles: 3 + (index % 3),
    }));
    return verdictOf(samples, limits).flatMap(({ name, grows }) => (grows ? [name] : []));
  };
  const noisy = (index: number): number => (index % 2 === 0 ? 40 : -40);

  test('grows if its slope is above the limit', () => expect(growingAt(200, noisy)).toEqual(['heapBytes']));

  test('does not grow if its slope is below the limit', () => expect(growingAt(30, noisy)).toEqual([]));

  test('does not grow if the noise hides the slope', () =>
    expect(growingAt(70, (index) => 4000 * Math.sin(index * 2))).toEqual([]));

  test('may grow during warm-up', () =>
    expect(growingAt(0, (index) => (index < 8 ? index * 500 : 4000))).toEqual([]));
});

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Expectation } from '../../bench/expectations/expectation.ts';
import { runBench } from './bench-process.ts';

const bundle: Expectation = {
  text: 'the bundle',
  group: 'footprint/bundle/sdk-external',
  of: 'streamlane',
  limit: 'at most',
  must: 1_000,
  aim: 1,
  unit: 'kB',
};

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'streamlane-bench-'));
});
afterAll(() => rm(directory, { recursive: true }));

async function checkWith(...expectations: readonly object[]) {
  const file = join(directory, 'expectations.json');
  await writeFile(file, JSON.stringify(expectations));
  return runBench('--quick', '--only', 'footprint/bundle', '--check', '--expectations', file);
}

test('--check succeeds when every expectation is met', async () => {
  const { code, stdout } = await checkWith(bundle);
  expect(stdout).toContain('must reached');
  expect(code).toBe(0);
}, 60_000);

test('--check fails when one is impossible', async () => {
  const { code, stdout, stderr } = await checkWith(bundle, { ...bundle, must: 0.001, aim: 0.001 });
  expect(stdout).toContain('missed');
  expect(stderr).toContain('1 of 2 expectations are not met.');
  expect(code).toBe(1);
}, 60_000);

test('values that are not expectations are refused', async () => {
  const { code, stderr } = await checkWith({ ...bundle, must: 'fast' });
  expect(stderr).toContain('entry 0: must has to be a number, got string');
  expect(code).not.toBe(0);
}, 60_000);

test('--help lists the flags', async () => {
  const { code, stdout } = await runBench('--help');
  for (const flag of ['--only', '--quick', '--check', '--expectations', '--out', '--redraw', '--update'])
    expect(stdout).toContain(flag);
  expect(code).toBe(0);
}, 60_000);

test.each([
  [['--fast'], /--fast/],
  [['--only'], /--only/],
  [['--only', 'weather'], /--only weather selects nothing/],
  [['quickly'], /quickly/],
  [['--update'], /--update needs --only/],
  [['--update', '--only', 'router', '--quick'], /neither --quick/],
])(
  '%j is refused',
  async (args, reason) => {
    const { code, stderr } = await runBench(...args);
    expect(stderr).toMatch(reason);
    expect(stderr).not.toMatch(/^\s+at /m);
    expect(code).toBe(2);
  },
  60_000,
);

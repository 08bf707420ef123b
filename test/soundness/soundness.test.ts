// npm run soundness plays more, and npm run soundness -- --mutants all faults.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { FILTER_MUTANTS } from './mutants.ts';
import { checkSoundness } from './soundness.ts';

const SOURCE = join(import.meta.dirname, '../../src');

test('a derived filter removes no record that a route, a middleware or a refusal needs', async () => {
  const counts = await checkSoundness({
    numRuns: Number(process.env.SOUNDNESS_RUNS ?? 2000),
    seed: Number(process.env.SOUNDNESS_SEED ?? 1),
  });
  const of = (name: string): number => counts.get(name) ?? 0;
  // The property would hold for filters that let everything pass, and for records that no router takes.
  expect(of('record: nothing, kept away')).toBeGreaterThan(of('record: nothing, passes') / 2);
  expect(of('record: handled, passes')).toBeGreaterThan(500);
}, 60_000);

describe('the faults', () => {
  test.each(FILTER_MUTANTS)('$name: fits its file at one place', ({ file, find, replace }) => {
    expect(readFileSync(join(SOURCE, file), 'utf8').split(find)).toHaveLength(2);
    expect(replace).not.toBe(find);
  });

  test('are found', () => {
    const report = execFileSync(
      process.execPath,
      [join(import.meta.dirname, 'main.ts'), '--mutants', '--runs', '2000', '--name', 'dropped'],
      { encoding: 'utf8' },
    );
    expect(report).toMatch('4 of 4 found');
  }, 60_000);
});

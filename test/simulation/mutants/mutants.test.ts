// npm run simulate:mutants looks at all of them.
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { MUTANTS } from './mutants.ts';

const SOURCE = join(import.meta.dirname, '../../../src');

/** Some of each room that are found soon. */
const QUICK = [
  'the batch goes on behind a record that failed alone',
  'records past a failure start',
  'only the first route runs',
  'the last entity that matches wins',
  'a letter is not waited for',
  'more than ten entries are in a request',
  'every invocation begins with the initial state',
  'a throw is a success',
  'one message that is not understood ends the replay',
];

describe('the mutants', () => {
  test.each(MUTANTS)('$name: fits its file at one place', ({ file, find, replace }) => {
    expect(readFileSync(join(SOURCE, file), 'utf8').split(find)).toHaveLength(2);
    expect(replace).not.toBe(find);
  });

  test('have names of their own', () => {
    expect(new Set(MUTANTS.map(({ name }) => name)).size).toBe(MUTANTS.length);
  });

  test('are found', async () => {
    expect(QUICK.filter((name) => !MUTANTS.some((mutant) => mutant.name === name))).toEqual([]);
    const report = await attack('--histories', '300', ...QUICK.flatMap((name) => ['--name', name]));
    expect(report).toMatch(`${QUICK.length} of ${QUICK.length} found`);
  }, 60_000);
});

async function attack(...args: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [
    join(import.meta.dirname, 'main.ts'),
    ...args,
  ]);
  return stdout;
}

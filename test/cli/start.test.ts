import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { commandEnvironment } from './environment.ts';
import { MAIN } from './spawned.ts';

const HELP = [MAIN, '--help'];

test('--help loads the declarations of the commands, and nothing that they need to run', () => {
  const directory = mkdtempSync(join(tmpdir(), 'streamlane-loaded-'));
  // V8 writes down every module that it was given.
  const env = { ...commandEnvironment(), NODE_V8_COVERAGE: directory };
  execFileSync(process.execPath, HELP, { env });
  const [report = ''] = readdirSync(directory);
  const { result } = JSON.parse(readFileSync(join(directory, report), 'utf8')) as {
    result: { url: string }[];
  };
  rmSync(directory, { recursive: true });
  const files = result.map(({ url }) => url).filter((url) => url.startsWith('file:'));
  const packages = files.flatMap((url) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url)?.[1] ?? []);
  const own = files
    .filter((url) => !url.includes('node_modules'))
    .map((url) => url.replace(/.*\/dist\//, ''));

  expect(new Set(packages)).toEqual(new Set(['commander']));
  expect(
    own.filter((file) => !/^cli\/([\w-]+|commands\/[\w-]+|\w+\/[\w-]+-(flags|options))\.js$/.test(file)),
  ).toEqual(['content-free-cause.js', 'errors.js', 'thrown-text.js']);
  expect(own.length).toBeLessThan(40);
});

test('--help takes under 150 ms, or on a busy machine four times as long as Node itself', {
  timeout: 60_000,
}, () => {
  const fastest = (args: readonly string[]): number =>
    Math.min(
      ...Array.from({ length: 7 }, () => {
        const started = performance.now();
        execFileSync(process.execPath, args, { env: commandEnvironment() });
        return performance.now() - started;
      }),
    );
  const bare = fastest(['--eval', '0']);
  expect(fastest(HELP)).toBeLessThan(Math.max(150, 4 * bare));
});

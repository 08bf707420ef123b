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
  const loaded = files.map((url) => url.replace(/.*\/dist\//, ''));
  const light =
    /^(cli\/([\w-]+|[\w-]+\/command|(errors|flags|terminal)\/[\w-]+|third-party\/(commander|shared-\w+))|errors|failure\/[\w-]+)\.js$/;

  expect(loaded).toContain('cli/third-party/commander.js');
  expect(loaded.filter((file) => !light.test(file))).toEqual([]);
  expect(loaded.length).toBeLessThan(40);
});

test('--help takes under 150 ms, or on a busy machine four times as long as Node itself', {
  timeout: 60_000,
}, () => {
  const elapsed = (args: readonly string[]): number => {
    const started = performance.now();
    execFileSync(process.execPath, args, { env: commandEnvironment() });
    return performance.now() - started;
  };
  // In turn, so that both meet the same load.
  const pairs = Array.from({ length: 7 }, () => [elapsed(['--eval', '0']), elapsed(HELP)] as const);
  const bare = Math.min(...pairs.map(([of]) => of));
  const help = Math.min(...pairs.map(([, of]) => of));
  expect(help).toBeLessThan(Math.max(150, 4 * bare));
});

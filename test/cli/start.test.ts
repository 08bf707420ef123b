import { execFileSync, spawnSync } from 'node:child_process';
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
    /^(parts\/\w+|cli\/([\w-]+|[\w-]+\/command|(errors|flags|terminal)\/[\w-]+|third-party\/(commander|shared-\w+))|errors|failure\/[\w-]+)\.js$/;

  expect(loaded).toContain('cli/third-party/commander.js');
  expect(loaded.filter((file) => !light.test(file))).toEqual([]);
  expect(loaded.length).toBeLessThan(40);
});

// Time on a processor, which other processes lengthen little; alone, it is about what a clock shows.
const PRINT_CPU_MS = `data:text/javascript,
import { writeSync } from 'node:fs';
process.on('exit', () => {
  const { user, system } = process.cpuUsage();
  writeSync(2, String((user + system) / 1000));
});`;

test('--help takes less than four times as long as an empty process', () => {
  const cpuMs = (...argv: readonly string[]): number => {
    const options = { env: commandEnvironment(), encoding: 'utf8' } as const;
    return Number(spawnSync(process.execPath, ['--import', PRINT_CPU_MS, ...argv], options).stderr);
  };
  // A machine that is slow or busy slows both of a pair.
  const ratios = Array.from({ length: 7 }, () => cpuMs(...HELP) / cpuMs('--eval', ''));

  expect(Math.min(...ratios)).toBeGreaterThan(1);
  expect(Math.min(...ratios)).toBeLessThan(4);
});

import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { EXIT } from '../../src/cli/exit-codes.ts';
import { dynoxidePackage, embeddedServers } from '../../src/cli/servers/embedded-servers.ts';
import { announceServers, projectOf, runningServers } from '../../src/cli/servers/running-servers.ts';
import { inProcess } from './in-process.ts';

let directory: string;

beforeEach(() => {
  directory = realpathSync(mkdtempSync(join(tmpdir(), 'streamlane-servers-')));
});

afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(directory, { recursive: true });
});

/** Runs something where the machine is said to be of a platform that Dynoxide is not made for. */
async function withoutDynoxide<Result>(run: () => Promise<Result>): Promise<Result> {
  const platform = Object.getOwnPropertyDescriptor(process, 'platform') as PropertyDescriptor;
  Object.defineProperty(process, 'platform', { value: 'sunos' });
  try {
    return await run();
  } finally {
    Object.defineProperty(process, 'platform', platform);
  }
}

test('a project is the nearest directory with a package.json, or the directory itself', () => {
  const inside = join(directory, 'src', 'cli');
  mkdirSync(inside, { recursive: true });
  writeFileSync(join(directory, 'package.json'), '{}');
  expect(projectOf(inside)).toBe(directory);
  expect(projectOf('/')).toBe('/');
});

test('what runs is written down in the cache of the user', async () => {
  vi.stubEnv('HOME', directory);
  const withdraw = await announceServers({ AWS_ENDPOINT_URL_DYNAMODB: 'http://127.0.0.1:1' }, {});
  const cache = { XDG_CACHE_HOME: join(directory, '.cache') };
  expect(await runningServers(cache)).toBeUndefined(); // found there, and forgotten: nobody answers
  await withdraw();
});

describe('where the embedded servers are not installed', () => {
  test('the message names what to install', async () => {
    await withoutDynoxide(() =>
      expect(embeddedServers({}, {}, 'private')).rejects.toThrow(
        'The embedded servers are not installed. Install them with: npm install --save-dev dynoxide fauxqs',
      ),
    );
    expect(dynoxidePackage('linux-x64')).toBe('@dynoxide/linux-x64');
  });

  test('invoke goes on without them', async () => {
    const argv = ['invoke', 'test/cli/handlers.ts#throwing', '-', '--json'];
    const { code, stdout, stderr } = await withoutDynoxide(() =>
      inProcess(argv, { input: '{"Records":[]}', env: { XDG_CACHE_HOME: directory } }).ended(),
    );
    expect(stderr).toMatch(
      /^The embedded servers are not installed: the handler runs in the environment as it is\.\n/,
    );
    expect(JSON.parse(stdout)).toMatchObject({ outcome: 'failed', records: 0 });
    expect(code).toBe(EXIT.failed);
  });
});

test('servers that are installed and do not start are no missing package', async () => {
  const dynoxide = join(directory, 'node_modules', '@dynoxide', `${process.platform}-${process.arch}`);
  mkdirSync(dynoxide, { recursive: true });
  writeFileSync(join(dynoxide, 'package.json'), '{}');
  writeFileSync(join(dynoxide, 'dynoxide'), '#!/bin/sh\nexit 1\n');
  chmodSync(join(dynoxide, 'dynoxide'), 0o755);
  const cwd = process.cwd();
  process.chdir(directory);
  try {
    await expect(embeddedServers({}, {}, 'private')).rejects.toThrow('does not listen');
  } finally {
    process.chdir(cwd);
  }
});

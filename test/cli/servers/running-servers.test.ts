import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { EXIT } from '../../../src/cli/errors/exit-codes.ts';
import { embeddedServers } from '../../../src/cli/servers/embedded-servers.ts';
import { remedyFor } from '../../../src/cli/servers/packages.ts';
import { announceServers, projectOf, runningServers } from '../../../src/cli/servers/running-servers.ts';
import { inProcess } from '../in-process.ts';
import { spawned } from '../spawned.ts';

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

const noWarning = (text: string): never => {
  throw new Error(`unexpected: ${text}`);
};
const serversAt = (url: string) => ({ AWS_ENDPOINT_URL_DYNAMODB: url });

test('what runs is written down in the cache of the user, for the user alone', async () => {
  vi.stubEnv('HOME', directory);
  const withdraw = await announceServers(serversAt('http://127.0.0.1:1'), {}, noWarning);
  const cache = join(directory, '.cache', 'streamlane');
  const [name = ''] = readdirSync(cache);
  expect(statSync(cache).mode & 0o777).toBe(0o700);
  expect(statSync(join(cache, name)).mode & 0o777).toBe(0o600);
  expect((await runningServers({ XDG_CACHE_HOME: join(directory, '.cache') }, noWarning))?.pid).toBe(
    process.pid,
  );
  await withdraw();
  expect(readdirSync(cache)).toEqual([]);
});

describe('of two that were announced in one project', () => {
  const env = () => ({ XDG_CACHE_HOME: directory });

  test('the later one is found, and the other one when that has ended', async () => {
    const now = vi.spyOn(Date, 'now').mockReturnValueOnce(1).mockReturnValueOnce(2);
    const first = await announceServers(serversAt('http://first'), env(), noWarning);
    const second = await announceServers(serversAt('http://second'), env(), noWarning);
    now.mockRestore();
    expect((await runningServers(env(), noWarning))?.environment).toEqual(serversAt('http://second'));
    await second();
    expect((await runningServers(env(), noWarning))?.environment).toEqual(serversAt('http://first'));
    await first();
    expect(await runningServers(env(), noWarning)).toBeUndefined();
  });

  test('the end of the first one does not hide the second', async () => {
    const first = await announceServers(serversAt('http://first'), env(), noWarning);
    const second = await announceServers(serversAt('http://second'), env(), noWarning);
    await first();
    expect((await runningServers(env(), noWarning))?.environment).toEqual(serversAt('http://second'));
    await second();
  });
});

describe('a stranger is not taken for a server of ours', () => {
  /** A program that got the port of a process of ours, and answers whatever it is asked. */
  async function stranger(answer: string): Promise<{ port: number; asked: string[]; close(): void }> {
    const asked: string[] = [];
    const server = createServer((request, response) => {
      asked.push(`${request.method} ${request.url}`);
      response.end(answer);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    return { port: (server.address() as AddressInfo).port, asked, close: () => void server.close() };
  }

  function files(): readonly string[] {
    return readdirSync(join(directory, 'streamlane')).map((name) => join(directory, 'streamlane', name));
  }

  test.each(['', 'x', 'a'.repeat(64)])('whatever it answers: %j', async (answer) => {
    const env = { XDG_CACHE_HOME: directory };
    const withdraw = await announceServers(serversAt('http://127.0.0.1:1'), env, noWarning);
    const [file = ''] = files();
    const { port, asked, close } = await stranger(answer);
    const announced = JSON.parse(readFileSync(file, 'utf8'));
    writeFileSync(file, JSON.stringify({ ...announced, identity: { ...announced.identity, port } }));
    const { code, stderr } = await inProcess(['put', 'T', '--item', '{"id":"secret"}'], { env }).ended();
    expect(stderr).toContain('There is no local server to write to');
    expect(code).toBe(EXIT.failed);
    // It was asked who it is, and told nothing.
    expect(asked).toEqual([expect.stringMatching(/^GET \/[0-9a-f]{32}$/)]);
    expect(files()).toEqual([]);
    close();
    await withdraw();
  });

  test.each([
    ['half a file', '{"pid":'],
    ['JSON of something else', '{}'],
    ['null', 'null'],
    ['a file of an earlier version', '{"pid":1,"environment":{}}'],
  ])('nor is %s', async (_name, content) => {
    const env = { XDG_CACHE_HOME: directory };
    const withdraw = await announceServers(serversAt('http://127.0.0.1:1'), env, noWarning);
    writeFileSync(files()[0] as string, content);
    expect(await runningServers(env, noWarning)).toBeUndefined();
    await withdraw();
  });

  test('nor what another user has written down', async () => {
    const env = { XDG_CACHE_HOME: directory };
    const withdraw = await announceServers(serversAt('http://127.0.0.1:1'), env, noWarning);
    const { getuid } = process;
    process.getuid = () => (getuid?.() ?? 0) + 1;
    try {
      expect(await runningServers(env, noWarning)).toBeUndefined();
    } finally {
      Object.assign(process, { getuid });
    }
    expect(await runningServers(env, noWarning)).toBeDefined();
    await withdraw();
  });
});

describe('a process that does not answer', () => {
  /** Emulators of the project in `directory`, as a process. */
  const started = async () => {
    const emulators = spawned(['emulators'], { env: { XDG_CACHE_HOME: directory } });
    await emulators.seen(/Ready/);
    return emulators;
  };
  const list = () => inProcess(['streams', 'list'], { env: { XDG_CACHE_HOME: directory } }).ended();

  test('is kept and named while it is paused, and found again afterwards', { timeout: 30_000 }, async () => {
    const emulators = await started();
    emulators.kill('SIGSTOP');
    // Not AWS in its place, though the environment has credentials.
    const env = { XDG_CACHE_HOME: directory, AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b' };
    const { code, stderr } = await inProcess(['streams', 'list'], { env }).ended();
    expect(stderr).toContain(
      `error: Process ${emulators.pid}, which runs embedded servers of this project, does not answer`,
    );
    expect(code).toBe(EXIT.failed);
    emulators.kill('SIGCONT');
    expect((await list()).stderr).toContain(`which process ${emulators.pid} runs`);
    emulators.interrupt();
    await emulators.ended();
    expect(readdirSync(join(directory, 'streamlane'))).toEqual([]);
  });

  test('is warned of where an earlier one answers', { timeout: 30_000 }, async () => {
    const withdraw = await announceServers(
      serversAt('http://first'),
      { XDG_CACHE_HOME: directory },
      noWarning,
    );
    const [name = ''] = readdirSync(join(directory, 'streamlane'));
    const file = join(directory, 'streamlane', name);
    // Something that listens, and is told to be the latest.
    const server = createServer(() => {}).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const announced = JSON.parse(readFileSync(file, 'utf8'));
    const { port } = server.address() as AddressInfo;
    const later = file.replace('.json', '-later.json');
    const announceLater = (pid: number) =>
      writeFileSync(
        later,
        JSON.stringify({
          ...announced,
          pid,
          startedAt: Date.now() + 1000,
          identity: { ...announced.identity, port },
        }),
      );
    announceLater(process.pid);
    const warnings: string[] = [];
    const env = { XDG_CACHE_HOME: directory };
    const warn = (text: string) => void warnings.push(text);
    expect((await runningServers(env, warn))?.environment).toEqual(serversAt('http://first'));
    expect(warnings).toEqual([expect.stringContaining('does not answer')]);
    // One that has ended left its port to something else.
    announceLater(2 ** 30);
    expect((await runningServers(env, noWarning))?.environment).toEqual(serversAt('http://first'));
    expect(readdirSync(join(directory, 'streamlane'))).toEqual([name]);
    server.closeAllConnections();
    server.close();
    await withdraw();
  });
});

test('a file that cannot be taken back keeps nothing from ending', async () => {
  const env = { XDG_CACHE_HOME: directory };
  const withdraw = await announceServers(serversAt('http://127.0.0.1:1'), env, noWarning);
  const [name = ''] = readdirSync(join(directory, 'streamlane'));
  rmSync(join(directory, 'streamlane', name));
  mkdirSync(join(directory, 'streamlane', name));
  await withdraw();
  expect(await runningServers(env, noWarning)).toBeUndefined();
});

describe('a cache that cannot be written to', () => {
  test.each<[string, () => NodeJS.ProcessEnv]>([
    [
      'because it is a file',
      () => {
        writeFileSync(join(directory, 'file'), '');
        return { XDG_CACHE_HOME: join(directory, 'file') };
      },
    ],
    ['because it is a device', () => ({ XDG_CACHE_HOME: '/dev/null' })],
  ])('%s keeps nothing from running, and a warning says so', async (_name, envOf) => {
    const env = envOf();
    const warnings: string[] = [];
    const withdraw = await announceServers(serversAt('http://127.0.0.1:1'), env, (text) =>
      warnings.push(text),
    );
    expect(warnings).toEqual([
      expect.stringMatching(
        /^Other commands of this project cannot find these servers, because .+ \(Error: .+\)\. Set XDG/,
      ),
    ]);
    expect(await runningServers(env, noWarning)).toBeUndefined();
    await withdraw();
    const emulators = inProcess(['emulators'], { env: env as Record<string, string> });
    await emulators.seen(/Ready/);
    expect(emulators.stderr()).toMatch(/^warning: Other commands of this project cannot find/m);
    emulators.interrupt();
    expect((await emulators.ended()).code).toBe(EXIT.ok);
  });
});

test('servers that have ended by themselves are no longer announced, and emulators says so', async () => {
  const env = { XDG_CACHE_HOME: directory };
  const emulators = inProcess(['emulators'], { env });
  await emulators.seen(/Ready/);
  const { AWS_ENDPOINT_URL_DYNAMODB } = (await runningServers(env, noWarning))?.environment ?? {};
  const port = new URL(`${AWS_ENDPOINT_URL_DYNAMODB}`).port;
  const lines = execFileSync('ps', ['-eo', 'pid,args'], { encoding: 'utf8' }).split('\n');
  const dynoxide = lines.find((line) => line.includes(`--port ${port}`) && !line.includes('--eval'));
  process.kill(Number.parseInt(`${dynoxide}`, 10), 'SIGKILL');
  const { code, stderr } = await emulators.ended();
  expect(stderr).toContain('error: Dynoxide has ended.');
  expect(code).toBe(EXIT.failed);
  expect(await runningServers(env, noWarning)).toBeUndefined();
});

describe('where the embedded servers are not installed', () => {
  test('the message names what to install', async () => {
    await withoutDynoxide(() =>
      expect(embeddedServers({}, {}, 'private', noWarning)).rejects.toThrow(
        /^The embedded servers are not installed\. On [\w-]+, name a server of your own with --endpoint/,
      ),
    );
  });

  test('on Linux, x64, that is to install them', () => {
    expect(remedyFor('linux-x64')).toMatch(
      /^Install them with: npm install --save-dev @dynoxide\/linux-x64 fauxqs, or name a server with --endpoint/,
    );
  });

  test.each(['darwin-arm64', 'darwin-x64', 'win32-x64', 'linux-arm64'])(
    'on %s, that is to name a server of your own',
    (platform) => {
      expect(remedyFor(platform)).toMatch(
        new RegExp(`^On ${platform}, name a server of your own with --endpoint, .*moto_server -p 5000`),
      );
    },
  );

  test('invoke works without them', async () => {
    const argv = ['invoke', 'test/cli/handlers.ts#throwing', '-', '--json'];
    const { code, stdout, stderr } = await withoutDynoxide(() =>
      inProcess(argv, { input: '{"Records":[]}', env: { XDG_CACHE_HOME: directory } }).ended(),
    );
    expect(stderr).toMatch(
      /^The embedded servers are not installed: the handler runs in the environment of this shell\.\n/,
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
    await expect(embeddedServers({}, {}, 'private', noWarning)).rejects.toThrow('does not start');
  } finally {
    process.chdir(cwd);
  }
});

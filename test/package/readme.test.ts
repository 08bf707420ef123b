// A reader follows README.md in an empty folder: types each command and saves each file, as shown.
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Block, blocksOf, ROOT } from '../docs/markdown.ts';
import { eventually } from '../fixtures/eventually.ts';
import { type LocalRegistry, startLocalRegistry } from '../fixtures/local-registry.ts';

const lines = readFileSync(join(ROOT, 'README.md'), 'utf8').split('\n');
const end = lines.indexOf('## Guarantees');
const blocks = blocksOf('README.md').filter(({ line }) => line < end);

/** The local servers that the page installs are for Linux on x64. */
const SERVERS = '@dynoxide/linux-x64';
const hasServers = existsSync(join(ROOT, 'node_modules', SERVERS));

/** The file that a block is saved as: the paragraph above it names one. */
const fileOf = ({ line }: Block): string | undefined =>
  /^Save this as `([\w./-]+)`/.exec(lines[line - 4] ?? '')?.[1];

interface Ended {
  readonly status: number;
  readonly output: string;
}

const folder = mkdtempSync(join(tmpdir(), 'streamlane-readme-'));
const directory = join(folder, 'project');
const ended = new Map<string, Ended>();
const files: string[] = [];
let registry: LocalRegistry | undefined;
let env: NodeJS.ProcessEnv;
let dev: ChildProcess | undefined;
let shown = '';

beforeAll(async () => {
  mkdirSync(directory);
  mkdirSync(join(folder, 'registry'));
  registry = await startLocalRegistry(join(folder, 'registry'));
  env = { ...terminal(), ...registry.env };
  for (const block of blocks) {
    const file = fileOf(block);
    if (file !== undefined) write(file, block.code);
    if (block.language !== 'sh' || (usesServers(block) && !hasServers)) continue;
    for (const command of block.code.trimEnd().split('\n')) await type(command);
  }
}, 180_000);

afterAll(async () => {
  if (dev !== undefined) {
    const closed = once(dev, 'close');
    // Ctrl-C reaches all processes of a terminal.
    process.kill(-Number(dev.pid), 'SIGINT');
    await closed;
  }
  await registry?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** The environment of a user's terminal, with the Node of the tests. */
function terminal(): NodeJS.ProcessEnv {
  const { PATH, HOME } = process.env;
  return {
    HOME,
    NO_COLOR: '1',
    PATH: `${dirname(process.execPath)}:${PATH}`,
    XDG_CACHE_HOME: join(folder, 'home'),
  };
}

const usesServers = ({ code }: Block): boolean => /@dynoxide|streamlane (?:dev|put)/.test(code);

function write(file: string, code: string): void {
  files.push(file);
  mkdirSync(dirname(join(directory, file)), { recursive: true });
  writeFileSync(join(directory, file), code);
}

async function type(command: string): Promise<void> {
  if (command.startsWith('npx streamlane dev ')) return start(command);
  ended.set(command, await run(command));
}

function run(command: string): Promise<Ended> {
  return new Promise((done) => {
    execFile('sh', ['-c', command], { cwd: directory, env, maxBuffer: 2 ** 26 }, (error, stdout, stderr) => {
      done({ status: error === null ? 0 : Number(error.code ?? 1), output: `${stdout}${stderr}` });
    });
  });
}

/** Types the command that runs until Ctrl-C, and waits for it. */
async function start(command: string): Promise<void> {
  dev = spawn('sh', ['-c', `${command} 2>&1`], { cwd: directory, env, detached: true });
  dev.stdout?.setEncoding('utf8').on('data', (text: string) => {
    shown += text;
  });
  await isShown('Ctrl-C stops.');
}

const isShown = (text: string): Promise<void> => eventually(() => expect(shown).toContain(text));

test('every command succeeds', () => {
  expect([...ended].filter(([, { status }]) => status !== 0)).toEqual([]);
  expect(files).toEqual(['src/handler.ts', 'src/invoice.test.ts']);
  expect([...ended.keys()]).toEqual(
    expect.arrayContaining(['npm install streamlane @aws-sdk/client-sns', 'npx vitest run']),
  );
});

test('the test of the page passes', () => {
  expect(ended.get('npx vitest run')?.output).toMatch(/Tests\s+1 passed/);
});

test('the mapping is printed, with ReportBatchItemFailures and the filters of the three routes', () => {
  const [, mapping] = [...ended].find(([command]) => command.startsWith('npx streamlane mapping')) ?? [];
  expect(mapping?.output).toContain('- ReportBatchItemFailures');
  for (const name of ['INSERT', 'MODIFY', 'REMOVE']) expect(mapping?.output).toContain(name);
  // The page explains the warning.
  expect(mapping?.output).toMatch(/^warning: .+\(NO_DESTINATION\)$/m);
  expect(lines.join('\n')).toMatch(/The command warns\s+about `NO_DESTINATION`/);
});

describe.skipIf(!hasServers)('dev', () => {
  test('runs the function, which publishes the invoice that was put', async () => {
    await isShown('checkpoint 1');
    expect(shown).toMatch(/✓ 1 record .*→ checkpoint 1/);
    expect(shown).not.toContain('✗');
  });
});

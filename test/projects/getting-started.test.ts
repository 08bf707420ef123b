// A reader follows docs/getting-started.md in an empty folder: makes the files as shown, and types the commands, in order.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Block, blocksOf, ROOT } from '../docs/markdown.ts';
import { eventually } from '../fixtures/eventually.ts';
import { type Ended, emptyFolder, environment, run, tarball } from './project.ts';

const PAGE = 'docs/getting-started.md';
const lines = readFileSync(join(ROOT, PAGE), 'utf8').split('\n');

// The part of the page that makes the project. What comes next is deployed.
const end = lines.indexOf('## The event source mapping');
const blocks = blocksOf(PAGE).filter(({ line }) => line < end);

/** The file that a block is: the paragraph above it ends with the name and a colon. */
const fileOf = ({ line }: Block): string | undefined =>
  /(?:^| )`([\w./-]+)`:$/.exec(lines[line - 4] ?? '')?.[1];

const textBlock = (containing: string): string[] =>
  blocks
    .filter(({ language, code }) => language === 'text' && code.includes(containing))
    .flatMap(({ code }) => code.trimEnd().split('\n'));

const directory = emptyFolder();
// Packages that were installed before come from npm's cache.
const env = { ...environment(), npm_config_prefer_offline: 'true' };
const ended = new Map<string, Ended>();
const files: string[] = [];
let dev: ChildProcess | undefined;
let shown = '';

beforeAll(async () => {
  for (const block of blocks) {
    const file = fileOf(block);
    if (file !== undefined) write(file, block.code);
    if (block.language !== 'sh') continue;
    for (const command of block.code.trimEnd().split('\n')) await type(command);
  }
  await isShown('checkpoint 3');
}, 120_000);

afterAll(async () => {
  if (dev === undefined) return;
  const closed = once(dev, 'close');
  // Ctrl-C reaches all processes of a terminal.
  process.kill(-Number(dev.pid), 'SIGINT');
  await closed;
});

function write(file: string, code: string): void {
  files.push(file);
  mkdirSync(dirname(join(directory, file)), { recursive: true });
  writeFileSync(join(directory, file), code);
}

/** Types a command. Only the package is not the registry's: it is the one that was built. */
async function type(command: string): Promise<void> {
  if (command.startsWith('npx streamlane dev ')) return start(command);
  const line = command === 'npm install streamlane' ? `npm install '${tarball()}'` : command;
  ended.set(command, await run('sh', ['-c', line], directory, env));
}

/** Types the command that runs until Ctrl-C, and waits for it. Its output and its errors are in one stream, as in a terminal. */
async function start(command: string): Promise<void> {
  dev = spawn('sh', ['-c', `${command} 2>&1`], { cwd: directory, env, detached: true });
  dev.stdout?.setEncoding('utf8').on('data', (text: string) => {
    shown += text;
  });
  await isShown('Ctrl-C stops.');
}

const isShown = (text: string): Promise<void> => eventually(() => expect(shown).toContain(text));

test('the page shows every file of its tree, and no other', () => {
  const tree = textBlock('package.json').map((line) => /^(\s*)(\S+)/.exec(line) ?? []);
  const names = tree
    .map(([, indent, name]) => (indent === '' ? name : `src/${name}`))
    .filter((name) => name !== 'src');
  expect(files.toSorted()).toEqual(names.toSorted());
});

test('every command succeeds', () => {
  expect([...ended].filter(([, { status }]) => status !== 0)).toEqual([]);
  expect([...ended.keys()]).toEqual(
    expect.arrayContaining(['npm install streamlane', 'npx tsc', 'node --test']),
  );
});

test('npx tsc prints nothing', () => {
  expect(ended.get('npx tsc')?.output).toBe('');
});

test('the test of the page passes, as shown', () => {
  const output = withoutTimes(ended.get('node --test')?.output ?? '');
  for (const line of textBlock('✔')) expect(output).toContain(withoutTimes(line));
  expect(output).toContain('pass 1\n');
});

test('the bundle exports the function', async () => {
  const code = `import { handler } from './dist/handler.mjs'; console.log(await handler({ Records: [] }))`;
  const args = ['--input-type=module', '--eval', code];
  expect(await run(process.execPath, args, directory, env)).toEqual({
    status: 0,
    output: '{ batchItemFailures: [] }\n',
  });
});

test('put, update and delete print the lines of the page', () => {
  const writes = [...ended].filter(([command]) => /^npx streamlane (?:put|update|delete) /.test(command));
  // stdout comes first. On stderr, each names the servers.
  const printed = writes.map(([, { output }]) => output.split('\n')[0]);
  expect(printed.toSorted()).toEqual(textBlock('Put 1 item').toSorted());
});

test('dev shows the three changes as the page does', () => {
  const expected = textBlock('checkpoint').map(withoutTimes);
  const printed = withoutTimes(shown).split('\n');
  expect(expected).toHaveLength(7);
  expect(printed.filter((line) => expected.includes(line))).toEqual(expected);
});

/** Replaces times of day and durations. */
function withoutTimes(text: string): string {
  return text.replaceAll(/\d\d:\d\d:\d\d/g, 'TIME').replaceAll(/[\d.]+ ?m?s\b/g, 'DURATION');
}

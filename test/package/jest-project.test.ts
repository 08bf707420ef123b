// docs/testing.md has a whole project with Jest: it is installed from the packed package, and run.
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { beforeAll, expect, test } from 'vitest';

const root = resolve(import.meta.dirname, '../..');
const [, section = ''] =
  /\n## Jest\n([\s\S]*?)\n## /.exec(readFileSync(join(root, 'docs/testing.md'), 'utf8')) ?? [];
const files = [...section.matchAll(/`([\w./-]+)`:\n\n```\w+\n([\s\S]*?)```/g)].map(([, name, code]) => [
  name,
  code,
]) as [string, string][];
const [, install = ''] = /npm install --save-dev (.*)/.exec(section) ?? [];

// The packages are kept between runs, and installed again when the page names others. Jest ignores what lies in node_modules.
const name = `streamlane-jest-${createHash('sha256').update(install).digest('hex').slice(0, 12)}`;
const project = join(tmpdir(), name);

beforeAll(() => {
  const [manifest] = files.flatMap(([name, code]) => (name === 'package.json' ? [code] : []));
  if (!existsSync(project)) {
    const unfinished = `${project}-${process.pid}`;
    mkdirSync(unfinished, { recursive: true });
    writeFileSync(join(unfinished, 'package.json'), manifest as string);
    npm(['install', '--save-dev', ...install.split(' '), '--no-audit', '--no-fund'], unfinished);
    renameSync(unfinished, project);
  }
  for (const folder of ['src', 'test', 'node_modules/streamlane']) {
    rmSync(join(project, folder), { recursive: true, force: true });
  }
  for (const [name, code] of files.filter(([name]) => name !== 'package.json')) write(name, code);
  const [packed] = JSON.parse(
    npm(['pack', '--json', '--ignore-scripts', '--pack-destination', project], root),
  );
  const target = join(project, 'node_modules/streamlane');
  mkdirSync(target);
  execFileSync('tar', ['-xzf', join(project, packed.filename), '-C', target, '--strip-components=1']);
  for (const name of ['@standard-schema/spec', '@types/aws-lambda']) {
    cpSync(join(root, 'node_modules', name), join(project, 'node_modules', name), { recursive: true });
  }
}, 120_000);

function npm(args: readonly string[], cwd: string): string {
  return execFileSync('npm', [...args, '--silent'], { cwd, encoding: 'utf8' });
}

function write(name: string, code: string): void {
  mkdirSync(dirname(join(project, name)), { recursive: true });
  writeFileSync(join(project, name), code);
}

/** Runs a command of the project's. */
function run(name: string, args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const command = join(project, 'node_modules', name);
  const { status, stdout, stderr } = spawnSync(process.execPath, [command, ...args], {
    cwd: project,
    encoding: 'utf8',
    env: { PATH: process.env.PATH, HOME: process.env.HOME, NO_COLOR: '1', ...env },
  });
  return { status, output: stdout + stderr };
}

const jest = (args: readonly string[], env = {}) => run('jest/bin/jest.js', args, env);

test('the page has every file', () => {
  expect(files.map(([name]) => name)).toEqual([
    'package.json',
    'jest.config.js',
    'tsconfig.json',
    'src/handler.ts',
    'test/handler.test.ts',
  ]);
});

test('the project compiles, with the matchers on the expect of @types/jest and of @jest/globals', () => {
  write(
    'test/globals.test.ts',
    `import { expect, test } from '@jest/globals';
test('typed', () => {
  expect({ batchItemFailures: [] }).toSucceed();
  expect({ batchItemFailures: [{ itemIdentifier: '1' }] }).toReportCheckpoint('1');
  // @ts-expect-error a sequence number is text
  expect(() => expect({}).toReportCheckpoint(1)).toThrow('expected a sequence number');
});
`,
  );
  expect(run('typescript/bin/tsc', ['--noEmit', '-p', '.'])).toEqual({ status: 0, output: '' });
}, 60_000);

test('its tests pass', () => {
  const { status, output } = jest([]);
  expect(output).toContain('Tests:       3 passed, 3 total');
  expect(status).toBe(0);
}, 60_000);

// Node loads ES modules by require in a vm from 24.9 on.
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);

test.runIf(major * 100 + minor >= 2409)(
  'its tests pass without a transform, with the modules of Node',
  () => {
    write(
      'jest.native.config.js',
      "module.exports = { preset: 'ts-jest', setupFilesAfterEnv: ['streamlane/testing/jest'] };\n",
    );
    const { status, output } = jest(['-c', 'jest.native.config.js'], {
      NODE_OPTIONS: '--experimental-vm-modules',
    });
    expect(output).toContain('Tests:       3 passed, 3 total');
    expect(status).toBe(0);
  },
  60_000,
);

test('a failed expectation shows why, and memorySink works under fake timers', () => {
  write(
    'test/why.test.ts',
    `import { deliver, memorySink, testStream } from 'streamlane/testing';
import { createHandler, type Invoice } from '../src/handler';

const stream = testStream<Invoice>({ keys: ['customerId', 'invoiceId'] });

test('fails', async () => {
  const bad = stream.insert({ customerId: 'C-7', invoiceId: 'INV-1', total: -1 });
  const options = { functionResponseTypes: ['ReportBatchItemFailures'], maximumRetryAttempts: 2 } as const;
  expect(await deliver(createHandler(memorySink()), [bad], options)).toSucceed();
});

test('passes', async () => {
  jest.useFakeTimers();
  const sink = memorySink();
  expect(await deliver(createHandler(sink), [stream.insert({ customerId: 'C', invoiceId: 'I', total: 1 })])).toSucceed();
  expect(sink.sent).toHaveLength(1);
});
`,
  );
  const { status, output } = jest(['test/why.test.ts']);
  expect(output).toContain('Tests:       1 failed, 1 passed, 2 total');
  expect(output).toContain('Expected the delivery to succeed, but 1 record was discarded.');
  expect(output).toContain('customerId="C-7" invoiceId="INV-1", 3 times: Error: a total below zero');
  expect(output).toMatch(/at .*src\/handler\.ts:\d+:\d+/);
  expect(output).not.toContain('Record failed');
  expect(status).toBe(1);
}, 60_000);

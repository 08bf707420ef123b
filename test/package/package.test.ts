import { execFileSync, spawnSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const root = resolve(import.meta.dirname, '../..');
const tsc = join(root, 'node_modules/typescript/bin/tsc');

/** The 12-line program of the README, without a sink. */
const PROGRAM = `import { changed, expired, streamRouter } from 'streamlane';

interface Invoice { customerId: string; invoiceId: string; status: 'DRAFT' | 'OPEN' | 'PAID'; total: number }

const seen: string[] = [];

export const handler = streamRouter<Invoice>()
  .onInsert(async ({ newImage }) => { seen.push(newImage.invoiceId); })
  .onModify(changed('status', { to: 'PAID' }), async ({ oldImage, newImage }) => { seen.push(oldImage.status + newImage.status); })
  .onRemove(expired, async ({ oldImage }) => { seen.push(oldImage.invoiceId); });

export default seen;
`;

const RUN = `import seen, { handler } from './program.js';

const keys = { customerId: { S: 'c1' }, invoiceId: { S: 'i1' } };
const image = { ...keys, status: { S: 'OPEN' }, total: { N: '12.5' } };
const change = { Keys: keys, NewImage: image, SequenceNumber: '1', StreamViewType: 'NEW_AND_OLD_IMAGES' };
const Records = [{ eventID: '1', eventName: 'INSERT', eventSource: 'aws:dynamodb', dynamodb: change }];
console.log(JSON.stringify([await handler({ Records }, {}), seen]));
`;

let project: string;

beforeAll(() => {
  project = mkdtempSync(join(tmpdir(), 'streamlane-package-'));
  const packed = execFileSync('npm', ['pack', '--silent', '--pack-destination', project], {
    cwd: root,
    encoding: 'utf8',
  });
  const name = packed.trim().split('\n').at(-1) ?? '';
  // Unpacked by hand, beside the dependencies that package.json declares and nothing else: what npm would
  // install, without asking a registry.
  const installed = join(project, 'node_modules/streamlane');
  mkdirSync(installed, { recursive: true });
  execFileSync('tar', ['-xzf', join(project, name), '-C', installed, '--strip-components=1']);
  const { dependencies } = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'));
  for (const dependency of Object.keys(dependencies)) link(dependency);
  writeFileSync(join(project, 'package.json'), JSON.stringify({ type: 'module', private: true }));
  writeFileSync(join(project, 'program.ts'), PROGRAM);
  writeFileSync(join(project, 'run.js'), RUN);
});

/** Installs a package of this repository's in the project; its own dependencies are found beside it. */
function link(name: string): void {
  mkdirSync(dirname(join(project, 'node_modules', name)), { recursive: true });
  symlinkSync(join(root, 'node_modules', name), join(project, 'node_modules', name));
}

afterAll(() => rmSync(project, { recursive: true, force: true }));

describe('the packed package, in an empty project', () => {
  test('contains the compiled library and its papers, and nothing else', () => {
    const top = readdirSync(join(project, 'node_modules/streamlane')).sort();

    expect(top).toEqual(['CHANGELOG.md', 'LICENSE', 'README.md', 'dist', 'package.json']);
  });

  test.each([true, false])(
    'the 12-line program compiles under strict, skipLibCheck %s, and runs',
    (skipLibCheck) => {
      const options = [
        '--strict',
        '--skipLibCheck',
        String(skipLibCheck),
        '--module',
        'nodenext',
        '--target',
        'es2022',
      ];

      execFileSync(process.execPath, [tsc, ...options, 'program.ts'], { cwd: project, stdio: 'pipe' });
      const output = execFileSync(process.execPath, ['run.js'], { cwd: project, encoding: 'utf8' });

      expect(JSON.parse(output)).toEqual([{ batchItemFailures: [] }, ['i1']]);
    },
  );

  // What docs/getting-started.md names for each; nothing else is there to compile with.
  test.each([
    ['streamlane', []],
    ['streamlane/audit', []],
    ['streamlane/local', ['@aws-sdk/client-dynamodb-streams']],
    ['streamlane/middleware/dead-letter', []],
    ['streamlane/middleware/idempotent', ['@aws-lambda-powertools/idempotency']],
    ['streamlane/middleware/metrics', []],
    ['streamlane/middleware/retry', []],
    ['streamlane/middleware/validate', []],
    ['streamlane/middy', ['@middy/core']],
    ['streamlane/powertools', ['@aws-lambda-powertools/batch']],
    ['streamlane/replay', ['@aws-sdk/client-dynamodb-streams']],
    ['streamlane/sinks', []],
    ['streamlane/sinks/dynamodb', ['@aws-sdk/client-dynamodb', '@aws-sdk/util-dynamodb']],
    ['streamlane/sinks/event-bridge', ['@aws-sdk/client-eventbridge']],
    ['streamlane/sinks/s3', ['@aws-sdk/client-s3']],
    ['streamlane/sinks/sns', ['@aws-sdk/client-sns']],
    ['streamlane/sinks/sqs', ['@aws-sdk/client-sqs']],
    ['streamlane/testing', ['@aws-sdk/util-dynamodb']],
    ['streamlane/testing/vitest', ['vitest']],
  ])(
    '%s compiles under strict without skipLibCheck, beside %j alone',
    { timeout: 60_000 },
    (subpath, peers) => {
      for (const peer of peers) link(peer);
      writeFileSync(join(project, 'subpath.ts'), `import * as all from '${subpath}';\nexport default all;\n`);

      const options = ['--strict', '--skipLibCheck', 'false', '--module', 'nodenext', '--target', 'es2024'];
      const { stdout } = spawnSync(process.execPath, [tsc, ...options, '--noEmit', 'subpath.ts'], {
        cwd: project,
        encoding: 'utf8',
      });
      for (const peer of peers) rmSync(join(project, 'node_modules', peer));

      expect(stdout).toBe('');
    },
  );

  // TypeScript 6.0 leaves the extension in an `import()` inside a function with `await using`.
  test('no compiled file imports a source file', () => {
    const dist = join(project, 'node_modules/streamlane/dist');
    const files = readdirSync(dist, { recursive: true, encoding: 'utf8' }).filter((file) =>
      file.endsWith('.js'),
    );
    const imports = /(?:import\(|from )['"]\.[^'"]*\.ts['"]/;

    expect(files.filter((file) => imports.test(readFileSync(join(dist, file), 'utf8')))).toEqual([]);
  });

  test('the command runs, and says which package one of its commands needs', () => {
    const main = join(project, 'node_modules/streamlane/dist/cli/main.js');
    const run = (...argv: string[]) =>
      spawnSync(process.execPath, [main, ...argv], { cwd: project, encoding: 'utf8' });

    expect(run('--help')).toMatchObject({ status: 0, stderr: '' });
    expect(run('put', 'T', '--item', '{}', '--endpoint', 'http://127.0.0.1:1')).toMatchObject({
      status: 1,
      stderr:
        'error: This command needs @aws-sdk/client-dynamodb, which is not installed. ' +
        'Install it with: npm install --save-dev @aws-sdk/client-dynamodb\n',
    });
  });

  test('CommonJS can require it', () => {
    const script = "process.stdout.write(typeof require('streamlane').streamRouter)";

    const output = execFileSync(process.execPath, ['--input-type=commonjs', '--eval', script], {
      cwd: project,
      encoding: 'utf8',
    });

    expect(output).toBe('function');
  });
});

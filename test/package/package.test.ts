import { execFileSync, spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { isBuiltin } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { remedyFor } from '../../src/cli/servers/packages.ts';

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

const keys = { customerId: { S: 'c1' }, invoiceId: { S: 'i1' } };
const image = { ...keys, status: { S: 'OPEN' }, total: { N: '12.5' } };
const change = { Keys: keys, NewImage: image, SequenceNumber: '1', StreamViewType: 'NEW_AND_OLD_IMAGES' };
const EVENT = {
  Records: [{ eventID: '1', eventName: 'INSERT', eventSource: 'aws:dynamodb', dynamodb: change }],
};

const RUN = `import seen, { handler } from './program.js';

console.log(JSON.stringify([await handler(${JSON.stringify(EVENT)}, {}), seen]));
`;

let project: string;

beforeAll(() => {
  project = mkdtempSync(join(tmpdir(), 'streamlane-package-'));
  const [streamlane, ...dependencies] = pack([root, ...productionPackages()]);
  // From files: a registry is not asked. The rest is npm's own doing.
  const manifest = {
    type: 'module',
    private: true,
    dependencies: { streamlane: `file:${streamlane?.filename}` },
    overrides: Object.fromEntries(dependencies.map(({ name, filename }) => [name, `file:${filename}`])),
  };
  writeFileSync(join(project, 'package.json'), JSON.stringify(manifest));
  const flags = ['--omit=dev', '--omit=optional', '--no-audit', '--no-fund', '--no-package-lock'];
  npm(['install', '--offline', '--cache', join(project, '.cache'), ...flags], project);
  writeFileSync(join(project, 'program.ts'), PROGRAM);
  writeFileSync(join(project, 'run.js'), RUN);
});

function npm(args: readonly string[], cwd: string): string {
  return execFileSync('npm', [...args, '--silent'], { cwd, encoding: 'utf8' });
}

/** Makes tarballs of package folders, in the project. */
function pack(folders: readonly string[]): readonly { name: string; filename: string }[] {
  const json = npm(['pack', '--json', '--ignore-scripts', '--pack-destination', project, ...folders], root);
  return JSON.parse(json);
}

/** The folders of what streamlane depends on, and of what that depends on. */
function productionPackages(): readonly string[] {
  const folders = new Set<string>();
  const visit = (folder: string): void => {
    const { dependencies = {} } = manifestOf(folder);
    for (const name of Object.keys(dependencies)) {
      const dependency = join(root, 'node_modules', name);
      if (folders.has(dependency)) continue;
      folders.add(dependency);
      visit(dependency);
    }
  };
  visit(root);
  return [...folders];
}

function manifestOf(folder: string): {
  readonly name: string;
  readonly version: string;
  readonly dependencies?: Readonly<Record<string, string>>;
} {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
}

/** The files below a folder, as paths. */
function filesIn(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));
}

/** Installs a package of this repository's in the project; its own dependencies are found beside it. */
function link(name: string): void {
  mkdirSync(dirname(join(project, 'node_modules', name)), { recursive: true });
  symlinkSync(join(root, 'node_modules', name), join(project, 'node_modules', name));
}

afterAll(() => rmSync(project, { recursive: true, force: true }));

describe('a production install', () => {
  const installed = (): readonly string[] =>
    filesIn(join(project, 'node_modules')).filter((file) => file.endsWith('/package.json'));

  test('brings at most 4 packages', () => {
    const names = installed().map((file) => manifestOf(dirname(file)).name);

    expect(names.sort()).toEqual(['@standard-schema/spec', '@types/aws-lambda', 'streamlane']);
    expect(names.length).toBeLessThanOrEqual(4);
  });

  test('takes under 3.3 MB of a disk with blocks of 4 kB', () => {
    const folder = join(project, 'node_modules');
    const folders = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
      entry.isDirectory(),
    );
    const blocks = filesIn(folder).map((file) => Math.ceil(statSync(file).size / 4096));
    const bytes = 4096 * blocks.reduce((sum, count) => sum + count, folders.length);

    expect(bytes).toBeGreaterThan(1e6);
    // 3 MiB for the library and the command line, and 150 kB for the live console.
    expect(bytes).toBeLessThan(3 * 2 ** 20 + 150_000);
  });

  test('has no code but streamlane: what else is there are types', async () => {
    const code = filesIn(join(project, 'node_modules')).filter(
      (file) => /\.([cm]?js|node|wasm)$/.test(file) && !file.includes('/node_modules/streamlane/'),
    );
    const exported = await Promise.all(
      code.map(async (file) => Object.values(await import(/* @vite-ignore */ file))),
    );

    // @standard-schema/spec has modules that export nothing.
    expect(exported.flat().filter((value) => Object.keys(value as object).length > 0)).toEqual([]);
  });

  test('runs the command, by npx', () => {
    const help = npx('--help');

    expect(help).toMatchObject({ status: 0, stderr: '' });
    expect(help.stdout).toMatch(/^Usage: streamlane /);
    expect(npx('--version')).toMatchObject({ status: 0, stdout: `${manifestOf(root).version}\n` });
  });

  test.each(['.', 'a project'])('invokes a TypeScript handler of a project in the folder %j', (name) => {
    const folder = join(project, name);
    mkdirSync(folder, { recursive: true });
    cpSync(join(project, 'program.ts'), join(folder, 'my handler.ts'));
    const payload = join(folder, 'event.json');
    writeFileSync(payload, JSON.stringify(EVENT));

    const invoked = npx('invoke', `${join(folder, 'my handler.ts')}#handler`, payload);

    expect(invoked).toMatchObject({ status: 0, stdout: expect.stringContaining('"batchItemFailures": []') });
  });

  test('has every import of the compiled code, but for optional peers', () => {
    const folder = join(project, 'node_modules/streamlane');
    const { peerDependenciesMeta, exports, imports } = JSON.parse(
      readFileSync(join(folder, 'package.json'), 'utf8'),
    );
    const imported = filesIn(join(folder, 'dist'))
      .filter((file) => file.endsWith('.js'))
      .flatMap((file) => {
        const { importedFiles } = ts.preProcessFile(readFileSync(file, 'utf8'));
        return importedFiles.map(({ fileName }) => [file, fileName] as const);
      });
    const missing = imported.filter(([file, name]) => {
      if (name.startsWith('.')) return !existsSync(join(dirname(file), name));
      // The compiled example imports the package that it is in.
      if (/^streamlane\b/.test(name)) return !(name.replace('streamlane', '.') in exports);
      const [, owner = ''] = /^((?:@[^/]+\/)?[^/]+)/.exec(name) ?? [];
      return !isBuiltin(name) && !(owner in peerDependenciesMeta) && owner !== '@dynoxide';
    });

    expect(imported.length).toBeGreaterThan(500);
    expect(missing).toEqual([]);
    const own = Object.values<string>(imports);
    expect(own.filter((file) => !existsSync(join(folder, file)))).toEqual([]);
  });

  test('has the licence of every package that is bundled', () => {
    const folder = join(project, 'node_modules/streamlane/dist/cli/third-party');
    const licenses = readFileSync(join(folder, 'LICENSES.txt'), 'utf8');
    const bundled = bundledPackages([
      ...readdirSync(join(root, 'src/cli/third-party')).map((file) => basename(file, '.ts')),
      ...['preact', '@preact/signals', 'uplot'], // of the console's page
    ]);
    const texts = [...bundled].map((path) => {
      const license = readdirSync(path).find((file) => /^licen[cs]e/i.test(file)) ?? '';
      const { name, version } = manifestOf(path);
      return [`${name} ${version} (`, readFileSync(join(path, license), 'utf8').trim()] as const;
    });

    expect(texts.length).toBeGreaterThan(20);
    expect(texts.flat().filter((text) => !licenses.includes(text))).toEqual([]);
  });
});

/** Dependencies without code in the bundles: argparse reads the arguments of the command of js-yaml. */
const WITHOUT_CODE: readonly string[] = ['argparse'];

/** The folders of these packages of this repository, and of all that they depend on. */
function bundledPackages(names: readonly string[], from: string = root): Set<string> {
  const bundled = names.filter((name) => !WITHOUT_CODE.includes(name));
  const folders = bundled.flatMap((name) => {
    const folder = folderOf(name, from);
    return [folder, ...bundledPackages(Object.keys(manifestOf(folder).dependencies ?? {}), folder)];
  });
  return new Set(folders);
}

/** Where Node finds a package: in the folder itself, or in the nearest one above it. */
function folderOf(name: string, from: string): string {
  const folder = join(from, 'node_modules', name);
  return existsSync(folder) ? folder : folderOf(name, dirname(from));
}

function npx(...args: readonly string[]): ReturnType<typeof spawnSync> & { stdout: string } {
  return spawnSync('npx', ['--no-install', 'streamlane', ...args], { cwd: project, encoding: 'utf8' });
}

describe('the packed package, in an empty project', () => {
  // What every TypeScript project on Node has.
  beforeAll(() => link('@types/node'));

  test('contains the compiled library and its papers, and nothing else', () => {
    const top = readdirSync(join(project, 'node_modules/streamlane')).sort();

    expect(top).toEqual(['LICENSE', 'README.md', 'dist', 'package.json']);
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
    ['streamlane/cdk', ['aws-cdk-lib', 'constructs']],
    ['streamlane/local', ['@aws-sdk/client-dynamodb-streams']],
    ['streamlane/middleware/dead-letter', []],
    ['streamlane/middleware/idempotent', ['@aws-lambda-powertools/idempotency']],
    ['streamlane/middleware/metrics', []],
    ['streamlane/middleware/retry', []],
    ['streamlane/middleware/validate', []],
    ['streamlane/middy', ['@middy/core']],
    ['streamlane/opentelemetry', ['@opentelemetry/api']],
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
    '%s is imported, and compiles under strict without skipLibCheck, beside %j alone',
    { timeout: 60_000 },
    (subpath, peers) => {
      for (const peer of peers) link(peer);
      writeFileSync(join(project, 'subpath.ts'), `import * as all from '${subpath}';\nexport default all;\n`);

      const options = ['--strict', '--skipLibCheck', 'false', '--module', 'nodenext', '--target', 'es2024'];
      const { stdout } = spawnSync(process.execPath, [tsc, ...options, '--noEmit', 'subpath.ts'], {
        cwd: project,
        encoding: 'utf8',
      });
      const imported = spawnSync(
        process.execPath,
        ['--input-type=module', '--eval', `await import('${subpath}')`],
        { cwd: project, encoding: 'utf8' },
      );
      for (const peer of peers) rmSync(join(project, 'node_modules', peer));

      expect(stdout).toBe('');
      expect(imported).toMatchObject({ status: 0, stderr: '' });
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

  test('the command says which package one of its commands needs', () => {
    expect(npx('put', 'T', '--item', '{}', '--endpoint', 'http://127.0.0.1:1')).toMatchObject({
      status: 1,
      stderr:
        'error: This command needs @aws-sdk/client-dynamodb, which is not installed. ' +
        'Install it with: npm install --save-dev @aws-sdk/client-dynamodb\n',
    });
  });

  test('the demo says which packages it needs, and runs once they are there', () => {
    const clients = ['dynamodb', 'dynamodb-streams', 'sns', 'sqs'].map((name) => `@aws-sdk/client-${name}`);
    // Of Dynoxide, the package that this machine has.
    const servers = ['@dynoxide/linux-x64', 'dynoxide', 'fauxqs'].filter((name) =>
      existsSync(join(root, 'node_modules', name)),
    );
    expect(npx('demo')).toMatchObject({
      status: 1,
      stderr:
        `error: ${clients.slice(0, -1).join(', ')} and ${clients.at(-1)} and the embedded servers are not installed. ` +
        `${remedyFor(`${process.platform}-${process.arch}`, clients)}\n`,
    });
    for (const peer of clients) link(peer);
    expect(npx('demo')).toMatchObject({ status: 1, stderr: expect.stringMatching(/dynoxide.* fauxqs/) });
    for (const peer of servers) link(peer);
    const demo = npx('demo', '--invoices', '60', '--json');
    for (const peer of [...clients, ...servers]) rmSync(join(project, 'node_modules', peer));

    expect(demo).toMatchObject({ status: 0 });
    expect(JSON.parse(demo.stdout)).toMatchObject({
      invoices: 60,
      lost: 0,
      orderViolations: 0,
      passed: true,
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

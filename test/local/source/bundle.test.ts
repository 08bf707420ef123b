import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import esbuild from 'esbuild';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { prepareModule } from '../../../src/local/source/bundle.ts';
import { writeBundle } from '../../../src/local/source/bundle-file.ts';
import { findEsbuild } from '../../../src/local/source/find-esbuild.ts';
import { loadModule } from '../../../src/local/source/load-module.ts';
import { installCommand, packageFolderOf } from '../../../src/local/source/project.ts';
import { codeOf } from '../../cli/dev/code.ts';

const CODE = { 'package.json': '{}', 'handler.ts': 'enum E { A }\nexport const value = E.A;' };

test('a bundle is ignored by git, loads after it was removed from nowhere else, and takes its folder with it', async () => {
  const code = codeOf(CODE);
  const first = await prepareModule(code.path('handler.ts'));
  const second = await prepareModule(code.path('handler.ts'));
  const folder = code.path('.streamlane');
  expect(readFileSync(join(folder, '.gitignore'), 'utf8')).toBe('*\n');
  expect(readdirSync(folder)).toHaveLength(3);
  expect(await loadModule('handler.ts', first.code)).toMatchObject({ value: 0 });
  first.remove();
  expect(await loadModule('handler.ts', second.code)).toMatchObject({ value: 0 });
  second.remove();
  second.remove();
  expect(existsSync(folder)).toBe(false);
});

test('the files to watch are those that were read, of other folders too, and their configurations', async () => {
  const code = codeOf({
    'package.json': '{}',
    'tsconfig.json': '{ "extends": ["./base.json", "./gone", "@tsconfig/node22"] }',
    'base.json': '{ "compilerOptions": {} }',
    'lib/a.ts': "export { default as b } from '../data/b.json';",
    'data/b.json': '1',
    'src/handler.ts': "export { b } from '../lib/a';",
  });
  const { files, remove } = await prepareModule(code.path('src/handler.ts'));
  remove();
  expect(files.filter((file) => file.startsWith(code.directory)).sort()).toEqual(
    ['base.json', 'data/b.json', 'lib/a.ts', 'package.json', 'src/handler.ts', 'tsconfig.json'].map(
      code.path,
    ),
  );
});

test('a file that is missing is watched, by each name that it may have', async () => {
  const code = codeOf({ 'handler.ts': "import './lib/a'; import './b.js';" });
  await expect(prepareModule(code.path('handler.ts'))).rejects.toMatchObject({
    name: 'BundleError',
    message: 'Could not resolve "./lib/a", and 1 more',
    files: expect.arrayContaining(
      ['handler.ts', 'lib/a.ts', 'lib/a/index.ts', 'b.ts', 'b.js'].map(code.path),
    ),
  });
});

test('bundles that another process left are removed: if it is gone, and they are old', () => {
  const code = codeOf({});
  const folder = code.path('.streamlane');
  const gone = spawnSync(process.execPath, ['--eval', '']).pid;
  for (const name of [
    `${gone}-old.mjs`,
    `${gone}-young.mjs`,
    `${process.pid}-mine.mjs`,
    '1-init.mjs',
    'other',
  ]) {
    code.write(`.streamlane/${name}`, '');
    if (!name.includes('young')) utimesSync(join(folder, name), 0, 0);
  }
  const file = writeBundle(code.directory, 'mjs', Buffer.from(''));
  expect(readdirSync(folder).map((name) => join(folder, name))).not.toContain(
    join(folder, `${gone}-old.mjs`),
  );
  expect(readdirSync(folder)).toHaveLength(6);
  expect(existsSync(file)).toBe(true);
});

test('where nothing can be written, Node loads the source, and the remedy says so', async () => {
  const code = codeOf({ ...CODE, '.streamlane': 'a file' });
  expect(await prepareModule(code.path('handler.ts'))).toMatchObject({
    code: {
      type: 'source',
      remedy: `streamlane bundles it, but cannot write to ${code.path('.streamlane')} (EEXIST). Make the folder writable.`,
    },
    files: [],
  });
});

test('an esbuild that does not run is not used, and the remedy says so', async () => {
  const code = codeOf(CODE);
  const broken = {
    ...esbuild,
    build: () => Promise.reject(new Error('\nYou installed esbuild for another platform.\nMore.')),
  };
  const { code: prepared, remove } = await prepareModule(code.path('handler.ts'), broken as never);
  remove();
  expect(prepared).toEqual({
    type: 'source',
    remedy:
      'streamlane could bundle it, but esbuild does not run (You installed esbuild for another platform.). ' +
      'Install it again: npm install --save-dev esbuild',
  });
});

test('the esbuild of the project is preferred, and one that is too old is ignored', () => {
  const code = codeOf({
    'old/node_modules/esbuild/index.js': 'exports.version = "0.14.1";',
    'new/node_modules/esbuild/index.js': 'exports.version = "1.0.0"; exports.mine = true;',
  });
  const [old, own] = [code.path('old/handler.ts'), code.path('new/handler.ts')];
  expect(findEsbuild(own)).toMatchObject({ mine: true });
  expect(findEsbuild(old)).toMatchObject({ version: esbuild.version });
  expect(findEsbuild(old, [old, code.path('none/handler.ts')])).toBeNull();
});

test.each([
  ['pnpm-lock.yaml', 'pnpm add --save-dev esbuild'],
  ['yarn.lock', 'yarn add --dev esbuild'],
  ['bun.lock', 'bun add --dev esbuild'],
  ['bun.lockb', 'bun add --dev esbuild'],
  ['package-lock.json', 'npm install --save-dev esbuild'],
  ['README.md', 'npm install --save-dev esbuild'],
])('beside %s, the command to install is %s', (lockfile, command) => {
  const code = codeOf({ [lockfile]: '', 'packages/a/src/handler.ts': '' });
  expect(installCommand('esbuild', code.path('packages/a/src/handler.ts'))).toBe(command);
});

test('a file of no package has its own folder', () => {
  expect(packageFolderOf('/nowhere/at/all/handler.ts')).toBe('/nowhere/at/all');
});

test('streamlane is left outside where it is linked too, so that there is one of it', async () => {
  const code = codeOf({
    'package.json': '{"type":"module"}',
    'handler.ts': "import { streamRouter } from 'streamlane'; export const value = streamRouter;",
    'linked/package.json': '{"name":"streamlane","exports":"./index.js"}',
    'linked/index.js': 'export const streamRouter = 1;',
  });
  code.link('linked', 'node_modules/streamlane');
  const { code: prepared, remove } = await prepareModule(code.path('handler.ts'));
  const text = readFileSync((prepared as { file: string }).file, 'utf8');
  remove();
  expect(text).toContain('from "streamlane"');
});

test('without a bundle, Node loads the source', async () => {
  const code = codeOf({ 'handler.mjs': 'export const value = 1;' });
  const { code: source, files, remove } = await prepareModule(code.path('handler.mjs'), null);
  remove();
  expect(files).toEqual([]);
  expect(await loadModule(code.path('handler.mjs'), source)).toMatchObject({ value: 1 });
});

test('an ES module is loaded from its bundle', async () => {
  const code = codeOf({ 'handler.mts': 'export const value: number = 1;' });
  const { code: prepared, remove } = await prepareModule(code.path('handler.mts'));
  expect(prepared).toMatchObject({ type: 'bundle', format: 'esm' });
  expect(await loadModule(code.path('handler.mts'), prepared)).toMatchObject({ value: 1 });
  remove();
});

test('an error of esbuild without a place is reported without one', async () => {
  const code = codeOf(CODE);
  const failing = {
    ...esbuild,
    build: () => Promise.reject({ errors: [{ text: 'Could not resolve "./a"', location: null }] }),
  };
  await expect(prepareModule(code.path('handler.ts'), failing as never)).rejects.toMatchObject({
    at: undefined,
    message: 'Could not resolve "./a"',
  });
});

test('when the process ends, its files are removed', async () => {
  vi.resetModules();
  const on = vi.spyOn(process, 'on');
  onTestFinished(() => on.mockRestore());
  const fresh = await import('../../../src/local/source/bundle-file.ts');
  const code = codeOf({});
  fresh.writeBundle(code.directory, 'mjs', Buffer.from(''));
  fresh.writeBundle(code.directory, 'mjs', Buffer.from(''));
  const listeners = on.mock.calls.filter(([event]) => event === 'exit').map(([, listener]) => listener);
  expect(listeners).toHaveLength(1);
  (listeners[0] as () => void)();
  expect(existsSync(code.path('.streamlane'))).toBe(false);
});

test('esbuild refuses a package.json that is not JSON', async () => {
  const code = codeOf({ 'package.json': '{', 'handler.ts': 'export const value = 1;' });
  await expect(prepareModule(code.path('handler.ts'))).rejects.toMatchObject({
    at: `${code.path('package.json')}:1`,
    message: expect.stringContaining('JSON'),
  });
});

describe('configurations that cannot be read do not stop a bundle', () => {
  test.each(['tsconfig.json', 'package.json'])('a folder called %s', async (name) => {
    const { directory } = codeOf({ 'src/handler.ts': 'export const handler = 1;' });
    mkdirSync(join(directory, 'src', name));
    const { code, remove } = await prepareModule(join(directory, 'src/handler.ts'));
    remove();
    expect(code.type).toBe('bundle');
  });

  test('a package.json that is null', async () => {
    const { directory } = codeOf({ 'handler.ts': 'export const handler = 1;' });
    writeFileSync(join(directory, 'package.json'), 'null');
    const { code, remove } = await prepareModule(join(directory, 'handler.ts'));
    remove();
    expect(code).toMatchObject({ type: 'bundle', format: 'cjs' });
  });
});

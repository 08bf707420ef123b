import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { explain } from '../../src/cli/errors/explain.ts';
import { notImported } from '../../src/cli/errors/not-imported.ts';
import { BundleError, prepareModule } from '../../src/local/source/bundle.ts';

const root = resolve(import.meta.dirname, '../..');

/** A source as teams write it, and what becomes of it. */
interface Source {
  readonly what: string;
  readonly files: Readonly<Record<string, string>>;
  /** The module, in a folder of its own. */
  readonly entry?: string;
  /** The value of its export `value`, or what the command says. */
  readonly bundled: unknown;
  /** Where Node loads it otherwise, or says something else. */
  readonly unbundled?: unknown;
}

const MODULE = { 'package.json': '{"type":"module"}' };
const COMMONJS = { 'package.json': '{"type":"commonjs"}' };
const UTIL = { 'util.ts': 'export interface Total { sum: number }\nexport const one: number = 1;\n' };
const INSTALL = 'Install esbuild, and streamlane bundles it as for Lambda: npm install --save-dev esbuild';
const unloaded = (reason: string): RegExp =>
  new RegExp(
    `entry\\.\\w+ cannot be imported\\. Node does not load it from its source: ${reason}.* ${INSTALL}$`,
  );

const SOURCES: readonly Source[] = [
  {
    what: 'plain TypeScript',
    files: {
      ...MODULE,
      ...UTIL,
      'entry.ts': "import { one } from './util.ts';\nexport const value: number = one;",
    },
    bundled: 1,
    unbundled: 1,
  },
  {
    what: 'an import without extension',
    files: { ...MODULE, ...UTIL, 'entry.ts': "import { one } from './util';\nexport const value = one;" },
    bundled: 1,
    unbundled: unloaded("Cannot find module '.*util'"),
  },
  {
    what: 'an import of the file that tsc writes',
    files: { ...MODULE, ...UTIL, 'entry.ts': "import { one } from './util.js';\nexport const value = one;" },
    bundled: 1,
    unbundled: unloaded("Cannot find module '.*util\\.js'"),
  },
  {
    what: 'an import of a folder',
    files: {
      ...MODULE,
      'lib/index.ts': 'export const one = 1;',
      'entry.ts': "export { one as value } from './lib';",
    },
    bundled: 1,
    unbundled: unloaded("Directory import '.*lib'"),
  },
  {
    what: 'a path alias, from a tsconfig.json that another one extends, with comments',
    files: {
      ...MODULE,
      'src/lib/one.ts': 'export const one = 1;',
      'config/base.json':
        '{ // paths\n "compilerOptions": { "baseUrl": "..", "paths": { "@/*": ["src/*"] } } }',
      'tsconfig.json': '{ "extends": "./config/base", /* ours */ "compilerOptions": { "strict": true } }',
      'entry.ts': "export { one as value } from '@/lib/one';",
    },
    bundled: 1,
    unbundled: unloaded("Cannot find package '@/lib"),
  },
  {
    what: 'a path alias that looks like a package',
    files: {
      ...MODULE,
      'src/lib/one.ts': 'export const one = 1;',
      'tsconfig.json': '{ "compilerOptions": { "paths": { "app/*": ["./src/*"] } } }',
      'entry.ts': "export { one as value } from 'app/lib/one';",
    },
    bundled: 1,
    unbundled: unloaded("Cannot find package 'app'"),
  },
  {
    what: 'an import from baseUrl',
    files: {
      ...MODULE,
      'src/lib/one.ts': 'export const one = 1;',
      'tsconfig.json': '{ "compilerOptions": { "baseUrl": "src" } }',
      'entry.ts': "export { one as value } from 'lib/one';",
    },
    bundled: 1,
    unbundled: unloaded("Cannot find package 'lib'"),
  },
  {
    what: 'an enum',
    files: { ...MODULE, 'entry.ts': 'enum Status { Open = 3 }\nexport const value = Status.Open;' },
    bundled: 3,
    unbundled: unloaded('TypeScript enum is not supported'),
  },
  {
    what: 'a parameter property',
    files: {
      ...MODULE,
      'entry.ts': 'class A { constructor(readonly one: number) {} }\nexport const value = new A(1).one;',
    },
    bundled: 1,
    unbundled: unloaded('TypeScript parameter property is not supported'),
  },
  {
    what: 'a decorator of old',
    files: {
      ...MODULE,
      'tsconfig.json': '{ "compilerOptions": { "experimentalDecorators": true } }',
      'entry.ts': `const mark = (target: object, key: string) => { (target as any)[key + 'Marked'] = 1; };
class A {
  @mark run() {}
}
export const value = (A.prototype as any).runMarked;`,
    },
    bundled: 1,
    unbundled: unloaded('Invalid or unexpected token'),
  },
  {
    what: 'a decorator of today',
    files: {
      ...MODULE,
      'entry.ts': `const mark = (_method: object, { name }: { name: string }) => () => name;
class A {
  @mark run(): any {}
}
export const value = new A().run();`,
    },
    bundled: 'run',
    unbundled: unloaded('Invalid or unexpected token'),
  },
  {
    what: 'JSX, with the factory of tsconfig.json',
    files: {
      ...MODULE,
      'tsconfig.json': '{ "compilerOptions": { "jsx": "react", "jsxFactory": "h" } }',
      'view.tsx': 'const h = (name: string) => name;\nexport const view = <main />;',
      'entry.ts': "export { view as value } from './view.tsx';",
    },
    bundled: 'main',
    unbundled: unloaded('Unknown file extension'),
  },
  {
    what: 'a type import without type',
    files: {
      ...MODULE,
      ...UTIL,
      'entry.ts':
        "import { one, Total } from './util.ts';\nconst total: Total = { sum: one };\nexport const value = total.sum;",
    },
    bundled: 1,
    unbundled: unloaded("The requested module './util.ts' does not provide an export named 'Total'"),
  },
  {
    what: 'types of a package that has only types',
    files: {
      ...MODULE,
      'node_modules/@types/only-types/package.json': '{}',
      'entry.ts': "import { Event } from 'only-types';\nexport const value = (1 as unknown as Event) && 1;",
    },
    bundled: 1,
    unbundled: unloaded("Cannot find package 'only-types'"),
  },
  {
    what: 'JSON',
    files: {
      ...MODULE,
      'data.json': '{"one":1}',
      'entry.ts': "import data from './data.json';\nexport const value = data.one;",
    },
    bundled: 1,
    unbundled: unloaded('Module ".*" needs an import attribute'),
  },
  {
    what: 'JSON with an attribute',
    files: {
      ...MODULE,
      'data.json': '{"one":1}',
      'entry.ts': "import data from './data.json' with { type: 'json' };\nexport const value = data.one;",
    },
    bundled: 1,
    unbundled: 1,
  },
  {
    what: 'top-level await in an ES module',
    files: { ...MODULE, 'entry.ts': 'export const value = await Promise.resolve(1);' },
    bundled: 1,
    unbundled: 1,
  },
  {
    what: 'top-level await in a package that does not say what it is',
    files: { 'package.json': '{}', 'entry.ts': 'export const value = await Promise.resolve(1);' },
    bundled: 1,
    unbundled: 1,
  },
  {
    what: 'a dynamic import',
    files: { ...MODULE, ...UTIL, 'entry.ts': "export const value = (await import('./util.ts')).one;" },
    bundled: 1,
    unbundled: 1,
  },
  {
    what: 'circular imports',
    files: {
      ...MODULE,
      'a.ts': "import { b } from './b.ts';\nexport const a = (): number => b;",
      'b.ts': "import { a } from './a.ts';\nexport const b = 1;\nexport const viaA = () => a();",
      'entry.ts': "import { viaA } from './b.ts';\nexport const value = viaA();",
    },
    bundled: 1,
    unbundled: 1,
  },
  {
    what: '.mts beside .cts',
    files: {
      ...COMMONJS,
      'one.cts': 'export = { one: 1 };',
      'entry.mts': "import { one } from './one.cjs';\nexport const value = one;",
    },
    entry: 'entry.mts',
    bundled: 1,
    unbundled: unloaded("Cannot find module '.*one\\.cjs'"),
  },
  {
    what: '.cts with import',
    files: { ...MODULE, ...UTIL, 'entry.cts': "import { one } from './util.ts';\nexport const value = one;" },
    entry: 'entry.cts',
    bundled: 1,
    unbundled: unloaded('Cannot use import statement outside a module'),
  },
  {
    what: 'CommonJS in JavaScript',
    files: {
      ...COMMONJS,
      'one.js': 'exports.one = 1;',
      'entry.js': "const { one } = require('./one');\nmodule.exports = { ['val' + 'ue']: one };",
    },
    entry: 'entry.js',
    bundled: 1,
    // Node does not find the name.
    unbundled: /entry\.js has no export value\./,
  },
  {
    what: 'an ES module in JavaScript',
    files: { ...MODULE, 'entry.js': 'export const value = 1;' },
    entry: 'entry.js',
    bundled: 1,
    unbundled: 1,
  },
  {
    what: 'the syntax of ES modules in a project of CommonJS, with its default import',
    files: {
      ...COMMONJS,
      'node_modules/old/index.js': 'exports.__esModule = true; exports.default = 1;',
      'entry.ts': "import one from 'old';\nexport const value = one;",
    },
    bundled: 1,
    unbundled: unloaded('Cannot use import statement outside a module'),
  },
  {
    what: 'require in an ES module',
    files: {
      ...MODULE,
      'one.cjs': 'exports.one = 1;',
      'entry.ts': "declare const require: any;\nexport const value = require('./one.cjs').one;",
    },
    bundled: 1,
    // Node allows it where a source is only found to be an ES module.
    unbundled: unloaded('require is not defined in ES module scope'),
  },
  {
    what: 'a require of its own, and names that the bundle uses',
    files: {
      ...MODULE,
      'lib/one.cjs': 'exports.one = 1;',
      'lib/own.ts': `import { createRequire } from 'node:module';
const require = createRequire(import.meta.url);
export const one = require('./one.cjs').one;`,
      'entry.ts': "export { one as value } from './lib/own.ts';",
    },
    bundled: 1,
    unbundled: 1,
  },
  {
    what: 'places of its own',
    files: {
      ...MODULE,
      'lib/data.txt': '1',
      'lib/place.ts': `#!/usr/bin/env node
import { readFileSync } from 'node:fs';
const { dirname } = import.meta;
export const value = [
  readFileSync(new URL('data.txt', import.meta.url), 'utf8'),
  dirname.endsWith('lib'),
  import.meta.filename.endsWith('place.ts'),
  import.meta.resolve('./data.txt') === new URL('data.txt', import.meta.url).href,
  import.meta.resolve('node:fs'),
];`,
      'entry.ts': "export { value } from './lib/place.ts';",
    },
    bundled: ['1', true, true, true, 'node:fs'],
    unbundled: ['1', true, true, true, 'node:fs'],
  },
  {
    what: 'places of CommonJS',
    files: {
      ...COMMONJS,
      'lib/place.js':
        "exports.value = [require('path').basename(__dirname), require('path').basename(__filename)];",
      'entry.js': "exports.value = require('./lib/place').value;",
    },
    entry: 'entry.js',
    bundled: ['lib', 'place.js'],
    unbundled: ['lib', 'place.js'],
  },
  {
    what: 'a package of the same repository in TypeScript, with a package that only that one has',
    files: {
      'package.json': '{"type":"module"}',
      'packages/shared/package.json':
        '{"name":"@shop/shared","type":"module","exports":{".":"./src/index.ts"}}',
      'packages/shared/src/index.ts':
        "import { inner } from 'inner';\nenum E { A }\nexport const one: number = inner + E.A;",
      'packages/shared/node_modules/inner/package.json': '{"type":"module","exports":"./in.js"}',
      'packages/shared/node_modules/inner/in.js': 'export const inner = 1;',
      'entry.ts': "export { one as value } from '@shop/shared';",
    },
    bundled: 1,
    unbundled: unloaded('TypeScript enum is not supported'),
  },
  {
    what: 'a package without exports, of which a file is named without extension',
    files: {
      ...MODULE,
      'node_modules/old/fp.js': 'exports.one = 1;',
      'entry.ts': "import fp from 'old/fp';\nexport const value = fp.one;",
    },
    bundled: 1,
    unbundled: unloaded("Cannot find module '.*fp'"),
  },
  {
    what: 'a package that is only tried',
    files: {
      ...MODULE,
      'entry.ts': "export const value = await import('not-there').then(() => 2, () => 1);",
    },
    bundled: 1,
    unbundled: 1,
  },
  {
    what: 'a syntax error',
    files: {
      ...MODULE,
      'lib.ts': 'export const one = 1;\nexport const = 2;',
      'entry.ts': "export { one as value } from './lib.ts';",
    },
    bundled:
      /entry\.ts cannot be read: Expected identifier but found "=" \(\S*lib\.ts:2\)\. Correct the syntax\.$/,
    unbundled: /entry\.ts cannot be read: Unexpected token.*lib\.ts:2\)\. Correct the syntax\.$/,
  },
  {
    what: 'a missing package',
    files: { ...MODULE, 'entry.ts': "\nimport pad from 'left-pad';\nexport const value = pad;" },
    bundled:
      /entry\.ts cannot be imported: Could not resolve "left-pad" \(\S*entry\.ts:2\)\. Correct the import, or install/,
    unbundled:
      /entry\.ts cannot be imported: Cannot find package 'left-pad' .* Correct the import, or install/,
  },
  {
    what: 'a missing file',
    files: { ...MODULE, 'entry.ts': "export { value } from './missing.ts';" },
    bundled:
      /entry\.ts cannot be imported: Could not resolve "\.\/missing\.ts" \(\S*entry\.ts:1\)\. Correct the import/,
    unbundled: /entry\.ts cannot be imported: Cannot find module '.*missing\.ts' .* Correct the import/,
  },
  {
    what: 'an alias that means nothing',
    files: {
      ...MODULE,
      'tsconfig.json': '{ "compilerOptions": { "paths": { "@/*": ["./src/*"] } } }',
      'entry.ts': "export const load = () => import('@/missing');\nexport const value = 1;",
    },
    bundled:
      /entry\.ts cannot be imported: Could not resolve "@\/missing" \(\S*entry\.ts:1\)\. Correct the import/,
    unbundled: 1,
  },
  {
    what: 'a name that is not exported',
    files: {
      ...MODULE,
      'lib.js': 'export const one = 1;',
      'entry.js': "import { two } from './lib.js';\nexport const value = two;",
    },
    entry: 'entry.js',
    bundled:
      /entry\.js cannot be imported: No matching export in "\S*lib\.js" for import "two" \(\S*entry\.js:1\)\./,
    unbundled:
      /entry\.js cannot be read: The requested module '\.\/lib\.js' does not provide an export named 'two'/,
  },
  {
    what: 'a syntax error in JavaScript',
    files: { ...MODULE, 'entry.js': 'export const value = 1;\nexport const = 2;' },
    entry: 'entry.js',
    bundled:
      /entry\.js cannot be read: Expected identifier but found "=" \(\S*entry\.js:2\)\. Correct the syntax\.$/,
    unbundled: /entry\.js cannot be read: Unexpected token '=' \(\S*entry\.js:2\)\. Correct the syntax\.$/,
  },
  {
    what: 'a syntax error in JavaScript that it imports',
    files: { ...MODULE, 'lib.js': 'export const = 2;', 'entry.js': "export { value } from './lib.js';" },
    entry: 'entry.js',
    bundled:
      /entry\.js cannot be read: Expected identifier but found "=" \(\S*lib\.js:1\)\. Correct the syntax\.$/,
    unbundled: /entry\.js cannot be read: Unexpected token '='\. Correct the syntax\.$/,
  },
  {
    what: 'a file of a package in a scope, in CommonJS',
    files: {
      ...COMMONJS,
      'node_modules/@old/lib/fp.js': 'exports.one = 1;',
      'entry.ts': "import { one } from '@old/lib/fp';\nexport const value: number = one;",
    },
    bundled: 1,
    unbundled: unloaded('Cannot use import statement outside a module'),
  },
  {
    what: 'a name that a package does not export',
    files: {
      ...MODULE,
      'entry.ts': "import { nothing } from 'node:fs';\nexport const value = nothing;",
    },
    bundled:
      /entry\.ts cannot be read: The requested module 'node:fs' does not .+ named 'nothing'\. Correct the import\.$/,
    unbundled:
      /entry\.ts cannot be read: The requested module 'node:fs' does not .+ named 'nothing' \(\S*entry\.ts:1\)\. Correct the import\.$/,
  },
  {
    what: 'an error when it is loaded',
    files: {
      ...MODULE,
      'entry.ts':
        "interface Long {\n  one: number;\n}\nexport const value: Long = { one: 1 };\nthrow new Error('no table');",
    },
    bundled:
      /entry\.ts throws when it is imported: no table \(\S*entry\.ts:5\)\. --verbose prints the stack\.$/,
    unbundled:
      /entry\.ts throws when it is imported: no table \(\S*entry\.ts:5\)\. --verbose prints the stack\.$/,
  },
  {
    what: 'an error of a CommonJS project when it is loaded',
    files: { ...COMMONJS, 'entry.ts': 'enum E { A }\n\nthrow new Error(`no table ${E.A}`);' },
    bundled:
      /entry\.ts throws when it is imported: no table 0 \(\S*entry\.ts:3\)\. --verbose prints the stack\.$/,
    unbundled: unloaded('TypeScript enum'),
  },
];

/** Loads modules one after the other, as commands do, and prints what became of each. */
const PROGRAM = `
import { loadExport } from './load-handler.ts';
import { explain } from './errors/explain.ts';
for (const path of process.argv.slice(2)) {
  const line = await loadExport(path + '#value').then((value) => ({ value }), (error) => {
    const { code, name, message, stack } = error.cause ?? {};
    return { error: explain(error).message, cause: { code, name, message, stack } };
  });
  console.log(JSON.stringify(line));
}
process.exit();
`;

let directory: string;
let program: string;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'streamlane-load-'));
  program = join(directory, 'program.mjs');
  await build({
    stdin: { contents: PROGRAM, resolveDir: join(root, 'src/cli'), loader: 'ts' },
    bundle: true,
    format: 'esm',
    platform: 'node',
    packages: 'external',
    outfile: program,
  });
});

afterAll(() => rmSync(directory, { recursive: true, force: true }));

interface Line {
  readonly value?: unknown;
  readonly error?: string;
  readonly cause?: NodeJS.ErrnoException;
}

function projectOf(name: string, hasEsbuild: boolean): string {
  const project = join(directory, name);
  for (const [index, { files }] of SOURCES.entries()) {
    for (const [file, text] of Object.entries({ 'package.json': '{}', ...files }))
      write(join(project, `${index}`, file), text);
    if ('packages/shared/package.json' in files) {
      link(
        join(project, `${index}`, 'packages/shared'),
        join(project, `${index}`, 'node_modules/@shop/shared'),
      );
    }
  }
  write(join(project, 'package.json'), '{}');
  if (hasEsbuild) link(join(root, 'node_modules/esbuild'), join(project, 'node_modules/esbuild'));
  return project;
}

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

function link(target: string, path: string): void {
  mkdirSync(dirname(path), { recursive: true });
  symlinkSync(target, path);
}

describe.each([
  ['with esbuild', true],
  ['without esbuild', false],
])('%s', (name, hasEsbuild) => {
  let lines: readonly Line[];
  let project: string;

  beforeAll(() => {
    project = projectOf(name.replace(' ', '-'), hasEsbuild);
    const paths = SOURCES.map(({ entry = 'entry.ts' }, index) => join(`${index}`, entry));
    const { stdout, stderr } = spawnSync(process.execPath, [program, ...paths], {
      cwd: project,
      encoding: 'utf8',
    });
    lines = stdout
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line));
    expect(lines.length, stderr).toBe(SOURCES.length);
  }, 60_000);

  test.each(SOURCES.map((source, index) => ({ ...source, index })))('a module with $what', (source) => {
    const { index, bundled, unbundled } = source;
    const expected = hasEsbuild ? bundled : unbundled;
    const { value, error } = lines[index] ?? {};
    if (expected instanceof RegExp) expect(error).toMatch(expected);
    else expect({ value, error }).toEqual({ value: expected, error: undefined });
  });

  // The same here, so that it counts as covered.
  test.each(SOURCES.map((source, index) => ({ ...source, index })))('says so of $what', async (source) => {
    const { index, entry = 'entry.ts' } = source;
    const path = join(project, `${index}`, entry);
    const { error, cause } = lines[index] ?? {};
    if (hasEsbuild) {
      const prepared = await prepareModule(path).catch((thrown) => thrown as BundleError);
      if (prepared instanceof BundleError) {
        const { message } = await notImported(join(`${index}`, entry), prepared);
        // esbuild names files from the working directory.
        expect(message.replaceAll(/[^\s("]*\/with-esbuild\//g, '')).toBe(error);
      } else {
        expect(existsSync((prepared.code as { file: string }).file)).toBe(true);
        expect(prepared.files).toContain(path);
        prepared.remove();
      }
    } else if (cause !== undefined && 'stack' in cause) {
      const { code } = await prepareModule(path, null);
      const { message } = await notImported(path, Object.assign(new Error(), cause), code);
      const told = explain(new Error(message)).message.replace(' (--verbose prints the stack)', '');
      expect(told.replaceAll(`${project}/`, '')).toBe(error?.replaceAll(`${project}/`, ''));
    }
  });

  test('leaves nothing in the project', () => {
    expect(SOURCES.filter((_, index) => existsSync(join(project, `${index}`, '.streamlane')))).toEqual([]);
  });
});

import { globSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { checkBundles, ROOMS } from '../../scripts/bundle-rooms.ts';
import { roomsOf } from '../house/import-rules.ts';

const root = resolve(import.meta.dirname, '../..');

/** The metafile of esbuild for files with these modules in them. */
const bundles = (...files: readonly string[][]): Parameters<typeof checkBundles>[0] => ({
  outputs: Object.fromEntries(
    files.map((modules, index) => [
      `dist/parts/${index}.js`,
      {
        bytes: 0,
        imports: [],
        exports: [],
        inputs: Object.fromEntries(modules.map((module) => [module, { bytesInOutput: 1 }])),
      },
    ]),
  ),
});

describe('the build', () => {
  test('accepts each module once', () => {
    expect(() => checkBundles(bundles(['dist/cli/main.js'], ['dist/local/index.js']))).not.toThrow();
  });

  test('refuses a module in two bundles', () => {
    const twice = bundles(['dist/cli/main.js'], ['dist/cli/main.js']);
    expect(() => checkBundles(twice)).toThrow('Modules in two bundles: dist/cli/main.js');
  });

  test.each(['dist/batch/run.js', 'dist/errors.js', 'dist/cli/third-party/commander.js', 'src/cli/main.ts'])(
    'refuses %s in a bundle',
    (module) => {
      expect(() => checkBundles(bundles(['dist/cli/main.js', module]))).toThrow(module);
    },
  );
});

/** Rooms that run in a function, and that no other such room imports. */
const ALONE = ['middy', 'powertools', 'audit', 'opentelemetry'];
const IMPORT_OF_ALONE = new RegExp(`from '[./]+/(${ALONE.join('|')})/`);

test('of the rooms before the mapping, which run in a function, those are bundled that no other one imports', () => {
  const rooms = roomsOf(readFileSync(`${root}/CONTRIBUTING.md`, 'utf8'));

  expect([...ROOMS].sort()).toEqual([...ALONE, ...rooms.slice(rooms.indexOf('mapping'))].sort());
  const kept = rooms.filter((room) => !ROOMS.includes(room));
  const files = kept.flatMap((room) =>
    globSync(`${root}/src/${room}${room.endsWith('.ts') ? '' : '/**/*.ts'}`),
  );
  expect(files.length).toBeGreaterThan(100);
  const importers = files.filter((file) => IMPORT_OF_ALONE.test(readFileSync(file, 'utf8')));
  expect(importers).toEqual([]);
});

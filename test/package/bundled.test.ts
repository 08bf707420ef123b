import { readFileSync } from 'node:fs';
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

test('the rooms that are bundled begin with the mapping: what runs in a function is before it', () => {
  const rooms = roomsOf(readFileSync(`${root}/CONTRIBUTING.md`, 'utf8'));

  expect([...ROOMS].sort()).toEqual(rooms.slice(rooms.indexOf('mapping')).sort());
});

import { globSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { roomsOf } from '../house/import-rules.ts';

const root = resolve(import.meta.dirname, '../..');

/** The modules in each bundle of `dist`, by the comments of esbuild, which names one above its imports and above its code. */
const bundled = globSync('dist/*/*.js', { cwd: root }).flatMap((file) => {
  const names = readFileSync(join(root, file), 'utf8').matchAll(/^\/\/ (dist\/\S+\.js)$/gm);
  return [...new Set([...names].map(([, module = '']) => module))];
});

test('each module exists once', () => {
  expect(bundled.length).toBeGreaterThan(100);
  expect(bundled.filter((module, index) => bundled.indexOf(module) !== index)).toEqual([]);
});

test('what runs in a function is in no bundle', () => {
  const rooms = roomsOf(readFileSync(join(root, 'CONTRIBUTING.md'), 'utf8'));
  const inFunctions = rooms.slice(0, rooms.indexOf('mapping'));

  expect(inFunctions).toContain('batch');
  expect(bundled.filter((module) => inFunctions.includes(module.split('/')[1] ?? ''))).toEqual([]);
});

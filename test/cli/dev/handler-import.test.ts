import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { importOf } from '../../../src/cli/dev/handler-import.ts';

test.each([
  ['src/handler.ts#main', './src/handler.ts', 'main'],
  ['./src/handler.ts', './src/handler.ts', 'handler'],
  ['../other/handler.mjs', '../other/handler.mjs', 'handler'],
  [resolve('src/a#b/handler.ts#default'), './src/a#b/handler.ts', 'default'],
])('a file in the working directory imports %s', (handler, module, name) => {
  expect(importOf(handler)).toEqual({ module, name });
});

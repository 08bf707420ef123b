import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { placeIn } from '../../../src/cli/errors/place-in.ts';

const file = join(process.cwd(), 'src/handler.ts');

test.each([
  ['a frame with a URL', `Error: no\n    at f (${pathToFileURL(file)}?2:12:5)`, 'src/handler.ts:12'],
  ['a frame with a path, as source maps give it', `Error: no\n    at f (${file}:12:5)`, 'src/handler.ts:12'],
  ['a frame without a name', `Error: no\n    at async ${file}:12:5`, 'src/handler.ts:12'],
  ['a frame elsewhere', 'Error: no\n    at f (/elsewhere/handler.ts:12:5)', '/elsewhere/handler.ts:12'],
  [
    'frames of packages and of Node before it',
    `Error: no\n    at node:internal/timers:1:2\n    at f (/a/node_modules/b/c.js:1:2)\n    at g (${file}:12:5)`,
    'src/handler.ts:12',
  ],
  [
    'a message that looks like a frame',
    `Error: file://%zz:1:1\n    at f (${file}:12:5)`,
    'src/handler.ts:12',
  ],
  ['no frame of a file', 'Error: no\n    at f (node:internal/timers:1:2)', undefined],
])('finds the place in a stack with %s', (_what, stack, place) => {
  expect(placeIn(stack)).toBe(place);
});

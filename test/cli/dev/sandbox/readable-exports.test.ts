import { expect, test } from 'vitest';
import { readableExports, readMetadata } from '../../../../src/cli/dev/sandbox/readable-exports.ts';
import { streamRouter } from '../../../../src/index.ts';

const refuse = (): never => {
  throw new Error('not now');
};

test('an export that throws when it is read is left out, and the others stay', () => {
  const exports = Object.defineProperty({ handler: refuse }, 'later', { enumerable: true, get: refuse });
  expect(readableExports(exports)).toEqual({ handler: refuse });
});

test('a router tells its metadata; a proxy that refuses has none', () => {
  expect(readMetadata(streamRouter())?.kind).toBe('router');
  expect(readMetadata(new Proxy(refuse, { get: refuse }))).toBeUndefined();
});

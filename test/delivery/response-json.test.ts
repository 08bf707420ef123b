import { expect, test } from 'vitest';
import { responseOf } from '../../src/delivery/response-json.ts';

const MOST = 6 * 1024 * 1024 + 100;

test.each([
  [undefined, null],
  [null, null],
  [{ a: undefined, at: new Date(0) }, { at: '1970-01-01T00:00:00.000Z' }],
])('%j comes back as %j', (answer, response) => expect(responseOf(answer)).toEqual(response));

test('more than 6 MB and 100 bytes of UTF-8 have failed', () => {
  expect(responseOf('x'.repeat(MOST - 2))).toHaveLength(MOST - 2);
  expect(() => responseOf('x'.repeat(MOST - 1))).toThrow(
    'Response payload size (6291557 bytes) exceeded maximum allowed payload size (6291556 bytes).',
  );
  expect(() => responseOf('ö'.repeat(MOST / 2))).toThrow('exceeded maximum allowed payload size');
});

test('what JSON cannot hold has failed', () => expect(() => responseOf(1n)).toThrow(TypeError));

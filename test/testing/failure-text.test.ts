import { describe, expect, test } from 'vitest';
import { errorsText, failureText } from '../../src/testing/failure-text.ts';
import type { RecordFailure } from '../../src/testing/index.ts';

/** An error with these stack frames. */
function thrownAt(message: string, frames: readonly string[], options?: ErrorOptions): Error {
  const error = new Error(message, options);
  error.stack = [`Error: ${message}`, ...frames.map((frame) => `    at ${frame}`)].join('\n');
  return error;
}

const failureOf = (error: unknown, keys: RecordFailure['keys'] = { id: 'a' }): RecordFailure => ({
  keys,
  error,
  requestId: '1',
  attempt: 1,
  record: {},
});

const linesOf = (...failures: readonly RecordFailure[]) => failureText(failures).split('\n');

const bare = thrownAt('no', []);

describe('a failure is written with', () => {
  test('the key, the name, the message and the place', () => {
    expect(linesOf(failureOf(new TypeError('no')))).toEqual([
      '  id="a": TypeError: no',
      expect.stringMatching(/^ {6}at test\/testing\/failure-text\.test\.ts:\d+:\d+$/),
    ]);
  });

  test.each<[RecordFailure['keys'], string]>([
    [{ id: 'a', part: 2 }, 'id="a" part=2'],
    [{ id: 12n }, 'id="12"'],
    [{ id: new Uint8Array([1, 2, 3]) }, 'id="AQID"'],
    [{ id: 'a"b' }, 'id="a\\"b"'],
    [{}, 'a record without Keys'],
  ])('the key %o', (keys, text) => {
    expect(linesOf(failureOf(bare, keys))).toEqual([`  ${text}: Error: no`]);
  });

  test('a thrown value that is not an error', () => {
    expect(linesOf(failureOf('text'))).toEqual(['  id="a": text']);
  });

  test('a reason where nothing was thrown', () => {
    expect(linesOf(failureOf(undefined))).toEqual([
      expect.stringMatching(/^ {2}id="a": the response names it, and nothing was thrown for it/),
    ]);
  });

  test('causes, three of them', () => {
    const chain = [1, 2, 3, 4].reduce<Error>(
      (cause, level) => thrownAt(`level ${level}`, [], { cause }),
      bare,
    );
    expect(linesOf(failureOf(chain))).toEqual([
      '  id="a": Error: level 4',
      '      caused by Error: level 3',
      '      caused by Error: level 2',
      '      caused by Error: level 1',
    ]);
  });
});

describe('the place is the first frame of own code', () => {
  const cwd = process.cwd();

  test.each([
    [[`handle (${cwd}/src/a.ts:4:39)`], 'src/a.ts:4:39'],
    [[`file://${cwd}/src/a.ts:4:39`], 'src/a.ts:4:39'],
    [[`async Object.handle (file://${cwd}/src/a.ts:4:39)`], 'src/a.ts:4:39'],
    [['handle (/elsewhere/a.ts:1:2)'], '/elsewhere/a.ts:1:2'],
    [['handle (C:\\project\\a.ts:1:2)'], 'C:\\project\\a.ts:1:2'],
    [
      [
        'Array.map (<anonymous>)',
        'run (node:internal/process:1:2)',
        `dist (${cwd}/node_modules/p/index.js:1:2)`,
        `handle (${cwd}/src/a.ts:4:39)`,
        `caller (${cwd}/src/b.ts:1:1)`,
      ],
      'src/a.ts:4:39',
    ],
  ])('of %j', (frames, place) => {
    expect(linesOf(failureOf(thrownAt('no', frames)))).toEqual(['  id="a": Error: no', `      at ${place}`]);
  });

  test.each([
    ['frames of packages only', thrownAt('no', [`p (${cwd}/node_modules/p/index.js:1:2)`])],
    ['a stack that is not text', Object.assign(new Error('no'), { stack: 1 })],
  ])('and there is none with %s', (_, error) => {
    expect(linesOf(failureOf(error))).toEqual(['  id="a": Error: no']);
  });
});

test('attempts that failed alike are one entry, in the order of the first ones', () => {
  const other = failureOf(bare, { id: 'b' });
  expect(linesOf(failureOf(bare), other, failureOf(bare), failureOf(thrownAt('other', [])))).toEqual([
    '  id="a", 2 times: Error: no',
    '  id="b": Error: no',
    '  id="a": Error: other',
  ]);
});

test('ten entries are shown, and how many there are besides', () => {
  const lines = linesOf(...Array.from({ length: 12 }, (_, id) => failureOf(bare, { id })));
  expect(lines).toHaveLength(11);
  expect(lines.at(-1)).toBe('  and 2 more');
});

test('errors are written once each, with a count', () => {
  expect(errorsText([bare, thrownAt('other', []), bare])).toBe('  2 times: Error: no\n  Error: other');
});

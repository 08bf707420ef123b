import fc from 'fast-check';
import { expect, test } from 'vitest';
import { arrived, follow, patternOf, type Step, stepsOf } from '../../src/audit/path-pattern.ts';
import { joinPath } from '../../src/unmarshall/path.ts';

const steps = fc
  .tuple(fc.string(), fc.array(fc.oneof(fc.string({ unit: 'binary' }), fc.nat(999_999_999))))
  .map(([first, rest]): Step[] => [first, ...rest]);

test('every path that changes() writes is read back, step by step', () => {
  fc.assert(
    fc.property(steps, (path) => {
      expect(stepsOf(path.reduce<string>(joinPath, ''))).toEqual(path);
    }),
  );
});

test('every path is a pattern that leads there, unless it has a name that stands for any', () => {
  fc.assert(
    fc.property(
      steps.filter((path) => !path.includes('*')),
      (path) => {
        const pattern = patternOf(path.reduce<string>(joinPath, ''));
        expect(pattern).toEqual(path);
        expect(arrived(path.reduce(follow, [pattern as Step[]]))).toBe(true);
      },
    ),
  );
});

test.each<[pattern: string, path: Step[], leadsThere: boolean]>([
  ['a', ['a'], true],
  ['a', ['b'], false],
  ['a.b', ['a', 'b'], true],
  ['a.b', ['a.b'], false],
  ['["a.b"]', ['a.b'], true],
  ['["a.b"]', ['a', 'b'], false],
  ['a["b[0]"].c', ['a', 'b[0]', 'c'], true],
  ['["\\u0061\\""]', ['a"'], true],
  ['[""]', [''], true],
  ['a[0]', ['a', 0], true],
  ['a[0]', ['a', 1], false],
  ['a[0]', ['a', '0'], false],
  ['a.0', ['a', '0'], true],
  ['a.0', ['a', 0], false],
  ['a[]', ['a', 0], true],
  ['a[]', ['a', 17], true],
  ['a[]', ['a', 'b'], false],
  ['a[].b', ['a', 3, 'b'], true],
  ['a[][].b', ['a', 3, 4, 'b'], true],
  ['a.*', ['a', 'b'], true],
  ['a.*', ['a', 0], false],
  ['a.*.c', ['a', 'b', 'c'], true],
  ['*', ['a'], true],
  ['*.b', ['a', 'b'], true],
  ['a["*"]', ['a', 'b'], false],
  ['a["*"]', ['a', '*'], true],
  ['a*', ['ab'], false],
])('%s and %j: %s', (pattern, path, leadsThere) => {
  const read = patternOf(pattern);
  if (read === undefined) throw new Error(`${pattern} is not read`);
  expect(arrived(path.reduce(follow, [read]))).toBe(leadsThere);
});

test.each([
  '',
  '.',
  '.a',
  'a.',
  'a..b',
  '[0]',
  '[].a',
  'a[',
  'a]',
  'a[b]',
  'a[-1]',
  'a[1.5]',
  'a[0]b',
  'a"b',
  '["\\x"]',
  '["a',
])('%j is not a path', (path) => {
  expect(patternOf(path)).toBeUndefined();
  expect(stepsOf(path)).toBeUndefined();
});

test('a path to one place names each position, and * is a name there', () => {
  expect(stepsOf('a[].b')).toBeUndefined();
  expect(stepsOf('a.*')).toEqual(['a', '*']);
});

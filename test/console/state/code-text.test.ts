import { runInNewContext } from 'node:vm';
import { transformSync } from 'esbuild';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { literalOf, textLiteral } from '../../../src/console/state/code-text.ts';

/** Runs TypeScript, and reads what it makes. */
function made(code: string): unknown {
  const { code: script } = transformSync(`JSON.stringify(${code})`, { loader: 'ts' });
  return JSON.parse(runInNewContext(script));
}

const HOSTILE: readonly unknown[] = [
  'a`b${process.exit()}c',
  '</script><!--',
  'it\'s "quoted" \\ and \\u0041',
  '\u0000\u001b[31m\u007f\u0085\r\n\t',
  '\u2028\u2029\u202e\u{e0041}\ufeff',
  '\ud800 alone \udc00',
  { constructor: { S: 'x' }, 'a-b': 1, '': 2, új: 3, toString: null },
  [[], {}, [null, true, 1e-7, -0.5]],
  'x'.repeat(1_000_000),
];

test.each(HOSTILE.map((value) => [value]))('hostile value %# survives', (value) => {
  expect(made(literalOf(value))).toEqual(value);
});

test('an attribute named __proto__ is an attribute', () => {
  const value = JSON.parse('{"__proto__":{"S":"x"},"M":{"__proto__":{"__proto__":1}}}');
  expect(JSON.stringify(made(literalOf(value)))).toBe(JSON.stringify(value));
});

test('any value of JSON survives', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 4, stringUnit: 'binary' }), (value) => {
      const json = JSON.stringify(value);
      expect(JSON.stringify(made(literalOf(JSON.parse(json))))).toBe(json);
    }),
  );
});

test('characters that are invisible, or that turn the text, are escapes in the code', () => {
  expect(textLiteral('a\u202eb\u{e0041}\u0085')).toBe('"a\\u202eb\\u{e0041}\\u0085"');
});

test('short values are on one line, and long ones on several, without members that are undefined', () => {
  expect(literalOf({ id: { S: 'a' }, none: undefined })).toBe('{ id: { S: "a" } }');
  expect(literalOf({ L: ['x'.repeat(50), 'y'.repeat(50)] }, '  ')).toBe(
    `{\n    L: [\n      "${'x'.repeat(50)}",\n      "${'y'.repeat(50)}",\n    ],\n  }`,
  );
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { wrapped } from '../../../src/cli/doctor/wrapped.ts';

test.each([
  ['', 10, ['']],
  ['one two', 10, ['one two']],
  ['one two three', 8, ['one two', 'three']],
  [
    'arn:aws:sqs:eu-central-1:111122223333:failed',
    20,
    ['arn:aws:sqs:', 'eu-central-1:', '111122223333:failed'],
  ],
  ['abcdefghijkl', 5, ['abcde', 'fghij', 'kl']],
  ['see docs/a.md::::', 6, ['see', 'docs/', 'a.md::', '::']],
])('%j in %i columns', (text, width, lines) => {
  expect(wrapped(text, width)).toEqual(lines);
});

test('no line is longer than the width, and no character is lost', () => {
  const text = fc.array(fc.string({ unit: fc.constantFrom('a', ':', '/', ',', 'ü', '\n') }), {
    maxLength: 8,
  });
  fc.assert(
    fc.property(text, fc.integer({ min: 3, max: 20 }), (words, width) => {
      const lines = wrapped(words.join(' '), width);
      for (const line of lines) expect(line.length).toBeLessThanOrEqual(width);
      expect(lines.join('').replaceAll(/\s/g, '')).toBe(words.join('').replaceAll(/\s/g, ''));
    }),
  );
});

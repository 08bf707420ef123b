import { expect, test } from 'vitest';
import { boundedStack, boundedText, MAX_CHARACTERS } from '../../../src/console/protocol/bounded-text.ts';

const LONGEST = 'x'.repeat(MAX_CHARACTERS);

test('a text of the most characters is whole', () => {
  expect(boundedText(LONGEST)).toBe(LONGEST);
  expect(boundedStack(LONGEST)).toBe(LONGEST);
});

test('the ending of a longer text says how many characters are left out', () => {
  expect(boundedText(`${LONGEST}${'y'.repeat(1234)}`)).toBe(`${LONGEST}… (1,234 characters left out)`);
});

test('a longer stack keeps its frames, which are at the end', () => {
  const frames = '\n    at check (handler.ts:3:1)';
  const stack = boundedStack(`Error: ${'y'.repeat(1_000_000)}${frames}`);
  expect(stack.length).toBeLessThan(MAX_CHARACTERS + 50);
  expect(stack).toMatch(/^Error: y+… \(983,\d{3} characters left out\)y+\n {4}at check \(handler\.ts:3:1\)$/);
});

test('a character in two parts is not halved', () => {
  const text = boundedText(`x${'\u{1f600}'.repeat(MAX_CHARACTERS)}`);
  expect(text.isWellFormed()).toBe(true);
});

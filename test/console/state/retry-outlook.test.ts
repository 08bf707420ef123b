import { expect, test } from 'vitest';
import { attemptsLeft, expiryOf, timeLeft } from '../../../src/console/state/retry-outlook.ts';

const settings = (maximumRetryAttempts: number, maximumRecordAgeInSeconds = -1) => ({
  maximumRetryAttempts,
  maximumRecordAgeInSeconds,
  onFailureDestination: null,
});

test.each([
  [2, -1, Number.POSITIVE_INFINITY],
  // Two retries are three invocations.
  [1, 2, 3],
  [2, 2, 2],
  [3, 2, 1],
  [4, 2, 0],
  [9, 2, 0],
])('before attempt %d with %d retries, %d are left', (next, maximum, left) => {
  expect(attemptsLeft(next, settings(maximum))).toBe(left);
});

test.each([
  ['the stream keeps it for a day', 100, -1, 86_500_000],
  ['the mapping allows less', 100, 60, 160_000],
  ['the mapping allows more than the stream', 100, 604_800, 86_500_000],
  ['it does not say when it was made', undefined, 60, undefined],
])('a record expires: %s', (_, createdAt, maximumAge, expiry) => {
  expect(expiryOf(createdAt, settings(0, maximumAge))).toBe(expiry);
});

test.each([
  [-5, '0 s'],
  [1, '1 s'],
  [59_000, '59 s'],
  [60_001, '1 min 1 s'],
  [3_599_000, '59 min 59 s'],
  [86_340_000, '23 h 59 min'],
])('%d ms are written as %s', (ms, text) => {
  expect(timeLeft(ms)).toBe(text);
});

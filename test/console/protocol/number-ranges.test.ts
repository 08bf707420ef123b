import { expect, test } from 'vitest';
import { numbersIn, rangesOf } from '../../../src/console/protocol/number-ranges.ts';

test.each([
  [[], []],
  [
    [1, 2, 3, 7],
    [
      [1, 3],
      [7, 7],
    ],
  ],
  [
    [5, 3],
    [
      [5, 5],
      [3, 3],
    ],
  ],
])('%j as runs is %j, and back', (numbers: number[], ranges: number[][]) => {
  expect(rangesOf(numbers)).toEqual(ranges);
  expect(numbersIn(ranges as [number, number][])).toEqual(numbers);
});

import { expect, test } from 'vitest';
import { quantile, summaryOf } from '../../bench/statistics.ts';

test.each([
  [[3, 1, 2], 2],
  [[4, 1, 3, 2], 2.5],
  [[7], 7],
])('the median of %j is %d', (samples, median) => {
  expect(summaryOf(samples).median).toBe(median);
});

test('half of the samples lie between the quartiles, and one slow run moves neither', () => {
  const { lowerQuartile, upperQuartile, samples } = summaryOf([1, 2, 3, 4, 1000]);
  expect({ lowerQuartile, upperQuartile, samples }).toEqual({
    lowerQuartile: 2,
    upperQuartile: 4,
    samples: 5,
  });
});

test('samples are left in their order', () => {
  const samples = [3, 1, 2];
  summaryOf(samples);
  expect(samples).toEqual([3, 1, 2]);
});

test('quantiles between two samples lie between them in proportion', () => {
  expect(quantile([0, 10], 0.25)).toBe(2.5);
  expect(quantile([0, 10], 1)).toBe(10);
});

test('nothing cannot be summarised', () => {
  expect(() => summaryOf([])).toThrow(RangeError);
});

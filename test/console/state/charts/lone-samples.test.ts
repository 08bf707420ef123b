import { expect, test } from 'vitest';
import { loneSamples } from '../../../../src/console/state/charts/lone-samples.ts';

test.each<[string, readonly (number | null)[], readonly number[]]>([
  ['the only sample', [null, 4, null], [1]],
  ['a sample at either end', [1, null, null, 2], [0, 3]],
  ['a sample of 0', [null, 0], [1]],
  ['no sample of a line', [null, 1, 2, null, 3], [4]],
  ['none of none', [null, null], []],
])('marks %s', (_, values, expected) => {
  expect(loneSamples(values)).toEqual(expected);
});

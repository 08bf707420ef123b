import { expect, test } from 'vitest';
import { flagOf, flagProblem } from '../../../src/cli/flags/flag-of.ts';
import { ConfigurationError } from '../../../src/index.ts';

test.each([
  ['batchSize', '--batch-size'],
  ['maximumRecordAgeInSeconds', '--maximum-record-age-in-seconds'],
  ['table', '--table'],
  ['destinationConfig.onFailure.destination', '--destination-config.onFailure.destination'],
  ['filterCriteria.filters[0].pattern', '--filter-criteria.filters[0].pattern'],
])('the option %s is typed %s', (option, flag) => {
  expect(flagOf(option)).toBe(flag);
});

test.each([
  [{ owner: 'dev', option: 'batchSize' }, '--batch-size is odd: batchSize.'],
  [{ owner: 'dev' }, 'is odd: batchSize.'],
  [{}, 'is odd: batchSize.'],
])('an error shows its flag, and its text unchanged: %o', (data, text) => {
  expect(flagProblem(new ConfigurationError('INVALID_OPTION', 'is odd: batchSize.', data))).toBe(text);
});

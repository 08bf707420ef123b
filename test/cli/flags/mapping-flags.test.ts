import { describe, expect, test } from 'vitest';
import { flagOf } from '../../../src/cli/flags/flag-of.ts';
import { type MappingFlags, mappingFlags, readMappingFlags } from '../../../src/cli/flags/mapping-flags.ts';
import { Command } from '../../../src/cli/third-party/commander.ts';
import { MAPPING_OPTION_NAMES, mappingSettings } from '../../../src/mapping/options.ts';

const parse = (...argv: readonly string[]): MappingFlags =>
  mappingFlags(new Command()).parse(argv, { from: 'user' }).opts();

test('every option of a mapping is a flag, and no other', () => {
  const flags = mappingFlags(new Command()).options.map(({ long }) => long);
  // They do nothing where the mapping runs here.
  const deployed = ['kmsKeyArn', 'tags', 'metricsConfig'];
  const expected = MAPPING_OPTION_NAMES.filter((name) => !deployed.includes(name)).map((name) =>
    name === 'enabled' ? '--no-enabled' : flagOf(name),
  );
  expect(flags.toSorted()).toEqual(expected.toSorted());
});

test.each<[string, object]>([
  ['EventCount', { metrics: ['EventCount'] }],
  ['{"Metrics":["EventCount"]}', { Metrics: ['EventCount'] }],
  ['{"metrics":[]}', { metrics: [] }],
  ['ErrorCount', { metrics: ['ErrorCount'] }],
])('--metrics-config %s is for what deploys the mapping', (text, metricsConfig) => {
  const flags: MappingFlags = mappingFlags(new Command(), ['metricsConfig'])
    .parse(['--metrics-config', text], { from: 'user' })
    .opts();
  expect(readMappingFlags(flags, {})).toEqual({ metricsConfig });
});

test('without flags a mapping is that of AWS, but that it reads new records and heeds what a router reports', () => {
  const settings = mappingSettings(readMappingFlags(parse()));
  expect(settings).toEqual(
    mappingSettings({ startingPosition: 'LATEST', functionResponseTypes: ['ReportBatchItemFailures'] }),
  );
});

const ARN = 'arn:aws:sqs:us-east-1:123456789012:failed';
const PATTERN = { eventName: ['INSERT'] };

test.each<[string, string[], object]>([
  ['--starting-position', ['TRIM_HORIZON'], { startingPosition: 'TRIM_HORIZON' }],
  ['--batch-size', ['10'], { batchSize: 10 }],
  ['--maximum-batching-window-in-seconds', ['5'], { maximumBatchingWindowInSeconds: 5 }],
  ['--parallelization-factor', ['2'], { parallelizationFactor: 2 }],
  ['--maximum-retry-attempts', ['-1'], { maximumRetryAttempts: -1 }],
  ['--maximum-record-age-in-seconds', ['60'], { maximumRecordAgeInSeconds: 60 }],
  ['--bisect-batch-on-function-error', [], { bisectBatchOnFunctionError: true }],
  ['--function-response-types', ['none'], { functionResponseTypes: [] }],
  [
    '--function-response-types',
    ['ReportBatchItemFailures'],
    { functionResponseTypes: ['ReportBatchItemFailures'] },
  ],
  ['--tumbling-window-in-seconds', ['60'], { tumblingWindowInSeconds: 60 }],
  ['--destination-config', [ARN], { destinationConfig: { onFailure: { destination: ARN } } }],
  [
    '--destination-config',
    [`{"onFailure":{"destination":"${ARN}"}}`],
    { destinationConfig: { onFailure: { destination: ARN } } },
  ],
  ['--filter-criteria', [JSON.stringify(PATTERN)], { filterCriteria: { filters: [{ pattern: PATTERN }] } }],
  [
    '--filter-criteria',
    [JSON.stringify([PATTERN, PATTERN])],
    { filterCriteria: { filters: [{ pattern: PATTERN }, { pattern: PATTERN }] } },
  ],
  [
    '--filter-criteria',
    [JSON.stringify({ filters: [{ pattern: PATTERN }] })],
    { filterCriteria: { filters: [{ pattern: PATTERN }] } },
  ],
  [
    '--filter-criteria',
    [JSON.stringify({ Filters: [{ Pattern: JSON.stringify(PATTERN) }] })],
    { filterCriteria: { Filters: [{ Pattern: JSON.stringify(PATTERN) }] } },
  ],
  [
    '--destination-config',
    [`{"OnFailure":{"Destination":"${ARN}"}}`],
    { destinationConfig: { OnFailure: { Destination: ARN } } },
  ],
  ['--no-enabled', [], { enabled: false }],
])('%s %j', (flag, values, expected) => {
  const options = readMappingFlags(parse(flag, ...values));
  expect(options).toMatchObject(expected);
  expect(() => mappingSettings(options)).not.toThrow();
});

describe('what cannot be read', () => {
  test.each(['--filter-criteria', '--destination-config'])('%s that is not JSON is refused', (flag) => {
    expect(() => readMappingFlags(parse(flag, '{'))).toThrow(
      expect.objectContaining({ exitCode: 2, message: expect.stringMatching(`^${flag} is not JSON`) }),
    );
  });

  test.each(['', 'ten'])('a number that is none, %j, is left for the mapping to refuse', (value) => {
    expect(() => mappingSettings(readMappingFlags(parse('--batch-size', value)))).toThrow('batchSize');
  });
});

import { describe, expect, test } from 'vitest';
import {
  type EventSourceMappingOptions,
  MAPPING_OPTION_NAMES,
  mappingSettings,
} from '../../src/mapping/options.ts';

const QUEUE = 'arn:aws:sqs:eu-west-1:123456789012:failures';
const TOPIC = 'arn:aws:sns:eu-west-1:123456789012:failures';
const settings = (options: object) =>
  mappingSettings({ startingPosition: 'LATEST', ...options } as EventSourceMappingOptions, 'mapping');
const destination = (arn: unknown) => ({ destinationConfig: { onFailure: { destination: arn } } });

test("AWS's defaults", () => {
  expect(mappingSettings({ startingPosition: 'TRIM_HORIZON' })).toEqual({
    startingPosition: 'TRIM_HORIZON',
    batchSize: 100,
    maximumBatchingWindowInSeconds: 0,
    parallelizationFactor: 1,
    maximumRetryAttempts: -1,
    maximumRecordAgeInSeconds: -1,
    bisectBatchOnFunctionError: false,
    functionResponseTypes: [],
    tumblingWindowInSeconds: 0,
    onFailure: undefined,
    filter: undefined,
    enabled: true,
  });
});

test('undefined is not given, but for the position', () => {
  const none = Object.fromEntries(MAPPING_OPTION_NAMES.map((name) => [name, undefined]));
  expect(settings({ ...none, startingPosition: 'LATEST' })).toEqual(settings({}));
  expect(() => settings({ startingPosition: undefined })).toThrow(
    'startingPosition has to be one of TRIM_HORIZON, LATEST, got undefined.',
  );
});

test.each<[object]>([
  [{ batchSize: 1 }],
  [{ batchSize: 10_000 }],
  [{ maximumBatchingWindowInSeconds: 300 }],
  [{ parallelizationFactor: 10 }],
  [{ maximumRetryAttempts: 0 }],
  [{ maximumRetryAttempts: 10_000 }],
  [{ maximumRecordAgeInSeconds: 60 }],
  [{ maximumRecordAgeInSeconds: 604_800 }],
  [{ bisectBatchOnFunctionError: true }],
  [{ functionResponseTypes: ['ReportBatchItemFailures'] }],
  [{ tumblingWindowInSeconds: 900 }],
  [{ tumblingWindowInSeconds: 60, parallelizationFactor: 1, filterCriteria: { filters: [] } }],
  [{ enabled: false }],
])('%j is taken', (given) => {
  const { filterCriteria: _, ...rest } = given as { filterCriteria?: unknown };
  expect(settings(given)).toMatchObject(rest);
});

describe('a parameter out of range is refused', () => {
  test.each<[string, unknown, string]>([
    ['startingPosition', 'latest', 'has to be one of TRIM_HORIZON, LATEST, got "latest".'],
    ['batchSize', 0, 'has to be a whole number from 1 to 10000, got 0.'],
    ['batchSize', 10_001, 'from 1 to 10000, got 10001.'],
    ['batchSize', '100', 'got "100".'],
    ['batchSize', null, 'got null.'],
    ['maximumBatchingWindowInSeconds', -1, 'from 0 to 300'],
    ['maximumBatchingWindowInSeconds', 301, 'from 0 to 300'],
    ['maximumBatchingWindowInSeconds', 0.5, 'from 0 to 300'],
    ['parallelizationFactor', 0, 'from 1 to 10'],
    ['parallelizationFactor', 11, 'from 1 to 10'],
    ['maximumRetryAttempts', -2, 'from -1 to 10000'],
    ['maximumRetryAttempts', 10_001, 'from -1 to 10000'],
    ['maximumRecordAgeInSeconds', '60', 'has to be a whole number, -1 or from 60 to 604800, got "60".'],
    ['bisectBatchOnFunctionError', 'true', 'has to be true or false, got "true".'],
    ['functionResponseTypes', 'ReportBatchItemFailures', "has to be [] or ['ReportBatchItemFailures'], got"],
    ['functionResponseTypes', ['Other'], 'got an array.'],
    ['functionResponseTypes', ['ReportBatchItemFailures', 'ReportBatchItemFailures'], 'got an array.'],
    ['tumblingWindowInSeconds', 901, 'from 0 to 900'],
    ['tumblingWindowInSeconds', -1, 'from 0 to 900'],
    ['enabled', 1, 'has to be true or false, got 1.'],
  ])('%s: %j', (name, value, message) => {
    expect(() => settings({ [name]: value })).toThrow(
      expect.objectContaining({
        name: 'ConfigurationError',
        code: 'INVALID_OPTION',
        message: expect.stringContaining(message),
      }),
    );
    expect(() => settings({ [name]: value })).toThrow(`mapping: ${name} `);
  });
});

const AGE = 'MaximumRecordAgeInSeconds must be either -1 (forever) or between 60 and 604800 (inclusive)';

test.each<[string, object, string]>([
  ['a record age of 0', { maximumRecordAgeInSeconds: 0 }, AGE],
  ['a record age of 59', { maximumRecordAgeInSeconds: 59 }, AGE],
  ['a record age of -2', { maximumRecordAgeInSeconds: -2 }, AGE],
  ['a record age of 604801', { maximumRecordAgeInSeconds: 604_801 }, AGE],
  ['a point in time', { startingPosition: 'AT_TIMESTAMP' }, 'Unsupported starting position for arn type: '],
  [
    'a window with lanes',
    { tumblingWindowInSeconds: 1, parallelizationFactor: 2 },
    'Parallelization factor must be equal to 1 when tumbling window period is configured',
  ],
  [
    'a destination for success',
    { destinationConfig: { onSuccess: { destination: QUEUE } } },
    'OnSuccess configuration is not supported for event source mappings.',
  ],
])("%s is refused in AWS's words", (_, options, message) => {
  expect(() => settings(options)).toThrow(
    expect.objectContaining({ code: 'INVALID_OPTION', message: expect.stringContaining(message) }),
  );
});

test('a window with filters is refused', () => {
  const filterCriteria = { filters: [{ pattern: '{"eventName":["INSERT"]}' }] };
  expect(() => settings({ tumblingWindowInSeconds: 1, filterCriteria })).toThrow(
    'filterCriteria cannot be used',
  );
});

test.each<[object]>([[{ BatchSize: 10 }], [{ batchsize: 10 }], [{ streamArn: 'x' }], [{ toString: 1 }]])(
  'an unknown option is refused: %j',
  (options) => {
    expect(() => settings(options)).toThrow(expect.objectContaining({ code: 'UNKNOWN_OPTION' }));
  },
);

describe('destinations', () => {
  test.each([
    [QUEUE, 'sqs', 'eu-west-1', '123456789012', 'failures'],
    [TOPIC, 'sns', 'eu-west-1', '123456789012', 'failures'],
    ['arn:aws-cn:sqs:cn-north-1:123456789012:q', 'sqs', 'cn-north-1', '123456789012', 'q'],
    ['arn:aws:s3:::my-bucket.of.failures', 's3', '', '', 'my-bucket.of.failures'],
  ])('%s', (arn, service, region, accountId, name) => {
    expect(settings(destination(arn)).onFailure).toEqual({ service, arn, region, accountId, name });
  });

  test.each<[object]>([[{ destinationConfig: undefined }], [{ destinationConfig: {} }]])(
    '%j is none',
    (options) => {
      expect(settings(options).onFailure).toBeUndefined();
    },
  );

  test.each<[string, unknown, string]>([
    ['a FIFO queue', `${QUEUE}.fifo`, 'standard queue or topic'],
    ['a FIFO topic', `${TOPIC}.fifo`, 'standard queue or topic'],
    ['a function', 'arn:aws:lambda:eu-west-1:123456789012:function:f', 'has to be the ARN of an SQS queue'],
    ['a URL', 'https://sqs.eu-west-1.amazonaws.com/123456789012/failures', 'has to be the ARN'],
    ['a bucket with a key', 'arn:aws:s3:::bucket/key', 'has to be the ARN'],
    ['nothing', undefined, 'got undefined'],
  ])('%s is refused', (_, arn, message) => {
    expect(() => settings(destination(arn))).toThrow(
      expect.objectContaining({ code: 'INVALID_OPTION', message: expect.stringContaining(message) }),
    );
  });

  test.each([
    [{ destinationConfig: { OnFailure: {} } }, 'UNKNOWN_OPTION'],
    [{ destinationConfig: { onFailure: { Destination: QUEUE } } }, 'UNKNOWN_OPTION'],
    [{ destinationConfig: QUEUE }, 'INVALID_OPTION'],
    [{ destinationConfig: { onFailure: QUEUE } }, 'INVALID_OPTION'],
  ])('%j is refused', (options, code) => {
    expect(() => settings(options)).toThrow(expect.objectContaining({ code }));
  });
});

describe('filters', () => {
  const filters = (...patterns: unknown[]) => ({
    filterCriteria: { filters: patterns.map((pattern) => ({ pattern })) },
  });
  const name = (value: string) => ({ eventName: [value] });

  test('let a record pass that matches one of them, given as JSON or as an object', () => {
    const { filter } = settings(filters('{"eventName":["INSERT"]}', name('REMOVE')));
    expect(filter?.patterns).toEqual(['{"eventName":["INSERT"]}', '{"eventName":["REMOVE"]}']);
    expect(['INSERT', 'MODIFY', 'REMOVE'].map((eventName) => filter?.passes({ eventName }))).toEqual([
      true,
      false,
      true,
    ]);
  });

  test('say what Lambda may refuse', () => {
    const suffix = { eventName: [{ suffix: 'E' }] };
    expect(settings(filters(name('INSERT'), suffix)).filter?.warnings).toEqual([
      'filters[1]: eventName: suffix is not among what Lambda documents, and may be refused.',
    ]);
  });

  test.each([{ filterCriteria: undefined }, { filterCriteria: {} }, { filterCriteria: { filters: [] } }])(
    '%j is none',
    (options) => {
      expect(settings(options).filter).toBeUndefined();
    },
  );

  const sized = (characters: number) => `{"a":["${'x'.repeat(characters - '{"a":[""]}'.length)}"]}`;

  test('of 4,096 characters, and ten of them, are taken', () => {
    expect(settings(filters(...Array(10).fill(sized(4096)))).filter?.patterns).toHaveLength(10);
  });

  test.each<[string, object, string, string]>([
    [
      'eleven',
      filters(...Array(11).fill(name('INSERT'))),
      'INVALID_OPTION',
      'at most 5 filters (10 with a raised quota), got 11',
    ],
    ['no array', { filterCriteria: { filters: 'INSERT' } }, 'INVALID_OPTION', 'got "INSERT"'],
    ['no object', { filterCriteria: [] }, 'INVALID_OPTION', 'have to be an object'],
    ['another key', { filterCriteria: { Filters: [] } }, 'UNKNOWN_OPTION', 'Filters'],
    [
      'a filter with another key',
      { filterCriteria: { filters: [{ Pattern: '{}' }] } },
      'UNKNOWN_OPTION',
      'filters[0]',
    ],
    ['a filter without a pattern', { filterCriteria: { filters: [{}] } }, 'INVALID_PATTERN', 'filters[0]'],
    [
      '4,097 characters',
      filters(sized(4097)),
      'INVALID_PATTERN',
      'at most 4096 characters, this one has 4097',
    ],
    [
      'no JSON',
      filters(name('INSERT'), '{'),
      'INVALID_PATTERN',
      'filters[1]: Invalid filter pattern definition.',
    ],
  ])('%s is refused', (_, options, code, message) => {
    expect(() => settings(options)).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(message) }),
    );
  });
});

test('settings cannot be changed', () => {
  expect(Object.isFrozen(settings({}))).toBe(true);
  const given = ['ReportBatchItemFailures'];
  const { functionResponseTypes } = settings({ functionResponseTypes: given });
  given.pop();
  expect(functionResponseTypes).toEqual(['ReportBatchItemFailures']);
});

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
    "1 validation error detected: Value null at 'startingPosition' failed to satisfy constraint: Member must not be null.",
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
    ['startingPosition', 1, 'has to be TRIM_HORIZON or LATEST, got 1.'],
    ['kmsKeyArn', 'key', 'has to be the ARN of a KMS key, got "key".'],
    ['tags', { a: 1 }, 'has to be an object of text, got an object.'],
    ['tags', null, 'has to be an object of text, got null.'],
    ['tags', [], 'has to be an object of text, got an array.'],
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
  [
    'another position',
    { startingPosition: 'invalid' },
    "1 validation error detected: Value 'invalid' at 'startingPosition' failed to satisfy constraint: Member must satisfy enum value set: [LATEST, AT_TIMESTAMP, TRIM_HORIZON]",
  ],
  [
    'no position',
    { startingPosition: null },
    "1 validation error detected: Value null at 'startingPosition' failed to satisfy constraint: Member must not be null.",
  ],
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

test.each<[object]>([[{ batch_size: 10 }], [{ batchsize: 10 }], [{ streamArn: 'x' }], [{ toString: 1 }]])(
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

  test.each<[object]>([
    [{ destinationConfig: undefined }],
    [{ destinationConfig: {} }],
    [{ DestinationConfig: { OnFailure: {}, OnSuccess: {} } }],
    [{ DestinationConfig: { OnFailure: { Destination: '' } } }],
  ])('%j is none', (options) => {
    expect(settings(options).onFailure).toBeUndefined();
  });

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
    [{ destinationConfig: { failure: {} } }, 'UNKNOWN_OPTION'],
    [{ destinationConfig: { onFailure: { arn: QUEUE } } }, 'UNKNOWN_OPTION'],
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
    const wildcard = { eventName: [{ wildcard: '*E' }] };
    expect(settings(filters(name('INSERT'), wildcard)).filter?.warnings).toEqual([
      {
        code: 'UNDOCUMENTED_OPERATOR',
        message: 'filters[1]: eventName: Lambda does not document wildcard and may refuse it.',
      },
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
    ['no object', { filterCriteria: [] }, 'INVALID_OPTION', 'filterCriteria has to be an object'],
    ['another key', { filterCriteria: { filter: [] } }, 'UNKNOWN_OPTION', 'filter'],
    [
      'a filter with another key',
      { filterCriteria: { filters: [{ patterns: '{}' }] } },
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
      'filters[1].pattern is refused: Invalid filter pattern definition.',
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

const STREAM = 'arn:aws:dynamodb:eu-west-1:123456789012:table/T/stream/2026-01-01T00:00:00.000';

test('a point in time is refused, in the words of AWS where the stream is known', () => {
  const options = { startingPosition: 'AT_TIMESTAMP' } as unknown as EventSourceMappingOptions;
  expect(() => mappingSettings(options, 'mapping', STREAM)).toThrow(
    `mapping: startingPosition is refused: Unsupported starting position for arn type: ${STREAM}.`,
  );
  expect(() => mappingSettings(options, 'mapping')).toThrow(
    'mapping: startingPosition AT_TIMESTAMP is not supported by DynamoDB streams.',
  );
});

test("AWS's own JSON means the same as the options in camelCase", () => {
  const key = 'arn:aws:kms:eu-west-1:123456789012:key/k';
  const pattern = '{"eventName":["INSERT"]}';
  const ofAws = {
    StartingPosition: 'TRIM_HORIZON',
    BatchSize: 10,
    MaximumBatchingWindowInSeconds: 1,
    ParallelizationFactor: 2,
    MaximumRetryAttempts: 3,
    MaximumRecordAgeInSeconds: 60,
    BisectBatchOnFunctionError: true,
    FunctionResponseTypes: ['ReportBatchItemFailures'],
    TumblingWindowInSeconds: 0,
    Enabled: false,
    DestinationConfig: { OnFailure: { Destination: QUEUE } },
    FilterCriteria: { Filters: [{ Pattern: pattern }] },
    KMSKeyArn: key,
    MetricsConfig: { Metrics: ['EventCount'] },
    Tags: { team: 'billing' },
  };
  const { filter, ...found } = mappingSettings(ofAws as never);
  const { filter: expected, ...others } = mappingSettings({
    startingPosition: 'TRIM_HORIZON',
    batchSize: 10,
    maximumBatchingWindowInSeconds: 1,
    parallelizationFactor: 2,
    maximumRetryAttempts: 3,
    maximumRecordAgeInSeconds: 60,
    bisectBatchOnFunctionError: true,
    functionResponseTypes: ['ReportBatchItemFailures'],
    tumblingWindowInSeconds: 0,
    enabled: false,
    destinationConfig: { onFailure: { destination: QUEUE } },
    filterCriteria: { filters: [{ pattern }] },
    kmsKeyArn: key,
    metricsConfig: { metrics: ['EventCount'] },
    tags: { team: 'billing' },
  });
  expect(found).toEqual(others);
  expect(filter?.patterns).toEqual(expected?.patterns);
  expect(found).toMatchObject({ batchSize: 10, onFailure: { arn: QUEUE } });
});

test.each<[string, object, string]>([
  [
    'an option in both spellings',
    { batchSize: 1, BatchSize: 2 },
    'batchSize is there twice, also as BatchSize.',
  ],
  [
    'the poller of other sources',
    { ProvisionedPollerConfig: {} },
    'It belongs to Kafka and SQS event sources.',
  ],
  [
    'the scaling of SQS',
    { ScalingConfig: {} },
    'scalingConfig is not an option of a DynamoDB stream. It belongs to SQS',
  ],
  ['the logging of Kafka', { LoggingConfig: {} }, 'It belongs to Kafka event sources.'],
  ['topics', { Topics: ['t'] }, 'topics is not an option of a DynamoDB stream.'],
  ['queues', { queues: ['q'] }, 'It belongs to Amazon MQ.'],
  ['DocumentDB', { DocumentDBEventSourceConfig: {} }, 'It belongs to Amazon DocumentDB.'],
  ['a time', { StartingPositionTimestamp: 1 }, 'It belongs to AT_TIMESTAMP'],
  ['a Kafka topic as destination', destination('kafka://t'), 'cannot be a Kafka topic'],
  ['another metric', { metricsConfig: { metrics: ['ErrorCount'] } }, "has to be [] or ['EventCount']"],
  ['metrics outside an array', { metricsConfig: { metrics: 'EventCount' } }, 'got "EventCount"'],
])('%s is refused with the reason', (_, options, message) => {
  expect(() => settings(options)).toThrow(
    expect.objectContaining({ code: 'INVALID_OPTION', message: expect.stringContaining(message) }),
  );
});

test('metrics without any are none', () => {
  expect(settings({ metricsConfig: {} })).toEqual(settings({}));
});

import { describe, expect, test } from 'vitest';
import { type DeliverOptions, deliver, testStream } from '../../src/testing/index.ts';

const stream = testStream<{ id: string }>({ keys: ['id'] });

/** AWS's parameters: what each may be and what it may not. */
const PARAMETERS: readonly [
  keyof DeliverOptions,
  accepted: readonly unknown[],
  refused: readonly unknown[],
][] = [
  ['batchSize', [1, 11, 10_000], [0, 10_001, 1.5, '1', null]],
  ['maximumBatchingWindowInSeconds', [0, 300], [-1, 301]],
  ['startingPosition', ['TRIM_HORIZON', 'LATEST'], ['AT_TIMESTAMP', 'trim_horizon']],
  ['parallelizationFactor', [1, 10], [0, 11]],
  ['maximumRetryAttempts', [-1, 0, 10_000], [-2, 10_001]],
  ['maximumRecordAgeInSeconds', [-1, 60, 604_800], [0, 59, 604_801]],
  ['bisectBatchOnFunctionError', [true, false], ['true', 1]],
  ['functionResponseTypes', [[], ['ReportBatchItemFailures']], [['Other'], 'ReportBatchItemFailures']],
  ['tumblingWindowInSeconds', [0], [-1, 901]],
  [
    'destinationConfig',
    [
      {},
      { onFailure: { destination: 'arn:aws:sqs:us-east-1:123456789012:failed' } },
      { onFailure: { destination: 'arn:aws:sns:us-east-1:123456789012:failed' } },
      { onFailure: { destination: 'arn:aws:s3:::failed' } },
    ],
    [
      { onFailure: { destination: 'arn:aws:sqs:us-east-1:123456789012:failed.fifo' } },
      { onFailure: { destination: 'failed' } },
      { onSuccess: { destination: 'arn:aws:sqs:us-east-1:123456789012:done' } },
    ],
  ],
  [
    'filterCriteria',
    [{ filters: [] }, { filters: [{ pattern: '{ "eventName": ["INSERT"] }' }] }],
    [{ filters: [{ pattern: '{' }] }, { filters: Array.from({ length: 11 }, () => ({ pattern: '{}' })) }],
  ],
  ['enabled', [true], ['yes']],
  ['logger', [false, console], [true, null, {}, { error() {} }]],
];

describe.each(PARAMETERS)('%s', (name, accepted, refused) => {
  test.each(accepted.map((value) => ({ value })))('may be $value', async ({ value }) => {
    const { succeeded } = await deliver(() => {}, [stream.insert({ id: 'a' })], { [name]: value });
    expect(succeeded).toHaveLength(1);
  });

  test.each(refused.map((value) => ({ value })))('may not be $value', async ({ value }) => {
    await expect(deliver(() => {}, [], { [name]: value })).rejects.toMatchObject({
      name: 'ConfigurationError',
      message: expect.stringMatching(/^deliver\b/),
    });
  });
});

test.each([
  [
    'a record age out of range',
    { maximumRecordAgeInSeconds: 59 },
    'MaximumRecordAgeInSeconds must be either -1 (forever) or between 60 and 604800 (inclusive)',
  ],
  [
    'a destination for successes',
    { destinationConfig: { onSuccess: { destination: 'arn:aws:sqs:us-east-1:123456789012:done' } } },
    'OnSuccess configuration is not supported for event source mappings.',
  ],
  [
    'a window with several lanes',
    { tumblingWindowInSeconds: 60, parallelizationFactor: 2 },
    'Parallelization factor must be equal to 1 when tumbling window period is configured',
  ],
  [
    'a filter that is none',
    { filterCriteria: { filters: [{ pattern: 'null' }] } },
    'Invalid filter pattern definition.',
  ],
])("%s is refused in AWS's words", async (_, options, message) => {
  await expect(deliver(() => {}, [], options as DeliverOptions)).rejects.toThrow(message);
});

test('a window excludes filters', async () => {
  const filterCriteria = { filters: [{ pattern: { eventName: ['INSERT'] } }] };
  await expect(deliver(() => {}, [], { tumblingWindowInSeconds: 60, filterCriteria })).rejects.toMatchObject({
    code: 'INVALID_OPTION',
  });
});

describe('filters match the record as the function would see it', () => {
  const records = [
    stream.insert({ id: 'a' }),
    stream.modify({ id: 'b' }, { id: 'b' }),
    stream.expire({ id: '1234' }),
  ];

  test.each([
    ['no filter', [], 'IMR'],
    ['eventName', [{ eventName: ['INSERT', 'REMOVE'] }], 'IR'],
    ['eventSource', [{ eventSource: ['aws:dynamodb'] }], 'IMR'],
    ['userIdentity', [{ userIdentity: { principalId: ['dynamodb.amazonaws.com'] } }], 'R'],
    ['dynamodb', [{ dynamodb: { Keys: { id: { S: [{ prefix: '12' }] } } } }], 'R'],
    ['either of two', [{ eventName: ['INSERT'] }, { eventName: ['MODIFY'] }], 'IM'],
    ['all fields of one', [{ eventName: ['INSERT'], dynamodb: { Keys: { id: { S: ['b'] } } } }], ''],
    ['exists, without the type', [{ dynamodb: { Keys: { id: [{ exists: false }] } } }], 'IMR'],
    ['exists, with the type', [{ dynamodb: { Keys: { id: { S: [{ exists: false }] } } } }], ''],
    ['a number on text', [{ dynamodb: { Keys: { id: { S: [{ numeric: ['=', 1234] }] } } } }], ''],
  ])('%s', async (_, patterns, letters) => {
    let seen = '';
    await deliver(
      (event: { Records: { eventName: string }[] }) => {
        for (const { eventName } of event.Records) seen += eventName[0];
      },
      records,
      { filterCriteria: { filters: patterns.map((pattern) => ({ pattern: JSON.stringify(pattern) })) } },
    );
    expect(seen).toBe(letters);
  });
});

test("AWS's own JSON is taken", async () => {
  const records = [stream.insert({ id: 'a' }), stream.insert({ id: 'b' })];
  const sizes: number[] = [];
  const ofAws = { StartingPosition: 'LATEST', BatchSize: 1, FilterCriteria: { Filters: [] } };
  await deliver(
    ({ Records }: { Records: unknown[] }) => void sizes.push(Records.length),
    records,
    ofAws as never,
  );
  expect(sizes).toEqual([1, 1]);
});

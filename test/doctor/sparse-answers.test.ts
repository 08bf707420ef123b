import { expect, test } from 'vitest';
import { streamRouter } from '../../src/router/router.ts';
import { examiner, told, unknown } from './examine.ts';
import { FUNCTION_ARN, ROLE_ARN, STREAM_ARN, stream, TOPIC_ARN, UUID } from './fake-aws/world.ts';

const examine = examiner();

const router = streamRouter({ logger: false }).onInsert(async () => {});

/** A mapping with nothing but its place. */
const BARE = { UUID, FunctionArn: FUNCTION_ARN, EventSourceArn: STREAM_ARN };

// The models of AWS require next to nothing. What an answer lacks has AWS's default, or is not known.
test('a mapping without options has those of AWS', async () => {
  const diagnosis = await examine({ answers: { ListEventSourceMappings: { EventSourceMappings: [BARE] } } });
  expect(told(diagnosis)).toEqual([
    'error MAPPING_NOT_ENABLED',
    'warning PARTIAL_RESPONSES_OFF',
    'warning RETRIES_UNBOUNDED',
    'warning NO_DESTINATION',
  ]);
});

test('a function without settings has those of AWS', async () => {
  const answers = { GetFunctionConfiguration: { Role: ROLE_ARN, Runtime: 'nodejs24.x' } };
  const diagnosis = await examine({ answers, router });
  expect(told(diagnosis)).toEqual(['warning MEMORY_TOO_SMALL']);
  expect(diagnosis.findings[0]?.is).toBe('The function has 128 MB of memory.');
});

test.each([
  ['ListEventSourceMappings', {}, ['error NO_MAPPING'], []],
  ['ListEventSourceMappings', { EventSourceMappings: [{}, { UUID }] }, ['error NO_MAPPING'], []],
  [
    'ListEventSourceMappings',
    { EventSourceMappings: [{ EventSourceArn: STREAM_ARN }] },
    ['error NO_MAPPING'],
    [],
  ],
  ['DescribeAlarms', {}, ['warning NO_LAG_ALARM'], []],
  ['DescribeAlarms', { MetricAlarms: [{}] }, ['warning NO_LAG_ALARM'], []],
  [
    'DescribeAlarms',
    {
      MetricAlarms: [
        { Namespace: 'AWS/Lambda', Dimensions: [{ Name: 'FunctionName', Value: 'on-invoice' }] },
      ],
    },
    ['warning NO_LAG_ALARM'],
    [],
  ],
  [
    'GetMetricData',
    {},
    [],
    [
      'TIMEOUT_TOO_SHORT: CloudWatch has no Duration of the last 24 hours',
      'LAG_HIGH: CloudWatch has no IteratorAge of the last 15 minutes',
    ],
  ],
  [
    'GetMetricData',
    { MetricDataResults: [{ Id: 'highest' }] },
    [],
    [
      'TIMEOUT_TOO_SHORT: CloudWatch has no Duration of the last 24 hours',
      'LAG_HIGH: CloudWatch has no IteratorAge of the last 15 minutes',
    ],
  ],
  ['DescribeTable', {}, ['error STREAM_NOT_ENABLED'], []],
  ['GetQueueAttributes', {}, ['warning QUEUE_RETENTION_SHORT'], []],
])('%s answers %j', async (operation, answer, findings, reasons) => {
  const diagnosis = await examine({ answers: { [operation]: answer } });
  expect(told(diagnosis)).toEqual(findings);
  expect(unknown(diagnosis)).toEqual(reasons);
});

test('a topic without attributes has no subscription', async () => {
  const diagnosis = await examine({
    change: ({ mappings: [first] }) =>
      Object.assign(first as object, { DestinationConfig: { OnFailure: { Destination: TOPIC_ARN } } }),
    answers: { GetTopicAttributes: {} },
  });
  expect(told(diagnosis)).toEqual(['warning DESTINATION_WITHOUT_READER']);
});

test.each([['StreamStatus'], ['StreamViewType'], ['KeySchema'], [undefined]] as const)(
  'of a stream without %s nothing is known',
  async (part) => {
    const { [part ?? 'StreamStatus']: _part, ...StreamDescription } = stream(STREAM_ARN);
    const diagnosis = await examine({
      answers: { DescribeStream: part === undefined ? {} : { StreamDescription } },
      router,
    });
    expect(told(diagnosis)).toEqual([]);
    expect(unknown(diagnosis)).toEqual(
      ['STREAM_NOT_ENABLED', 'VIEW_TYPE_TOO_POOR', 'KEYS_DIFFER'].map(
        (code) => `${code}: dynamodb:DescribeStream answers without the status, the view type or the keys`,
      ),
    );
  },
);

test('a stream without shards', async () => {
  const { Shards: _shards, ...StreamDescription } = stream(STREAM_ARN);
  const diagnosis = await examine({
    change: ({ functions }) => Object.assign(functions['on-invoice'] as object, { reservedConcurrency: 1 }),
    answers: { DescribeStream: { StreamDescription } },
  });
  expect(told(diagnosis)).toEqual([]);
});

test('IAM does not answer on an action', async () => {
  const answers = { SimulatePrincipalPolicy: { EvaluationResults: [], IsTruncated: false } };
  const diagnosis = await examine({ answers });
  expect(new Set(diagnosis.notChecked.at(-1)?.notChecked)).toEqual(new Set(['PERMISSION_MISSING']));
  expect(told(await examine({ answers: { SimulatePrincipalPolicy: {} } }))).toEqual([]);
});

test('an alias list without an answer has no alias', async () => {
  const diagnosis = await examine({
    faults: {
      ListEventSourceMappings: {
        status: 403,
        code: 'AccessDeniedException',
        when: ({ FunctionName }) => FunctionName === undefined,
      },
    },
    answers: { ListAliases: {} },
  });
  expect(told(diagnosis)).toEqual([]);
});

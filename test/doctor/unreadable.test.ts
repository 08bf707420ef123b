import { describe, expect, test } from 'vitest';
import { doctorPolicy } from '../../src/doctor/doctor-policy.ts';
import { FINDINGS } from '../../src/doctor/finding.ts';
import { attempt } from '../../src/doctor/read/attempt.ts';
import { ConfigurationError } from '../../src/errors.ts';
import { streamRouter } from '../../src/router/router.ts';
import { defineTable } from '../../src/table/define-table.ts';
import { itemOf } from '../../src/table/item-of.ts';
import { examiner, told, unknown } from './examine.ts';
import { ANSWERS } from './fake-aws/answers.ts';
import type { Fault } from './fake-aws/server.ts';
import {
  configuration,
  FUNCTION_ARN,
  mapping,
  QUEUE_ARN,
  STREAM_ARN,
  stream,
  TOPIC_ARN,
  type World,
} from './fake-aws/world.ts';

const examine = examiner();

const invoices = defineTable({
  name: 'Invoices',
  item: itemOf<{ customerId: string; invoiceId: string }>(),
  keys: ['customerId', 'invoiceId'],
});
const router = streamRouter(invoices, { logger: false }).onInsert(async () => {});

const DENIED: Fault = { status: 403, code: 'AccessDeniedException' };

const sendsTo =
  (Destination: string) =>
  ({ mappings: [first] }: World): void => {
    Object.assign(first as object, { DestinationConfig: { OnFailure: { Destination } } });
  };

/** For each call of AWS, the checks that cannot be made without it. */
const WITHOUT: Readonly<
  Record<string, readonly [checks: readonly string[], change?: (world: World) => void]>
> = {
  ListEventSourceMappings: [
    Object.keys(FINDINGS).filter((code) => !['CONCURRENCY_ZERO', 'NO_LAG_ALARM', 'LAG_HIGH'].includes(code)),
    ({ functions }) => Object.assign(functions['on-invoice'] as object, { reservedConcurrency: 2 }),
  ],
  // Only where the list of all mappings is refused.
  ListAliases: [[]],
  GetFunctionConfiguration: [
    [
      'CALLBACK_HANDLER',
      'FUNCTION_NOT_READY',
      'MEMORY_TOO_SMALL',
      'PERMISSION_MISSING',
      'RUNTIME_NEAR_END',
      'TENANT_ISOLATION',
      'TIMEOUT_TOO_SHORT',
      'TIMEOUT_WITHIN_RESERVE',
      'VARIABLE_NOT_SET',
    ],
  ],
  GetFunctionConcurrency: [['CONCURRENCY_TOO_LOW', 'CONCURRENCY_ZERO']],
  DescribeTable: [['STREAM_NOT_ENABLED', 'STREAM_REPLACED']],
  DescribeStream: [
    ['CONCURRENCY_TOO_LOW', 'KEYS_DIFFER', 'STREAM_NOT_ENABLED', 'VIEW_TYPE_TOO_POOR'],
    ({ functions }) => Object.assign(functions['on-invoice'] as object, { reservedConcurrency: 2 }),
  ],
  GetQueueUrl: [['DESTINATION_MISSING', 'QUEUE_NOT_EMPTY', 'QUEUE_RETENTION_SHORT']],
  GetQueueAttributes: [['DESTINATION_MISSING', 'QUEUE_NOT_EMPTY', 'QUEUE_RETENTION_SHORT']],
  GetTopicAttributes: [['DESTINATION_MISSING', 'DESTINATION_WITHOUT_READER'], sendsTo(TOPIC_ARN)],
  HeadBucket: [['DESTINATION_MISSING'], sendsTo('arn:aws:s3:::failures')],
  SimulatePrincipalPolicy: [['PERMISSION_MISSING']],
  DescribeAlarms: [['NO_LAG_ALARM']],
  GetMetricData: [['LAG_HIGH', 'TIMEOUT_TOO_SHORT']],
};

describe('what AWS refuses is not checked, and never fine', () => {
  test('every call of the fake is refused below', () => {
    expect(Object.keys(WITHOUT).sort()).toEqual(Object.keys(ANSWERS).sort());
  });

  test.each(Object.entries(WITHOUT))('%s', async (operation, [checks, change]) => {
    const diagnosis = await examine({ router, faults: { [operation]: DENIED }, ...(change && { change }) });
    const codes = diagnosis.notChecked.flatMap(({ notChecked }) => notChecked);
    expect([...new Set(codes)].sort()).toEqual([...checks].sort());
    expect(told(diagnosis)).toEqual([]);
    for (const { reason } of diagnosis.notChecked) expect(reason).toMatch(/^AWS refuses \w+:\w+$/);
  });

  test('all calls at once', async () => {
    const faults = Object.fromEntries(Object.keys(ANSWERS).map((operation) => [operation, DENIED]));
    const diagnosis = await examine({ router, faults });
    expect(told(diagnosis)).toEqual([]);
    expect(new Set(diagnosis.notChecked.flatMap(({ notChecked }) => notChecked))).toEqual(
      new Set(Object.keys(FINDINGS)),
    );
  });

  test('the policy has every permission that a refusal names', async () => {
    const named = new Set<string>();
    for (const [operation, [, change]] of Object.entries(WITHOUT)) {
      const { notChecked } = await examine({
        router,
        faults: { [operation]: DENIED },
        ...(change && { change }),
      });
      for (const { reason } of notChecked) named.add(reason.replace('AWS refuses ', ''));
    }
    const allowed = doctorPolicy().Statement.flatMap(({ Action }) => Action);
    expect(allowed).toEqual(expect.arrayContaining([...named]));
    // Of these two, the report names the other one.
    expect(allowed.filter((action) => !named.has(action)).sort()).toEqual([
      'lambda:ListAliases',
      'sqs:GetQueueUrl',
    ]);
  });

  test('without the code, the checks that need it say so', async () => {
    const { notChecked } = await examine();
    expect(notChecked).toHaveLength(1);
    expect(notChecked[0]?.reason).toBe('only with the code: --router <module#export>');
  });
});

describe('what AWS throttles', () => {
  test('is asked again', async () => {
    const throttled = { status: 400, code: 'ThrottlingException', times: 2 };
    const diagnosis = await examine({
      faults: { GetFunctionConcurrency: throttled, DescribeAlarms: throttled },
    });
    expect(unknown(diagnosis)).toEqual([]);
    expect(diagnosis.calls.filter((call) => call === 'DescribeAlarms')).toHaveLength(3);
  });

  test('again and again is not checked', { timeout: 30_000 }, async () => {
    const throttled = { status: 429, code: 'TooManyRequestsException' };
    const diagnosis = await examine({ faults: { GetFunctionConcurrency: throttled } });
    expect(unknown(diagnosis)).toEqual([
      'CONCURRENCY_ZERO: AWS throttles lambda:GetFunctionConcurrency',
      'CONCURRENCY_TOO_LOW: AWS throttles lambda:GetFunctionConcurrency',
    ]);
  });
});

test.each([
  [Object.assign(new Error('x'), { name: 'InternalFailure' }), 'lambda:GetX failed: InternalFailure'],
  [Object.assign(new Error('x'), { code: 'ECONNREFUSED' }), 'lambda:GetX failed: ECONNREFUSED'],
  [{}, 'lambda:GetX failed: no answer'],
  [{ $metadata: { httpStatusCode: 403 } }, 'AWS refuses lambda:GetX'],
  [{ $metadata: { httpStatusCode: 429 } }, 'AWS throttles lambda:GetX'],
  [
    new ConfigurationError('MISSING_PEER', 'This check needs x. Install it with: npm install --save-dev x'),
    'This check needs x. Install it with: npm install --save-dev x',
  ],
])('an error becomes a reason', async (error, reason) => {
  expect(await attempt('lambda:GetX', () => Promise.reject(error))).toEqual({ notChecked: reason });
});

describe('parts that are known in part', () => {
  test('a condition of a policy is not decided here', async () => {
    const diagnosis = await examine({ change: ({ conditional }) => conditional.push('sqs:SendMessage') });
    expect(told(diagnosis)).toEqual([]);
    expect(unknown(diagnosis)).toEqual([
      'PERMISSION_MISSING: a condition of a policy decides sqs:SendMessage',
    ]);
  });

  test('the policy of a queue may allow the role', async () => {
    const diagnosis = await examine({
      change({ forbidden, queues }) {
        forbidden.push('sqs:SendMessage');
        Object.assign(queues[QUEUE_ARN] as object, { Policy: '{}' });
      },
    });
    expect(told(diagnosis)).toEqual([]);
    expect(unknown(diagnosis)).toEqual([
      `PERMISSION_MISSING: the policy of ${QUEUE_ARN} itself may allow sqs:SendMessage`,
    ]);
  });

  test.each([
    ['python3.12', ['RUNTIME_NEAR_END: the end of python3.12 is not known to this version of streamlane']],
    [
      undefined,
      [
        'RUNTIME_NEAR_END: a container image does not say its runtime',
        'CALLBACK_HANDLER: a container image does not say its runtime',
      ],
    ],
  ])('the runtime %s is not judged', async (Runtime, reasons) => {
    const diagnosis = await examine({
      change: ({ functions }) => Object.assign(functions['on-invoice']?.configuration as object, { Runtime }),
    });
    expect(told(diagnosis)).toEqual([]);
    expect(unknown(diagnosis)).toEqual(reasons);
  });

  test('little memory on another runtime than Node.js is not judged', async () => {
    const diagnosis = await examine({
      change: ({ functions }) =>
        Object.assign(functions['on-invoice']?.configuration as object, {
          Runtime: 'python3.13',
          MemorySize: 128,
        }),
    });
    expect(unknown(diagnosis)).toEqual([
      'MEMORY_TOO_SMALL: how much memory a batch needs on python3.13 is not known here',
    ]);
  });

  test('metrics without data are no proof', async () => {
    const diagnosis = await examine({ change: (world) => (world.metrics = {}) });
    expect(told(diagnosis)).toEqual([]);
    expect(unknown(diagnosis)).toEqual([
      'TIMEOUT_TOO_SHORT: CloudWatch has no Duration of the last 24 hours',
      'LAG_HIGH: CloudWatch has no IteratorAge of the last 15 minutes',
    ]);
  });

  test('filters that AWS cannot show are an error, and the checks of them are not made', async () => {
    const diagnosis = await examine({
      change: ({ mappings: [first] }) =>
        Object.assign(first as object, {
          FilterCriteriaError: { ErrorCode: 'KMSAccessDeniedException', Message: 'x' },
        }),
    });
    expect(told(diagnosis)).toEqual(['error FILTER_UNREADABLE']);
    expect(unknown(diagnosis)).toHaveLength(4);
  });

  test('a filter that is not known here is not judged', async () => {
    const diagnosis = await examine({
      change: ({ mappings: [first] }) =>
        Object.assign(first as object, {
          FilterCriteria: { Filters: [{ Pattern: '{"eventName":[{"regex":"I"}]}' }] },
        }),
      router,
    });
    expect(told(diagnosis)).toEqual([]);
    expect(unknown(diagnosis)).toHaveLength(4);
  });

  test('a queue of another account may be there, though AWS does not show it', async () => {
    const diagnosis = await examine({ change: sendsTo(QUEUE_ARN.replace('111122223333', '444455556666')) });
    expect(told(diagnosis)).toEqual([]);
    expect(new Set(unknown(diagnosis).map((line) => line.split(': ')[1]))).toEqual(
      new Set(['AWS does not tell if the queue of another account exists']),
    );
  });

  test('a function without a role has no permission to check', async () => {
    const diagnosis = await examine({
      change: ({ functions }) =>
        Object.assign(functions['on-invoice']?.configuration as object, { Role: undefined }),
    });
    expect(unknown(diagnosis)).toEqual(['PERMISSION_MISSING: the role of the function is not known']);
  });
});

describe('many mappings', () => {
  const other = (index: number) => ({
    ...mapping(),
    UUID: `0000${index}`,
    FunctionArn: FUNCTION_ARN.replace('on-invoice', `on-${index}`),
    EventSourceArn: STREAM_ARN.replace('Invoices', `Table${index}`),
  });

  test('of 230 mappings in the account, the one of the function is found on the third page', async () => {
    const diagnosis = await examine({
      change({ mappings }) {
        mappings.unshift(...Array.from({ length: 229 }, (_, index) => other(index)));
        Object.assign(mappings.at(-1) as object, { State: 'Disabled' });
      },
    });
    expect(told(diagnosis)).toEqual(['error MAPPING_NOT_ENABLED']);
    expect(diagnosis.calls.filter((call) => call === 'ListEventSourceMappings')).toHaveLength(3);
  });

  test('a function with 200 mappings is checked in each of them', { timeout: 30_000 }, async () => {
    const diagnosis = await examine({
      change({ mappings, tables, streams }) {
        for (let index = 1; index < 200; index += 1) {
          const table = `arn:aws:dynamodb:eu-central-1:111122223333:table/Table${index}`;
          const arn = `${table}/stream/2026-01-01T00:00:00.000`;
          mappings.push({ ...mapping(), UUID: `0000${index}`, EventSourceArn: arn, State: 'Disabled' });
          streams[arn] = stream(arn);
          tables[table] = { LatestStreamArn: arn, StreamSpecification: { StreamEnabled: true } };
        }
      },
    });
    expect(told(diagnosis)).toEqual(Array.from({ length: 199 }, () => 'error MAPPING_NOT_ENABLED'));
  });
});

describe('aliases and versions', () => {
  /** The alias `live` is on Node.js 20, and its mapping is disabled; version 7 has a healthy one. */
  function qualified({ functions, mappings }: World): void {
    Object.assign(functions['on-invoice'] as object, {
      aliases: ['live', 'next', 'old'],
      qualified: {
        live: { ...configuration(`${FUNCTION_ARN}:live`), Runtime: 'nodejs20.x' },
        7: configuration(`${FUNCTION_ARN}:7`),
      },
    });
    mappings.push(
      { ...mapping(), UUID: 'of-live', FunctionArn: `${FUNCTION_ARN}:live`, State: 'Disabled' },
      { ...mapping(), UUID: 'of-seven', FunctionArn: `${FUNCTION_ARN}:7` },
    );
  }
  const findings = async (
    qualifier?: string,
    faults?: Readonly<Record<string, Fault>>,
  ): Promise<readonly string[]> => {
    const diagnosis = await examine({ change: qualified, qualifier, ...(faults && { faults }) });
    return diagnosis.findings.map(({ code, subject }) => `${code} ${subject}`);
  };
  const READERS = (subject: string): string => `THIRD_READER ${subject}`;

  test('without a qualifier, the mappings of all of them are checked, against the code of each', async () => {
    expect(await findings()).toEqual([
      'MAPPING_NOT_ENABLED Invoices (of-live, live)',
      'RUNTIME_NEAR_END on-invoice:live',
      READERS('Invoices (of-live, live)'),
    ]);
  });

  test('with an alias, only its mappings are', async () => {
    expect(await findings('7')).toEqual([]);
    expect(await findings('live')).toEqual([
      'MAPPING_NOT_ENABLED Invoices (of-live, live)',
      'RUNTIME_NEAR_END on-invoice:live',
      READERS('Invoices (of-live, live)'),
    ]);
    expect(await findings('next')).toEqual(['NO_MAPPING on-invoice']);
  });

  test('where the policy allows one function alone, its aliases are asked one by one', async () => {
    const faults = {
      ListEventSourceMappings: { ...DENIED, when: ({ FunctionName }) => FunctionName === undefined } as Fault,
    };
    const diagnosis = await examine({ change: qualified, faults });
    expect(diagnosis.findings.map(({ code, subject }) => `${code} ${subject}`)).toEqual([
      'MAPPING_NOT_ENABLED Invoices (of-live, live)',
      'RUNTIME_NEAR_END on-invoice:live',
    ]);
    // Versions without an alias cannot be found so, nor other readers.
    expect(new Set(unknown(diagnosis).map((line) => line.replace(/^\w+: /, '')))).toEqual(
      new Set([
        'AWS refuses lambda:ListEventSourceMappings of all functions, so mappings of versions are not known',
        'AWS refuses lambda:ListEventSourceMappings',
      ]),
    );
    expect(unknown(diagnosis).filter((line) => /^(?:NO_MAPPING|LAG_HIGH)/.test(line))).toEqual([]);
    expect(diagnosis.calls.filter((call) => call === 'ListAliases')).toHaveLength(2);
  });

  test('where aliases cannot be listed for another reason, nothing is said', async () => {
    const diagnosis = await examine({
      faults: {
        ListEventSourceMappings: { ...DENIED, when: ({ FunctionName }) => FunctionName === undefined },
        ListAliases: { status: 400, code: 'InvalidParameterValueException' },
      },
    });
    expect(told(diagnosis)).toEqual([]);
    expect(new Set(unknown(diagnosis).map((line) => line.split(': ')[1]))).toEqual(
      new Set(['lambda:ListEventSourceMappings failed']),
    );
  });

  test('without the right to list aliases, the mappings of the function itself are checked', async () => {
    const faults = {
      ListEventSourceMappings: { ...DENIED, when: ({ FunctionName }) => FunctionName === undefined } as Fault,
      ListAliases: DENIED,
    };
    expect(await findings(undefined, faults)).toEqual([]);
    const { notChecked } = await examine({ change: qualified, faults });
    expect(notChecked).toContainEqual({
      notChecked: expect.arrayContaining(['MAPPING_NOT_ENABLED', 'FUNCTION_NOT_READY']),
      subject: 'other mappings of on-invoice',
      reason: 'AWS refuses lambda:ListAliases, so mappings of aliases and versions are not known',
    });
  });

  const ONE_FUNCTION: Fault = { ...DENIED, when: ({ FunctionName }) => FunctionName === undefined };

  test.each<[string, Readonly<Record<string, Fault>>]>([
    ['aliases', { ListEventSourceMappings: ONE_FUNCTION, ListAliases: DENIED }],
    ['versions', { ListEventSourceMappings: ONE_FUNCTION }],
  ])('no mapping is none only where those of %s are known', async (_what, faults) => {
    const diagnosis = await examine({ change: ({ mappings }) => mappings.splice(0), faults });
    expect(told(diagnosis)).toEqual([]);
    expect(unknown(diagnosis)).toContainEqual(expect.stringMatching(/^NO_MAPPING: .* are not known$/));
  });

  test.each(['live', '7'])('with %s, its mappings are asked for directly', async (qualifier) => {
    const faults = { ListEventSourceMappings: ONE_FUNCTION, ListAliases: DENIED };
    expect(await findings(qualifier, faults)).toEqual(
      qualifier === '7'
        ? []
        : ['MAPPING_NOT_ENABLED Invoices (of-live, live)', 'RUNTIME_NEAR_END on-invoice:live'],
    );
    expect(await findings('next', faults)).toEqual(['NO_MAPPING on-invoice']);
  });

  test.each(['gone', '8'])('a mapping at %s, which does not exist, is an error', async (qualifier) => {
    const diagnosis = await examine({
      change: ({ mappings }) =>
        mappings.push({
          ...mapping(),
          UUID: 'of-none',
          FunctionArn: `${FUNCTION_ARN}:${qualifier}`,
        }),
    });
    expect(diagnosis.findings).toEqual([
      expect.objectContaining({
        code: 'FUNCTION_NOT_READY',
        severity: 'error',
        is: `A mapping invokes on-invoice:${qualifier}, which does not exist.`,
      }),
    ]);
    expect(unknown(diagnosis)).toContain(`TIMEOUT_TOO_SHORT: there is no on-invoice:${qualifier}`);
    expect(unknown(diagnosis)).toContain(`PERMISSION_MISSING: there is no on-invoice:${qualifier}`);
    expect(unknown(diagnosis).filter((line) => line.startsWith('FUNCTION_NOT_READY'))).toEqual([]);
  });

  test.each<[string, number, string | undefined, readonly string[], Readonly<Record<string, Fault>>?]>([
    [
      'other mappings take executions too',
      2,
      '7',
      ['mappings of other aliases or versions take executions of the function too'],
    ],
    [
      'others may',
      2,
      '7',
      ['AWS refuses lambda:ListEventSourceMappings'],
      { ListEventSourceMappings: ONE_FUNCTION },
    ],
    // Without a qualifier: two mappings of two shards.
    ['all are known', 4, undefined, []],
  ])(
    'reserved executions are judged where all mappings are known: %s',
    async (_what, reservedConcurrency, qualifier, reasons, faults) => {
      const diagnosis = await examine({
        change(world) {
          qualified(world);
          Object.assign(world.functions['on-invoice'] as object, { reservedConcurrency });
        },
        qualifier,
        ...(faults && { faults }),
      });
      expect(told(diagnosis).filter((line) => /CONCURRENCY/.test(line))).toEqual([]);
      expect(unknown(diagnosis).filter((line) => /^CONCURRENCY/.test(line))).toEqual(
        reasons.map((reason) => `CONCURRENCY_TOO_LOW: ${reason}`),
      );
    },
  );

  test('too few for one alias are too few', async () => {
    const diagnosis = await examine({
      change(world) {
        qualified(world);
        Object.assign(world.functions['on-invoice'] as object, { reservedConcurrency: 1 });
      },
      qualifier: '7',
    });
    expect(told(diagnosis)).toEqual(['warning CONCURRENCY_TOO_LOW']);
  });
});

describe('a stream of another account', () => {
  const arn = STREAM_ARN.replace('111122223333', '444455556666');
  const foreign = ({ mappings: [first], streams }: World): void => {
    Object.assign(first as object, { EventSourceArn: arn });
    streams[arn] = stream(arn);
  };

  test('is read where its policy allows it, and its readers are not known', async () => {
    const diagnosis = await examine({
      change(world) {
        foreign(world);
        world.tables[arn.split('/stream/')[0] as string] = {
          LatestStreamArn: arn,
          StreamSpecification: { StreamEnabled: true },
        };
      },
      router,
    });
    expect(told(diagnosis)).toEqual([]);
    expect(unknown(diagnosis)).toEqual([
      'THIRD_READER: the stream belongs to another account, which may have readers too',
    ]);
  });

  test('is not checked where it does not', async () => {
    const diagnosis = await examine({
      change: foreign,
      router,
      faults: { DescribeStream: DENIED, DescribeTable: DENIED },
    });
    expect(told(diagnosis)).toEqual([]);
    expect(new Set(unknown(diagnosis).map((line) => line.split(':')[0]))).toEqual(
      new Set(['STREAM_REPLACED', 'STREAM_NOT_ENABLED', 'VIEW_TYPE_TOO_POOR', 'KEYS_DIFFER', 'THIRD_READER']),
    );
  });
});

test('more than a page of shards, alarms and decisions is read', async () => {
  const diagnosis = await examine({
    change({ streams, alarms, functions }) {
      streams[STREAM_ARN] = stream(STREAM_ARN, 150);
      Object.assign(functions['on-invoice'] as object, { reservedConcurrency: 149 });
      const [late] = alarms;
      const others = Array.from({ length: 120 }, () => ({
        AlarmName: 'other',
        Namespace: 'AWS/SQS',
        MetricName: 'x',
      }));
      alarms.splice(0, 1, ...others, late as object);
    },
  });
  expect(told(diagnosis)).toEqual(['warning CONCURRENCY_TOO_LOW']);
  expect(diagnosis.findings[0]?.is).toContain('up to 150 executions');
});

test('a lag of a stream that could not be read names no shard', async () => {
  const diagnosis = await examine({
    change: ({ metrics }) => (metrics.IteratorAge = [3_600_000]),
    faults: { DescribeStream: DENIED },
  });
  expect(diagnosis.findings[0]?.is).toBe(
    'The oldest record is 1 h 0 min old, in an unknown shard, because the stream could not be read.',
  );
});

test('what needs no mapping is found without them', async () => {
  const diagnosis = await examine({
    change({ functions, alarms, metrics }) {
      Object.assign(functions['on-invoice'] as object, { reservedConcurrency: 0 });
      alarms.splice(0);
      metrics.IteratorAge = [3_600_000];
    },
    faults: { ListEventSourceMappings: DENIED },
  });
  expect(told(diagnosis)).toEqual(['error CONCURRENCY_ZERO', 'warning NO_LAG_ALARM', 'warning LAG_HIGH']);
  expect(diagnosis.findings.at(-1)).toMatchObject({
    is: 'The oldest record is 1 h 0 min old, in an unknown shard, because the mappings could not be read.',
    why: 'The first records leave the stream and are lost in 23 h 0 min, or earlier if the mapping discards them.',
  });
});

test('of mappings with the same role, stream and destination, IAM is asked once', async () => {
  const { calls } = await examine({
    change: ({ mappings }) =>
      mappings.push(...Array.from({ length: 20 }, (_, index) => ({ ...mapping(), UUID: `0000${index}` }))),
  });
  expect(calls.filter((call) => call === 'SimulatePrincipalPolicy')).toHaveLength(4);
});

test('the role is asked about the permissions of mapping and destination', async () => {
  const diagnosis = await examine({
    change: ({ forbidden }) => forbidden.push('dynamodb:GetRecords', 'dynamodb:GetShardIterator'),
  });
  expect(diagnosis.findings[0]).toMatchObject({
    code: 'PERMISSION_MISSING',
    is: `The role is not allowed dynamodb:GetRecords, dynamodb:GetShardIterator on ${STREAM_ARN}.`,
  });
  // Three actions on the stream in two pages, one on all streams, one on the destination.
  expect(diagnosis.calls.filter((call) => call === 'SimulatePrincipalPolicy')).toHaveLength(4);
});

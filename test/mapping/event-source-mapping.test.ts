import { describe, expect, test } from 'vitest';
import { auditTrail } from '../../src/audit/index.ts';
import {
  defineTable,
  env,
  itemOf,
  type RecordMiddleware,
  streamRouter,
  streamWindow,
} from '../../src/index.ts';
import { eventSourceMapping, type RouterMappingOptions } from '../../src/mapping/index.ts';
import { retry } from '../../src/middleware/retry.ts';
import { deliver, testStream } from '../../src/testing/index.ts';

interface Invoice {
  invoiceId: string;
  total: number;
}

const QUEUE = 'arn:aws:sqs:eu-west-1:123456789012:failures';
const START = { startingPosition: 'TRIM_HORIZON' } as const;
const toQueue = (destination: unknown) =>
  ({ ...START, destinationConfig: { onFailure: { destination } } }) as RouterMappingOptions;
const insertOnly = () => streamRouter<Invoice>().onInsert(() => {});
const INSERTS = { filters: [{ pattern: '{"eventName":["INSERT"]}' }] };

describe('the mapping of a router', () => {
  test('reports partial failures, halves batches that fail, and filters', () => {
    expect(eventSourceMapping(insertOnly(), START)).toEqual({
      properties: {
        StartingPosition: 'TRIM_HORIZON',
        FunctionResponseTypes: ['ReportBatchItemFailures'],
        BisectBatchOnFunctionError: true,
        FilterCriteria: { Filters: [{ Pattern: '{"eventName":["INSERT"]}' }] },
      },
      options: {
        startingPosition: 'TRIM_HORIZON',
        functionResponseTypes: ['ReportBatchItemFailures'],
        bisectBatchOnFunctionError: true,
        filterCriteria: INSERTS,
      },
      warnings: [{ code: 'NO_DESTINATION', message: expect.any(String) }],
      environment: expect.any(Array),
      routes: [{ eventName: 'INSERT', entity: undefined, patterns: [{ eventName: ['INSERT'] }] }],
    });
  });

  test('with a destination, records end after half a day', () => {
    const { properties, options, warnings } = eventSourceMapping(insertOnly(), toQueue(QUEUE));
    expect(properties).toMatchObject({
      MaximumRecordAgeInSeconds: 43_200,
      DestinationConfig: { OnFailure: { Destination: QUEUE } },
    });
    expect(options).toMatchObject({
      maximumRecordAgeInSeconds: 43_200,
      destinationConfig: { onFailure: { destination: QUEUE } },
    });
    expect(options).not.toHaveProperty('maximumRetryAttempts');
    expect(warnings).toEqual([]);
  });

  test.each<[string, unknown]>([
    ['an intrinsic function of CloudFormation', { 'Fn::GetAtt': ['Failures', 'Arn'] }],
    ['an expression of Terraform', '${aws_sqs_queue.failures.arn}'],
    ['a token of the CDK', '${Token[TOKEN.42]}'],
  ])('a destination may be %s, which only the template knows', (_, reference) => {
    const { properties, options, warnings } = eventSourceMapping(insertOnly(), toQueue(reference));
    expect(properties.DestinationConfig).toEqual({ OnFailure: { Destination: reference } });
    expect(properties.MaximumRecordAgeInSeconds).toBe(43_200);
    expect(options).not.toHaveProperty('destinationConfig');
    expect(warnings).toEqual([]);
  });

  test('a key may be a reference', () => {
    const kmsKeyArn = { 'Fn::GetAtt': ['Key', 'Arn'] };
    const { properties, options } = eventSourceMapping(insertOnly(), { ...START, kmsKeyArn });
    expect(properties.KmsKeyArn).toEqual(kmsKeyArn);
    expect(options).not.toHaveProperty('kmsKeyArn');
  });

  test.each<[RouterMappingOptions, object]>([
    [
      { ...START, bisectBatchOnFunctionError: false, maximumRetryAttempts: 3 },
      { BisectBatchOnFunctionError: false, MaximumRetryAttempts: 3 },
    ],
    [{ ...toQueue(QUEUE), maximumRecordAgeInSeconds: -1 }, { MaximumRecordAgeInSeconds: -1 }],
    [
      {
        ...START,
        tags: { cost_center: 'billing', Team: 'x' },
        metricsConfig: { metrics: ['EventCount'] },
        kmsKeyArn: 'arn:aws:kms:eu-west-1:123456789012:key/1',
      },
      {
        Tags: [
          { Key: 'cost_center', Value: 'billing' },
          { Key: 'Team', Value: 'x' },
        ],
        MetricsConfig: { Metrics: ['EventCount'] },
        KmsKeyArn: 'arn:aws:kms:eu-west-1:123456789012:key/1',
      },
    ],
    [{ BatchSize: 500, StartingPosition: 'LATEST' } as never, { BatchSize: 500, StartingPosition: 'LATEST' }],
    [{ ...START, batchSize: undefined } as never, { StartingPosition: 'TRIM_HORIZON' }],
  ])('%j are options', (options, properties) => {
    expect(eventSourceMapping(insertOnly(), options).properties).toMatchObject(properties);
  });

  test('a router without partial responses gets a mapping without', () => {
    const router = streamRouter<Invoice>({ partialResponses: false }).onInsert(() => {});
    expect(eventSourceMapping(router, START).properties).not.toHaveProperty('FunctionResponseTypes');
  });

  test('filters of your own take the place of derived ones', () => {
    const filterCriteria = { filters: [{ pattern: '{"eventName":["REMOVE"]}' }] };
    const { options, routes } = eventSourceMapping(insertOnly(), { ...START, filterCriteria });
    expect(options.filterCriteria).toEqual(filterCriteria);
    expect(routes).toEqual([{ eventName: 'INSERT', entity: undefined, patterns: undefined }]);
  });

  test('a fault in filters of your own is a warning', () => {
    const pattern = { dynamodb: { Keys: { id: { S: [{ wildcard: 'a*' }] } } } };
    const { warnings } = eventSourceMapping(insertOnly(), {
      ...toQueue(QUEUE),
      filterCriteria: { filters: [{ pattern }] },
    });
    expect(warnings).toMatchObject([{ code: 'UNDOCUMENTED_OPERATOR' }]);
  });

  test('filters: false derives none', () => {
    const { options, routes } = eventSourceMapping(insertOnly(), { ...START, filters: false });
    expect(options).not.toHaveProperty('filterCriteria');
    // The routes are named anyway.
    expect(routes).toEqual([{ eventName: 'INSERT', entity: undefined, patterns: undefined }]);
  });

  test('names the variables of env()', () => {
    env('ZEBRA_TOPIC_ARN');
    env('PAYMENTS_TOPIC_ARN');
    env('PAYMENTS_TOPIC_ARN');
    const { environment } = eventSourceMapping(insertOnly(), START);
    expect(environment).toEqual(['PAYMENTS_TOPIC_ARN', 'ZEBRA_TOPIC_ARN']);
  });

  test('is what deliver takes: records that no route takes invoke nothing', async () => {
    const invoices = defineTable({ name: 'Invoices', item: itemOf<Invoice>(), keys: ['invoiceId'] });
    const handled: string[] = [];
    const router = streamRouter(invoices).onInsert(({ keys }) => void handled.push(keys.invoiceId));
    const stream = testStream(invoices);
    const invoice = { invoiceId: 'a', total: 1 };
    const records = [stream.insert(invoice), stream.modify(invoice, { ...invoice, total: 2 })];
    const { invocations, filtered } = await deliver(
      router,
      records,
      eventSourceMapping(router, START).options,
    );
    expect([handled, invocations.length, filtered.length]).toEqual([['a'], 1, 1]);
  });
});

describe('a warning says why', () => {
  test.each<
    [string, () => Parameters<typeof eventSourceMapping>[0], Partial<RouterMappingOptions>, string[]]
  >([
    ['there are no routes', () => streamRouter(), {}, ['NO_ROUTES']],
    [
      'there are no routes, and the middleware needs them',
      () => streamRouter().use(retry()),
      {},
      ['NO_ROUTES'],
    ],
    [
      'an audit trail alone is meant to see every record',
      () => streamRouter().use(auditTrail({ target: 'audit', send: async () => {} } as never)),
      {},
      [],
    ],
    [
      'a middleware alone is meant to see every record',
      () => streamRouter().use((_record, _context, next) => next()),
      {},
      [],
    ],
    [
      'a middleware needs every record',
      () => insertOnly().use((_record, _context, next) => next()),
      {},
      ['FILTERS_OFF_BY_MIDDLEWARE'],
    ],
    [
      'a middleware around one that does not needs every record',
      () =>
        insertOnly().use(
          Object.assign((_record: unknown, _context: unknown, next: () => void) => next(), retry()),
        ),
      {},
      ['FILTERS_OFF_BY_MIDDLEWARE'],
    ],
    [
      'the audit trail needs every record',
      () => insertOnly().use(auditTrail({ target: 'audit', send: async () => {} } as never)),
      {},
      ['FILTERS_OFF_BY_MIDDLEWARE'],
    ],
    [
      'a middleware needs routed records alone',
      () => insertOnly().use((_record, _context, next) => next(), { needs: 'routed' }),
      {},
      [],
    ],
    [
      'records of no entity fail',
      () => {
        const table = defineTable({
          name: 'App',
          keys: ['pk', 'sk'],
          entities: { order: { item: itemOf<{ pk: string; sk: string }>(), match: { sk: 'ORDER' } } },
        });
        return streamRouter(table, { unknownEntity: 'fail' }).onInsert(() => {});
      },
      {},
      ['FILTERS_OFF_BY_UNKNOWN_ENTITY'],
    ],
    [
      'AWS keeps less order than the router is to keep',
      () => streamRouter<Invoice>({ order: 'shard' }).onInsert(() => {}),
      { parallelizationFactor: 2 },
      ['ORDER_WITH_PARALLELIZATION'],
    ],
    ['AWS keeps the order that the router keeps', insertOnly, { parallelizationFactor: 2 }, []],
  ])('%s', (_, router, options, codes) => {
    const { warnings } = eventSourceMapping(router(), { ...toQueue(QUEUE), ...options });
    expect(warnings.map(({ code }) => code)).toEqual(codes);
  });
});

describe('the warning about a middleware', () => {
  const trail = () => auditTrail({ target: 'audit', send: async () => {} } as never);
  const timed: RecordMiddleware<unknown> = (_record, _context, next) => next();
  const TRAIL =
    'An audit trail needs every record. To have filters, give it a function of its own, or add it to the routes whose changes it ' +
    'has to record, as in onInsert(audit).';
  const ifIt = (shown: string, name: string): string =>
    `If ${shown} can miss records that no route takes, add it with use(${name}, { needs: 'routed' }). If it records or counts every ` +
    'change, do not do that.';

  test.each<[what: string, router: () => Parameters<typeof eventSourceMapping>[0], message: string]>([
    [
      'its name',
      () => insertOnly().use(retry()).use(timed),
      `The middleware timed (number 2) needs every record, so no filter is derived. ${ifIt('the middleware timed (number 2)', 'timed')}`,
    ],
    [
      'its number, without a name',
      () => insertOnly().use((_record, _context, next) => next()),
      `The middleware (number 1) needs every record, so no filter is derived. ${ifIt('the middleware (number 1)', 'middleware')}`,
    ],
    [
      'its number, if its name is a number',
      () => insertOnly().use(Object.defineProperty(() => {}, 'name', { value: 7 })),
      `The middleware (number 1) needs every record, so no filter is derived. ${ifIt('the middleware (number 1)', 'middleware')}`,
    ],
    [
      'an audit trail, with no advice that would lose entries',
      () => insertOnly().use(trail()),
      `The middleware auditTrail (number 1) needs every record, so no filter is derived. ${TRAIL}`,
    ],
    [
      'each of several',
      () =>
        insertOnly().use(trail()).use(timed).use(timed, { needs: 'routed' }).use(retry(), { needs: 'all' }),
      'The middleware auditTrail (number 1), the middleware timed (number 2) and the middleware (number 4) need every record, so no ' +
        `filter is derived. ${TRAIL} ${ifIt('the middleware timed (number 2)', 'timed')} ` +
        ifIt('the middleware (number 4)', 'middleware'),
    ],
  ])('names %s', (_, router, message) => {
    const { warnings, properties } = eventSourceMapping(router(), toQueue(QUEUE));
    expect(warnings).toEqual([{ code: 'FILTERS_OFF_BY_MIDDLEWARE', message }]);
    expect(properties).not.toHaveProperty('FilterCriteria');
  });

  test.each<[what: string, router: () => ReturnType<typeof insertOnly>]>([
    ['alone', () => insertOnly().use(trail(), { needs: 'routed' })],
    ['beside one that needs all', () => insertOnly().use(timed).use(trail(), { needs: 'routed' })],
    ['twice, of which one needs all', () => insertOnly().use(trail()).use(trail(), { needs: 'routed' })],
  ])('is an error for an audit trail that filters would keep changes from: %s', (_, router) => {
    expect(() => eventSourceMapping(router(), toQueue(QUEUE))).toThrow(
      expect.objectContaining({
        code: 'INVALID_OPTION',
        owner: 'use',
        option: 'needs',
        message: expect.stringMatching(
          /^use: needs has to be 'all' for the middleware auditTrail \(number [12]\), got "routed"\. Filters would drop changes/,
        ),
      }),
    );
  });

  test('is not given where the mapping has other filters, or none', () => {
    const router = insertOnly().use(trail(), { needs: 'routed' });
    expect(eventSourceMapping(router, { ...toQueue(QUEUE), filters: false }).warnings).toEqual([]);
  });

  test('does not concern an audit trail on a route', () => {
    const { properties, warnings } = eventSourceMapping(
      streamRouter<Invoice>().onInsert(trail()),
      toQueue(QUEUE),
    );
    expect(warnings).toEqual([]);
    expect(properties).toHaveProperty('FilterCriteria');
  });
});

describe('the mapping of a window', () => {
  const window = () =>
    streamWindow<Invoice, { count: number }>({ initial: { count: 0 }, reduce() {}, close() {} });

  test('has no filters, which AWS would refuse', () => {
    const { properties, routes } = eventSourceMapping(window(), { ...START, tumblingWindowInSeconds: 60 });
    expect(properties).toEqual({
      StartingPosition: 'TRIM_HORIZON',
      TumblingWindowInSeconds: 60,
      BisectBatchOnFunctionError: true,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
    });
    expect(routes).toEqual([]);
  });

  test.each<[string, () => unknown, object, string]>([
    ['a window needs a length', window, START, 'tumblingWindowInSeconds is required'],
    [
      'a router returns no state',
      insertOnly,
      { ...START, tumblingWindowInSeconds: 60 },
      'tumblingWindowInSeconds cannot be used with a router',
    ],
    [
      'windows exclude parallelization',
      window,
      { ...START, tumblingWindowInSeconds: 60, parallelizationFactor: 2 },
      'Parallelization factor must be equal to 1 when tumbling window period is configured.',
    ],
    [
      'windows exclude filters',
      window,
      {
        ...START,
        tumblingWindowInSeconds: 60,
        filterCriteria: { filters: [{ pattern: '{"eventName":["INSERT"]}' }] },
      },
      'filterCriteria cannot be used when a tumbling window is configured',
    ],
  ])('%s', (_, router, options, message) => {
    expect(() => eventSourceMapping(router() as never, options as never)).toThrow(message);
  });
});

describe('a fault is refused', () => {
  test.each<[string, unknown, unknown, string, string]>([
    [
      'a handler that carries no routes',
      async () => {},
      START,
      'INVALID_HANDLER',
      'export the router as well, and pass it',
    ],
    [
      'a function that has taken the properties of a router',
      Object.assign(async () => {}, insertOnly()),
      START,
      'INVALID_HANDLER',
      'export the router as well, and pass it',
    ],
    ['no handler', undefined, START, 'INVALID_HANDLER', 'has to be a router or a window'],
    ['no options', insertOnly(), undefined, 'INVALID_OPTION', 'have to be an object, got undefined'],
    ['no position', insertOnly(), {}, 'INVALID_OPTION', "Value null at 'startingPosition'"],
    [
      'an unknown option',
      insertOnly(),
      { ...START, batchsize: 1 },
      'UNKNOWN_OPTION',
      'batchsize is not an option',
    ],
    [
      'response types, which follow from the router',
      insertOnly(),
      { ...START, functionResponseTypes: [] },
      'INVALID_OPTION',
      "follows from the router's partialResponses",
    ],
    [
      'filters that are neither on nor off',
      insertOnly(),
      { ...START, filters: [] },
      'INVALID_OPTION',
      'filters has to be true or false',
    ],
    [
      'an unknown option beside a reference',
      insertOnly(),
      { ...START, destinationConfig: { onFailure: { destination: { Ref: 'Failures' } }, onfailure: {} } },
      'UNKNOWN_OPTION',
      'destinationConfig.onfailure is not an option',
    ],
    [
      'an unknown option beside a reference, within onFailure',
      insertOnly(),
      { ...START, destinationConfig: { onFailure: { destination: { Ref: 'Failures' }, arn: 'x' } } },
      'UNKNOWN_OPTION',
      'destinationConfig.onFailure.arn is not an option',
    ],
    [
      'a reference that is inherited',
      insertOnly(),
      { ...START, destinationConfig: Object.create({ onFailure: { destination: { Ref: 'Failures' } } }) },
      'INVALID_OPTION',
      'destinationConfig.onFailure is inherited',
    ],
    [
      'a topic of Kafka that only the template knows',
      insertOnly(),
      toQueue('kafka://${topic}'),
      'INVALID_OPTION',
      'cannot be a Kafka topic',
    ],
    [
      'a destination that is neither an ARN nor a reference',
      insertOnly(),
      toQueue('failures'),
      'INVALID_OPTION',
      'has to be the ARN of an SQS queue',
    ],
    [
      'a destination that is an object of several members',
      insertOnly(),
      toQueue({ Ref: 'A', 'Fn::GetAtt': ['A', 'Arn'] }),
      'INVALID_OPTION',
      'has to be the ARN of an SQS queue',
    ],
    [
      'no onFailure to look into',
      insertOnly(),
      { ...START, destinationConfig: 1 },
      'INVALID_OPTION',
      'got 1',
    ],
    [
      'a batch of more than 10,000',
      insertOnly(),
      { ...START, batchSize: 10_001 },
      'INVALID_OPTION',
      'from 1 to 10000, got 10001',
    ],
  ])('%s', (_, router, options, code, message) => {
    expect(() => eventSourceMapping(router as never, options as never)).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(message) }),
    );
  });

  test.each<[string, object]>([
    ['no onFailure', {}],
    ['an empty destination, which CloudFormation refuses', { onFailure: { destination: '' } }],
  ])('%s is not a destination', (_, destinationConfig) => {
    const { properties, warnings } = eventSourceMapping(insertOnly(), { ...START, destinationConfig });
    expect(warnings).toMatchObject([{ code: 'NO_DESTINATION' }]);
    expect(properties).not.toHaveProperty('DestinationConfig');
  });
});

describe('once the mapping has been derived', () => {
  test.each<[string, (router: ReturnType<typeof insertOnly>) => unknown]>([
    ['a route', (router) => router.onModify(() => {})],
    ['a middleware', (router) => router.use(() => {})],
  ])('%s is refused: its records may be filtered', (_, add) => {
    const router = insertOnly();
    eventSourceMapping(router, START);
    expect(() => add(router)).toThrow(expect.objectContaining({ code: 'LATE_ROUTE' }));
  });

  test('the router can be asked again, and works on', async () => {
    const router = insertOnly();
    expect(eventSourceMapping(router, START)).toEqual(eventSourceMapping(router, START));
    expect(await router({ Records: [] })).toEqual({ batchItemFailures: [] });
  });
});

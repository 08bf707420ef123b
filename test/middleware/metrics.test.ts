import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { defineTable, itemOf, streamRouter } from '../../src/index.ts';
import { deadLetter } from '../../src/middleware/dead-letter.ts';
import { type MetricsOptions, type MetricsSink, metrics } from '../../src/middleware/metrics.ts';
import { contextOf, eventOf, memoryLogger } from '../fixtures/events.ts';

interface EmfEntry {
  readonly [name: string]: unknown;
  readonly _aws: {
    readonly CloudWatchMetrics: readonly { readonly Metrics: readonly { Name: string; Unit: string }[] }[];
  };
}

describe('metrics, with Powertools', () => {
  // Powertools writes to a console of its own, on stdout, unless it is told that it is developed with; and then to none,
  // unless it is told not to.
  const written: string[] = [];
  beforeEach(() => {
    vi.stubEnv('POWERTOOLS_DEV', 'true');
    vi.stubEnv('POWERTOOLS_METRICS_DISABLED', 'false');
    written.length = 0;
    for (const method of ['log', 'warn'] as const) {
      vi.spyOn(console, method).mockImplementation((text: unknown) => void written.push(String(text)));
    }
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    vi.restoreAllMocks();
  });

  const entries = (): EmfEntry[] => written.map((text) => JSON.parse(text) as EmfEntry);
  const powertools = () => new Metrics({ namespace: 'invoices', serviceName: 'announcer' });

  test('publishes one entry per batch, with what became of its records', async () => {
    const router = streamRouter<{ id: string }>({
      onBatch: metrics(powertools()),
      logger: memoryLogger(),
      concurrency: 1,
    }).onInsert(async ({ keys }) => {
      if (keys.id === 'c') throw new Error('no');
    });
    await router(eventOf({ id: 'a' }, { id: 'b' }, { id: 'c' }, { id: 'd' }), contextOf());
    expect(entries()).toEqual([
      expect.objectContaining({
        service: 'announcer',
        Records: 4,
        RecordsSucceeded: 2,
        RecordsFailed: 1,
        RecordsDeadLettered: 0,
        RecordsUnfinished: 1,
        BatchDuration: expect.any(Number),
        Lag: expect.any(Number),
      }),
    ]);
    const units = entries()[0]?._aws.CloudWatchMetrics[0]?.Metrics.map(({ Name, Unit }) => `${Name} ${Unit}`);
    expect(units).toEqual([
      'Records Count',
      'RecordsSucceeded Count',
      'RecordsFailed Count',
      'RecordsDeadLettered Count',
      'RecordsUnfinished Count',
      'BatchDuration Milliseconds',
      'Lag Milliseconds',
    ]);
  });

  test('has what handlers add in the same entry, and starts afresh with each batch', async () => {
    const own = powertools();
    const router = streamRouter({ onBatch: metrics(own) }).onInsert(
      () => void own.addMetric('Paid', MetricUnit.Count, 1),
    );
    await router(eventOf({}, {}), contextOf());
    await router(eventOf({}), contextOf());
    expect(entries().map(({ Records, Paid }) => [Records, Paid])).toEqual([
      [2, [1, 1]],
      [1, 1],
    ]);
  });

  test('publishes with 250 values of a handler too: in three entries, the last of which has the batch', async () => {
    const own = powertools();
    const router = streamRouter({ onBatch: metrics(own) }).onInsert(
      () => void own.addMetric('Paid', MetricUnit.Count, 1),
    );
    await router(eventOf(...Array.from({ length: 250 }, () => ({}))), contextOf());
    // Powertools writes an entry whenever a metric has 100 values.
    expect(entries().map(({ Paid }) => (Paid as number[]).length)).toEqual([100, 100, 50]);
    expect(entries().map(({ Records, RecordsSucceeded }) => [Records, RecordsSucceeded])).toEqual([
      [undefined, undefined],
      [undefined, undefined],
      [250, 250],
    ]);
  });

  test('counts by entity when asked, with names that CloudWatch takes', async () => {
    const app = defineTable({
      name: 'Invoices',
      keys: ['id'],
      entities: {
        order: { item: itemOf<object>(), match: { type: 'ORDER' } },
        customer: { item: itemOf<object>(), match: { type: 'CUSTOMER' } },
        payment: { item: itemOf<object>(), match: { type: 'PAYMENT' } },
      },
    });
    const types = ['ORDER', 'CUSTOMER', 'ORDER', 'OTHER', 'ORDER', 'CUSTOMER'];
    const event = eventOf(
      ...types.map((type, index) => ({ id: `${index}`, newImage: { type: { S: type } } })),
    );
    const play = async (options: MetricsOptions) => {
      const router = streamRouter(app, {
        onBatch: metrics(powertools(), options),
        logger: memoryLogger(),
        concurrency: 1,
      })
        .use(deadLetter({ target: 'memory', send: async () => undefined }))
        .entity('order', (orders) =>
          orders.onInsert(({ keys }) => {
            if (keys.id === '2') throw Object.assign(new Error('no'), { retryable: false });
          }),
        )
        .entity('customer', (customers) =>
          customers.onInsert(async ({ keys }) => {
            if (keys.id === '5') throw new Error('busy');
          }),
        );
      await router(event, contextOf());
      return entries().pop();
    };
    const entry = await play({ entities: true });
    expect(entry).toMatchObject({
      Records: 6,
      RecordsUnknownEntity: 1,
      'Records.order': 3,
      'RecordsSucceeded.order': 2,
      'RecordsFailed.order': 0,
      'RecordsDeadLettered.order': 1,
      'Records.customer': 2,
      'RecordsSucceeded.customer': 1,
      'RecordsFailed.customer': 1,
      'RecordsDeadLettered.customer': 0,
    });
    // Of the entities of the batch alone.
    expect(entry).not.toHaveProperty(['Records.payment']);
    const names = entry?._aws.CloudWatchMetrics[0]?.Metrics.map(({ Name }) => Name) ?? [];
    expect(names).toHaveLength(16);
    expect(names.every((name) => /^[\x20-\x7e]{1,255}$/.test(name))).toBe(true);
    expect(await play({ entities: true, prefix: 'App' })).toMatchObject({ 'AppRecords.order': 3 });
    expect(Object.keys((await play({})) ?? {}).join()).not.toMatch(/order|Unknown/);
  });

  test('counts no entity of a table without entities', async () => {
    const router = streamRouter({ onBatch: metrics(powertools(), { entities: true }) }).onInsert(() => {});
    await router(eventOf({}), contextOf());
    expect(entries()).toMatchObject([{ Records: 1, RecordsUnknownEntity: 0 }]);
    expect(Object.keys(entries()[0] ?? {}).join()).not.toContain('.');
  });

  test('reports the lag: now minus the creation of the last record', async () => {
    const event = eventOf({}, {});
    const ages = [500, 90];
    event.Records.forEach((record, index) => {
      Object.assign(record.dynamodb as object, {
        ApproximateCreationDateTime: Math.floor(Date.now() / 1000) - (ages[index] as number),
      });
    });
    await streamRouter({ onBatch: metrics(powertools()) })(event, contextOf());
    expect(entries()[0]?.Lag).toBeGreaterThanOrEqual(90_000);
    expect(entries()[0]?.Lag).toBeLessThan(120_000);
  });
});

describe('metrics', () => {
  const summary = {
    records: 4,
    succeeded: 2,
    failed: 1,
    deadLettered: 1,
    unknownEntity: 0,
    checkpoint: '5',
    durationMs: 12.5,
    lagMs: 7,
    byEntity: () => ({}),
  };

  function recording() {
    const calls: unknown[] = [];
    const sink: MetricsSink = {
      addMetric: (...metric) => calls.push(metric),
      publishStoredMetrics: () => calls.push('published'),
    };
    return { calls, sink };
  }

  test('publishes after everything has been added', () => {
    const { calls, sink } = recording();
    metrics(sink)(summary);
    expect(calls).toEqual([
      ['Records', 'Count', 4],
      ['RecordsSucceeded', 'Count', 2],
      ['RecordsFailed', 'Count', 1],
      ['RecordsDeadLettered', 'Count', 1],
      ['RecordsUnfinished', 'Count', 0],
      ['BatchDuration', 'Milliseconds', 12.5],
      ['Lag', 'Milliseconds', 7],
      'published',
    ]);
  });

  describe('with an asynchronous sink', () => {
    const later = async (what: () => void) => {
      await new Promise((resolve) => setTimeout(resolve, 2));
      what();
    };

    test('waits for each metric and for the publication', async () => {
      const calls: unknown[] = [];
      const sink: MetricsSink = {
        addMetric: (name) => later(() => calls.push(name)),
        publishStoredMetrics: () => later(() => calls.push('published')),
      };
      const router = streamRouter({ onBatch: metrics(sink) }).onInsert(() => undefined);
      await router(eventOf({}), contextOf());
      expect(calls).toHaveLength(8);
      expect(calls.at(-1)).toBe('published');
    });

    test.each(['addMetric', 'publishStoredMetrics'])(
      'has the router log what %s rejects with',
      async (method) => {
        const logger = memoryLogger();
        const sink: MetricsSink = {
          ...recording().sink,
          [method]: async () => Promise.reject(new Error('down')),
        };
        const router = streamRouter({ onBatch: metrics(sink), logger }).onInsert(() => undefined);
        expect(await router(eventOf({}), contextOf())).toEqual({ batchItemFailures: [] });
        expect(logger.entries).toContainEqual(
          expect.objectContaining({ message: 'onBatch failed', fields: { error: new Error('down') } }),
        );
        // An unhandled rejection would fail the test run.
        await new Promise(setImmediate);
      },
    );

    test.each(['addMetric', 'publishStoredMetrics'])(
      'has the router log that %s returned promises within an array',
      async (method) => {
        const logger = memoryLogger();
        const sink: MetricsSink = {
          ...recording().sink,
          [method]: () => [Promise.reject(new Error('down')), Promise.resolve()],
        };
        const router = streamRouter({ onBatch: metrics(sink), logger }).onInsert(() => undefined);
        expect(await router(eventOf({}), contextOf())).toEqual({ batchItemFailures: [] });
        expect(
          logger.entries.find(({ message }) => message === 'onBatch failed')?.fields.error,
        ).toMatchObject({
          code: 'INVALID_RESULT',
          message: expect.stringContaining(method),
        });
        // An unhandled rejection would fail the test run.
        await new Promise(setImmediate);
      },
    );

    test('drops a rejection that comes after the answer', async () => {
      const sink: MetricsSink = {
        addMetric: () => undefined,
        publishStoredMetrics: () => new Promise((_, reject) => setTimeout(reject, 60, new Error('late'))),
      };
      const router = streamRouter({ onBatch: metrics(sink), reserveMs: 0 }).onInsert(() => undefined);
      expect(await router(eventOf({}), contextOf(40))).toEqual({ batchItemFailures: [] });
      await new Promise((resolve) => setTimeout(resolve, 80));
    });
  });

  test('puts the prefix before each name, and leaves publishing to something else', () => {
    const { calls, sink } = recording();
    metrics(sink, { prefix: 'Invoices', publish: false })(summary);
    expect(calls).toHaveLength(7);
    expect(calls.every((call) => (call as string[])[0]?.startsWith('Invoices'))).toBe(true);
  });

  test.each([
    [undefined, []],
    [-400, [['Lag', 'Milliseconds', 0]]],
  ])('with a lag of %j', (lagMs, expected) => {
    const { calls, sink } = recording();
    metrics(sink)({ ...summary, lagMs });
    expect(calls.filter((call) => (call as string[])[0] === 'Lag')).toEqual(expected);
  });

  test('that cannot be published change nothing: the router logs it', async () => {
    const logger = memoryLogger();
    const sink: MetricsSink = {
      addMetric: () => undefined,
      publishStoredMetrics: () => {
        throw new Error('stdout is closed');
      },
    };
    const router = streamRouter({ onBatch: metrics(sink), logger }).onInsert(() => undefined);
    expect(await router(eventOf({}), contextOf())).toEqual({ batchItemFailures: [] });
    expect(logger.entries.map(({ message }) => message)).toContain('onBatch failed');
  });

  test.each<[unknown, unknown, string, string]>([
    [undefined, {}, 'INVALID_OPTION', '@aws-lambda-powertools/metrics'],
    [{ addMetric: () => undefined }, {}, 'INVALID_OPTION', 'publishStoredMetrics'],
    [recording().sink, null, 'INVALID_OPTION', 'options'],
    [recording().sink, { prefx: 'a' }, 'UNKNOWN_OPTION', 'prefx'],
    [recording().sink, { prefix: '' }, 'INVALID_OPTION', 'prefix'],
    [recording().sink, { publish: 'no' }, 'INVALID_OPTION', 'publish'],
    [recording().sink, { entities: 1 }, 'INVALID_OPTION', 'entities'],
  ])('refuse %o with %j when they are made', (sink, options, code, name) => {
    expect(() => metrics(sink as MetricsSink, options as MetricsOptions)).toThrow(
      expect.objectContaining({ name: 'ConfigurationError', code, message: expect.stringContaining(name) }),
    );
  });
});

import { setTimeout as sleep } from 'node:timers/promises';
import { runInNewContext } from 'node:vm';
import { BatchProcessor, FullBatchFailureError, processPartialResponse } from '@aws-lambda-powertools/batch';
import type { FailureResponse, SuccessResponse } from '@aws-lambda-powertools/batch/types';
import type { DynamoDBRecord } from 'aws-lambda';
import { describe, expect, test } from 'vitest';
import { OrderedStreamProcessor, type OrderedStreamProcessorOptions } from '../../src/powertools/index.ts';
import { contextOf, eventOf, memoryLogger, recordOf, sequenceNumberAt } from '../fixtures/events.ts';

const quiet = (options: OrderedStreamProcessorOptions = {}) =>
  new OrderedStreamProcessor({ logger: memoryLogger(), ...options });

const sequenceNumberOf = (record: unknown) => (record as DynamoDBRecord).dynamodb?.SequenceNumber ?? '';

const idOf = (record: unknown) => (record as DynamoDBRecord).dynamodb?.Keys?.id?.S;

/** The response that names the lowest of these records. */
const reporting = (...indexes: readonly number[]) => ({
  batchItemFailures: indexes.slice(0, 1).map((index) => ({ itemIdentifier: sequenceNumberAt(index) })),
});

const failAt = (...indexes: readonly number[]) => {
  const poison = indexes.map(sequenceNumberAt);
  return async (record: DynamoDBRecord) => {
    if (poison.includes(sequenceNumberOf(record))) throw new Error('no');
  };
};

describe('order', () => {
  /** Earlier records take longer, so that whatever may overtake does. */
  async function startsAndEnds(options: OrderedStreamProcessorOptions, ids: readonly string[]) {
    const log: string[] = [];
    const event = eventOf(...ids.map((id) => ({ id })));
    for (const [index, record] of event.Records.entries()) {
      const [partition = '', sort = ''] = (ids[index] ?? '').split('/');
      record.dynamodb = { ...record.dynamodb, Keys: { customer: { S: partition }, invoice: { S: sort } } };
    }
    await processPartialResponse(
      event,
      async (record: DynamoDBRecord) => {
        const index = event.Records.indexOf(record);
        log.push(`start ${index}`);
        await sleep((ids.length - index) * 5);
        log.push(`end ${index}`);
      },
      quiet(options),
    );
    return log;
  }

  test('changes of one item run one after the other, items side by side', async () => {
    expect(await startsAndEnds({}, ['a/1', 'a/1', 'a/2'])).toEqual([
      'start 0',
      'start 2',
      'end 2',
      'end 0',
      'start 1',
      'end 1',
    ]);
  });

  test("order: 'partition' runs changes of one partition key one after the other", async () => {
    const log = await startsAndEnds({ order: 'partition', partitionKey: 'customer' }, ['a/1', 'a/2', 'b/1']);

    expect(log).toEqual(['start 0', 'start 2', 'end 2', 'end 0', 'start 1', 'end 1']);
  });

  test.each([{ order: 'shard' as const }, { concurrency: 1 }])(
    '%o runs one record at a time',
    async (options) => {
      expect(await startsAndEnds(options, ['a/1', 'b/1'])).toEqual(['start 0', 'end 0', 'start 1', 'end 1']);
    },
  );

  test('processInParallel: false runs one record at a time, in that call only', async () => {
    const processor = quiet();
    const running = { now: 0, most: 0 };
    const recordHandler = async () => {
      running.most = Math.max(running.most, ++running.now);
      await sleep(5);
      running.now--;
    };

    await processPartialResponse(eventOf({}, {}), recordHandler, processor, { processInParallel: false });
    expect(running.most).toBe(1);
    await processPartialResponse(eventOf({}, {}), recordHandler, processor);
    expect(running.most).toBe(2);
  });

  test('records that came out of order are handled in SequenceNumber order', async () => {
    const handled: string[] = [];
    const event = { Records: [recordOf({ id: 'a' }, 1), recordOf({ id: 'a' }, 0)] };

    await processPartialResponse(
      event,
      (record: DynamoDBRecord) => void handled.push(sequenceNumberOf(record)),
      quiet(),
    );

    expect(handled).toEqual([sequenceNumberAt(0), sequenceNumberAt(1)]);
    expect(event.Records.map(sequenceNumberOf)).toEqual([sequenceNumberAt(1), sequenceNumberAt(0)]);
  });
});

describe('the response', () => {
  test('names only the lowest record that failed, whichever failed first', async () => {
    const processor = quiet();

    const response = await processPartialResponse(
      eventOf({}, {}, {}),
      async (record: DynamoDBRecord) => {
        await sleep(sequenceNumberOf(record) === sequenceNumberAt(1) ? 20 : 1);
        await failAt(1, 2)(record);
      },
      processor,
    );

    expect(response).toEqual({ batchItemFailures: [{ itemIdentifier: sequenceNumberAt(1) }] });
    expect(processor.failureMessages.map(sequenceNumberOf)).toEqual([
      sequenceNumberAt(2),
      sequenceNumberAt(1),
    ]);
    expect(processor.hasMessagesToReport()).toBe(true);
    expect(processor.getMessagesToReport()).toEqual(response.batchItemFailures);
    expect(processor.getMessagesToReport()).not.toBe(response.batchItemFailures);
  });

  test('after a failure, no record past it starts', async () => {
    const handled: string[] = [];
    const processor = quiet({ order: 'shard' });

    await processPartialResponse(
      eventOf({}, {}, {}),
      (record: DynamoDBRecord) => {
        handled.push(sequenceNumberOf(record));
        return failAt(1)(record);
      },
      processor,
    );

    expect(handled).toEqual([sequenceNumberAt(0), sequenceNumberAt(1)]);
    expect(processor.successMessages).toHaveLength(1);
    expect(processor.failureMessages).toHaveLength(1);
  });

  test('a batch of which every record failed is reported, not thrown', async () => {
    expect(await processPartialResponse(eventOf({}), failAt(0), quiet())).toEqual({
      batchItemFailures: [{ itemIdentifier: sequenceNumberAt(0) }],
    });
  });

  test.each([
    ['the only record fails', [{}], [0], {}, 1],
    ['all records fail side by side', [{}, {}], [0, 1], {}, 2],
    ['the first of one item fails, and the others do not start', [{ id: 'a' }, { id: 'a' }], [0], {}, 1],
    ['the first fails with order shard', [{}, {}, {}], [0, 1, 2], { order: 'shard' as const }, 1],
  ] as const)(
    'throwOnFullBatchFailure: true throws when %s',
    async (_name, sketches, failing, options, errors) => {
      const processor = quiet(options);

      const error = await processPartialResponse(eventOf(...sketches), failAt(...failing), processor, {
        throwOnFullBatchFailure: true,
      }).catch((thrown: unknown) => thrown);

      expect(error).toBeInstanceOf(FullBatchFailureError);
      expect((error as FullBatchFailureError).recordErrors).toHaveLength(errors);
      // Code that catches the error may return the response.
      expect(processor.response()).toEqual(reporting(0));
    },
  );

  test.each([
    ['a later record succeeded', [{}, {}], [0], {}],
    ['an earlier record succeeded', [{}, {}], [1], { order: 'shard' as const }],
    ['there are no records', [], [], {}],
  ] as const)('throwOnFullBatchFailure: true answers when %s', async (_name, sketches, failing, options) => {
    expect(
      await processPartialResponse(eventOf(...sketches), failAt(...failing), quiet(options), {
        throwOnFullBatchFailure: true,
      }),
    ).toEqual(reporting(...failing));
  });

  test('reports the whole batch when nothing could be handled, for code that catches the error', async () => {
    const processor = quiet();
    await processPartialResponse(eventOf({}), failAt(), processor);
    const event = eventOf({});
    delete event.Records[0]?.dynamodb?.SequenceNumber;

    await expect(processPartialResponse(event, failAt(), processor)).rejects.toThrow();

    expect(processor.response()).toEqual({ batchItemFailures: [{ itemIdentifier: '' }] });
    expect(processor.hasMessagesToReport()).toBe(true);
  });

  test('is the same whatever handlers do to the event', async () => {
    const event = eventOf({ id: 'a' }, { id: 'b' }, { id: 'c' });
    const [first, second, third] = event.Records;
    const processor = quiet({ order: 'shard' });

    const entries = await processor
      .register(event.Records as never, async (record: DynamoDBRecord) => {
        if (record === first) event.Records.length = 0;
        if (record !== second) return;
        delete record.dynamodb?.SequenceNumber;
        processor.failureMessages.length = 0;
        throw new Error('no');
      })
      .process();

    expect(processor.response()).toEqual(reporting(1));
    expect(entries).toEqual([
      ['success', undefined, first],
      ['fail', 'no', second],
    ]);
    expect(third).toBeDefined();
  });

  test('lists what became of records in the order in which they were registered', async () => {
    const records = [recordOf({ id: 'a' }, 2), recordOf({ id: 'b' }, 0), recordOf({ id: 'c' }, 1)];
    const twice = [...records, records[0]];

    const entries = await quiet()
      .register(twice as never, async (record: DynamoDBRecord) => {
        await sleep(sequenceNumberOf(record) === sequenceNumberAt(0) ? 10 : 1);
        return idOf(record);
      })
      .process();

    expect(entries).toEqual(twice.map((record) => ['success', idOf(record), record]));
  });

  test('belongs to one call: changing it changes no other', async () => {
    const [one, other] = [quiet(), quiet()];
    const untouched = { batchItemFailures: [] };
    one.response().batchItemFailures.push({ itemIdentifier: '1' });
    expect(other.response()).toEqual(untouched);

    const first = await processPartialResponse(eventOf({}), failAt(), one);
    first.batchItemFailures.push({ itemIdentifier: '1' });

    expect(await processPartialResponse(eventOf({}), failAt(), one)).toEqual(untouched);
    expect(await processPartialResponse(eventOf({}), failAt(), other)).toEqual(untouched);
    expect(quiet().response()).toEqual(untouched);
  });
});

describe('failures', () => {
  test.each([
    [undefined, 'The record handler threw undefined.'],
    [null, 'The record handler threw null.'],
    [0, 'The record handler threw 0.'],
    ['', ''],
    ['out of stock', 'out of stock'],
    [{ secret: 1 }, 'The record handler threw an object.'],
  ])('%o thrown fails its record and comes to failureHandler as an Error', async (thrown, message) => {
    const processor = quiet();
    const event = eventOf({}, {});

    const response = await processPartialResponse(
      event,
      async (record: DynamoDBRecord) => {
        if (record === event.Records[0]) throw thrown;
      },
      processor,
    );

    expect(response).toEqual({ batchItemFailures: [{ itemIdentifier: sequenceNumberAt(0) }] });
    expect(processor.errors).toHaveLength(1);
    expect(processor.errors[0]).toBeInstanceOf(Error);
    expect(processor.errors[0]).toMatchObject({ message, cause: thrown });
  });

  test('an Error of another realm stays what it is', async () => {
    const processor = quiet();
    const error: unknown = runInNewContext('new Error("elsewhere")');

    await processPartialResponse(eventOf({}), () => Promise.reject(error), processor);

    expect(processor.errors[0]).toBe(error);
  });

  test('undefined thrown in processRecord is an Error too', async () => {
    const [record] = eventOf({}).Records as [DynamoDBRecord];
    const processor = quiet().register([record as never], () => Promise.reject(undefined));

    expect(await processor.processRecord(record)).toEqual([
      'fail',
      'The record handler threw undefined.',
      record,
    ]);
  });

  test('a record without SequenceNumber throws before any handler has run', async () => {
    const event = eventOf({}, {});
    delete event.Records[1]?.dynamodb?.SequenceNumber;
    let handled = 0;

    await expect(processPartialResponse(event, () => handled++, quiet())).rejects.toMatchObject({
      name: 'InvalidEventError',
      code: 'INVALID_SEQUENCE_NUMBER',
    });
    expect(handled).toBe(0);
  });

  test('records that are not an array throw before any handler has run', async () => {
    await expect(
      quiet()
        .register(undefined as never, failAt())
        .process(),
    ).rejects.toMatchObject({
      code: 'NOT_A_STREAM_EVENT',
    });
  });

  test('a record handler that is not a function throws before anything happens', async () => {
    await expect(
      processPartialResponse(eventOf({}), undefined as unknown as CallableFunction, quiet()),
    ).rejects.toMatchObject({ code: 'INVALID_HANDLER' });
  });

  test('a partition key that the records do not have throws before any handler has run', async () => {
    await expect(
      processPartialResponse(eventOf({}), failAt(), quiet({ order: 'partition', partitionKey: 'customer' })),
    ).rejects.toMatchObject({ code: 'KEYS_MISMATCH' });
  });
});

describe('hooks of a subclass', () => {
  class Watched extends OrderedStreamProcessor {
    readonly calls: string[] = [];
    override successHandler(record: DynamoDBRecord, result: unknown): SuccessResponse {
      this.calls.push(`success ${sequenceNumberOf(record)} ${result}`);
      return super.successHandler(record, result);
    }
    override failureHandler(record: DynamoDBRecord, error: Error): FailureResponse {
      this.calls.push(`failure ${sequenceNumberOf(record)} ${error.message}`);
      return super.failureHandler(record, error);
    }
    override clean(): void {
      this.calls.push(`clean ${JSON.stringify(this.response())}`);
    }
  }

  test('are called once per record, in the order in which handlers finish', async () => {
    const processor = new Watched({ logger: memoryLogger() });
    const [zero, one, two] = [0, 1, 2].map(sequenceNumberAt);

    const response = await processPartialResponse(
      eventOf({}, {}, {}),
      async (record: DynamoDBRecord) => {
        await sleep({ [`${zero}`]: 30, [`${one}`]: 15, [`${two}`]: 1 }[sequenceNumberOf(record)]);
        if (sequenceNumberOf(record) === one) throw new Error('no');
        return 'done';
      },
      processor,
    );

    expect(processor.calls).toEqual([
      `success ${two} done`,
      `failure ${one} no`,
      `success ${zero} done`,
      `clean ${JSON.stringify(response)}`,
    ]);
  });

  test.each(['synchronous', 'asynchronous'])(
    'successHandler that throws after %s handling fails the record',
    async (kind) => {
      class Strict extends Watched {
        override successHandler(record: DynamoDBRecord, result: unknown): SuccessResponse {
          if (sequenceNumberOf(record) === sequenceNumberAt(0)) throw new Error('not saved');
          return super.successHandler(record, result);
        }
      }
      const processor = new Strict({ logger: memoryLogger() });
      const recordHandler = kind === 'synchronous' ? () => {} : async () => {};

      expect(await processPartialResponse(eventOf({}), recordHandler, processor)).toEqual({
        batchItemFailures: [{ itemIdentifier: sequenceNumberAt(0) }],
      });
      expect(processor.calls[0]).toBe(`failure ${sequenceNumberAt(0)} not saved`);
    },
  );

  test('failureHandler that throws is logged, and the record is reported anyway', async () => {
    class Broken extends OrderedStreamProcessor {
      override failureHandler(): FailureResponse {
        throw new Error('metrics are down');
      }
    }
    const logger = memoryLogger();
    const event = eventOf({});
    const processor = new Broken({ logger }).register(event.Records as never, failAt(0));

    expect(await processor.process()).toEqual([['fail', 'no', event.Records[0]]]);
    expect(processor.response()).toEqual({ batchItemFailures: [{ itemIdentifier: sequenceNumberAt(0) }] });
    expect(logger.entries.filter(({ level }) => level === 'error').map(({ fields }) => fields.error)).toEqual(
      [new Error('failureHandler threw as well.'), new Error('no')],
    );
  });
});

describe('work that nothing waits for', () => {
  const unfinished = (): [string, () => unknown][] => [
    ['promises in an array', () => [Promise.reject(new Error('unhandled'))]],
    ['a generator', function* () {}],
  ];
  const places: [string, (work: () => unknown) => [OrderedStreamProcessor, () => unknown]][] = [
    ['a record handler', (work) => [quiet(), work]],
    ['an asynchronous record handler', (work) => [quiet(), async () => work()]],
    [
      'a record handler behind an overridden processRecord',
      (work) => [
        withOverrides((it) => ({
          processRecord: async (record: never) => base.processRecord.call(it, record),
        })),
        work,
      ],
    ],
    ['successHandler', (work) => [withOverrides(() => ({ successHandler: work })), () => {}]],
    [
      'failureHandler',
      (work) => [withOverrides(() => ({ failureHandler: work })), () => Promise.reject(new Error('no'))],
    ],
    [
      'processRecord, within its entry',
      (work) => [
        withOverrides(() => ({ processRecord: async (record: unknown) => ['success', work(), record] })),
        () => {},
      ],
    ],
  ];

  test.each(
    places.flatMap(([place, make]) => unfinished().map(([kind, work]) => [kind, place, make, work] as const)),
  )('%s that %s returned fail the record', async (_kind, _place, make, work) => {
    const [processor, recordHandler] = make(work);

    expect(await processPartialResponse(eventOf({}), recordHandler, processor)).toEqual(reporting(0));
  });

  test.each(['prepare', 'clean'])(
    '%s that returns promises in an array makes the call reject',
    async (hook) => {
      const processor = withOverrides(() => ({ [hook]: () => [Promise.resolve()] }));

      await expect(processPartialResponse(eventOf({}), () => {}, processor)).rejects.toMatchObject({
        code: 'INVALID_RESULT',
        message: expect.stringContaining(hook),
      });
    },
  );
});

/** A processor with some methods of its own, as a subclass has them. Plain JavaScript: whatever they return. */
function withOverrides(
  overrides: (processor: OrderedStreamProcessor) => Partial<Record<keyof OrderedStreamProcessor, unknown>>,
  options: OrderedStreamProcessorOptions = {},
) {
  class Subclass extends OrderedStreamProcessor {}
  const processor = new Subclass({ logger: memoryLogger(), ...options });
  Object.assign(Subclass.prototype, overrides(processor));
  return processor;
}

const base = OrderedStreamProcessor.prototype;

describe('asynchronous hooks of a subclass', () => {
  test('successHandler is waited for, before the next record of the item and before the answer', async () => {
    const log: string[] = [];
    const processor = withOverrides((it) => ({
      successHandler: async (record: DynamoDBRecord, result: unknown) => {
        await sleep(5);
        log.push(`saved ${idOf(record)}`);
        return base.successHandler.call(it, record, result);
      },
    }));
    const event = eventOf({ id: 'a' }, { id: 'a' });

    const entries = await processor
      .register(event.Records as never, (record: DynamoDBRecord) => void log.push(`handled ${idOf(record)}`))
      .process();

    expect(log).toEqual(['handled a', 'saved a', 'handled a', 'saved a']);
    expect(entries).toEqual(event.Records.map((record) => ['success', undefined, record]));
    expect(processor.successMessages).toEqual(event.Records);
  });

  test.each(['synchronous', 'asynchronous'])(
    'successHandler that rejects after %s handling fails the record',
    async (kind) => {
      const processor = withOverrides(() => ({
        successHandler: async () => Promise.reject(new Error('not saved')),
      }));
      const recordHandler = kind === 'synchronous' ? () => {} : async () => {};

      expect(await processPartialResponse(eventOf({}), recordHandler, processor)).toEqual(reporting(0));
      expect(processor.errors).toEqual([new Error('not saved')]);
    },
  );

  test('failureHandler is waited for before the answer', async () => {
    const noted: unknown[] = [];
    const processor = withOverrides((it) => ({
      failureHandler: async (record: DynamoDBRecord, error: Error) => {
        await sleep(5);
        noted.push(record);
        return base.failureHandler.call(it, record, error);
      },
    }));
    const event = eventOf({});

    expect(await processPartialResponse(event, failAt(0), processor)).toEqual(reporting(0));
    expect(noted).toEqual(event.Records);
    expect(processor.failureMessages).toEqual(event.Records);
  });

  test('failureHandler that rejects is logged, and the record is reported anyway', async () => {
    const logger = memoryLogger();
    const processor = withOverrides(
      () => ({ failureHandler: async () => Promise.reject(new Error('metrics are down')) }),
      { logger },
    );

    expect(await processPartialResponse(eventOf({}), failAt(0), processor)).toEqual(reporting(0));
    expect(logger.entries.filter(({ level }) => level === 'error').map(({ fields }) => fields.error)).toEqual(
      [new Error('failureHandler threw as well.', { cause: new Error('metrics are down') }), new Error('no')],
    );
  });

  test('prepare is waited for before the first record', async () => {
    const log: string[] = [];
    const processor = withOverrides((it) => ({
      prepare: async () => {
        base.prepare.call(it);
        await sleep(5);
        log.push('prepared');
      },
    }));

    await processPartialResponse(eventOf({}), () => void log.push('handled'), processor);

    expect(log).toEqual(['prepared', 'handled']);
  });

  test('prepare that rejects keeps every record from starting', async () => {
    let handled = 0;
    const processor = withOverrides(() => ({ prepare: async () => Promise.reject(new Error('no table')) }));

    await expect(processPartialResponse(eventOf({}), () => handled++, processor)).rejects.toThrow('no table');
    expect(handled).toBe(0);
  });

  test('clean is waited for, and may still fail records', async () => {
    const processor = withOverrides((it) => ({
      clean: async () => {
        await sleep(5);
        for (const record of it.successMessages.slice(1)) it.failureHandler(record, new Error('not written'));
        base.clean.call(it);
      },
    }));

    expect(await processPartialResponse(eventOf({}, {}, {}), async () => {}, processor)).toEqual(
      reporting(1),
    );
    expect(processor.errors).toHaveLength(2);
  });

  test('clean that rejects makes the call reject, with the response that is right', async () => {
    const processor = withOverrides(() => ({ clean: async () => Promise.reject(new Error('not written')) }));

    await expect(processPartialResponse(eventOf({}, {}), failAt(1), processor)).rejects.toThrow(
      'not written',
    );
    expect(processor.response()).toEqual(reporting(1));
  });

  test('clean that never ends does not make the answer late, and changes nothing later', async () => {
    const late = Promise.withResolvers<void>();
    const processor = withOverrides(
      (it) => ({
        clean: async () => {
          await late.promise;
          it.failureHandler(eventOf({}).Records[0] as never, new Error('late'));
          base.clean.call(it);
        },
      }),
      { reserveMs: 0 },
    );

    const response = await processPartialResponse(eventOf({}, {}), failAt(1), processor, {
      context: contextOf(60),
    });
    expect(response).toEqual(reporting(1));

    late.resolve();
    await sleep(1);
    expect(processor.response()).toEqual(reporting(1));
    expect(processor.errors).toEqual([new Error('no')]);
  });
});

describe('verdicts of a subclass', () => {
  test.each([
    [
      'failureHandler that returns a success gives the record up',
      () => ({ failureHandler: (record: unknown) => ['success', undefined, record] }),
      [],
    ],
    [
      'failureHandler that notes the failure and returns a success reports it, as Powertools does',
      (it: OrderedStreamProcessor) => ({
        failureHandler: (record: never, error: Error) => {
          base.failureHandler.call(it, record, error);
          return ['success', undefined, record];
        },
      }),
      [1],
    ],
    [
      'failureHandler that neither notes nor returns anything reports the record',
      () => ({ failureHandler: () => {} }),
      [1],
    ],
    [
      'an asynchronous failureHandler that returns a success gives the record up',
      () => ({ failureHandler: async (record: unknown) => ['success', undefined, record] }),
      [],
    ],
    ['successHandler that returns nothing is a success', () => ({ successHandler: () => {} }), [1]],
    [
      'successHandler that returns a failure fails the record',
      () => ({ successHandler: (record: unknown) => ['fail', 'no', record] }),
      [0],
    ],
    [
      'successHandler that notes a failure fails the record, whatever it returns',
      (it: OrderedStreamProcessor) => ({
        successHandler: (record: never) => void it.failureHandler(record, new Error('no')),
      }),
      [0],
    ],
    [
      'processRecord takes the place of the record handler',
      (it: OrderedStreamProcessor) => ({
        processRecord: async (record: DynamoDBRecord) =>
          idOf(record) === 'item-2'
            ? it.failureHandler(record, new Error('no'))
            : it.successHandler(record, 'own'),
      }),
      [2],
    ],
    [
      'processRecord may wrap the one of the base class',
      (it: OrderedStreamProcessor) => ({
        processRecord: async (record: DynamoDBRecord) => {
          await sleep(1);
          return base.processRecord.call(it, record);
        },
      }),
      [1],
    ],
    [
      'processRecord may answer synchronously',
      () => ({ processRecord: (record: unknown) => ['success', undefined, record] }),
      [],
    ],
    [
      'processRecord that returns a failure by hand fails the record',
      () => ({ processRecord: async (record: unknown) => ['fail', 'no', record] }),
      [0],
    ],
    [
      'processRecord that rejects fails the record',
      () => ({ processRecord: async () => Promise.reject(new Error('no')) }),
      [0],
    ],
    ['processRecord that returns nothing fails the record', () => ({ processRecord: async () => {} }), [0]],
    [
      'prepare may wrap the record handler and leave records out',
      (it: OrderedStreamProcessor) => ({
        prepare: () => {
          base.prepare.call(it);
          Object.assign(it, { records: it.records.slice(1), handler: () => Promise.reject(new Error('no')) });
        },
      }),
      [1],
    ],
    [
      'getMessagesToReport may report an earlier record',
      () => ({ getMessagesToReport: () => [{ itemIdentifier: sequenceNumberAt(0) }] }),
      [0],
    ],
    [
      'getMessagesToReport may report more: the lowest counts',
      () => ({ getMessagesToReport: () => [2, 1].map((at) => ({ itemIdentifier: sequenceNumberAt(at) })) }),
      [1],
    ],
    [
      'collectDynamoDBFailures may report an earlier record',
      () => ({ collectDynamoDBFailures: () => [{ itemIdentifier: sequenceNumberAt(0) }] }),
      [0],
    ],
    ['clean that does nothing leaves the response unchanged', () => ({ clean: () => {} }), [1]],
    [
      'clean may note a failure by hand, with a copy of the record',
      (it: OrderedStreamProcessor) => ({
        clean: () => void it.failureMessages.push(structuredClone(it.successMessages[0]) as never),
      }),
      [0],
    ],
    ['entireBatchFailed that is false reports the batch', () => ({ entireBatchFailed: () => false }), [1]],
  ])('%s', async (_name, overrides, reported) => {
    const processor = withOverrides((it) => overrides(it) as never, { order: 'shard' });

    expect(await processPartialResponse(eventOf({}, {}, {}), failAt(1), processor)).toEqual(
      reporting(...reported),
    );
  });

  test('entireBatchFailed that is true throws what failed', async () => {
    const processor = withOverrides(() => ({ entireBatchFailed: () => true }));

    await expect(
      processPartialResponse(eventOf({}, {}), failAt(1), processor, { throwOnFullBatchFailure: true }),
    ).rejects.toMatchObject({ name: 'FullBatchFailureError', recordErrors: [new Error('no')] });
    expect(processor.response()).toEqual(reporting(1));
  });

  test.each([
    ['getMessagesToReport that leaves the failed record out', { getMessagesToReport: () => [] }, 'no record'],
    [
      'getMessagesToReport that reports a later record',
      { getMessagesToReport: () => [{ itemIdentifier: sequenceNumberAt(2) }] },
      sequenceNumberAt(2),
    ],
    [
      'getMessagesToReport that reports a record of another batch',
      { getMessagesToReport: () => [{ itemIdentifier: '1' }] },
      'itemIdentifier',
    ],
    ['getMessagesToReport that reports null', { getMessagesToReport: () => [null] }, 'itemIdentifier'],
    ['getMessagesToReport that returns nothing', { getMessagesToReport: () => {} }, 'array'],
    [
      'collectDynamoDBFailures that leaves the failed record out',
      { collectDynamoDBFailures: () => [] },
      'no record',
    ],
    ['collectDynamoDBFailures that returns nothing', { collectDynamoDBFailures: () => {} }, 'array'],
    ['hasMessagesToReport that denies the failure', { hasMessagesToReport: () => false }, 'no record'],
  ])('%s is refused, and the response stays right', async (_name, overrides, came) => {
    const processor = withOverrides(() => overrides);

    await expect(processPartialResponse(eventOf({}, {}, {}), failAt(1), processor)).rejects.toMatchObject({
      name: 'ConfigurationError',
      code: 'INVALID_OVERRIDE',
      message: expect.stringContaining(came),
    });
    expect(processor.response()).toEqual(reporting(1));
  });

  test.each(['hasMessagesToReport', 'getMessagesToReport', 'collectDynamoDBFailures', 'entireBatchFailed'])(
    '%s that answers later is refused, whatever it answers, and the response stays right',
    async (method) => {
      for (const answer of [
        () => Promise.resolve(false),
        () => Promise.reject(new Error('Nothing waits.')),
      ]) {
        const processor = withOverrides(() => ({ [method]: answer }));
        const refused = {
          code: 'INVALID_OVERRIDE',
          message: expect.stringContaining(`${method} of a subclass`),
        };
        const options = { throwOnFullBatchFailure: true };

        await expect(
          processPartialResponse(eventOf({}, {}, {}), failAt(1), processor, options),
        ).rejects.toMatchObject(refused);
        expect(processor.response()).toEqual(reporting(1));
        // An unhandled rejection would fail the test run.
        await new Promise(setImmediate);
      }
    },
  );

  test('clean may fail every record and then throw, with the response that is right', async () => {
    const processor = withOverrides((it) => ({
      clean: () => {
        for (const record of it.successMessages) it.failureHandler(record, new Error('not written'));
        base.clean.call(it);
      },
    }));

    await expect(
      processPartialResponse(eventOf({}, {}), failAt(), processor, { throwOnFullBatchFailure: true }),
    ).rejects.toMatchObject({ name: 'FullBatchFailureError' });
    expect(processor.response()).toEqual(reporting(0));
  });

  test('clean may report an earlier record by adding it to the response', async () => {
    const processor = withOverrides((it) => ({
      clean: () => void it.response().batchItemFailures.push({ itemIdentifier: sequenceNumberAt(0) }),
    }));

    expect(await processPartialResponse(eventOf({}, {}), failAt(1), processor)).toEqual(reporting(0));
  });

  test('a failure noted for a record of another batch is refused', async () => {
    const processor = withOverrides((it) => ({
      clean: () => void it.failureMessages.push({ dynamodb: { SequenceNumber: '1' } } as never),
    }));

    await expect(processPartialResponse(eventOf({}), failAt(), processor)).rejects.toMatchObject({
      code: 'INVALID_OVERRIDE',
    });
    expect(processor.response()).toEqual(reporting(0));
  });

  test('methods called between batches answer for the last one', async () => {
    const [processor, other] = [quiet(), quiet()];
    await processPartialResponse(eventOf({}), failAt(0), processor);

    expect(processor.entireBatchFailed()).toBe(true);
    expect(processor.hasMessagesToReport()).toBe(true);
    expect(() => processor.clean()).not.toThrow();
    expect(processor.response()).toEqual(reporting(0));

    processor.register(eventOf({}).Records as never, failAt(0), { throwOnFullBatchFailure: true });
    expect(() => processor.clean()).toThrow(FullBatchFailureError);

    await processPartialResponse(eventOf({}, {}), failAt(1), other);
    expect(other.entireBatchFailed()).toBe(false);

    await processPartialResponse(eventOf({}), failAt(), processor);
    expect(processor.entireBatchFailed()).toBe(false);
    expect(processor.collectDynamoDBFailures()).toEqual([]);
    expect(() => processor.clean()).not.toThrow();
  });

  test('it is a BatchProcessor', () => {
    expect(quiet()).toBeInstanceOf(BatchProcessor);
  });
});

describe('the deadline', () => {
  test('reports unfinished records, and a handler that ends later changes nothing', async () => {
    const processor = quiet({ reserveMs: 200, concurrency: 1 });
    const late = Promise.withResolvers<void>();
    const event = eventOf({}, {}, {});

    const response = await processPartialResponse(
      event,
      (record: DynamoDBRecord) => (record === event.Records[1] ? late.promise : undefined),
      processor,
      { context: contextOf(250) },
    );

    expect(response).toEqual({ batchItemFailures: [{ itemIdentifier: sequenceNumberAt(1) }] });
    late.resolve();
    await sleep(1);
    expect(processor.successMessages).toEqual([event.Records[0]]);
    expect(processor.failureMessages).toEqual([]);
    expect(processor.hasMessagesToReport()).toBe(true);
  });

  test('is that of the call: a context is not kept for the next one', async () => {
    const processor = quiet();
    const unfinished = { batchItemFailures: [{ itemIdentifier: sequenceNumberAt(0) }] };

    expect(await processPartialResponse(eventOf({}), failAt(), processor, { context: contextOf(0) })).toEqual(
      unfinished,
    );
    expect(await processPartialResponse(eventOf({}), failAt(), processor)).toEqual({ batchItemFailures: [] });
  });
});

describe('after the answer', () => {
  test.each([
    ['a record handler that resolves', async () => 'late', {}],
    ['a record handler that rejects', async () => Promise.reject(new Error('late')), {}],
  ])('%s calls no hook', async (_name, settle) => {
    const late = Promise.withResolvers<void>();
    const hooks: string[] = [];
    const processor = withOverrides(
      () => ({
        successHandler: () => void hooks.push('success'),
        failureHandler: () => void hooks.push('failure'),
      }),
      { reserveMs: 30 },
    );

    const response = await processPartialResponse(
      eventOf({}),
      async () => {
        await late.promise;
        return settle();
      },
      processor,
      { context: contextOf(40) },
    );
    late.resolve();
    await sleep(5);

    expect(response).toEqual(reporting(0));
    expect(hooks).toEqual([]);
  });

  test.each([
    ['a handler that resolves', async () => 'late'],
    ['a handler that rejects', async () => Promise.reject(new Error('late'))],
  ])('%s within the base class of an overridden processRecord calls no hook', async (_name, settle) => {
    const late = Promise.withResolvers<void>();
    const hooks: string[] = [];
    const processor = withOverrides(
      (it) => ({
        processRecord: async (record: never) => base.processRecord.call(it, record),
        successHandler: () => void hooks.push('success'),
        failureHandler: () => void hooks.push('failure'),
      }),
      { reserveMs: 30 },
    );

    await processPartialResponse(eventOf({}), () => late.promise.then(settle), processor, {
      context: contextOf(40),
    });
    late.resolve();
    await sleep(5);

    expect(hooks).toEqual([]);
  });

  test('an overridden processRecord starts no record handler, and its hooks note nothing', async () => {
    const late = Promise.withResolvers<void>();
    const ended = Promise.withResolvers<unknown>();
    let handled = 0;
    const processor = withOverrides(
      (it) => ({
        processRecord: async (record: never) => {
          await late.promise;
          it.successHandler(record, 'late');
          it.failureHandler(record, new Error('late'));
          ended.resolve(base.processRecord.call(it, record).catch((error: unknown) => error));
        },
      }),
      { reserveMs: 30 },
    );

    await processPartialResponse(eventOf({}), () => handled++, processor, { context: contextOf(40) });
    late.resolve();

    expect(await ended.promise).toMatchObject({ code: 'DEADLINE_REACHED' });
    expect(handled).toBe(0);
    expect([processor.successMessages, processor.failureMessages, processor.errors]).toEqual([[], [], []]);
  });
});

test.each([
  ['the base class', () => ({})],
  [
    'a processRecord around that of the base class',
    (it: OrderedStreamProcessor) => ({
      processRecord: async (record: never) => base.processRecord.call(it, record),
    }),
  ],
])(
  'no record handler starts behind a parser that is slower than the deadline: %s',
  async (_name, overrides) => {
    const slow = Promise.withResolvers<void>();
    let handled = 0;
    const processor = withOverrides((it) => overrides(it), {
      reserveMs: 30,
      schema: {},
      parser: (record) => slow.promise.then(() => record),
    });

    const response = await processPartialResponse(eventOf({}), () => handled++, processor, {
      context: contextOf(40),
    });
    slow.resolve();
    await sleep(5);

    expect(response).toEqual(reporting(0));
    expect(handled).toBe(0);
  },
);

describe('redelivery', () => {
  test('every record is handled again, the reported one alone until it succeeds', async () => {
    const attempts: string[][] = [];
    const recordHandler = async (record: DynamoDBRecord) => {
      attempts.at(-1)?.push(sequenceNumberOf(record));
      await new Promise((resolve) => setImmediate(resolve));
      if (attempts.length < 3) await failAt(0)(record);
    };
    const processor = quiet();
    const event = eventOf({}, {});
    for (const failures of [[sequenceNumberAt(0)], [sequenceNumberAt(0)], []]) {
      attempts.push([]);
      expect(await processPartialResponse(event, recordHandler, processor)).toEqual({
        batchItemFailures: failures.map((itemIdentifier) => ({ itemIdentifier })),
      });
    }
    expect(attempts).toEqual([
      [0, 1].map(sequenceNumberAt),
      [sequenceNumberAt(0)],
      [0, 1].map(sequenceNumberAt),
    ]);
  });
});

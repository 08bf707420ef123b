import { setTimeout as sleep } from 'node:timers/promises';
import { runInNewContext } from 'node:vm';
import { processPartialResponse } from '@aws-lambda-powertools/batch';
import type { FailureResponse, SuccessResponse } from '@aws-lambda-powertools/batch/types';
import type { DynamoDBRecord } from 'aws-lambda';
import { describe, expect, test } from 'vitest';
import { OrderedStreamProcessor, type OrderedStreamProcessorOptions } from '../../src/powertools/index.ts';
import { contextOf, eventOf, memoryLogger, recordOf, sequenceNumberAt } from '../fixtures/events.ts';

const quiet = (options: OrderedStreamProcessorOptions = {}) =>
  new OrderedStreamProcessor({ logger: memoryLogger(), ...options });

const sequenceNumberOf = (record: unknown) => (record as DynamoDBRecord).dynamodb?.SequenceNumber ?? '';

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

  test('a failure keeps what lies past it from starting', async () => {
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

  test('throwOnFullBatchFailure: true reports a batch of which some records succeeded or did not start', async () => {
    const options = { throwOnFullBatchFailure: true };
    const response = { batchItemFailures: [{ itemIdentifier: sequenceNumberAt(0) }] };

    expect(await processPartialResponse(eventOf({}, {}), failAt(0), quiet(), options)).toEqual(response);
    expect(
      await processPartialResponse(eventOf({}, {}), failAt(0, 1), quiet({ order: 'shard' }), options),
    ).toEqual(response);
    expect(await processPartialResponse(eventOf(), failAt(), quiet(), options)).toEqual({
      batchItemFailures: [],
    });
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

  test('a record handler that is no function throws before anything happens', async () => {
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

  test('failureHandler that throws is logged, and the record is reported all the same', async () => {
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
      [new Error('no'), new Error('failureHandler threw as well.')],
    );
  });
});

describe('the deadline', () => {
  test('reports what is unfinished, and a handler that ends later changes nothing', async () => {
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

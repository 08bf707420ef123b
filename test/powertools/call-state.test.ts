import { createRequire } from 'node:module';
import { setTimeout as sleep } from 'node:timers/promises';
import { processPartialResponse } from '@aws-lambda-powertools/batch';
import type { BaseRecord, FailureResponse, SuccessResponse } from '@aws-lambda-powertools/batch/types';
import type { DynamoDBRecord } from 'aws-lambda';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { OrderedStreamProcessor } from '../../src/powertools/index.ts';
import { contextOf, eventOf, memoryLogger, sequenceNumberAt } from '../fixtures/events.ts';

afterEach(() => {
  vi.unstubAllEnvs();
});

const idOf = (record: unknown) => (record as DynamoDBRecord).dynamodb?.Keys?.id?.S;

test('calls at once keep their records, handlers and messages apart', async () => {
  const processor = new OrderedStreamProcessor({ logger: memoryLogger() });
  const seen = new Map<string, unknown[]>(['a', 'b', 'c'].map((name) => [name, []]));

  const call = async (name: string, ms: number) => {
    const event = eventOf({ id: `${name}0` }, { id: `${name}1` });
    const recordHandler = async (record: DynamoDBRecord) => {
      await sleep(ms);
      seen.get(name)?.push(idOf(record));
      if (idOf(record) === `${name}1`) throw new Error(name);
    };
    await processPartialResponse(event, recordHandler, processor);
    return {
      errors: processor.errors.map(({ message }) => message),
      failed: processor.failureMessages.map(idOf),
      succeeded: processor.successMessages.map(idOf),
    };
  };
  const results = await Promise.all([call('a', 10), call('b', 1), call('c', 5)]);

  expect(Object.fromEntries(seen)).toEqual({ a: ['a0', 'a1'], b: ['b0', 'b1'], c: ['c0', 'c1'] });
  for (const [index, name] of ['a', 'b', 'c'].entries()) {
    expect(results[index]).toEqual({ errors: [name], failed: [`${name}1`], succeeded: [`${name}0`] });
  }
});

test('calls that finish in the same tick get their own responses', async () => {
  const processor = new OrderedStreamProcessor({ logger: memoryLogger() });
  const gate = Promise.withResolvers<void>();

  // Call 0 succeeds, call 1 fails at record 0, call 2 at record 1, and so on: no two alike by accident.
  const responses = Array.from({ length: 6 }, (_, index) =>
    processPartialResponse(
      eventOf({ id: '0' }, { id: '1' }, { id: '2' }, { id: '3' }, { id: '4' }),
      async (record: DynamoDBRecord) => {
        await gate.promise;
        if (idOf(record) === String(index - 1)) throw new Error('no');
      },
      processor,
    ),
  );
  gate.resolve();

  expect(await Promise.all(responses)).toEqual(
    Array.from({ length: 6 }, (_, index) => ({
      batchItemFailures: index === 0 ? [] : [{ itemIdentifier: sequenceNumberAt(index - 1) }],
    })),
  );
});

test('a call that starts while a response is about to be read does not change it', async () => {
  const processor = new OrderedStreamProcessor({ logger: memoryLogger() });
  const failing = processor
    .register(eventOf({}).Records as never, async () => Promise.reject(new Error('no')))
    .process();

  const read = failing.then(async () => {
    const other = processPartialResponse(eventOf({}), () => {}, processor);
    return [processor.response(), await other];
  });

  expect(await read).toEqual([
    { batchItemFailures: [{ itemIdentifier: sequenceNumberAt(0) }] },
    { batchItemFailures: [] },
  ]);
});

test("Powertools' own isolation of invocations, where Lambda runs several at once, is used", async () => {
  vi.stubEnv('AWS_LAMBDA_MAX_CONCURRENCY', '10');
  // Lambda's runtime brings this store; elsewhere Powertools depends on it.
  const { InvokeStore } = createRequire(import.meta.resolve('@aws-lambda-powertools/batch'))(
    '@aws/lambda-invoke-store',
  );
  const store: { run<T>(context: object, invocation: () => T): T } = await InvokeStore.getInstanceAsync(true);
  const processor = store.run({}, () => new OrderedStreamProcessor({ logger: memoryLogger() }));

  const call = (name: string) =>
    store.run({}, async () => {
      const response = await processPartialResponse(
        eventOf({ id: name }),
        async () => {
          await sleep(1);
          if (name === 'b') throw new Error(name);
        },
        processor,
      );
      await sleep(5);
      return { response, errors: processor.errors.length, successes: processor.successMessages.map(idOf) };
    });

  expect(await Promise.all([call('a'), call('b')])).toEqual([
    { response: { batchItemFailures: [] }, errors: 0, successes: ['a'] },
    { response: { batchItemFailures: [{ itemIdentifier: sequenceNumberAt(0) }] }, errors: 1, successes: [] },
  ]);
});

describe('a subclass whose methods wait before they call the base class', () => {
  class Waiting extends OrderedStreamProcessor {
    override processRecord(record: BaseRecord): Promise<SuccessResponse | FailureResponse> {
      return sleep(1).then(() => super.processRecord(record));
    }
    override successHandler(record: DynamoDBRecord, result: unknown): SuccessResponse {
      return sleep(1).then(() => super.successHandler(record, result)) as never;
    }
    override failureHandler(record: DynamoDBRecord, error: Error): FailureResponse {
      return sleep(1).then(() => super.failureHandler(record, error)) as never;
    }
    override async clean(): Promise<void> {
      await sleep(1);
      super.clean();
    }
  }

  test('handles each call with its own handler, and notes what became of it there', async () => {
    const processor = new Waiting({ logger: memoryLogger() });

    const call = async (name: string, poison: string) => {
      const recordHandler = async (record: DynamoDBRecord) => {
        await sleep(1);
        if (idOf(record) === poison) throw new Error(name);
        return name;
      };
      const error = await processPartialResponse(eventOf({ id: 'x' }), recordHandler, processor, {
        throwOnFullBatchFailure: true,
      }).then(
        (response) => ({ response, succeeded: processor.successMessages.length }),
        ({ recordErrors }: { recordErrors: readonly Error[] }) => recordErrors.map(({ message }) => message),
      );
      return error;
    };

    const succeeded = { response: { batchItemFailures: [] }, succeeded: 1 };
    expect(await Promise.all([call('a', 'x'), call('b', 'none'), call('c', 'x'), call('d', 'none')])).toEqual(
      [['a'], succeeded, ['c'], succeeded],
    );
  });

  test('has no effect on the next call if it continues after the response', async () => {
    const late = Promise.withResolvers<void>();
    class Late extends Waiting {
      override failureHandler(record: DynamoDBRecord, error: Error): FailureResponse {
        if (error.message !== 'late') return super.failureHandler(record, error);
        return late.promise.then(() => super.failureHandler(record, error)) as never;
      }
    }
    const processor = new Late({ logger: memoryLogger(), reserveMs: 10 });
    const first = await processPartialResponse(
      eventOf({ id: 'first' }),
      () => Promise.reject(new Error('late')),
      processor,
      { context: contextOf(40) },
    );
    expect(first).toEqual({ batchItemFailures: [{ itemIdentifier: sequenceNumberAt(0) }] });

    const next = processPartialResponse(eventOf({ id: 'next' }), () => sleep(20), processor);
    late.resolve();

    expect(await next).toEqual({ batchItemFailures: [] });
    expect([processor.errors, processor.failureMessages]).toEqual([[], []]);
    expect(processor.successMessages.map(idOf)).toEqual(['next']);
  });
});

test('prepare() for another call clears nothing of a call that runs', async () => {
  const processor = new OrderedStreamProcessor({ logger: memoryLogger() });
  const gate = Promise.withResolvers<void>();
  const running = processPartialResponse(
    eventOf({ id: 'a' }, { id: 'b' }),
    async (record: DynamoDBRecord) => {
      if (idOf(record) === 'b') await gate.promise;
      throw new Error('no');
    },
    processor,
  );

  await sleep(1);
  processor.prepare();
  gate.resolve();

  expect(await running).toEqual({ batchItemFailures: [{ itemIdentifier: sequenceNumberAt(0) }] });
  expect(processor.errors).toHaveLength(2);
});

test('a record handler may process a batch of its own with the same processor', async () => {
  const processor = new OrderedStreamProcessor({ logger: memoryLogger() });
  const inner: unknown[] = [];

  const outer = await processPartialResponse(
    eventOf({ id: 'outer' }, { id: 'second' }),
    async (record: DynamoDBRecord) => {
      if (idOf(record) !== 'outer') return;
      inner.push(
        await processPartialResponse(
          eventOf({ id: 'inner' }),
          () => Promise.reject(new Error('no')),
          processor,
        ),
      );
    },
    processor,
  );

  expect(inner).toEqual([{ batchItemFailures: [{ itemIdentifier: sequenceNumberAt(0) }] }]);
  expect(outer).toEqual({ batchItemFailures: [] });
  expect([processor.errors.length, processor.successMessages.map(idOf)]).toEqual([0, ['second', 'outer']]);
});

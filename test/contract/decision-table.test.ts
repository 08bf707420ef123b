import { IdempotencyConfig } from '@aws-lambda-powertools/idempotency';
import { DynamoDBPersistenceLayer } from '@aws-lambda-powertools/idempotency/dynamodb';
import type { DynamoDBStreamEvent } from 'aws-lambda';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { ConfigurationError, DeadLetterError, type RecordMiddleware, streamRouter } from '../../src/index.ts';
import { deadLetter } from '../../src/middleware/dead-letter.ts';
import { idempotent } from '../../src/middleware/idempotent.ts';
import { retry } from '../../src/middleware/retry.ts';
import { validate } from '../../src/middleware/validate.ts';
import { requestFailed, targetFailed, tooLarge } from '../../src/sinks/batcher/sink-errors.ts';
import { lambdaContext } from '../../src/testing/index.ts';
import { tableUnder } from '../docs/markdown.ts';
import { eventOf, memoryLogger, recordOf } from '../fixtures/events.ts';
import { MemoryDynamoDB } from '../fixtures/memory-dynamodb/memory-dynamodb.ts';

/** The scenario of a row of the table. */
interface Scenario {
  readonly event?: DynamoDBStreamEvent;
  readonly handler?: (advance: (ms: number) => void) => unknown;
  /** Makes what lies between deadLetter and retry. */
  readonly between?: () => Promise<RecordMiddleware<never>>;
  /** Within retry. */
  readonly within?: RecordMiddleware<never>;
  readonly refusesLetters?: boolean;
}

const throwing = (thrown: unknown) => async () => {
  throw thrown;
};
const withImage = (newImage: object): DynamoDBStreamEvent => eventOf({ newImage: newImage as never });
const changed = (fields: object): DynamoDBStreamEvent =>
  ({ Records: [{ ...recordOf({}), ...fields }] }) as DynamoDBStreamEvent;

const ORDER = { order: { S: 'O-1' } };

/** Layers that identify a record by its order, and compare the total: one has handled an order of 1. */
async function orderOfOne(): Promise<RecordMiddleware<never>> {
  const store = new MemoryDynamoDB();
  const layer = idempotent({
    persistenceStore: new DynamoDBPersistenceLayer({ tableName: 'locks', awsSdkV3Client: store.client({}) }),
    config: new IdempotencyConfig({
      eventKeyJmesPath: 'dynamodb.NewImage.order.S',
      payloadValidationJmesPath: 'dynamodb.NewImage.total.N',
      throwOnNoIdempotencyKey: true,
    }),
  });
  const router = streamRouter({ logger: false }).use(layer);
  const response = await router(withImage({ ...ORDER, total: { N: '1' } }), lambdaContext());
  expect(response).toEqual({ batchItemFailures: [] });
  return layer as never;
}

/** By the beginning of a row's first cell. */
const SCENARIOS: Readonly<Record<string, readonly Scenario[]>> = {
  'an error of the handler': [{ handler: throwing(new Error('busy')) }, { handler: throwing(undefined) }],
  'an error with `retryable: false`': [
    { handler: throwing(Object.assign(new Error('declined'), { retryable: false })) },
    { handler: throwing(tooLarge('queue', 2, 1)) },
  ],
  'an image that cannot be unmarshalled': [{ event: withImage({ total: { N: 'twelve' } }) }],
  'an image that the schema refuses': [
    { event: withImage({ total: { S: '12' } }), within: validate(z.object({ total: z.number() })) as never },
  ],
  'a schema that returns neither': [
    {
      within: validate({
        '~standard': { version: 1, vendor: 'test', validate: () => ({}) as never },
      }) as never,
    },
  ],
  'a sink that is throttled': [
    { handler: throwing(requestFailed('queue', { code: 'Throttling', fault: 'passing' }, 10)) },
  ],
  'a sink without permission': [
    { handler: throwing(targetFailed('queue', { code: 'AccessDenied', fault: 'target' })) },
  ],
  'a `ConfigurationError`': [{ handler: throwing(new ConfigurationError('ASYNC_CONDITION', 'It waits.')) }],
  'the deadline': [
    {
      handler: async (advance) => {
        await new Promise(setImmediate);
        advance(29_500);
        throw new Error('late');
      },
    },
  ],
  'another sandbox': [
    {
      between: async () => () => {
        throw new Error('The record is in progress.');
      },
    },
  ],
  'a record that differs from the one stored': [
    { event: withImage({ ...ORDER, total: { N: '2' } }), between: orderOfOne },
  ],
  'a record without an idempotency key': [{ event: withImage({ total: { N: '1' } }), between: orderOfOne }],
  'the dead letter itself': [
    { handler: throwing(Object.assign(new Error('declined'), { retryable: false })), refusesLetters: true },
  ],
  'a record without Keys': [
    { event: changed({ eventName: 'UPSERT' }) },
    { event: changed({ dynamodb: { SequenceNumber: '1', StreamViewType: 'NEW_AND_OLD_IMAGES' } }) },
  ],
  'an event that is [refused': [{ event: changed({ eventSource: 'aws:sqs' }) }],
};

/** Returns the outcome of the record and the number of its attempts. */
async function play(scenario: Scenario, when: 'permanent' | 'exhausted') {
  let [letters, attempts] = [0, 0];
  const context = lambdaContext({ remainingMs: 30_000 });
  const logger = memoryLogger();
  const between = await scenario.between?.();
  const sink = {
    target: 'letters',
    async send() {
      if (scenario.refusesLetters) throw new Error('The queue is gone.');
      letters++;
    },
  };
  const router = streamRouter<{ total: number }>({ logger })
    .use(deadLetter(sink, { when }))
    .use((between as never) ?? ((_record, _context, next) => next()))
    .use(retry({ attempts: 3, backoff: { minMs: 0 } }))
    .use((_record, _context, next) => {
      attempts++;
      return next();
    })
    .use((scenario.within as never) ?? ((_record, _context, next) => next()))
    .onInsert(({ newImage }) => {
      if (scenario.handler === undefined) return void newImage.total;
      return scenario.handler(context.advance);
    });
  try {
    const { batchItemFailures } = await router(scenario.event ?? eventOf({}), context);
    const failure = logger.entries.find(({ message }) => message === 'Record failed')?.fields.error;
    if (scenario.refusesLetters) expect(failure).toBeInstanceOf(DeadLetterError);
    expect(letters).toBe(batchItemFailures.length === 0 ? 1 : 0);
    return { outcome: letters > 0 ? 'letter' : 'fails', attempts };
  } catch (error) {
    expect(error).toMatchObject({ name: 'InvalidEventError' });
    return { outcome: 'the invocation throws', attempts };
  }
}

const rows = tableUnder('docs/failure-policy.md', 'Which error goes where');

test('every row of the documented table is played', () => {
  const begin = Object.keys(SCENARIOS);
  expect(rows.map(([what = '']) => begin.filter((beginning) => what.startsWith(beginning)).length)).toEqual(
    rows.map(() => 1),
  );
  expect(begin).toHaveLength(rows.length);
});

describe.each(rows)('%s', (what, retried = '', byDefault = '', exhausted = '') => {
  const [, scenarios = []] =
    Object.entries(SCENARIOS).find(([beginning]) => what?.startsWith(beginning)) ?? [];

  test.each([
    ['permanent', byDefault],
    ['exhausted', exhausted],
  ] as const)('goes where the column for %j says: %s', async (when, cell) => {
    for (const scenario of scenarios) {
      const { outcome } = await play(scenario, when);
      expect(cell.replace(/^not reached: /, '').replace(/,.*$/, '')).toBe(outcome);
    }
  });

  test(`is tried as often as the column for retry says: ${retried}`, async () => {
    const expected = { 'tries again': 3, no: 1, ends: 1, 'not reached': 0 }[retried];
    for (const scenario of scenarios) {
      expect((await play(scenario, 'exhausted')).attempts).toBe(expected);
    }
  });
});

import type { DynamoDBRecord } from 'aws-lambda';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type Decision,
  type DeliveryOptions,
  deliverBatch,
  type InvocationAnswer,
  type InvocationResult,
  type Invoked,
  takeResult,
} from '../../src/delivery/deliver-batch.ts';
import { testStream } from '../../src/testing/test-stream.ts';

const stream = testStream<{ id: string }>({ keys: ['id'] });
const CREATED_AT = stream.insert({ id: 'x' }).dynamodb.ApproximateCreationDateTime * 1000;

const FAILED: InvocationResult = { type: 'failed' };
const THROTTLED: InvocationResult = { type: 'throttled' };
const OK: InvocationResult = { type: 'returned', response: null };

interface Play {
  readonly decisions: readonly Decision[];
  /** The decisions of the engine, in a few letters. */
  readonly story: readonly string[];
}

/** Delivers records on a clock that only delays and `invocationMs` move. */
function play(
  ids: string,
  answer: (records: readonly DynamoDBRecord[], invocation: number) => InvocationAnswer,
  options: Partial<DeliveryOptions> & { readonly invocationMs?: number } = {},
): Play {
  const records = [...ids].map((id) => stream.insert({ id }));
  return playRecords(records, answer, options);
}

function playRecords(
  records: readonly DynamoDBRecord[],
  answer: (records: readonly DynamoDBRecord[], invocation: number) => InvocationAnswer,
  { invocationMs = 0, ...options }: Partial<DeliveryOptions> & { readonly invocationMs?: number } = {},
): Play {
  let [now, requests, invocations] = [CREATED_AT, 0, 0];
  const delivery = deliverBatch(
    { streamArn: stream.streamArn, shardId: 'shardId-1', records },
    {
      maximumRetryAttempts: 1,
      maximumRecordAgeInSeconds: -1,
      bisectBatchOnFunctionError: false,
      reportBatchItemFailures: true,
      functionArn: 'arn:aws:lambda:us-east-1:123456789012:function:f',
      retryDelayMs: (attempt) => attempt * 1000,
      now: () => now,
      requestId: () => `request-${++requests}`,
      ...options,
    },
  );
  const decisions: Decision[] = [];
  let step = delivery.next();
  while (!step.done) {
    const decision = step.value;
    decisions.push(decision);
    let result: InvocationAnswer | undefined;
    if (decision.type === 'retry') now += decision.delayMs;
    if (decision.type === 'invoke') {
      result = answer(decision.records, ++invocations);
      now += invocationMs;
    }
    step = delivery.next(result);
  }
  const asking = decisions.filter((decision) => decision.type !== 'invoked');
  return { decisions, story: asking.map(inWords) };
}

function inWords(decision: Exclude<Decision, Invoked>): string {
  switch (decision.type) {
    case 'invoke':
      return `invoke ${idsOf(decision.records)} #${decision.attempt} ${decision.requestId}`;
    case 'retry':
      return `retry ${idsOf(decision.records)} #${decision.attempt} ${decision.reason} ${decision.delayMs}`;
    case 'split':
      return `split ${idsOf(decision.left)} ${idsOf(decision.right)}`;
    case 'discard':
      return `discard ${idsOf(decision.records)} ${decision.document.requestContext.condition}`;
    case 'checkpoint':
      return `checkpoint ${idsOf(decision.records)} ${decision.outcome}`;
  }
}

function idsOf(records: readonly DynamoDBRecord[]): string {
  return records.map(({ dynamodb }) => dynamodb?.Keys?.id?.S).join('');
}

function reporting(id: string): (records: readonly DynamoDBRecord[]) => InvocationResult {
  return (records) => ({
    type: 'returned',
    response: {
      batchItemFailures: records
        .filter((record) => idsOf([record]) === id)
        .map(({ dynamodb }) => ({ itemIdentifier: dynamodb?.SequenceNumber })),
    },
  });
}

test('a batch that succeeds is one invocation and one checkpoint', () => {
  expect(play('abc', () => OK).story).toEqual(['invoke abc #1 request-1', 'checkpoint abc succeeded']);
});

describe('an invocation that is withheld', () => {
  const SKIPPED: InvocationAnswer = { type: 'skipped' };
  const DELAYED: InvocationAnswer = { type: 'delayed' };
  const answers =
    (...all: readonly InvocationAnswer[]) =>
    (_records: unknown, invocation: number) =>
      all[invocation - 1] ?? OK;

  test('is skipped: its records are discarded as if their retries were used up', () => {
    const { story, decisions } = play('ab', answers(FAILED, SKIPPED), { maximumRetryAttempts: -1 });
    expect(story).toEqual([
      'invoke ab #1 request-1',
      'retry ab #2 failed 1000',
      'invoke ab #2 request-1',
      'discard ab RetryAttemptsExhausted',
      'checkpoint ab discarded',
    ]);
    // The one that failed is the only invocation.
    expect(decisions.filter(({ type }) => type === 'invoked')).toHaveLength(1);
    expect(decisions.find(({ type }) => type === 'discard')).toMatchObject({
      document: {
        requestContext: { requestId: 'request-1', approximateInvokeCount: 1 },
        responseContext: { functionError: 'Unhandled' },
        DDBStreamBatchInfo: { batchSize: 2 },
      },
    });
  });

  test('is skipped in a half of a batch: the other records are delivered', () => {
    const fails = (records: readonly DynamoDBRecord[]): boolean => idsOf(records).includes('b');
    let failures = 0;
    const { story } = play(
      'abcd',
      (records) => {
        if (!fails(records)) return OK;
        return idsOf(records) === 'b' && failures++ > 0 ? SKIPPED : FAILED;
      },
      { maximumRetryAttempts: -1, bisectBatchOnFunctionError: true },
    );
    expect(story.filter((step) => !step.startsWith('invoke'))).toEqual([
      'split ab cd',
      'split a b',
      'checkpoint a succeeded',
      'retry b #2 failed 1000',
      'discard b RetryAttemptsExhausted',
      'checkpoint b discarded',
      'checkpoint cd succeeded',
    ]);
  });

  test('is skipped after partial progress: what had succeeded stays so', () => {
    const { story } = play('abc', (records, invocation) =>
      invocation === 1 ? reporting('b')(records) : invocation === 2 ? FAILED : SKIPPED,
    );
    expect(story.filter((step) => /^(checkpoint|discard)/.test(step))).toEqual([
      'checkpoint a succeeded',
      'discard bc RetryAttemptsExhausted',
      'checkpoint bc discarded',
    ]);
  });

  test('is delayed: it follows with the same attempt, and uses up no retry', () => {
    expect(play('a', answers(DELAYED, FAILED, DELAYED), { maximumRetryAttempts: 1 }).story).toEqual([
      'invoke a #1 request-1',
      'invoke a #1 request-1',
      'retry a #2 failed 1000',
      'invoke a #2 request-1',
      'invoke a #2 request-1',
      'checkpoint a succeeded',
    ]);
  });

  test('is delayed until its records are too old: they are discarded', () => {
    const options = { maximumRecordAgeInSeconds: 60, invocationMs: 61_000 };
    expect(play('a', answers(DELAYED), options).story).toEqual([
      'invoke a #1 request-1',
      'discard a RecordAgeExceeded',
      'checkpoint a discarded',
    ]);
  });
});

describe('the outcome of an invocation follows it directly', () => {
  const bisect = { bisectBatchOnFunctionError: true };

  test.each<
    [
      what: string,
      result: (records: readonly DynamoDBRecord[]) => InvocationResult,
      options: Partial<DeliveryOptions>,
      outcome: Invoked['outcome'],
      done: number,
      next: Decision['type'],
    ]
  >([
    ['success', () => OK, {}, 'succeeded', 3, 'checkpoint'],
    ['progress', reporting('b'), {}, 'partial', 1, 'checkpoint'],
    ['the first record reported', reporting('a'), {}, 'failed', 0, 'retry'],
    ['a failure to retry', () => FAILED, {}, 'failed', 0, 'retry'],
    ['a failure to split', () => FAILED, bisect, 'failed', 0, 'split'],
    ['a failure for good', () => FAILED, { maximumRetryAttempts: 0 }, 'failed', 0, 'discard'],
    [
      'a report that is not read',
      reporting('b'),
      { reportBatchItemFailures: false },
      'succeeded',
      3,
      'checkpoint',
    ],
  ])('%s', (_, result, options, outcome, done, next) => {
    const { decisions } = play('abc', result, options);
    const [invoke, invoked, then] = decisions;
    const { records, requestId, attempt } = invoke as Extract<Decision, { type: 'invoke' }>;
    expect(invoked).toEqual({ type: 'invoked', records, requestId, attempt, outcome, done });
    expect(then).toMatchObject({ type: next, requestId });
  });

  test('a throttle, which is not an attempt', () => {
    const { decisions } = play('a', (_, invocation) => (invocation === 1 ? THROTTLED : OK));
    expect(decisions.map(({ type }) => type)).toEqual([
      'invoke',
      'invoked',
      'retry',
      'invoke',
      'invoked',
      'checkpoint',
    ]);
    expect(decisions.filter(({ type }) => type === 'invoked')).toMatchObject([
      { attempt: 1, outcome: 'throttled', done: 0 },
      { attempt: 1, outcome: 'succeeded', done: 1 },
    ]);
  });

  test('for any answers, the next checkpoint has exactly the succeeded records', () => {
    const results: readonly ((records: readonly DynamoDBRecord[]) => InvocationResult)[] = [
      () => OK,
      () => FAILED,
      () => THROTTLED,
      reporting('a'),
      reporting('c'),
      reporting('e'),
    ];
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...results), { maxLength: 12 }),
        fc.boolean(),
        fc.integer({ min: 0, max: 2 }),
        (answers, bisectBatchOnFunctionError, maximumRetryAttempts) => {
          const { decisions } = play(
            'abcde',
            (records, invocation) => (answers[invocation - 1] ?? (() => OK))(records),
            { bisectBatchOnFunctionError, maximumRetryAttempts },
          );
          for (const [index, decision] of decisions.entries()) {
            if (decision.type !== 'invoke') {
              expect(decision.type === 'invoked').toBe(decisions[index - 1]?.type === 'invoke');
              continue;
            }
            const [invoked, then] = decisions.slice(index + 1) as [Invoked, Decision];
            const succeeded = then.type === 'checkpoint' ? then.records : [];
            expect(decision.records.slice(0, invoked.done)).toEqual(succeeded);
            expect(invoked.outcome === 'throttled').toBe(
              then.type === 'retry' && then.reason === 'throttled',
            );
          }
        },
      ),
    );
  });

  test('takeResult sends the result in and gives it', () => {
    const records = [stream.insert({ id: 'a' })];
    const delivery = deliverBatch(
      { streamArn: stream.streamArn, shardId: 's', records },
      {
        maximumRetryAttempts: 0,
        maximumRecordAgeInSeconds: -1,
        bisectBatchOnFunctionError: false,
        reportBatchItemFailures: true,
        functionArn: 'arn:f',
        retryDelayMs: () => 0,
        now: () => CREATED_AT,
        requestId: () => 'r',
      },
    );
    delivery.next();
    expect(takeResult(delivery, OK)).toMatchObject({ type: 'invoked', outcome: 'succeeded', done: 1 });
    expect(delivery.next().value).toMatchObject({ type: 'checkpoint' });
  });
});

test('an empty batch needs nothing', () => {
  expect(play('', () => OK).story).toEqual([]);
});

test('a retry comes after its delay, with the same request id; used up retries discard', () => {
  expect(play('ab', () => FAILED, { maximumRetryAttempts: 2 }).story).toEqual([
    'invoke ab #1 request-1',
    'retry ab #2 failed 1000',
    'invoke ab #2 request-1',
    'retry ab #3 failed 2000',
    'invoke ab #3 request-1',
    'discard ab RetryAttemptsExhausted',
    'checkpoint ab discarded',
  ]);
});

test('without retries there is no delay', () => {
  expect(play('ab', () => FAILED, { maximumRetryAttempts: 0 }).story).toEqual([
    'invoke ab #1 request-1',
    'discard ab RetryAttemptsExhausted',
    'checkpoint ab discarded',
  ]);
});

test('a throttled invocation uses up no retry, keeps its attempt, and its delays grow by themselves', () => {
  const answers = [THROTTLED, THROTTLED, FAILED, THROTTLED, FAILED];
  const { story } = play('a', (_, invocation) => answers[invocation - 1] as InvocationResult);
  expect(story).toEqual([
    'invoke a #1 request-1',
    'retry a #1 throttled 1000',
    'invoke a #1 request-1',
    'retry a #1 throttled 2000',
    'invoke a #1 request-1',
    'retry a #2 failed 1000',
    'invoke a #2 request-1',
    'retry a #2 throttled 1000',
    'invoke a #2 request-1',
    'discard a RetryAttemptsExhausted',
    'checkpoint a discarded',
  ]);
});

test('partial progress moves the checkpoint and starts afresh, with a new request id', () => {
  expect(play('abc', reporting('b')).story).toEqual([
    'invoke abc #1 request-1',
    'checkpoint a succeeded',
    'invoke bc #1 request-2',
    'retry bc #2 failed 1000',
    'invoke bc #2 request-2',
    'discard bc RetryAttemptsExhausted',
    'checkpoint bc discarded',
  ]);
});

describe('bisect', () => {
  const bisect = { bisectBatchOnFunctionError: true };
  const failingOn = (id: string) => (records: readonly DynamoDBRecord[]) =>
    idsOf(records).includes(id) ? FAILED : OK;

  test('halves depth first, floor(n / 2) to the left; retries start afresh on each half', () => {
    expect(play('abcde', failingOn('b'), bisect).story).toEqual([
      'invoke abcde #1 request-1',
      'split ab cde',
      'invoke ab #1 request-2',
      'split a b',
      'invoke a #1 request-3',
      'checkpoint a succeeded',
      'invoke b #1 request-4',
      'retry b #2 failed 1000',
      'invoke b #2 request-4',
      'discard b RetryAttemptsExhausted',
      'checkpoint b discarded',
      'invoke cde #1 request-5',
      'checkpoint cde succeeded',
    ]);
  });

  test('a checkpoint splits at the right place instead', () => {
    expect(play('abc', reporting('c'), { ...bisect, maximumRetryAttempts: 0 }).story).toEqual([
      'invoke abc #1 request-1',
      'checkpoint ab succeeded',
      'invoke c #1 request-2',
      'discard c RetryAttemptsExhausted',
      'checkpoint c discarded',
    ]);
  });

  test('10,000 records that all fail are split until each is alone', () => {
    const records = Array.from({ length: 10_000 }, (_, index) => stream.insert({ id: String(index) }));
    const { decisions } = playRecords(records, () => FAILED, { ...bisect, maximumRetryAttempts: 0 });
    const discarded = decisions.flatMap((decision) => (decision.type === 'discard' ? decision.records : []));
    expect(discarded).toEqual(records);
    expect(decisions.filter(({ type }) => type === 'split')).toHaveLength(9_999);
  });
});

describe('record age', () => {
  /** Records that were created 100 seconds after one another. */
  function staggered(ids: string) {
    const older = testStream<{ id: string }>({ keys: ['id'] });
    older.advance(-100_000 * ids.length);
    return [...ids].map((id) => {
      older.advance(100_000);
      return older.insert({ id });
    });
  }

  test('the front that is too old is discarded before the first invocation', () => {
    const { story, decisions } = playRecords(staggered('abcd'), () => OK, { maximumRecordAgeInSeconds: 150 });
    expect(story).toEqual([
      'discard ab RecordAgeExceeded',
      'checkpoint ab discarded',
      'invoke cd #1 request-1',
      'checkpoint cd succeeded',
    ]);
    expect(decisions[0]).toMatchObject({
      document: { requestContext: { approximateInvokeCount: 1 }, DDBStreamBatchInfo: { batchSize: 2 } },
    });
  });

  test('it is looked at before each retry; the rest keeps attempts and request id', () => {
    const { story } = playRecords(staggered('ab'), () => FAILED, {
      maximumRecordAgeInSeconds: 150,
      retryDelayMs: () => 60_000,
      maximumRetryAttempts: 3,
    });
    expect(story).toEqual([
      'invoke ab #1 request-1',
      'retry ab #2 failed 60000',
      'discard a RecordAgeExceeded',
      'checkpoint a discarded',
      'invoke b #2 request-1',
      'retry b #3 failed 60000',
      'invoke b #3 request-1',
      'retry b #4 failed 60000',
      'discard b RecordAgeExceeded',
      'checkpoint b discarded',
    ]);
  });

  test('a record in the middle that is too old waits until it is in front', () => {
    const [a, b, c] = staggered('abc') as [DynamoDBRecord, DynamoDBRecord, DynamoDBRecord];
    const { story } = playRecords([c, a, b], () => OK, { maximumRecordAgeInSeconds: 60 });
    expect(story).toEqual(['invoke cab #1 request-1', 'checkpoint cab succeeded']);
  });

  test('a throttled batch gets old as well', () => {
    const { story } = play('a', () => THROTTLED, {
      maximumRecordAgeInSeconds: 60,
      retryDelayMs: () => 40_000,
    });
    expect(story).toEqual([
      'invoke a #1 request-1',
      'retry a #1 throttled 40000',
      'invoke a #1 request-1',
      'retry a #1 throttled 40000',
      'discard a RecordAgeExceeded',
      'checkpoint a discarded',
    ]);
  });

  test.each([-1, 604_800])('with a maximum of %i, a stream still keeps 24 hours only', (maximum) => {
    const { decisions } = play('a', () => FAILED, {
      maximumRecordAgeInSeconds: maximum,
      maximumRetryAttempts: -1,
      retryDelayMs: () => 3_600_000,
    });
    expect(decisions.filter(({ type }) => type === 'invoke')).toHaveLength(25);
    expect(decisions.at(-2)).toMatchObject({
      type: 'discard',
      document: { requestContext: { condition: 'RecordAgeExceeded', approximateInvokeCount: 25 } },
    });
  });

  test('exactly the maximum is not too old', () => {
    const { story } = play('a', (_, invocation) => (invocation === 1 ? FAILED : OK), {
      maximumRecordAgeInSeconds: 60,
      retryDelayMs: () => 60_000,
    });
    expect(story.at(-1)).toBe('checkpoint a succeeded');
  });

  test('a record that does not say when it was made is never too old', () => {
    const { story } = playRecords([{ dynamodb: { Keys: { id: { S: 'a' } } } }, {}], () => OK, {
      maximumRecordAgeInSeconds: 60,
    });
    expect(story).toEqual(['invoke a #1 request-1', 'checkpoint a succeeded']);
  });
});

test('the response can be read in another way', () => {
  const { story } = play('ab', () => OK, {
    maximumRetryAttempts: 0,
    readResponse: (response, records) =>
      response === null && records.length === 2 ? { type: 'partial', index: 1 } : { type: 'failed' },
  });
  expect(story).toEqual([
    'invoke ab #1 request-1',
    'checkpoint a succeeded',
    'invoke b #1 request-2',
    'discard b RetryAttemptsExhausted',
    'checkpoint b discarded',
  ]);
});

test('documents have the response of the last invocation', () => {
  const answers = [FAILED, { type: 'returned', response: 'malformed' } as const];
  const { decisions } = play('a', (_, invocation) => answers[invocation - 1] as InvocationResult);
  expect(decisions.find(({ type }) => type === 'discard')).toMatchObject({
    document: {
      requestContext: { requestId: 'request-1', approximateInvokeCount: 2 },
      responseContext: { functionError: null },
      timestamp: new Date(CREATED_AT + 1000).toISOString(),
    },
  });
});

test('checkpoints name the last record that is processed', () => {
  const { decisions } = play('abc', reporting('c'));
  const [checkpoint] = decisions.filter((decision) => decision.type === 'checkpoint');
  expect(checkpoint?.sequenceNumber).toBe(checkpoint?.records[1]?.dynamodb?.SequenceNumber);
});

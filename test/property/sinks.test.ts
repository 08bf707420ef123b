import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { streamRouter } from '../../src/index.ts';
import type { Sink } from '../../src/sinks/sink.ts';
import { snsTopic } from '../../src/sinks/sns.ts';
import { sqsQueue } from '../../src/sinks/sqs.ts';
import { contextOf, eventOf } from '../fixtures/events.ts';
import { FakeAws, type RequestFault } from '../fixtures/fake-aws/fake-aws.ts';
import { deliver } from '../fixtures/lambda.ts';
import { runs } from '../fixtures/play.ts';
import { quietLogger } from '../fixtures/quiet-logger.ts';
import { upTo } from '../sinks/sink-harness.ts';

let fake: FakeAws;

beforeAll(async () => {
  fake = await FakeAws.start();
});
afterAll(() => fake?.stop());
beforeEach(() => fake.reset());

interface Scenario {
  /** The item of each record. */
  readonly items: readonly number[];
  readonly concurrency: number;
  readonly attempts: number;
  /** The answers of the fake, in order, repeated without end. */
  readonly refusals: readonly (undefined | 'later' | 'never')[];
  readonly faults: readonly (undefined | RequestFault)[];
}

/** Mostly nothing, so that everything succeeds in the end. */
const mostly = <T>(fault: fc.Arbitrary<T>): fc.Arbitrary<readonly (T | undefined)[]> =>
  fc
    .array(fc.oneof({ arbitrary: fc.constant(undefined), weight: 3 }, { arbitrary: fault, weight: 1 }), {
      minLength: 7,
      maxLength: 31,
      size: 'max',
    })
    .map((faults) => [...faults, undefined, undefined]);

/**
 * Each costs a request timeout, which has to be long: on a busy machine short ones end the requests that are answered, too,
 * and nothing gets through. Beyond these, connections break instead.
 */
const MAX_UNANSWERED = 2;
const REQUEST_TIMEOUT_MS = 300;

const unavailable: RequestFault = { code: 'ServiceUnavailable', status: 503 };

const scenarios = (faults: readonly RequestFault[]): fc.Arbitrary<Scenario> =>
  fc.record({
    items: fc.array(fc.nat(9), { minLength: 1, maxLength: 60, size: 'max' }),
    concurrency: fc.integer({ min: 1, max: 30 }),
    attempts: fc.integer({ min: 1, max: 3 }),
    refusals: mostly(fc.constantFrom('later', 'never')),
    faults: mostly(fc.constantFrom(...faults)),
  });

interface Play {
  /** Index of the record -> how many of its calls resolved. */
  readonly resolved: Map<number, number>;
  /** Records that Lambda will not deliver again. */
  readonly passed: number[];
}

/** Delivers a batch to a router whose handler sends each record, until all of it is through. */
async function play({ items, concurrency, refusals, faults }: Scenario, sink: Sink): Promise<Play> {
  let [entry, request] = [0, 0];
  fake.refuse = () => {
    const refusal = refusals[entry++ % refusals.length];
    return refusal === undefined ? undefined : { code: 'InternalError', senderFault: refusal === 'never' };
  };
  let unanswered = 0;
  fake.fault = () => {
    const fault = faults[request++ % faults.length];
    const isUnanswered = fault === 'hang' || fault === 'lose';
    if (!isUnanswered || unanswered++ < MAX_UNANSWERED) return fault;
    return fault === 'hang' ? 'reset' : 'cut';
  };
  const resolved = new Map<number, number>();
  const router = streamRouter<{ id: string; n: number }>({ concurrency, logger: quietLogger() }).onInsert(
    async (record) => {
      const { n } = record.newImage;
      await sink.send({ n, item: record.keys.id }, { record });
      resolved.set(n, (resolved.get(n) ?? 0) + 1);
    },
  );
  const { Records } = eventOf(
    ...items.map((item, n) => ({ id: `item-${item}`, newImage: { n: { N: `${n}` } } })),
  );
  const passed: number[] = [];
  await deliver(Records, {
    partialResponses: true,
    bisectBatchOnFunctionError: true,
    sandbox: () => router,
    contextOf: () => contextOf(),
    passed(records) {
      for (const record of records) {
        const n = Number(record.dynamodb?.NewImage?.n?.N);
        passed.push(n);
        // No record succeeds whose message was not accepted.
        expect(accepted()).toContain(n);
      }
    },
  });
  return { resolved, passed };
}

const accepted = (): number[] => fake.accepted.map(({ text }) => (JSON.parse(text) as { n: number }).n);

test('every message is accepted exactly once for each call that resolved, and no record succeeds without', {
  timeout: 120_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(scenarios([unavailable, 'reset']), async (scenario) => {
      fake.reset();
      const client = new SNSClient(fake.connection);
      const topicArn = 'arn:aws:sns:eu-central-1:123456789012:payments';
      const { resolved, passed } = await play(
        scenario,
        snsTopic({ topicArn, client, attempts: scenario.attempts }),
      );
      expect(passed.sort((a, b) => a - b)).toEqual(upTo(scenario.items.length));
      const times = new Map<number, number>();
      for (const n of accepted()) times.set(n, (times.get(n) ?? 0) + 1);
      expect([...times].sort()).toEqual([...resolved].sort());
    }),
    { ...runs(25), interruptAfterTimeLimit: 60_000 },
  );
});

test('a FIFO queue holds every message once, in order per item, even when answers are lost', {
  timeout: 120_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(scenarios([unavailable, 'reset', 'cut', 'lose', 'hang']), async (scenario) => {
      fake.reset();
      const client = new SQSClient(fake.connection);
      const queueUrl = 'https://sqs.eu-central-1.amazonaws.com/123456789012/payments.fifo';
      const { attempts } = scenario;
      await play(scenario, sqsQueue({ queueUrl, client, attempts, requestTimeoutMs: REQUEST_TIMEOUT_MS }));
      const arrived = accepted();
      expect([...arrived].sort((a, b) => a - b)).toEqual(upTo(scenario.items.length));
      for (const item of new Set(scenario.items)) {
        const own = arrived.filter((n) => scenario.items[n] === item);
        expect(own).toEqual([...own].sort((a, b) => a - b));
      }
    }),
    { ...runs(15), interruptAfterTimeLimit: 60_000 },
  );
});

import { SNSClient } from '@aws-sdk/client-sns';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { streamRouter } from '../../src/index.ts';
import { snsTopic } from '../../src/sinks/sns.ts';
import { contextOf, eventOf } from '../fixtures/events.ts';
import { FakeAws } from '../fixtures/fake-aws/fake-aws.ts';
import { quietLogger } from '../fixtures/quiet-logger.ts';
import { upTo } from './sink-harness.ts';

let fake: FakeAws;

beforeAll(async () => {
  fake = await FakeAws.start();
});
afterAll(() => fake?.stop());
beforeEach(() => fake.reset());

/** Publishes one message for each of 10,000 records, with 100 lanes side by side. @returns the requests that it took */
async function publishes(items: number, topic = 'payments'): Promise<number> {
  const topicArn = `arn:aws:sns:eu-central-1:123456789012:${topic}`;
  const payments = snsTopic({ topicArn, client: new SNSClient(fake.connection) });
  const router = streamRouter({ concurrency: 100, logger: quietLogger() }).onInsert((record) =>
    payments.publish({ id: record.keys.id }, { record }),
  );
  const event = eventOf(...upTo(10_000).map((index) => ({ id: `item-${index % items}` })));
  expect(await router(event, contextOf(120_000))).toEqual({ batchItemFailures: [] });
  expect(fake.accepted).toHaveLength(10_000);
  return fake.requests.length;
}

// A full request takes 10: 1,000 is the least that there can be.
test.each([
  ['10,000 items', 10_000, 'payments', (): number => 0],
  ['10,000 items, answers after 1 to 20 ms', 10_000, 'payments', (): number => 1 + Math.random() * 19],
  ['500 items', 500, 'payments', (): number => 1 + Math.random() * 4],
  ['10,000 items, FIFO', 10_000, 'payments.fifo', (): number => 1 + Math.random() * 4],
] as const)(
  '10,000 publishes at concurrency 100 make at most 1,050 requests: %s',
  { timeout: 120_000 },
  async (_, items, topic, latencyMs) => {
    fake.latencyMs = latencyMs;
    const requests = await publishes(items, topic);
    expect(requests).toBeLessThanOrEqual(1050);
  },
);

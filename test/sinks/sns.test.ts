import { expect, test } from 'vitest';
import { streamRouter } from '../../src/index.ts';
import { snsTopic } from '../../src/sinks/sns.ts';
import { publishBatch } from '../fixtures/fake-aws/publish-batch.ts';

const within =
  (least: number, most: number): (() => number) =>
  () =>
    least + Math.random() * (most - least);

// A full request takes 10: 1,000 is the least that there can be.
test.each([
  { items: 10_000, topic: 'payments', ms: [0, 0] },
  { items: 10_000, topic: 'payments', ms: [1, 20] },
  { items: 500, topic: 'payments', ms: [1, 5] },
  { items: 10_000, topic: 'payments.fifo', ms: [1, 5] },
] as const)(
  '10,000 publishes at concurrency 100 make at most 1,050 requests: %j',
  { timeout: 120_000 },
  async ({ items, topic, ms: [least, most] }) => {
    const published = await publishBatch(
      { streamRouter, snsTopic },
      { records: 10_000, items, concurrency: 100, topic, latencyMs: within(least, most) },
    );
    expect(published).toMatchObject({ accepted: 10_000, failures: 0 });
    expect(published.requests).toBeGreaterThanOrEqual(1000);
    expect(published.requests).toBeLessThanOrEqual(1050);
  },
);

import { setTimeout as sleep } from 'node:timers/promises';
import type { DynamoDBStreamEvent } from 'aws-lambda';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventOf, sequenceNumberAt } from '../fixtures/events.ts';
import { FakeAws } from '../fixtures/fake-aws/fake-aws.ts';
import { type Bundles, bundles, FORMATS } from './bundled-functions.ts';
import { failedAt, OK } from './events.ts';
import { ManagedInstance, type ManagedSettings } from './managed-instance.ts';

let functions: Bundles;

beforeAll(async () => {
  functions = await bundles('managed-functions.ts');
});

afterAll(() => functions?.remove());

const MAX_CONCURRENCY = 64;
const NUMBERS = Array.from({ length: MAX_CONCURRENCY }, (_, number) => number);

/** An event of a shard of its own. */
function eventOfShard(number: number, ...ids: readonly string[]): DynamoDBStreamEvent {
  const { Records } = eventOf(...ids.map((id) => ({ id, newImage: {} })));
  return {
    Records: Records.map((record) => ({ ...record, eventSourceARN: `${record.eventSourceARN}${number}` })),
  };
}

describe.each(FORMATS)('a function on Managed Instances, under the runtime client of AWS, %s,', (format) => {
  const start = (name: string, settings: Partial<ManagedSettings> = {}): Promise<ManagedInstance> =>
    ManagedInstance.start({
      folder: functions.folders[format],
      handler: `index.${name}`,
      timeoutMs: 10_000,
      maxConcurrency: MAX_CONCURRENCY,
      workers: 2,
      ...settings,
    });

  test('runs 64 invocations at once in two threads', async () => {
    await using instance = await start('counting');
    await instance.invoke('{}'); // loads the function

    const answers = await Promise.all(NUMBERS.map(() => instance.invoke('{}')));

    const seen = answers.map(({ payload }) => JSON.parse(payload) as { threadId: number; most: number });
    expect(new Set(seen.map(({ threadId }) => threadId)).size).toBe(2);
    expect(Math.max(...seen.map(({ most }) => most))).toBeGreaterThan(10);
    expect(instance.mostAtOnce).toBe(MAX_CONCURRENCY);
  });

  test('answers, logs and counts each invocation as if it were alone', async () => {
    await using instance = await start('router');
    const idsOf = (number: number): string[] =>
      Array.from({ length: 1 + (number % 9) }, (_, index) =>
        number % 3 === 0 && index === number % 4 ? `bad-${number}` : `a-${number + index}`,
      );

    const answers = await Promise.all(
      NUMBERS.map((number) => instance.invoke(eventOfShard(number, ...idsOf(number)), `request-${number}`)),
    );

    const expected = NUMBERS.map((number) => idsOf(number).findIndex((id) => id.startsWith('bad')));
    expect(answers.map(({ payload }) => payload)).toEqual(
      expected.map((index) => (index === -1 ? OK : failedAt(index))),
    );
    const failures = instance.entries().filter(({ message }) => `${message}`.startsWith('Record failed'));
    const failing = NUMBERS.filter((number) => expected[number] !== -1);
    expect(failures.map(({ requestId }) => requestId).toSorted()).toEqual(
      failing.map((number) => `request-${number}`).toSorted(),
    );
    for (const { requestId, message, level } of failures) {
      const number = Number(`${requestId}`.slice('request-'.length));
      expect(level).toBe('ERROR');
      expect(message).toContain(sequenceNumberAt(expected[number] ?? -1));
    }
    // An entry of Powertools Metrics for each batch, with its own numbers. It is written by the process's main thread, later.
    await expect
      .poll(() =>
        instance
          .entries()
          .filter((entry) => '_aws' in entry)
          .map(({ Records }) => Records)
          .toSorted(),
      )
      .toEqual(NUMBERS.map((number) => idsOf(number).length).toSorted());
  });

  test('sends messages of several invocations in one request, with the trace of one of them', async () => {
    await using aws = await FakeAws.start();
    await using instance = await start('sending', { workers: 1, environment: environmentOf(aws) });
    const traceOf = (number: number): string =>
      `Root=1-5759e988-${String(number).padStart(24, '0')};Sampled=1`;

    const answers = await Promise.all(
      NUMBERS.map((number) =>
        instance.invoke(
          eventOfShard(number, `a-${number}`, `b-${number}`),
          `request-${number}`,
          traceOf(number),
        ),
      ),
    );

    expect(answers.map(({ payload }) => payload)).toEqual(NUMBERS.map(() => OK));
    const requests = aws.requests.map(({ entries, traceId }) => ({
      traceId,
      senders: new Set(
        entries.map(({ text }) => Number((JSON.parse(text) as { requestId: string }).requestId.slice(8))),
      ),
    }));
    expect(requests.some(({ senders }) => senders.size > 1)).toBe(true);
    for (const { traceId, senders } of requests) expect([...senders].map(traceOf)).toContain(traceId);
    expect(aws.accepted).toHaveLength(2 * MAX_CONCURRENCY);
  });

  test('is not stopped at its timeout, and its sinks refuse what it then sends', async () => {
    await using aws = await FakeAws.start();
    await using instance = await start('sending', {
      timeoutMs: 1500,
      workers: 1,
      environment: environmentOf(aws),
    });
    await instance.invoke(eventOfShard(0, 'a-0'));

    const deaf = instance.invoke(eventOfShard(1, 'a-1', 'deaf-1', 'a-2'), 'request-deaf');
    await sleep(1000);
    // Its deadline comes while the other one is under way.
    const others = [2, 3, 4].map((number) => instance.invoke(eventOfShard(number, `b-${number}`)));
    const answers = await Promise.all([deaf, ...others]);
    await expect
      .poll(() => instance.entries().filter(({ message }) => `${message}`.startsWith('Not sent')))
      .toHaveLength(1);

    expect(answers.map(({ payload }) => payload)).toEqual([failedAt(1), OK, OK, OK]);
    expect(instance.entries()).toContainEqual(
      expect.objectContaining({
        requestId: 'request-deaf',
        message: expect.stringContaining('SINK_DEADLINE'),
      }),
    );
    expect(aws.accepted.map(({ text }) => (JSON.parse(text) as { id: string }).id).toSorted()).toEqual([
      'a-0',
      'a-1',
      'a-2',
      'b-2',
      'b-3',
      'b-4',
    ]);
  });

  test('sees a negative time left past its timeout', async () => {
    await using instance = await start('lasting', { timeoutMs: 500 });

    const { payload } = await instance.invoke('{}');

    expect(JSON.parse(payload).errorType).toBe('Sandbox.Timedout');
    await expect.poll(() => instance.log).toContain('remaining: negative');
  });
});

function environmentOf(aws: FakeAws): Readonly<Record<string, string>> {
  const { endpoint, region } = aws.connection;
  return {
    TOPIC_ARN: 'arn:aws:sns:eu-central-1:123456789012:receipts',
    AWS_ENDPOINT_URL_SNS: endpoint,
    AWS_REGION: region,
  };
}

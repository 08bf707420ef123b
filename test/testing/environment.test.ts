import { afterEach, describe, expect, test, vi } from 'vitest';
import { env, streamRouter } from '../../src/index.ts';
import { snsTopic } from '../../src/sinks/sns.ts';
import { deliver, testStream } from '../../src/testing/index.ts';
import { quietLogger } from '../fixtures/quiet-logger.ts';

afterEach(() => vi.unstubAllEnvs());

const A = 'STREAMLANE_TEST_A';
const B = 'STREAMLANE_TEST_B';
const stream = testStream<{ id: string }>({ keys: ['id'] });
const records = [stream.insert({ id: '1' })];

describe('environment, of deliver', () => {
  test('is that of the function, until it has been delivered to', async () => {
    vi.stubEnv(A, 'before');
    vi.stubEnv(B, 'before');
    const seen: unknown[] = [];
    const handler = async () => {
      seen.push([process.env[A], process.env[B]]);
      return { batchItemFailures: [] };
    };
    await deliver(handler, records, { environment: { [A]: 'during', [B]: undefined } });
    await deliver(handler, records);
    expect(seen).toEqual([
      ['during', undefined],
      ['before', 'before'],
    ]);
  });

  test('is taken back where the delivery throws', async () => {
    vi.stubEnv(A, undefined);
    const retryDelayMs = () => {
      throw new Error('no delay');
    };
    const delivery = deliver(() => Promise.reject(new Error('busy')), records, {
      environment: { [A]: 'a' },
      retryDelayMs,
    });
    await expect(delivery).rejects.toThrow('no delay');
    expect(A in process.env).toBe(false);
  });

  test.each([
    [[0, 1], 'second'],
    [[1, 0], 'first'],
  ])('of deliveries that overlap is taken back in any order: %j', async (order, between) => {
    vi.stubEnv(A, 'before');
    const ends: (() => void)[] = [];
    const start = (value: string) =>
      deliver(() => new Promise((resolve) => ends.push(() => resolve({ batchItemFailures: [] }))), records, {
        environment: { [A]: value },
      });
    const deliveries = [start('first'), start('second')];
    await vi.waitFor(() => expect(ends).toHaveLength(2));
    expect(process.env[A]).toBe('second');
    ends[order[0] as number]?.();
    await deliveries[order[0] as number];
    expect(process.env[A]).toBe(between);
    ends[order[1] as number]?.();
    await Promise.all(deliveries);
    expect(process.env[A]).toBe('before');
  });

  test.each([null, [], 'A=1', { A: 1 }])('has to be text by name: %j', async (environment) => {
    await expect(
      deliver(() => undefined, records, { environment: environment as never }),
    ).rejects.toMatchObject({
      code: 'INVALID_OPTION',
      message: expect.stringContaining('deliver: environment has to be'),
    });
  });

  test('has what env() names in sinks', async () => {
    const sent: unknown[] = [];
    const client = {
      send: async ({ input }: { input: { TopicArn: string } }) => {
        sent.push(input.TopicArn);
        return { Successful: [{ Id: '0', MessageId: 'm' }] };
      },
    };
    const topic = snsTopic({ topicArn: env(A), client: client as never });
    const router = streamRouter<{ id: string }>({ logger: quietLogger() }).onInsert((record) =>
      topic.publish('text', { record }),
    );
    const topics = ['one', 'two'].map((name) => `arn:aws:sns:eu-west-1:123456789012:${name}`);
    for (const arn of topics) await deliver(router, records, { environment: { [A]: arn } });
    expect(sent).toEqual(topics);
    const { errors, invocations } = await deliver(router, records, {
      maximumRetryAttempts: 0,
      functionResponseTypes: ['ReportBatchItemFailures'],
    });
    expect(invocations).toMatchObject([{ outcome: 'failed' }]);
    expect(errors).toEqual([]);
  });
});

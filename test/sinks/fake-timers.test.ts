import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { FakeAws } from '../fixtures/fake-aws/fake-aws.ts';
import { FAKE_HARNESSES } from './fake-harnesses.ts';
import { sendNumber, upTo } from './sink-harness.ts';

let fake: FakeAws;

beforeAll(async () => {
  fake = await FakeAws.start();
});
afterAll(() => fake?.stop());
beforeEach(() => fake.reset());
afterEach(() => void vi.useRealTimers());

describe.each(FAKE_HARNESSES)('%s under fake timers', (_, __, make) => {
  test('sends, though no timer is advanced', { timeout: 10_000 }, async () => {
    vi.useFakeTimers();
    const harness = make(fake);
    const sink = harness.sink();
    for (const round of [0, 1]) {
      await Promise.all(upTo(30).map((number) => sendNumber(harness, sink, 30 * round + number)));
    }
    vi.useRealTimers();
    expect([...(await harness.arrived())].sort((a, b) => a - b)).toEqual(upTo(60));
  });

  test('tries again once the timers are advanced', { timeout: 10_000 }, async () => {
    vi.useFakeTimers();
    const harness = make(fake);
    fake.fault = () => (fake.requests.length === 1 ? { code: 'InternalError' } : undefined);
    const sent = sendNumber(harness, harness.sink(), 1);
    // Advances the timers at each look.
    await vi.waitFor(() => expect(fake.accepted).toHaveLength(1));
    await sent;
    vi.useRealTimers();
    expect(await harness.arrived()).toEqual([1]);
  });
});

import { expect, test } from 'vitest';
import { mappingActions } from '../../../src/cli/dev/mapping-actions.ts';
import type { Action } from '../../../src/console/server/actions.ts';
import { DeliveryControl } from '../../../src/local/delivery/delivery-control.ts';

function acting() {
  const control = new DeliveryControl();
  const told: string[] = [];
  const actions = mappingActions(control, ({ event }) => void told.push(event));
  const act = (name: string, input: Readonly<Record<string, unknown>> = {}): Promise<unknown> =>
    (actions[name] as Action)(input);
  return { control, told, act };
}

test('a pause is reported once, and so is its end', async () => {
  const { control, told, act } = acting();
  await act('pause');
  await act('pause');
  await act('step');
  expect(control.isPaused).toBe(true);
  await act('resume');
  await act('resume');
  expect(control.isPaused).toBe(false);
  await act('step');
  expect(told).toEqual(['paused', 'resumed', 'paused']);
});

test('a batch that waits is retried, or skipped', async () => {
  const { control, told, act } = acting();
  const { signal } = new AbortController();
  const delays = ['a', 'b'].map((requestId) => control.delay(requestId, 3_600_000, signal));
  await act('retryNow', { requestId: 'a' });
  await act('skip', { requestId: 'b' });
  await Promise.all(delays);
  expect(await control.admit('a', true, signal)).toBe('now');
  expect(await control.admit('b', true, signal)).toBe('skipped');
  expect(told).toEqual(['skipped']);
});

test.each(['retryNow', 'skip'])('%s needs a batch that waits', async (name) => {
  const { told, act } = acting();
  await expect(act(name, { requestId: 'gone' })).rejects.toMatchObject({ status: 409 });
  for (const requestId of [undefined, 1, {}])
    await expect(act(name, { requestId })).rejects.toMatchObject({ status: 400 });
  expect(told).toEqual([]);
});

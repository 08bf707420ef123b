import { setTimeout as sleep } from 'node:timers/promises';
import { beforeEach, describe, expect, test } from 'vitest';
import { DeliveryControl } from '../../../src/local/delivery/delivery-control.ts';

const HOUR = 3_600_000;

let control: DeliveryControl;
let log: string[];
let stopping: AbortController;

beforeEach(() => {
  control = new DeliveryControl();
  log = [];
  stopping = new AbortController();
});

/** Asks for an invocation, and again after each delay, as a delivery does. */
function admit(requestId: string, isRetry = false): Promise<void> {
  const ask = async (): Promise<void> => {
    const admission = await control.admit(requestId, isRetry, stopping.signal);
    log.push(`${requestId} ${admission}`);
    if (admission === 'delayed' && !stopping.signal.aborted) await ask();
  };
  return ask();
}

async function delay(requestId: string, ms = HOUR): Promise<void> {
  await control.delay(requestId, ms, stopping.signal);
  log.push(`${requestId} due`);
}

/** Lets everything happen that does not wait. */
const settle = (): Promise<void> => sleep(5);

test('without a command, invocations begin at once, and delays last', async () => {
  await admit('a');
  await delay('a', 1);
  await admit('a', true);
  expect(log).toEqual(['a now', 'a due', 'a now']);
  expect(control.isPaused).toBe(false);
});

test('a pause holds back invocations until it ends', async () => {
  control.pause();
  expect(control.isPaused).toBe(true);
  const both = [admit('a'), admit('b')];
  await settle();
  expect(log).toEqual([]);
  control.resume();
  await Promise.all(both);
  expect(log.toSorted()).toEqual(['a delayed', 'a now', 'b delayed', 'b now']);
  expect(control.isPaused).toBe(false);
});

test('the end of a pause does not end delays', async () => {
  control.pause();
  void delay('a');
  await settle();
  control.resume();
  await settle();
  expect(log).toEqual([]);
});

describe('a step', () => {
  test('lets the invocation begin that waits longest, and no other', async () => {
    control.pause();
    void admit('a');
    void admit('b');
    await settle();
    control.step();
    await settle();
    expect(log).toEqual(['a delayed', 'a now']);
    control.step();
    await settle();
    expect(log.slice(2)).toEqual(['b delayed', 'b now']);
  });

  test('is one for each click, also when they come at once', async () => {
    control.pause();
    for (const requestId of ['a', 'b', 'c']) void admit(requestId);
    await settle();
    control.step();
    control.step();
    await settle();
    expect(log.filter((line) => line.endsWith('now'))).toEqual(['a now', 'b now']);
  });

  test('pauses a mapping that runs, after the next invocation', async () => {
    control.step();
    expect(control.isPaused).toBe(true);
    await admit('a');
    void admit('b');
    await settle();
    expect(log).toEqual(['a now']);
  });

  test('takes the retry that is due first, if none is held back', async () => {
    control.pause();
    void delay('late', HOUR).then(() => admit('late', true));
    void delay('soon', HOUR / 2).then(() => admit('soon', true));
    await settle();
    control.step();
    await settle();
    expect(log).toEqual(['soon due', 'soon now']);
  });

  test('that no invocation has used ends with the pause', async () => {
    control.step();
    control.resume();
    control.pause();
    void admit('a');
    await settle();
    expect(log).toEqual([]);
  });
});

describe('a failed batch', () => {
  test('is retried now: its delay ends, and those of others last', async () => {
    void delay('a').then(() => admit('a', true));
    void delay('b');
    await settle();
    expect(control.retryNow('a')).toBe(true);
    await settle();
    expect(log).toEqual(['a due', 'a now']);
  });

  test('is retried now during a pause, and others stay paused', async () => {
    control.pause();
    void delay('waits').then(() => admit('waits', true));
    void admit('held', true);
    void admit('other');
    await settle();
    expect([control.retryNow('waits'), control.retryNow('held')]).toEqual([true, true]);
    await settle();
    expect(log.toSorted()).toEqual(['held delayed', 'held now', 'waits due', 'waits now']);
  });

  test('is skipped while it waits for its delay, or for the end of the pause', async () => {
    void delay('a').then(() => admit('a', true));
    await settle();
    expect(control.skip('a')).toBe(true);
    await settle();
    control.pause();
    void admit('b', true);
    await settle();
    expect(control.skip('b')).toBe(true);
    await settle();
    expect(log).toEqual(['a due', 'a skipped', 'b delayed', 'b skipped']);
  });

  test('is not skipped before its first invocation, or twice, or when it is not there', async () => {
    control.pause();
    void admit('first');
    void admit('retry', true);
    await settle();
    expect([control.skip('first'), control.retryNow('first'), control.skip('unknown')]).toEqual([
      false,
      false,
      false,
    ]);
    expect([control.skip('retry'), control.skip('retry')]).toEqual([true, false]);
  });
});

test('the signal ends every wait, and an order that was not carried out is void', async () => {
  control.pause();
  const waits = [admit('a'), delay('b')];
  await settle();
  control.retryNow('b');
  stopping.abort();
  await Promise.all(waits);
  await delay('c');
  expect(log.toSorted()).toEqual(['a delayed', 'b due', 'c due']);
  // A mapping that is started again finds no order, and is still paused.
  stopping = new AbortController();
  void admit('b', true);
  await settle();
  expect(log).toHaveLength(3);
});

test('a delay that is not a number is none', async () => {
  await delay('a', Number.NaN);
  expect(log).toEqual(['a due']);
});

import { describe, expect, test } from 'vitest';
import type { ReportableRecord } from '../../src/batch/event.ts';
import { Call } from '../../src/powertools/call.ts';
import { attemptRecord, type Hooks } from '../../src/powertools/record-attempt.ts';
import { recordOf } from '../fixtures/events.ts';
import { HOSTILE } from '../fixtures/hostile.ts';
import { UNFINISHED } from '../fixtures/unfinished.ts';

const record = recordOf() as ReportableRecord;
const no = new Error('no');

/** Attempts one record with these hooks; the others do nothing. */
function attempt(more: Partial<Hooks>) {
  const call = new Call({}, { handler: () => {}, options: undefined, records: [record as never] });
  const logged: unknown[] = [];
  const seen: string[] = [];
  const hooks: Hooks = {
    start: () => 'result',
    succeeded: () => void seen.push('succeeded'),
    failed: (_call, _record, { message }) => void seen.push(`failed: ${message}`),
    ...more,
  };
  const run = (): unknown => attemptRecord(call, record, hooks, (_, error) => logged.push(error));
  return { call, logged, seen, run };
}

const throws = (thrown: unknown) => (): never => {
  throw thrown;
};

describe('a record', () => {
  test('that succeeds makes no promise where nothing waits', () => {
    const { call, seen, run } = attempt({});
    expect(run()).toBeUndefined();
    expect([call.succeeded, seen, call.result()]).toEqual([
      1,
      ['succeeded'],
      [['success', 'result', record]],
    ]);
  });

  test('that succeeds later has its entry then', async () => {
    const { call, run } = attempt({ start: async () => 'later', succeeded: async () => undefined });
    const running = run();
    expect([running instanceof Promise, call.succeeded]).toEqual([true, 0]);
    await running;
    expect(call.result()).toEqual([['success', 'later', record]]);
  });

  test.each([
    ['throws', throws(no)],
    ['rejects', () => Promise.reject(no)],
  ])('whose handler %s fails with that error, and its hook gets it', async (_, start) => {
    const { call, seen, run } = attempt({ start });
    await expect((async () => run())()).rejects.toBe(no);
    expect([seen, call.succeeded, call.result()]).toEqual([['failed: no'], 0, [['fail', 'no', record]]]);
  });

  test.each(HOSTILE)('whose handler throws %s fails', async (_, thrown) => {
    const { call, run } = attempt({ start: throws(thrown), failed: () => undefined });
    await expect((async () => run())()).rejects.toBeDefined();
    expect(call.succeeded).toBe(0);
  });

  test.each(UNFINISHED)('whose handler returns %s fails, with the owner of the hook', async (_, made) => {
    const { run } = attempt({ start: made });
    await expect((async () => run())()).rejects.toMatchObject({
      code: 'INVALID_RESULT',
      owner: 'OrderedStreamProcessor',
      message: expect.stringContaining('A record handler returned'),
    });
  });

  test('fails when successHandler throws', () => {
    const { call, seen, run } = attempt({ succeeded: throws(no) });
    expect(run).toThrow(no);
    expect([seen, call.succeeded]).toEqual([['failed: no'], 0]);
  });

  test.each([
    ['throws', throws(new Error('second'))],
    ['rejects', () => Promise.reject(new Error('second'))],
  ])('fails with its own error when failureHandler %s, which is logged', async (_, failed) => {
    const { logged, run } = attempt({ start: throws(no), failed });
    await expect((async () => run())()).rejects.toBe(no);
    expect(logged).toMatchObject([
      { message: 'failureHandler threw as well.', cause: { message: 'second' } },
    ]);
  });

  test('counts as a success when failureHandler says so', () => {
    const entry = ['success', undefined, record];
    const { call, run } = attempt({ start: throws(no), failed: () => entry });
    expect(run()).toBeUndefined();
    expect([call.succeeded, call.result()]).toEqual([1, [entry]]);
  });

  test('fails when successHandler returns a failure, by its message', () => {
    const { run } = attempt({ succeeded: () => ['fail', 'not so', record] });
    expect(run).toThrow('not so');
  });
});

test.each([
  ['succeeds', async () => 'late'],
  ['fails', async () => Promise.reject(no)],
])('after the answer a record that %s calls no hook and adds no entry', async (_, start) => {
  const { call, seen, run } = attempt({ start });
  const running = run();
  call.itemFailures = {} as never;
  await running;
  expect([seen, call.succeeded, call.result()]).toEqual([[], 0, []]);
});

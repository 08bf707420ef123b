import { afterEach, expect, test, vi } from 'vitest';
import { publishRecordFailed } from '../../src/batch/record-failed.ts';

// In Jest itself it is tried in test/testing/jest-project.test.ts.

afterEach(() => {
  vi.unstubAllGlobals();
  vi.resetModules();
});

const load = () => import('../../src/testing/jest.ts');

test('registers the matchers, and remembers failures until the test file has ended', async () => {
  const extend = vi.fn();
  const ends: (() => void)[] = [];
  vi.stubGlobal('expect', { extend, getState: () => ({ currentTestName: 'a test' }) });
  vi.stubGlobal('afterAll', (run: () => void) => ends.push(run));
  await load();
  expect(Object.keys(extend.mock.calls[0]?.[0] as object)).toEqual(['toReportCheckpoint', 'toSucceed']);
  const { rememberedFailure } = await import('../../src/testing/recent-failures.ts');
  const publish = () =>
    publishRecordFailed(() => ({
      outcome: 'failed',
      eventID: 'e',
      eventName: 'INSERT',
      sequenceNumber: '1',
      streamArn: undefined,
      tableName: 'Invoices',
      error: 'no',
    }));
  publish();
  expect(rememberedFailure('1')).toContain('Why it failed');
  for (const end of ends) end();
  publish();
  expect(rememberedFailure('1')).toBe('');
});

test('needs no afterAll', async () => {
  vi.stubGlobal('expect', { extend() {}, getState: () => ({}) });
  await load();
});

test('says what to do where there is no global expect', async () => {
  vi.stubGlobal('expect', undefined);
  await expect(load()).rejects.toThrow('setupFilesAfterEnv, not in setupFiles');
});

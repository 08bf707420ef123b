import { expect, test } from 'vitest';
import type { RecordContext } from '../../src/batch/record-context.ts';
import { requireTime } from '../../src/batch/require-time.ts';
import type { CheckedRecord } from '../../src/record/checked-record.ts';
import type { LazyRecord } from '../../src/record/lazy-record.ts';
import { schemaGuard } from '../../src/table/schema-guard.ts';
import { memoryLogger } from '../fixtures/events.ts';

const CONTEXT = { signal: new AbortController().signal } as RecordContext;

const checked = (handle: (record: LazyRecord, context: RecordContext) => unknown) =>
  schemaGuard(handle, { fails: false, invocationOf: (context) => context, requireTime, routesOf: undefined });

function recordWith(validate: () => void | Promise<void>): CheckedRecord {
  return { hasSchema: true, validate } as CheckedRecord;
}

test('a synchronous check leaves a synchronous handler synchronous', () => {
  const calls: string[] = [];
  const handle = checked(() => calls.push('handled'));
  expect(
    handle(
      recordWith(() => void calls.push('checked')),
      CONTEXT,
    ),
  ).toBe(2);
  expect(calls).toEqual(['checked', 'handled']);
});

test('an asynchronous check is waited for', async () => {
  const calls: string[] = [];
  const handle = checked(() => calls.push('handled'));
  const result = handle(
    recordWith(() => Promise.resolve().then(() => void calls.push('checked'))),
    CONTEXT,
  );
  expect(calls).toEqual([]);
  await result;
  expect(calls).toEqual(['checked', 'handled']);
});

test.each([
  [
    'throws',
    () => {
      throw new Error('unfit');
    },
  ],
  [
    'rejects',
    async () => {
      throw new Error('unfit');
    },
  ],
])('a check that %s keeps the handler from running', async (_, check) => {
  const handle = checked(() => expect.unreachable());
  await expect((async () => handle(recordWith(check), CONTEXT))()).rejects.toThrow('unfit');
});

test('after the deadline the handler behind an asynchronous check does not start', async () => {
  const reason = new Error('deadline');
  const deadline = new AbortController();
  const logger = memoryLogger();
  const handle = checked(() => expect.unreachable());
  const result = handle(
    recordWith(async () => {}),
    { ...CONTEXT, logger, signal: deadline.signal },
  );
  deadline.abort(reason);
  await expect(result).rejects.toBe(reason);
  expect(logger.entries).toMatchObject([
    { level: 'warn', message: 'Deadline reached: the handler behind the schema was not started' },
  ]);
});

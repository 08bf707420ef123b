import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { processPartialResponse } from '@aws-lambda-powertools/batch';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { processBatch, streamRouter, streamWindow } from '../../src/index.ts';
import { localSettings } from '../../src/local/local-options.ts';
import { OrderedStreamProcessor } from '../../src/powertools/index.ts';
import { testStream } from '../../src/testing/index.ts';

const stream = testStream<{ id: string }>({ keys: ['id'] });
const record = stream.insert({ id: 'a' });
const event = stream.event([record]);
const no = () => Promise.reject(new Error('no'));

type LoggerOption = false | undefined;

/** Everything that takes a logger, with a record that fails in it. */
const TAKERS: Readonly<Record<string, (logger: LoggerOption) => unknown>> = {
  streamRouter: (logger) => streamRouter({ ...(logger === false && { logger }) }).onInsert(no)(event),
  processBatch: (logger) => processBatch(event, undefined, no, { ...(logger === false && { logger }) }),
  OrderedStreamProcessor: (logger) =>
    processPartialResponse(
      event,
      no,
      new OrderedStreamProcessor({ ...(logger === false && { logger }) }),
    ).catch(() => {}),
  streamWindow: (logger) =>
    streamWindow({ initial: {}, reduce: no, close: no, ...(logger === false && { logger }) })({
      ...event,
      window: { start: '2026-01-01T00:00:00Z', end: '2026-01-01T00:01:00Z' },
      state: {},
      shardId: 'shardId-00000001767225600000-00000000',
      eventSourceARN: stream.streamArn,
      isFinalInvokeForWindow: false,
      isWindowTerminatedEarly: false,
    }),
};

const written = vi.fn();

beforeEach(() => {
  for (const level of ['debug', 'info', 'warn', 'error'] as const) {
    vi.spyOn(console, level).mockImplementation(written);
  }
});
afterEach(() => {
  vi.restoreAllMocks();
  written.mockReset();
});

test.each(Object.entries(TAKERS))(
  '%s writes to the console, and with logger: false nothing',
  async (_, take) => {
    await take(false);
    expect(written).not.toHaveBeenCalled();
    await take(undefined);
    expect(written).toHaveBeenCalledWith('Record failed', expect.anything());
  },
);

test('a local mapping takes logger: false', () => {
  const settings = localSettings({
    tableName: 'Invoices',
    endpoint: 'http://127.0.0.1:8000',
    handler: () => {},
    startingPosition: 'LATEST',
    logger: false,
  } as never);
  settings.logger.error('message', {});
  expect(written).not.toHaveBeenCalled();
});

test('every option of that name takes false', () => {
  const folder = join(import.meta.dirname, '../../src');
  const declared = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .flatMap((file) => [...readFileSync(join(folder, file), 'utf8').matchAll(/readonly logger\?: (.*);/g)])
    .map(([, type]) => type);
  expect(declared.length).toBeGreaterThan(3);
  expect(declared.filter((type) => !type?.endsWith('Logger | false'))).toEqual([]);
});

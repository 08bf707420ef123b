import { Logger } from '@aws-lambda-powertools/logger';
import { afterEach, expect, test, vi } from 'vitest';
import { loggerSink } from '../../src/audit/index.ts';
import type { Logger as AnyLogger } from '../../src/index.ts';
import { memoryLogger } from '../fixtures/events.ts';

const deep = { changes: [{ after: { card: { holder: { name: 'ada' } } } }] };

afterEach(() => vi.restoreAllMocks());

test('a logger gets one entry at info, with the message in a separate field', async () => {
  const logger = memoryLogger();
  await loggerSink(logger).send(deep, { detached: true });
  expect(logger.entries).toEqual([{ level: 'info', message: 'Audit', fields: { audit: deep } }]);
});

test.each([
  ['no logger', undefined],
  ['console', console],
])('%s: one line of JSON, however deep', async (_, logger) => {
  const info = vi.spyOn(console, 'info').mockImplementation(() => {});
  const sink = loggerSink(logger);
  expect(sink.target).toBe('log');
  await sink.send(deep, { detached: true });
  expect(info.mock.calls).toEqual([[JSON.stringify(deep)]]);
});

test('a Powertools Logger writes all of it, as JSON', async () => {
  // In the mode for developers it writes to the console that can be watched.
  vi.stubEnv('POWERTOOLS_DEV', 'true');
  const info = vi.spyOn(console, 'info').mockImplementation(() => {});
  await loggerSink(new Logger({ serviceName: 'invoices', logLevel: 'INFO' })).send(deep, { detached: true });
  expect(JSON.parse(String(info.mock.calls[0]?.[0]))).toMatchObject({
    level: 'INFO',
    message: 'Audit',
    service: 'invoices',
    audit: deep,
  });
  vi.unstubAllEnvs();
});

test('a logger that throws fails the record', async () => {
  const logger: AnyLogger = {
    ...memoryLogger(),
    info() {
      throw new Error('disk full');
    },
  };
  await expect(loggerSink(logger).send(deep, { detached: true })).rejects.toThrow('disk full');
});

test('a value that is not a logger is refused', () => {
  expect(() => loggerSink({} as AnyLogger)).toThrow(
    'loggerSink: the logger has to be an object with the methods debug, info, warn, error, got an object.',
  );
});

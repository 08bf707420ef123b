import { afterEach, describe, expect, test, vi } from 'vitest';
import { streamRouter } from '../src/index.ts';
import { consoleLogger } from '../src/logger.ts';
import { contextOf, eventOf } from './fixtures/events.ts';

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

describe('without a logger', () => {
  test.each([
    ['DEBUG', 1],
    ['TRACE', 1],
    ['INFO', 0],
    [undefined, 0],
  ])('at the log level %s a batch writes %i summaries', async (level, summaries) => {
    vi.stubEnv('AWS_LAMBDA_LOG_LEVEL', level);
    const debug = vi.spyOn(console, 'debug').mockImplementation(() => {});

    await streamRouter().onInsert(() => {})(eventOf({ id: 'a' }), contextOf());

    expect(debug).toHaveBeenCalledTimes(summaries);
  });

  test('a failed record is written with console.error', async () => {
    const error = vi.spyOn(console, 'error').mockImplementation(() => {});
    const cause = new Error('no');

    await streamRouter().onInsert(() => Promise.reject(cause))(eventOf({ id: 'a' }), contextOf());

    expect(error).toHaveBeenCalledExactlyOnceWith('Record failed', expect.objectContaining({ error: cause }));
  });

  test.each(['info', 'warn'] as const)('context.logger.%s writes to the console', (level) => {
    const write = vi.spyOn(console, level).mockImplementation(() => {});

    consoleLogger[level]('message', { id: 1 });

    expect(write).toHaveBeenCalledExactlyOnceWith('message', { id: 1 });
  });

  test('logger: false writes nothing', async () => {
    const written = (['debug', 'info', 'warn', 'error'] as const).map((level) =>
      vi.spyOn(console, level).mockImplementation(() => {}),
    );

    await streamRouter({ logger: false }).onInsert((_, { logger }) => {
      for (const level of ['debug', 'info', 'warn', 'error'] as const) logger[level]('message', {});
      throw new Error('no');
    })(eventOf({ id: 'a' }), contextOf());

    for (const write of written) expect(write).not.toHaveBeenCalled();
  });
});

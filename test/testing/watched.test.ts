import { afterEach, describe, expect, test, vi } from 'vitest';
import { streamRouter } from '../../src/index.ts';
import { deliver, testStream } from '../../src/testing/index.ts';

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

interface Item {
  id: string;
}

const LEVELS = ['debug', 'info', 'warn', 'error'] as const;

const stream = testStream<Item>({ keys: ['id'] });

/** A logger, and the levels at which it was written to. */
function noting() {
  const written: string[] = [];
  const note = (level: string) => (message: string) => void written.push(`${level} ${message}`);
  return {
    written,
    logger: { debug: note('debug'), info: note('info'), warn: note('warn'), error: note('error') },
  };
}

/** Notes the lines that are written to the console. */
function console_() {
  const written: string[] = [];
  for (const level of LEVELS) {
    vi.spyOn(console, level).mockImplementation((message) => void written.push(`${level} ${message}`));
  }
  return written;
}

const failing = (options = {}) =>
  streamRouter<Item>(options).onInsert((_, { logger }) => {
    for (const level of LEVELS) logger[level]('own', {});
    throw new Error('no');
  });

const OWN = ['debug own', 'info own', 'warn own', 'error own'];
const ALL = [...OWN, 'error Record failed', 'debug Batch processed'];

describe('a delivery', () => {
  test.each([[{}], [{ logger: false as const }]])(
    'writes nothing to the console with %j',
    async (options) => {
      vi.stubEnv('AWS_LAMBDA_LOG_LEVEL', 'DEBUG');
      const written = console_();
      await deliver(failing(), [stream.insert({ id: 'a' })], options);
      expect(written).toEqual([]);
    },
  );

  test('gives its logger what a router without one writes', async () => {
    const inConsole = console_();
    const { written, logger } = noting();
    await deliver(failing(), [stream.insert({ id: 'a' })], { logger });
    expect(written).toEqual(ALL);
    expect(inConsole).toEqual([]);
  });

  test("leaves a router's own logger alone", async () => {
    const inConsole = console_();
    const [own, other] = [noting(), noting()];
    await deliver(failing({ logger: own.logger }), [stream.insert({ id: 'a' })], { logger: other.logger });
    expect(own.written).toEqual(ALL);
    expect(other.written).toEqual([]);
    expect(inConsole).toEqual([]);
  });

  test("does not change the handler's own console output", async () => {
    const written = console_();
    await deliver(() => console.info('of the handler'), [stream.insert({ id: 'a' })]);
    expect(written).toEqual(['info of the handler']);
  });

  test('silences no router outside of it', async () => {
    const written = console_();
    const router = failing();
    const delivered = deliver(
      () => new Promise((resolve) => setTimeout(resolve, 20)),
      [stream.insert({ id: 'a' })],
    );
    await router(stream.event([stream.insert({ id: 'b' })]));
    await delivered;
    expect(written).toEqual([...OWN.slice(1), 'error Record failed']);
  });
});

import { expect, test } from 'vitest';
import { safeLogger } from '../../src/local/safe-logger.ts';
import { quietLogger } from '../fixtures/quiet-logger.ts';

const levels = ['debug', 'info', 'warn', 'error'] as const;

test.each(levels)('%s passes on what it is told', (level) => {
  const logger = quietLogger();
  safeLogger(logger)[level]('told', {});
  expect(logger.entries).toEqual([`${level} told`]);
});

test.each(levels)('what %s throws changes nothing', (level) => {
  const broken = () => {
    throw new Error('full disk');
  };
  const logger = safeLogger({ debug: broken, info: broken, warn: broken, error: broken });
  expect(() => logger[level]('told', {})).not.toThrow();
});

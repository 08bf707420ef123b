import { expect, test } from 'vitest';
import { harmlessLogger } from '../../src/local/harmless-logger.ts';
import { quietLogger } from '../fixtures/quiet-logger.ts';

const levels = ['debug', 'info', 'warn', 'error'] as const;

test.each(levels)('%s passes on what it is told', (level) => {
  const logger = quietLogger();
  harmlessLogger(logger)[level]('told', {});
  expect(logger.entries).toEqual([`${level} told`]);
});

test.each(levels)('what %s throws changes nothing', (level) => {
  const broken = () => {
    throw new Error('full disk');
  };
  const logger = harmlessLogger({ debug: broken, info: broken, warn: broken, error: broken });
  expect(() => logger[level]('told', {})).not.toThrow();
});

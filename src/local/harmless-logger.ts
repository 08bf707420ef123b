import type { Logger } from '../logger.ts';
import { quietly } from '../promise/quietly.ts';

/** The user's logger, unable to do harm: what it throws, or rejects with, changes nothing. */
export function harmlessLogger(logger: Logger): Logger {
  return {
    debug: (message, fields) => quietly(() => logger.debug(message, fields)),
    info: (message, fields) => quietly(() => logger.info(message, fields)),
    warn: (message, fields) => quietly(() => logger.warn(message, fields)),
    error: (message, fields) => quietly(() => logger.error(message, fields)),
  };
}

import type { Logger } from '../logger.ts';
import { ignoreErrors } from '../promise/ignore-errors.ts';

/** Wraps the user's logger. Its errors and rejections are ignored. */
export function safeLogger(logger: Logger): Logger {
  return {
    debug: (message, fields) => ignoreErrors(() => logger.debug(message, fields)),
    info: (message, fields) => ignoreErrors(() => logger.info(message, fields)),
    warn: (message, fields) => ignoreErrors(() => logger.warn(message, fields)),
    error: (message, fields) => ignoreErrors(() => logger.error(message, fields)),
  };
}

import type { Logger } from '../logger.ts';
import { LOGGER } from '../options/check.ts';
import { requireArgument } from '../options/check-options.ts';
import type { Sink } from '../sinks/sink.ts';

/**
 * Makes a sink of a logger: each message is one entry at level `info`, as the field `audit`. Without a logger, or with
 * `console`, it is one line of JSON, because `console` shows no more than two levels of an object.
 *
 * A logger whose level is above `info` writes nothing: then the log is not the place for an audit trail.
 *
 * @throws ConfigurationError `INVALID_OPTION`
 * @example
 * ```ts
 * auditTrail(loggerSink(logger)); // {"level":"INFO","message":"Audit","audit":{"itemKey":"Invoices/...",...}}
 * ```
 */
export function loggerSink(logger: Logger = console): Sink {
  requireArgument('loggerSink', 'logger', logger, LOGGER);
  const write =
    logger === console
      ? (message: unknown) => console.info(JSON.stringify(message))
      : (message: unknown) => logger.info('Audit', { audit: message });
  return {
    target: 'log',
    async send(message) {
      write(message);
    },
  };
}

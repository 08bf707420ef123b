/**
 * Where streamlane writes: anything with these four methods. `console` fits, so does a Powertools Logger.
 *
 * At `error`, one entry per failed record; at `warn`, a batch that ran out of time; at `debug`, one summary
 * per batch. Entries carry event id, sequence number, table and event name, never item content.
 */
export interface Logger {
  /** Writes an entry about work as it should be. */
  debug(message: string, fields: LogFields): void;
  /** Writes an entry about an event that is not a problem. */
  info(message: string, fields: LogFields): void;
  /** Writes an entry about a problem that the code has dealt with. */
  warn(message: string, fields: LogFields): void;
  /** Writes an entry about a failure. */
  error(message: string, fields: LogFields): void;
}

/** The data of one log entry. */
export type LogFields = Readonly<Record<string, unknown>>;

/**
 * The logger of a router that was given none: `console`, whose `debug` Lambda prints whatever the log level.
 * So a summary per batch is written only when the function's log level asks for it. Its methods are looked up at each call,
 * as `deliver` of `streamlane/testing` replaces them.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-log-level.html
 */
export const consoleLogger: Logger = {
  debug: (message, fields) => {
    if (['DEBUG', 'TRACE'].includes(process.env.AWS_LAMBDA_LOG_LEVEL ?? '')) console.debug(message, fields);
  },
  info: (message, fields) => console.info(message, fields),
  warn: (message, fields) => console.warn(message, fields),
  error: (message, fields) => console.error(message, fields),
};

const discard = (): void => {};

/** Logs nothing. */
export const silentLogger: Logger = { debug: discard, info: discard, warn: discard, error: discard };

/** The logger that an option asks for. */
export function loggerOf(option: Logger | false | undefined): Logger {
  return option === false ? silentLogger : (option ?? consoleLogger);
}

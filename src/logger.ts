/**
 * Where streamlane writes: anything with these four methods. `console` fits, so does a Powertools Logger.
 *
 * At `error`, one entry per failed record; at `warn`, a batch that ran out of time; at `debug`, one summary
 * per batch. Entries carry event id, sequence number, table and event name, never item content.
 */
export interface Logger {
  debug(message: string, fields: LogFields): void;
  info(message: string, fields: LogFields): void;
  warn(message: string, fields: LogFields): void;
  error(message: string, fields: LogFields): void;
}

/** The data of one log entry. */
export type LogFields = Readonly<Record<string, unknown>>;

import { AsyncLocalStorage } from 'node:async_hooks';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { RecordFailedMessage } from '../batch/record-failed.ts';
import { consoleLogger, type Logger } from '../logger.ts';

/** Receives the log entries and the failed records of an invocation. */
export interface Watch {
  /** Gets what would go to the console: the entries of routers that were given no logger. */
  readonly logger: Logger;
  /** Gets each failure of a record, and each dead letter. */
  failed(message: RecordFailedMessage): void;
}

const CHANNEL = 'streamlane:record-failed';

// Deliveries may overlap, and what a handler has started may outlive its invocation.
const watching = new AsyncLocalStorage<Watch>();

let redirected = false;

/** Runs code with `watch`: it gets the failed records, and its logger is the default one. */
export async function watched<T>(watch: Watch, run: () => Promise<T>): Promise<T> {
  redirectConsoleLogger();
  const onFailure = (message: unknown): void => {
    if (watching.getStore() === watch) watch.failed(message as RecordFailedMessage);
  };
  subscribe(CHANNEL, onFailure);
  try {
    return await watching.run(watch, run);
  } finally {
    unsubscribe(CHANNEL, onFailure);
  }
}

/** Only the default: a logger that the user chose is left alone, as a test may look at its entries. */
function redirectConsoleLogger(): void {
  if (redirected) return;
  redirected = true;
  for (const level of ['debug', 'info', 'warn', 'error'] as const) {
    const write = consoleLogger[level];
    consoleLogger[level] = (message, fields) => {
      const logger = watching.getStore()?.logger;
      if (logger === undefined) write(message, fields);
      else logger[level](message, fields);
    };
  }
}

import { inspect } from 'node:util';
import type { Logger } from '../../../src/index.ts';
import { CANARY } from '../model/table.ts';
import type { History } from '../world/history.ts';

/** A logger that looks for item content in everything that is logged. */
export function memoryLogger(history: History): Logger {
  const log = (message: string, fields?: object): void => {
    history.note(`log: ${message}`);
    if (`${message} ${inspect(fields, { depth: 8 })}`.includes(CANARY))
      history.violate('9 items stay private', `a log line holds item content: ${message}`);
  };
  return { debug: log, info: log, warn: log, error: log };
}

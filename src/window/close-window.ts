import type { Deadline } from '../batch/deadline.ts';
import type { RecordContext } from '../batch/record-context.ts';
import { DeadlineError } from '../errors.ts';
import type { Logger } from '../logger.ts';
import { ignoreErrors } from '../promise/ignore-errors.ts';
import { finished } from '../promise/unfinished.ts';
import { tableNameOf } from '../record/stream-arn.ts';
import type { DynamoDBStreamWindowEvent } from './window-event.ts';

/** A tumbling window that closes, for the `close` of a `streamWindow`. */
export interface ClosedWindow {
  /** The begin of the window. */
  readonly start: Date;
  /** Belongs to the next window. */
  readonly end: Date;
  /** Every shard has windows of its own, so several results for one time are to be expected. */
  readonly shardId: string;
  /** The table's name, read from the stream's ARN; empty when the ARN names none. */
  readonly tableName: string;
  /** The state was over 1 MB, and a further one for the rest of the window will follow. */
  readonly isWindowTerminatedEarly: boolean;
}

/** Takes the whole state of a window. */
export type Close = (state: object, window: ClosedWindow, context: RecordContext) => unknown;

const CLOSE = { owner: 'streamWindow', option: 'close' };

/** The members of the invocation that closing uses. */
export interface Closing {
  readonly logger: Logger;
  readonly deadline: Deadline;
  readonly context: RecordContext;
  readonly reserveMs: number;
}

/**
 * Hands the whole state to `close`, and waits for it until the deadline.
 *
 * @throws DeadlineError, or what `close` throws: Lambda tries the final invocation again
 */
export async function closeWindow(
  close: Close,
  state: object,
  window: ClosedWindow,
  { logger, deadline, context, reserveMs }: Closing,
): Promise<void> {
  try {
    await new Promise<unknown>((resolve, reject) => {
      const late = (): void => reject(new DeadlineError(reserveMs));
      if (deadline.reached()) return late();
      deadline.onReached(late);
      // As a then, so that what close throws at once is a rejection too.
      Promise.resolve()
        .then(() => finished('close', close(state, window, context), CLOSE))
        .then(resolve, reject);
    });
  } catch (error) {
    const { tableName, shardId, start, end } = window;
    ignoreErrors(() => logger.error('Window failed to close', { tableName, shardId, start, end, error }));
    throw error;
  } finally {
    deadline.stop();
  }
}

/** The window of an event. Read before any record is counted, because `reduce` may change its event. */
export function closedWindowOf(event: DynamoDBStreamWindowEvent): ClosedWindow {
  return {
    start: new Date(event.window?.start),
    end: new Date(event.window?.end),
    shardId: event.shardId,
    tableName: tableNameOf(event.eventSourceARN),
    isWindowTerminatedEarly: event.isWindowTerminatedEarly,
  };
}

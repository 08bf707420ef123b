import type { Logger } from '../logger.ts';
import { tableNameOf } from '../record/stream-arn.ts';
import type { MappingEmitter } from './mapping-events.ts';
import { recursiveLoopWarning } from './recursive-loop-warning.ts';

export interface LogOptions {
  readonly emitter: MappingEmitter;
  readonly logger: Logger;
  readonly streamArn: string;
  /** The name of the function that is invoked, for people. */
  readonly handler: string;
  /** True if an on-failure destination gets the discarded records. */
  readonly hasDestination: boolean;
}

/** Writes what goes wrong into the log, for those who listen to no event. Never item content. */
export function logEvents({ emitter, logger, streamArn, handler, hasDestination }: LogOptions): void {
  emitter.on('problem', ({ operation, error, delayMs }) =>
    logger.warn(`${operation} failed; it is tried again`, { streamArn, delayMs, error }),
  );
  emitter.on('invocation', ({ response, outcome, error, requestId, attempt }) => {
    if (outcome === 'throttled') {
      logger.warn('Invocation did not start', { requestId, attempt, error });
    } else if (outcome === 'failed' && response === undefined) {
      // What Lambda's runtime writes into the function's log: it threw or timed out, rather than answered.
      logger.error('Invocation failed', { requestId, attempt, error });
    }
  });
  emitter.on('retry', ({ shardId, records, requestId, attempt, delayMs, reason }) =>
    logger.warn('Batch is tried again', {
      shardId,
      records: records.length,
      requestId,
      attempt,
      delayMs,
      reason,
    }),
  );
  emitter.on('discard', ({ records, document }) => {
    const { requestContext, DDBStreamBatchInfo } = document;
    const lost = hasDestination ? '' : '. No on-failure destination gets them';
    logger.warn(`Records were discarded${lost}`, {
      records: records.length,
      condition: requestContext.condition,
      ...DDBStreamBatchInfo,
    });
  });
  emitter.on('recursiveLoop', ({ shardId, records: [record], times }) =>
    logger.warn(recursiveLoopWarning(handler, tableNameOf(streamArn), times), {
      streamArn,
      shardId,
      eventID: record?.eventID,
      sequenceNumber: record?.dynamodb?.SequenceNumber,
      times,
    }),
  );
  emitter.on('stopped', ({ reason, error }) => {
    if (reason !== 'stopped') {
      logger.error('The event source mapping has stopped', { streamArn, reason, error });
    }
  });
}

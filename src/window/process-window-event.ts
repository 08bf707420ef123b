import type { Context } from 'aws-lambda';
import { MAX_TIMEOUT_MS } from '../batch/deadline.ts';
import { openBatch } from '../batch/open-batch.ts';
import type { BatchProcessor, HandleRecord } from '../batch/process-event.ts';
import { type RecordContext, recordContext } from '../batch/record-context.ts';
import { reportFailure, respond } from '../batch/report.ts';
import { runBatch } from '../batch/run-batch.ts';
import { validated } from '../batch/validated.ts';
import { ConfigurationError, WindowStateError } from '../errors.ts';
import type { Logger } from '../logger.ts';
import { ignoreErrors } from '../promise/ignore-errors.ts';
import { LazyRecord, openRecord } from '../record/lazy-record.ts';
import { Aggregate, type Reduce } from './aggregate.ts';
import { type Close, closedWindowOf, closeWindow } from './close-window.ts';
import { countAgain } from './count-again.ts';
import {
  type DynamoDBStreamWindowEvent,
  type DynamoDBWindowResponse,
  isWindowEvent,
} from './window-event.ts';
import { isEmpty, MAX_STATE_BYTES, stateJson } from './window-state.ts';

/** How a window is counted, whatever its items and its state. */
export interface WindowReducer {
  readonly initial: object;
  readonly reduce: Reduce;
  readonly close: Close;
}

/**
 * Processes one event of a tumbling window: records, strictly in order -> state, checkpoint; then `close`, when
 * the window ends.
 *
 * @throws InvalidEventError or ConfigurationError before any record; WindowStateError; DeadlineError; what `close`
 * throws; BatchFailedError when `partialResponses` is off
 */
export async function processWindowEvent(
  { settings, toNumber }: BatchProcessor,
  { initial, reduce, close }: WindowReducer,
  event: DynamoDBStreamWindowEvent,
  lambdaContext: Context | undefined,
): Promise<DynamoDBWindowResponse> {
  const reader = typeof toNumber === 'function' ? toNumber : await toNumber;
  const opened = openBatch(settings, reader, event, lambdaContext);
  const { batch, deadline, reading, context } = opened;
  requireWindow(event);
  // Read before reduce, which may change its event.
  const { isFinalInvokeForWindow: final } = event;
  const window = closedWindowOf(event);
  const { logger, reserveMs } = settings;
  const reduceFrom = (text: string, reducing: RecordContext): Aggregate =>
    new Aggregate(reduce, initial, text, reducing);
  const countingInto = (aggregate: Aggregate): HandleRecord => {
    return validated(settings, (record) => aggregate.add(record));
  };
  const aggregate = reduceFrom(stateJson(isEmpty(event.state) ? initial : event.state, initial), context);
  const handle = countingInto(aggregate);
  let text = '';
  const outcome = await runBatch(settings, opened, {
    order: 'shard',
    concurrency: 1,
    partitionKey: undefined,
    reported: undefined,
    answer: (decided) => decided,
    // The last invocation of a window has none.
    summarizesEmpty: false,
    handle: (record) => handle(openRecord(record, reading), context),
    async decide(ran) {
      let sealed = aggregate.seal();
      let { failed } = ran;
      const { since, counted: firstSince } = sealed;
      if (since.length > 0) {
        // Part of the answer: a deadline that was reached stops nothing here. The other half of the time is for `onBatch` and the answer.
        // Part of the answer: a deadline that was reached stops nothing here. The other half of the time is for `onBatch` and the
        // answer. Without a clock it never ends, and a timer needs a number.
        const until = deadline.withReserve(Math.min(deadline.remainingMs() / 2, MAX_TIMEOUT_MS));
        const answering = recordContext(logger, until, lambdaContext);
        const again = reduceFrom(sealed.text, answering);
        const count = countingInto(again);
        await countAgain(
          since,
          // Opened anew: reduce may have put images into the state, and changed them there.
          (record) => count(openRecord(LazyRecord.rawOf(record), { ...reading, deadline: until }), answering),
          (record, error) => {
            failed++;
            reportFailure(settings, batch, firstSince + since.indexOf(record), error, reading);
          },
          until,
        );
        const counted = again.seal();
        sealed = { ...counted, counted: firstSince + counted.counted };
      }
      text = sealed.text;
      if (text === '{}' && !isEmpty(initial)) throw becameEmpty();
      // Of run and state, the state decides: a record is handled if and only if it is counted.
      return { ...ran, checkpoint: sealed.counted, succeeded: sealed.counted, failed };
    },
  });
  // A final invocation has no records; were there any that failed, the window could not close yet.
  const response = respond(final ? { ...settings, partialResponses: false } : settings, batch, outcome);
  if (final) await closeWindow(close, JSON.parse(text), window, { logger, deadline, context, reserveMs });
  else warnOfSize(logger, text);
  // Another object than close has, which may change its own.
  return { ...response, state: JSON.parse(text) };
}

/** @throws ConfigurationError `WINDOW_MISMATCH` */
function requireWindow(event: DynamoDBStreamWindowEvent): void {
  if (isWindowEvent(event)) return;
  throw new ConfigurationError(
    'WINDOW_MISMATCH',
    'got an event without a tumbling window. Nothing was handled. ' +
      'Set tumblingWindowInSeconds of the event source mapping, or use streamRouter.',
    { owner: 'streamWindow' },
  );
}

function becameEmpty(): WindowStateError {
  return new WindowStateError(
    'INVALID_STATE',
    'The state of a window became {}. Lambda sends {} when a window begins, so the next invocation would ' +
      'start from initial. Nothing was counted. Keep an attribute in the state, such as a count of 0.',
  );
}

function warnOfSize(logger: Logger, text: string): void {
  const bytes = Buffer.byteLength(text);
  if (bytes <= MAX_STATE_BYTES) return;
  ignoreErrors(() =>
    logger.warn('The state of the window is over 1 MB: Lambda closes the window early', { bytes }),
  );
}

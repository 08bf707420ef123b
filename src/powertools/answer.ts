import type { BatchProcessor } from '@aws-lambda-powertools/batch';
import type { PartialItemFailures } from '@aws-lambda-powertools/batch/types';
import type { Deadline } from '../batch/deadline.ts';
import { inTime } from '../batch/in-time.ts';
import { finished } from '../promise/unfinished.ts';
import type { BatchItemFailures } from './batch-item-failures.ts';
import type { Call, Entry } from './call.ts';
import { stateOf, withinCall } from './call-state.ts';
import { OWNER } from './options.ts';

/** Makes the response of a call and shows it, with what the call has collected. */
export async function answerCall(
  processor: BatchProcessor,
  call: Call,
  itemFailures: BatchItemFailures,
  deadline: Deadline,
): Promise<Entry[]> {
  const state = stateOf(processor);
  const failures = (): PartialItemFailures[] => itemFailures.failures(call.messages.failureMessages);
  const response = { batchItemFailures: failures() };
  state.batchResponse = response;
  try {
    const cleaned: unknown = withinCall(processor, call, () => processor.clean());
    // Bounded, as the answer must not be late.
    if (cleaned !== undefined)
      await inTime(finished('clean', cleaned, { owner: OWNER }), deadline.remainingMs() / 2);
    const reported: unknown = state.batchResponse?.batchItemFailures;
    // An override may note failures and leave the response to the processor.
    const untouched = state.batchResponse === response;
    state.batchResponse = {
      batchItemFailures: itemFailures.checked(
        untouched ? [...response.batchItemFailures, ...failures()] : reported,
        call.messages.failureMessages,
      ),
    };
  } catch (error) {
    // Code that catches the error may return the response.
    state.batchResponse = { batchItemFailures: failures() };
    throw error;
  }
  return call.result();
}

/**
 * Nothing was handled, and code that catches the error may return the response. Lambda takes an empty identifier
 * for a failure of the whole batch.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html
 */
export function reportWholeBatch(processor: BatchProcessor): void {
  stateOf(processor).batchResponse = { batchItemFailures: [{ itemIdentifier: '' }] };
}

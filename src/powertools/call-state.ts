import type { BatchProcessor } from '@aws-lambda-powertools/batch';
import type { PartialItemFailureResponse } from '@aws-lambda-powertools/batch/types';
import type { Call, CallInput, CallMessages } from './call.ts';

/** The state that Powertools keeps on a processor: one for all calls. */
export interface ProcessorState extends CallInput, CallMessages {
  batchResponse: PartialItemFailureResponse;
}

/** Gives the state of a processor, of which Powertools declares a part as protected. */
export function stateOf(processor: BatchProcessor): ProcessorState {
  return processor as unknown as ProcessorState;
}

/**
 * Runs a hook with Powertools' state, one for all calls, pointing at this call. What a call was given is put back
 * when the hook returns: another call may be registered, and not have started.
 */
export function withinCall<Result>(processor: BatchProcessor, call: Call, hook: () => Result): Result {
  const state = stateOf(processor);
  const { handler, options, records } = state;
  setInput(state, call.input);
  Object.assign(state, call.messages);
  try {
    return hook();
  } finally {
    setInput(state, { handler, options, records });
  }
}

function setInput(state: ProcessorState, { handler, options, records }: CallInput): void {
  state.handler = handler;
  state.options = options;
  state.records = records;
}

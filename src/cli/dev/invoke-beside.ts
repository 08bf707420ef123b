import type { InvokeBeside } from '../../console/rerun/rerunner.ts';
import { readBatchResponse } from '../../delivery/batch-response.ts';
import { eventJson } from '../../delivery/event-json.ts';
import { jsonTextOf } from '../../item/json-text.ts';
import type { FunctionIdentity } from '../../local/handler/lambda-context.ts';
import { localFunction } from '../../local/handler/local-function.ts';
import { Failures } from './failures.ts';
import type { PublishedFailure } from './sandbox/messages.ts';
import { type Answer, withFailures } from './with-failures.ts';

/**
 * Invokes a handler beside the mapping, with the timeout of the function.
 *
 * The failures are kept apart from those of the mapping: both may have the same record at the same time.
 */
export function invokeBeside(answer: Answer, identity: FunctionIdentity): InvokeBeside {
  return async (records, requestId) => {
    const published: PublishedFailure[] = [];
    const run = localFunction(
      withFailures(answer, (failures) => published.push(...failures)),
      identity,
    );
    const started = performance.now();
    const result = await run(eventJson(records.map(jsonTextOf)), requestId);
    const durationMs = Math.round(performance.now() - started);
    const response = result.type === 'returned' ? result.response : undefined;
    const { error } = result;
    const verdict = result.type === 'returned' ? readBatchResponse(response, records) : { type: result.type };
    const failures = new Failures();
    failures.add(published);
    return {
      outcome: verdict.type,
      processed: verdict.type === 'succeeded' ? records.length : 'index' in verdict ? verdict.index : 0,
      durationMs,
      response,
      error,
      failures: failures.of({
        shardId: '',
        requestId,
        attempt: 1,
        records,
        response,
        error,
        outcome: verdict.type,
        durationMs,
      }),
    };
  };
}

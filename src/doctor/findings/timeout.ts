import { type CheckMapping, updateCommand, withoutRoutes } from '../check.ts';
import { finding, notChecked, type Result } from '../finding.ts';
import { isUnread } from '../part.ts';

/** A request to another service takes a few milliseconds at least. With less time for each record, a full batch does not fit. */
const MIN_MS = 10;

/** The timeout, against the router's reserve and the time that batches take. */
export const timeout: CheckMapping = function* (check) {
  const { mapping, code, subject, state } = check;
  if (isUnread(mapping.code)) {
    yield notChecked(['TIMEOUT_WITHIN_RESERVE', 'TIMEOUT_TOO_SHORT'], subject, mapping.code.notChecked);
    return;
  }
  const { timeoutSeconds } = mapping.code.value;
  const settings = code?.metadata?.settings;
  const timeoutMs = timeoutSeconds * 1000;
  const raise = `aws lambda update-function-configuration --function-name ${state.functionName} --timeout ${Math.min(900, Math.max(60, 4 * timeoutSeconds))}`;
  if (code !== undefined && settings === undefined) {
    yield notChecked(['TIMEOUT_WITHIN_RESERVE'], subject, withoutRoutes(code));
  }
  if (settings !== undefined && settings.reserveMs >= timeoutMs) {
    yield finding('TIMEOUT_WITHIN_RESERVE', subject, {
      is: `The timeout is ${timeoutSeconds} s, and the router has reserveMs: ${settings.reserveMs}.`,
      should: 'a timeout longer than reserveMs, such as 60 s',
      why: 'The router starts no record once less than reserveMs is left. It handles nothing, and every batch fails.',
      remedy: raise,
    });
    return;
  }
  if (settings !== undefined) {
    const atOnce = settings.order === 'shard' ? 1 : Math.min(settings.concurrency, mapping.batchSize);
    const forEach = ((timeoutMs - settings.reserveMs) * atOnce) / mapping.batchSize;
    if (forEach < MIN_MS) {
      yield finding('TIMEOUT_TOO_SHORT', subject, {
        is: `A batch of ${mapping.batchSize} records has ${timeoutSeconds} s, ${atOnce} at once: ${Math.round(10 * forEach) / 10} ms for each.`,
        should: `${MIN_MS} ms or more for each record`,
        why: 'A full batch does not fit into an invocation. Lambda delivers the rest of it again, and the function falls behind.',
        remedy: updateCommand(
          mapping,
          `--batch-size ${Math.max(1, Math.floor((mapping.batchSize * forEach) / (2 * MIN_MS)))}`,
        ),
      });
      return;
    }
  }
  yield* measured(check, timeoutMs, settings?.reserveMs ?? 0, raise);
};

function* measured(
  { state: { metrics }, subject }: Parameters<CheckMapping>[0],
  timeoutMs: number,
  reserveMs: number,
  remedy: string,
): Iterable<Result> {
  const codes = ['TIMEOUT_TOO_SHORT'] as const;
  if (isUnread(metrics)) {
    yield notChecked(codes, subject, metrics.notChecked);
    return;
  }
  const { durationMs } = metrics.value;
  if (durationMs === undefined) {
    yield notChecked(codes, subject, 'CloudWatch has no Duration of the last 24 hours');
  } else if (durationMs >= Math.min(0.9 * timeoutMs, timeoutMs - reserveMs)) {
    yield finding('TIMEOUT_TOO_SHORT', subject, {
      is: `An invocation took ${durationMs} ms within the last 24 hours, and the timeout is ${timeoutMs} ms.`,
      should: 'a timeout well above the longest invocation',
      why: 'If a batch does not fit, the router stops early, and Lambda delivers the rest again. A handler without a deadline gets the whole batch again.',
      remedy,
    });
  }
}

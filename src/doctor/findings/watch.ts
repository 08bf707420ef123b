import type { CheckState } from '../check.ts';
import type { DeployedMapping, DeployedState } from '../deployed-state.ts';
import { finding, ifRead, notChecked, type Result } from '../finding.ts';
import { isUnread, type Part } from '../part.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** The stream keeps a record for so long. */
const RETENTION = 24 * HOUR;

/** As the alarm of docs/operations.md. */
const LATE = 15 * MINUTE;

/** The executions, the alarm and the lag of the function. */
export const watch: CheckState = function* (state) {
  yield* concurrency(state);
  yield* alarms(state);
  yield* lag(state);
};

/**
 * Each shard takes as many executions as the mapping has batches of it at once.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-eventsourcemapping.html
 */
function* concurrency({
  functionName,
  reservedConcurrency,
  mappings,
  otherExecutions,
}: DeployedState): Iterable<Result> {
  yield* ifRead(
    reservedConcurrency,
    ['CONCURRENCY_ZERO', 'CONCURRENCY_TOO_LOW'],
    functionName,
    function* (reserved) {
      if (reserved === undefined) return;
      const remedy = (amount: number): string =>
        `aws lambda put-function-concurrency --function-name ${functionName} --reserved-concurrent-executions ${amount}`;
      if (reserved === 0) {
        yield finding('CONCURRENCY_ZERO', functionName, {
          is: 'The reserved concurrency is 0.',
          should: 'at least one execution for each shard',
          why: 'No invocation can start. The records wait in the stream, and are lost after 24 hours.',
          remedy: `aws lambda delete-function-concurrency --function-name ${functionName}`,
        });
        return;
      }
      let needed = 0;
      for (const { state, stream, parallelizationFactor } of isUnread(mappings) ? [] : mappings.value) {
        if (state === 'Disabled') continue;
        if (isUnread(stream)) {
          yield notChecked(['CONCURRENCY_TOO_LOW'], functionName, stream.notChecked);
          return;
        }
        needed += (stream.value?.shards.filter(({ isOpen }) => isOpen).length ?? 0) * parallelizationFactor;
      }
      if (reserved < needed) {
        yield finding('CONCURRENCY_TOO_LOW', functionName, {
          is: `The reserved concurrency is ${reserved}, but the open shards take up to ${needed} executions at once.`,
          should: `${needed} or more`,
          why: 'Some shards wait while others are handled, and fall behind.',
          remedy: remedy(needed),
        });
      } else if (otherExecutions !== undefined) {
        yield notChecked(['CONCURRENCY_TOO_LOW'], functionName, otherExecutions);
      }
    },
  );
}

function* alarms({ functionName, alarms }: DeployedState): Iterable<Result> {
  yield* ifRead(alarms, ['NO_LAG_ALARM'], functionName, function* (found) {
    const ofAge = found.filter(({ metric }) => metric === 'IteratorAge');
    if (ofAge.some(({ hasAction }) => hasAction)) return;
    const [first] = ofAge;
    yield finding('NO_LAG_ALARM', functionName, {
      is:
        first === undefined
          ? 'No alarm watches the IteratorAge of the function.'
          : `The alarm ${first.name} watches the IteratorAge, and has no action.`,
      should: 'an alarm that notifies a person, at 15 minutes for instance',
      why: 'Only this alarm shows that a shard is blocked. After 24 hours, its records are lost.',
      remedy: 'Add the alarm: docs/operations.md#alarms',
    });
  });
}

function* lag({ functionName, metrics, mappings }: DeployedState): Iterable<Result> {
  yield* ifRead(metrics, ['LAG_HIGH'], functionName, function* ({ iteratorAgeMs }) {
    if (iteratorAgeMs === undefined) {
      yield notChecked(['LAG_HIGH'], functionName, 'CloudWatch has no IteratorAge of the last 15 minutes');
      return;
    }
    if (iteratorAgeMs < LATE) return;
    const kept = keptMs(mappings);
    const left = Math.max(0, kept - iteratorAgeMs);
    const lost = kept < RETENTION ? 'are discarded' : 'leave the stream and are lost';
    const earlier = isUnread(mappings) ? ', or earlier if the mapping discards them' : '';
    yield finding('LAG_HIGH', functionName, {
      severity: left < kept / 2 ? 'error' : 'warning',
      is: `The oldest record is ${span(iteratorAgeMs)} old, ${whichShard(mappings)}.`,
      should: 'an IteratorAge under 15 minutes',
      why: left === 0 ? `Records ${lost} now.` : `The first records ${lost} in ${span(left)}${earlier}.`,
      remedy: 'Find the cause: docs/operations.md#the-lag-grows',
    });
  });
}

/** How long Lambda keeps a record: the shortest age that a mapping allows, and not longer than the stream has it. */
function keptMs(mappings: Part<readonly DeployedMapping[]>): number {
  if (isUnread(mappings)) return RETENTION;
  const ages = mappings.value.map(({ maximumRecordAgeInSeconds }) => maximumRecordAgeInSeconds);
  return Math.min(RETENTION, ...ages.filter((age) => age !== -1).map((age) => age * 1000));
}

/** The metric is the highest of all shards. It names one where there is one. */
function whichShard(mappings: Part<readonly DeployedMapping[]>): string {
  if (isUnread(mappings)) return 'in an unknown shard, because the mappings could not be read';
  const shards: string[] = [];
  for (const { stream } of mappings.value) {
    if (isUnread(stream)) return 'in an unknown shard, because the stream could not be read';
    shards.push(...(stream.value?.shards ?? []).map(({ id }) => id));
  }
  const [only, ...others] = shards;
  if (only !== undefined && others.length === 0) return `in the shard ${only}`;
  return `in one of ${shards.length} shards. CloudWatch does not say in which one, but the sequence numbers of failed records in the log do`;
}

function span(ms: number): string {
  const minutes = Math.floor(ms / MINUTE);
  const hours = Math.floor(minutes / 60);
  return hours === 0 ? `${minutes} minutes` : `${hours} h ${minutes % 60} min`;
}

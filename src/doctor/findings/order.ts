import { type CheckMapping, updateCommand, withoutRoutes } from '../check.ts';
import { finding, notChecked, type Result } from '../finding.ts';

/**
 * Parallel batches and tumbling windows, against what they exclude.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-windows.html
 */
export const order: CheckMapping = function* (check) {
  const { mapping, code, subject } = check;
  const { parallelizationFactor } = mapping;
  const kept = code?.metadata?.settings.order;
  if (parallelizationFactor > 1 && code !== undefined && kept === undefined) {
    yield notChecked(['PARALLEL_WITHOUT_ORDER'], subject, withoutRoutes(code));
  }
  if (parallelizationFactor > 1 && kept !== undefined && kept !== 'item') {
    yield finding('PARALLEL_WITHOUT_ORDER', subject, {
      is: `ParallelizationFactor is ${parallelizationFactor}, and the router has order: '${kept}'.`,
      should: 'ParallelizationFactor: 1',
      why: 'Lambda runs several batches of a shard at once, and keeps only the order of each item. The router cannot keep a stricter order.',
      remedy: updateCommand(mapping, '--parallelization-factor 1'),
    });
  }
  yield* windows(check);
};

function* windows({ mapping, code, subject }: Parameters<CheckMapping>[0]): Iterable<Result> {
  const { tumblingWindowInSeconds, parallelizationFactor, filters } = mapping;
  const isOn = tumblingWindowInSeconds > 0;
  const kind = code?.metadata?.kind;
  const mismatch = (is: string, should: string, why: string, options: string): Result =>
    finding('WINDOW_MISMATCH', subject, { is, should, why, remedy: updateCommand(mapping, options) });
  if (isOn && parallelizationFactor > 1) {
    yield mismatch(
      `TumblingWindowInSeconds is ${tumblingWindowInSeconds}, and ParallelizationFactor is ${parallelizationFactor}.`,
      'ParallelizationFactor: 1',
      'A window has one state for each shard, so its batches cannot run at once.',
      '--parallelization-factor 1',
    );
  }
  if (isOn && 'value' in filters && filters.value.length > 0) {
    yield mismatch(
      `TumblingWindowInSeconds is ${tumblingWindowInSeconds}, and the mapping has filters.`,
      'no FilterCriteria',
      'Lambda does not allow both. The aggregate would miss records without an error.',
      '--filter-criteria {}',
    );
  }
  if (isOn && kind === 'router') {
    yield mismatch(
      `TumblingWindowInSeconds is ${tumblingWindowInSeconds}, and the code is a router.`,
      'TumblingWindowInSeconds: 0, or a streamWindow',
      'A router returns no state. For Lambda, a response without a state is a failure.',
      '--tumbling-window-in-seconds 0',
    );
  }
  if (!isOn && kind === 'window') {
    yield mismatch(
      'TumblingWindowInSeconds is 0, and the code is a streamWindow.',
      'TumblingWindowInSeconds: 1 to 900',
      'A streamWindow refuses events without a window, so every batch fails.',
      '--tumbling-window-in-seconds 60',
    );
  }
}

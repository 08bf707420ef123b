import type { World } from '../world/world.ts';

/** The metrics of all batches add up, and count each letter of a record's last delivery. */
export function checkMetrics(world: World): void {
  const { history, scenario, changes, journal } = world;
  const { fn, lambda } = scenario;
  if (fn.metrics !== 'plain' || fn.entryPoint === 'window' || fn.entryPoint === 'OrderedStreamProcessor')
    return;
  const sum = (name: string): number => history.metrics.get(`Records${name}`) ?? 0;
  const parts = sum('Succeeded') + sum('Failed') + sum('DeadLettered') + sum('Unfinished');
  if (parts !== sum('')) history.violate('metrics', `they count ${parts} of ${sum('')} records`);
  if (lambda.faultPercent > 0) return;
  // Where a letter's answer came too late, the record was delivered again, and succeeded then without one.
  const letters = changes.filter(
    ({ index }) =>
      journal.fateOf(index).ended === 'succeeded' &&
      world.invocationsOf(index).at(-1)?.letters.has(index) === true,
  ).length;
  if (sum('DeadLettered') < letters)
    history.violate('metrics', `they count ${sum('DeadLettered')} letters of ${letters}`);
}

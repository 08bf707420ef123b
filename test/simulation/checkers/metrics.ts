import type { World } from '../world/world.ts';

/** The metrics of all batches add up, and count each letter. */
export function checkMetrics({ history, scenario, changes, journal }: World): void {
  const { fn, lambda } = scenario;
  if (fn.metrics !== 'plain' || fn.entryPoint === 'window' || fn.entryPoint === 'OrderedStreamProcessor')
    return;
  const sum = (name: string): number => history.metrics.get(`Records${name}`) ?? 0;
  const parts = sum('Succeeded') + sum('Failed') + sum('DeadLettered') + sum('Unfinished');
  if (parts !== sum('')) history.violate('metrics', `they count ${parts} of ${sum('')} records`);
  if (lambda.faultPercent > 0) return;
  const letters = changes.filter(({ index }) => {
    const { last, ended } = journal.fateOf(index);
    return last === 'dead-lettered' && ended === 'succeeded';
  }).length;
  if (sum('DeadLettered') < letters)
    history.violate('metrics', `they count ${sum('DeadLettered')} letters of ${letters}`);
}

import type { Change } from '../model/table.ts';
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
  checkEntities(world, sum);
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

/** The metrics of each entity, and of none, count no more records than were delivered. */
function checkEntities(world: World, sum: (name: string) => number): void {
  const { history, changes, journal } = world;
  const delivered = (belongs: (change: Change) => boolean): number =>
    changes.filter(belongs).reduce((total, { index }) => total + world.invocationsOf(index).length, 0);
  for (const entity of ['note', 'bill', 'thing'] as const) {
    const of = (name: string): number => sum(`${name}.${entity}`);
    if (of('Succeeded') + of('Failed') + of('DeadLettered') > of(''))
      history.violate('metrics', `they count more of ${entity} than its ${of('')} records`);
    if (of('') > delivered((change) => journal.reference.entityOf(change) === entity))
      history.violate('metrics', `they count ${of('')} records of ${entity}, and fewer were delivered`);
  }
  if (sum('UnknownEntity') > delivered((change) => journal.reference.isUnknown(change)))
    history.violate('metrics', `they count ${sum('UnknownEntity')} of no entity, and fewer were delivered`);
}

import type { World } from '../world/world.ts';

/**
 * Behind `idempotent` a record completes once, unless a sandbox died before it was noted, the store failed, a handler
 * outlived its invocation, the copy was filled anew, or a middleware of the user runs it again.
 */
export function checkOnce({ history, journal, scenario, changes }: World): void {
  const { layers, routes, deafPercent } = scenario.fn;
  if (!journal.isIdempotent || deafPercent > 0 || scenario.targets.storeFaultPercent > 0) return;
  if (layers.some(({ kind }) => kind === 'own') || routes.some(({ forgetsToAwait }) => forgetsToAwait))
    return;
  if (journal.mayRepeat) return;
  // A clock that jumps ahead ends the lock of a record that another invocation handles.
  if (scenario.lambda.clockJumpMs > 0 && journal.mayDiverge) return;
  history.count('history in which idempotent promises once');
  for (const { index } of changes) {
    const { completions } = journal.fateOf(index);
    if (completions > 1)
      history.violate('once', `change ${index} completed ${completions} times behind idempotent`);
  }
}

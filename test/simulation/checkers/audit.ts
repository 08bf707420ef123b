import { CANARY } from '../model/table.ts';
import type { World } from '../world/world.ts';

interface Entry {
  readonly entity?: string;
  readonly sequenceNumber: string;
  readonly eventName: string;
  readonly expired: boolean;
}

/** The audit table has an entry for each change that ended well, and no redacted value. */
export function checkAudit({ targets, history, journal, scenario, changes }: World): void {
  const { entryPoint, layers } = scenario.fn;
  const place = layers.findIndex(({ kind }) => kind === 'audit');
  if (!entryPoint.startsWith('router') || place === -1) return;
  const accepted = targets.accepted
    .filter(({ target }) => target === 'audit')
    .map(({ body }) => body as Entry);
  const entries = new Map(accepted.map((entry) => [BigInt(entry.sequenceNumber), entry]));
  if (accepted.some((entry) => JSON.stringify(entry).includes(CANARY)))
    history.violate('9 items stay private', 'an audit entry holds a redacted value');
  // An outer layer may keep a record from its audit: by a letter, a note of idempotent, or an error that it swallows.
  const isOutermost = !layers
    .slice(0, place)
    .some(
      (layer) =>
        layer.kind === 'deadLetter' ||
        layer.kind === 'idempotent' ||
        (layer.kind === 'own' && layer.how.startsWith('swallows')),
    );
  for (const change of changes) {
    const { index, record, eventName, byTtl } = change;
    const entry = entries.get(BigInt(record.dynamodb?.SequenceNumber ?? 0));
    if (entry === undefined) {
      if (isOutermost && journal.fateOf(index).ended === 'succeeded')
        history.violate('audit', `change ${index} has no entry`);
      continue;
    }
    const entity = journal.reference.entityOf(change);
    if (entry.entity !== entity)
      history.violate('entity', `the entry of change ${index} says ${entry.entity}, and not ${entity}`);
    if (entry.eventName !== eventName || entry.expired !== byTtl)
      history.violate('audit', `the entry of change ${index} says ${entry.eventName}`);
  }
}

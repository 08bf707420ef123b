import type { AttributeValue } from 'aws-lambda';
import { Random } from './random.ts';
import type { EntityName, EntityPlan, Scenario } from './scenario.ts';

/** The kind of an item: an entity, or none. */
export type Kind = EntityName | 'other';

/** The beginning of the sort keys of notes. */
export const NOTE = 'NOTE#';

/** The kind of one version of an item. Its key decides if it is a note; else it may change with each version. */
export function kindOf({ seed, entities }: Scenario, item: number, version: number): Kind {
  if (entities === undefined) return 'other';
  const random = new Random(seed);
  if (random.percent(25, 'note', item)) return 'note';
  const usual = random.pick<Kind>(['bill', 'bill', 'thing', 'other'], 'kind', item);
  if (!random.percent(20, 'changes', item, version)) return usual;
  return random.pick<Kind>(['bill', 'thing', 'other'], 'kind', item, version);
}

/** The attributes by which an item of a kind is known. `thing` takes any type, also that of a bill. */
export function typeOf(kind: Kind): Record<string, AttributeValue> {
  return kind === 'bill' || kind === 'thing' ? { type: { S: kind.toUpperCase() } } : {};
}

/** The kind of an item that a schema got. */
export function kindIn({ invoiceId, type }: { readonly invoiceId?: string; readonly type?: string }): Kind {
  if (invoiceId?.startsWith(NOTE)) return 'note';
  if (type === undefined) return 'other';
  return type === 'BILL' ? 'bill' : 'thing';
}

/** The entities that the function declares. Undefined: none. */
export function declaredEntities({ fn, entities }: Scenario): EntityPlan | undefined {
  const { entryPoint, declared, order } = fn;
  if (entryPoint === 'OrderedStreamProcessor') return undefined;
  const knowsTable = declared || (order === 'partition' && entryPoint !== 'window');
  return knowsTable ? entities : undefined;
}

/** Tells if the mapping or the function gets past a record that always fails. */
export function givesUp({ mapping, fn }: Scenario): boolean {
  if (mapping.maximumRetryAttempts >= 0) return true;
  if (!fn.entryPoint.startsWith('router')) return false;
  const letters = fn.layers.findIndex(({ kind }) => kind === 'deadLetter');
  // What fails outside of deadLetter gets no letter.
  return letters >= 0 && !fn.layers.slice(0, letters).some(({ kind }) => kind === 'audit');
}

/** The way in which the function treats records of no entity: where nothing gives them up, they would block the shard for a day. */
export function unknownEntityOf(scenario: Scenario): EntityPlan['unknownEntity'] | undefined {
  const plan = declaredEntities(scenario);
  return plan && (givesUp(scenario) ? plan.unknownEntity : 'ignore');
}

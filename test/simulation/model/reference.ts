import { holdsFor, isUsable } from './conditions.ts';
import { declaredEntities, type Kind, unknownEntityOf } from './entities.ts';
import type { EntityName, MappingPlan, Route, Scenario } from './scenario.ts';
import type { Change } from './table.ts';

/** Decides naively from the writes. Streamlane and the mapping have to decide the same from the records. */
export class Reference {
  readonly #scenario: Scenario;

  constructor(scenario: Scenario) {
    this.#scenario = scenario;
  }

  /** Tells if the mapping's filter lets a change through. */
  passesFilter(change: Change): boolean {
    const { filter } = this.#scenario.mapping;
    if (filter === 'writes only') return change.eventName !== 'REMOVE';
    if (filter === 'paid only')
      return change.eventName !== 'REMOVE' && this.#hasNew && change.status === 'PAID';
    return true;
  }

  /** The routes that handle a change, by their places. */
  routesOf(change: Change): readonly number[] {
    const { entryPoint, routes } = this.#scenario.fn;
    if (this.mustFail(change)) return [];
    if (!entryPoint.startsWith('router')) return [0];
    return usable(this.#scenario).flatMap((place) =>
      this.#takes(place, change) && this.#matches(routes[place] as Route, change) ? [place] : [],
    );
  }

  /** The entity of a change, as far as its record tells. */
  entityOf(change: Change): EntityName | undefined {
    const kind = this.#told(change);
    return kind === 'other' || kind === 'not told' ? undefined : kind;
  }

  /** Tells if a change has to fail, because it belongs to no entity. */
  mustFail(change: Change): boolean {
    return unknownEntityOf(this.#scenario) === 'fail' && this.isUnknown(change);
  }

  /** Tells if a change belongs to none of the declared entities, for certain. */
  isUnknown(change: Change): boolean {
    return this.#told(change) === 'other';
  }

  /** Returns true if a change cannot be processed before something has been changed. */
  needsHandling(change: Change): boolean {
    return this.mustFail(change) || this.routesOf(change).length > 0;
  }

  /** Tells if a route may take a change: what the user's own conditions will say is not known beforehand. */
  mayNeedHandling(change: Change): boolean {
    // The user's conditions ask whether the index is even.
    return this.needsHandling(change) || this.needsHandling({ ...change, index: change.index + 1 });
  }

  #told({ eventName, kind, oldKind }: Change): Kind | 'not told' {
    if (declaredEntities(this.#scenario) === undefined) return 'not told';
    const { viewType } = this.#scenario.table;
    if (eventName !== 'REMOVE' && this.#hasNew) return kind;
    if (eventName !== 'INSERT' && viewType.includes('OLD')) return oldKind as Kind;
    // The keys of notes are enough.
    return kind === 'note' ? 'note' : 'not told';
  }

  /** A route of one entity takes its records; a route of the table those of any. */
  #takes(place: number, change: Change): boolean {
    const plan = declaredEntities(this.#scenario);
    if (plan === undefined) return true;
    const entity = this.entityOf(change);
    return entity !== undefined && (plan.routes[place] === 'all' || plan.routes[place] === entity);
  }

  #matches({ eventName, condition }: Route, change: Change): boolean {
    return eventName === change.eventName && holdsFor(condition, change);
  }

  get #hasNew(): boolean {
    return this.#scenario.table.viewType.includes('NEW');
  }
}

/** Routes that the view type allows, by their places. */
export function usable(scenario: Scenario): readonly number[] {
  const { fn, table } = scenario;
  const plan = declaredEntities(scenario);
  return [...fn.routes.keys()].filter((place) => {
    const { eventName, condition } = fn.routes[place] as Route;
    const hasImage =
      (eventName !== 'REMOVE' && table.viewType.includes('NEW')) ||
      (eventName !== 'INSERT' && table.viewType.includes('OLD'));
    // Their records are known by an attribute that is not a key.
    if (!hasImage && (plan?.routes[place] === 'bill' || plan?.routes[place] === 'thing')) return false;
    return isUsable(condition, eventName, table.viewType);
  });
}

/** The filter as event pattern. */
export function patternOf(filter: MappingPlan['filter']): object | undefined {
  if (filter === 'writes only') return { eventName: ['INSERT', 'MODIFY'] };
  if (filter === 'paid only') return { dynamodb: { NewImage: { status: { S: ['PAID'] } } } };
  return undefined;
}

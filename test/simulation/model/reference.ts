import { holdsFor, isUsable } from './conditions.ts';
import type { MappingPlan, Route, Scenario } from './scenario.ts';
import type { Change } from './table.ts';

/** Decides naively, from what was written, what streamlane and the mapping have to decide from the records. */
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
    if (!entryPoint.startsWith('router')) return [0];
    return usable(this.#scenario).flatMap((place) =>
      this.#matches(routes[place] as Route, change) ? [place] : [],
    );
  }

  #matches({ eventName, condition }: Route, change: Change): boolean {
    return eventName === change.eventName && holdsFor(condition, change);
  }

  get #hasNew(): boolean {
    return this.#scenario.table.viewType.includes('NEW');
  }
}

/** Routes that the view type allows, by their places. */
export function usable({ fn, table }: Scenario): readonly number[] {
  return [...fn.routes.keys()].filter((place) => {
    const { eventName, condition } = fn.routes[place] as Route;
    return isUsable(condition, eventName, table.viewType);
  });
}

/** The filter as event pattern. */
export function patternOf(filter: MappingPlan['filter']): object | undefined {
  if (filter === 'writes only') return { eventName: ['INSERT', 'MODIFY'] };
  if (filter === 'paid only') return { dynamodb: { NewImage: { status: { S: ['PAID'] } } } };
  return undefined;
}

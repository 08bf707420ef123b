import { both, type Demand, EVERYTHING, either } from './demand.ts';

/** The records that a filter has to let through for a condition. Each demand allows too much rather than too little. */
export interface Asked {
  /** All records for which the condition may hold. */
  readonly yes: Demand;
  /** All records for which it may not hold. */
  readonly no: Demand;
}

/** Nothing is known: the condition is code of the user, or a pattern cannot say it. */
export const UNKNOWN: Asked = { yes: EVERYTHING, no: EVERYTHING };

/** All conditions hold. */
export function allOf(asked: readonly Asked[]): Asked {
  return { yes: both(asked.map(({ yes }) => yes)), no: either(asked.map(({ no }) => no)) };
}

/** At least one condition holds. */
export function anyOf(asked: readonly Asked[]): Asked {
  return opposite(allOf(asked.map(opposite)));
}

/** The condition does not hold. */
export function opposite({ yes, no }: Asked): Asked {
  return { yes: no, no: yes };
}

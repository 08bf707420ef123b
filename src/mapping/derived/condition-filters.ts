import { ALL_RECORDS, intersection, type RecordFilter, union } from './record-filter.ts';

/** The records that a filter has to let through for a condition. Each filter allows too much rather than too little. */
export interface ConditionFilters {
  /** All records for which the condition may hold. */
  readonly yes: RecordFilter;
  /** All records for which it may not hold. */
  readonly no: RecordFilter;
}

/** Nothing is known: the condition is code of the user, or a pattern cannot say it. */
export const UNKNOWN: ConditionFilters = { yes: ALL_RECORDS, no: ALL_RECORDS };

/** All conditions hold. */
export function allOf(filters: readonly ConditionFilters[]): ConditionFilters {
  return { yes: intersection(filters.map(({ yes }) => yes)), no: union(filters.map(({ no }) => no)) };
}

/** At least one condition holds. */
export function anyOf(filters: readonly ConditionFilters[]): ConditionFilters {
  return opposite(allOf(filters.map(opposite)));
}

/** The condition does not hold. */
export function opposite({ yes, no }: ConditionFilters): ConditionFilters {
  return { yes: no, no: yes };
}

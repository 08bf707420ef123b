import { conditionData } from '../../conditions/built-in.ts';
import type { MatcherData } from '../../conditions/matcher.ts';
import type { EventName } from '../../record/stream-record.ts';
import { hasImage, type StreamViewType } from '../../record/view-type.ts';
import { allOf, anyOf, type ConditionFilters, opposite, UNKNOWN } from './condition-filters.ts';
import { filterOfPattern } from './filter-of-pattern.ts';
import { filtersOfEntries, type NumberKnowledge } from './filters-of-matcher.ts';
import { ALL_RECORDS, intersection, leaf, NO_RECORDS, type RecordFilter } from './record-filter.ts';

/** The fields of a record that hold its parts. */
export const PARTS = {
  keys: ['dynamodb', 'Keys'],
  newImage: ['dynamodb', 'NewImage'],
  oldImage: ['dynamodb', 'OldImage'],
} as const;

/** The records that a condition is asked about. */
export interface RouteRecords {
  readonly eventName: EventName;
  readonly viewType: StreamViewType;
}

/** The filter of the condition of a route. */
export function filtersOfRouteCondition(
  condition: unknown,
  records: RouteRecords,
  numbers: NumberKnowledge,
): ConditionFilters {
  if (condition === undefined) return { yes: ALL_RECORDS, no: NO_RECORDS };
  // ConditionFilters for an image that the records lack, a condition fails them all, whatever other conditions say.
  return needsMissingImage(condition, records) ? UNKNOWN : filtersOfCondition(condition, numbers);
}

function needsMissingImage(condition: unknown, records: RouteRecords): boolean {
  const lacks = (image: 'newImage' | 'oldImage'): boolean =>
    !hasImage(image, records.viewType, records.eventName);
  const data = conditionData(condition);
  switch (data?.kind) {
    case 'all':
    case 'any':
    case 'not':
      return data.conditions.some((one) => needsMissingImage(one, records));
    case 'matches':
      return data.parts.some(({ part }) => part !== 'keys' && lacks(part));
    case 'changed':
    case 'ownWrite':
      return lacks('newImage') || lacks('oldImage');
    default:
      return false;
  }
}

function filtersOfCondition(condition: unknown, numbers: NumberKnowledge): ConditionFilters {
  const data = conditionData(condition);
  switch (data?.kind) {
    case 'all':
      return allOf(data.conditions.map((one) => filtersOfCondition(one, numbers)));
    case 'any':
      return anyOf(data.conditions.map((one) => filtersOfCondition(one, numbers)));
    case 'not':
      return opposite(filtersOfCondition(data.conditions[0], numbers));
    case 'matches':
      return allOf(
        data.parts.map(({ part, match }) => filtersOfEntries(match.entries, PARTS[part], numbers)),
      );
    case 'changed': {
      const [only, ...others] = data.paths;
      // Whether two images differ, a pattern cannot say. `from` and `to` are asked of one image each.
      if (only === undefined || others.length > 0) return UNKNOWN;
      const side = (image: readonly string[], matcher: MatcherData | undefined): RecordFilter =>
        matcher === undefined ? ALL_RECORDS : filtersOfEntries([{ ...only, matcher }], image, numbers).yes;
      return {
        yes: intersection([side(PARTS.oldImage, data.from), side(PARTS.newImage, data.to)]),
        no: ALL_RECORDS,
      };
    }
    case 'expired':
      return {
        yes: intersection([
          leaf(['userIdentity', 'type'], 'Service'),
          leaf(['userIdentity', 'principalId'], 'dynamodb.amazonaws.com'),
        ]),
        no: ALL_RECORDS,
      };
    case 'eventPattern':
      return { yes: filterOfPattern(data.pattern), no: ALL_RECORDS };
    // Also what another version of the package may have.
    default:
      return UNKNOWN;
  }
}

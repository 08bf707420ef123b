import { conditionData } from '../../conditions/built-in.ts';
import type { MatcherData } from '../../conditions/matcher.ts';
import type { EventName } from '../../record/stream-record.ts';
import { hasImage, type StreamViewType } from '../../record/view-type.ts';
import { type Asked, allOf, anyOf, opposite, UNKNOWN } from './asked.ts';
import { both, type Demand, EVERYTHING, leaf, NOTHING } from './demand.ts';
import { entriesDemand, type NumberKnowledge } from './matcher-demand.ts';
import { patternDemand } from './pattern-demand.ts';

/** The fields of a record that hold its parts. */
export const PARTS = {
  keys: ['dynamodb', 'Keys'],
  newImage: ['dynamodb', 'NewImage'],
  oldImage: ['dynamodb', 'OldImage'],
} as const;

/** The records that a condition is asked about. */
export interface AskedRecords {
  readonly eventName: EventName;
  readonly viewType: StreamViewType;
}

/** The demand of the condition of a route. */
export function routeConditionDemand(
  condition: unknown,
  records: AskedRecords,
  numbers: NumberKnowledge,
): Asked {
  if (condition === undefined) return { yes: EVERYTHING, no: NOTHING };
  // Asked for an image that the records lack, a condition fails them all, whatever other conditions say.
  return needsMissingImage(condition, records) ? UNKNOWN : conditionDemand(condition, numbers);
}

function needsMissingImage(condition: unknown, records: AskedRecords): boolean {
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

function conditionDemand(condition: unknown, numbers: NumberKnowledge): Asked {
  const data = conditionData(condition);
  switch (data?.kind) {
    case 'all':
      return allOf(data.conditions.map((one) => conditionDemand(one, numbers)));
    case 'any':
      return anyOf(data.conditions.map((one) => conditionDemand(one, numbers)));
    case 'not':
      return opposite(conditionDemand(data.conditions[0], numbers));
    case 'matches':
      return allOf(data.parts.map(({ part, match }) => entriesDemand(match.entries, PARTS[part], numbers)));
    case 'changed': {
      const [only, ...others] = data.paths;
      // Whether two images differ, a pattern cannot say. `from` and `to` are asked of one image each.
      if (only === undefined || others.length > 0) return UNKNOWN;
      const side = (image: readonly string[], matcher: MatcherData | undefined): Demand =>
        matcher === undefined ? EVERYTHING : entriesDemand([{ ...only, matcher }], image, numbers).yes;
      return {
        yes: both([side(PARTS.oldImage, data.from), side(PARTS.newImage, data.to)]),
        no: EVERYTHING,
      };
    }
    case 'expired':
      return {
        yes: both([
          leaf(['userIdentity', 'type'], 'Service'),
          leaf(['userIdentity', 'principalId'], 'dynamodb.amazonaws.com'),
        ]),
        no: EVERYTHING,
      };
    case 'eventPattern':
      return { yes: patternDemand(data.pattern), no: EVERYTHING };
    // Also what another version of the package may have.
    default:
      return UNKNOWN;
  }
}

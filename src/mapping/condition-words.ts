import { conditionData } from '../conditions/built-in.ts';
import { isMatcher, type MatcherData } from '../conditions/matcher.ts';

/** Puts the condition of a route into words. */
export function conditionWords(condition: unknown): string {
  if (condition === undefined) return 'every record';
  const data = conditionData(condition);
  switch (data?.kind) {
    case undefined:
      return 'your own code';
    case 'all':
    case 'any':
      return `${data.kind} of (${data.conditions.map(conditionWords).join('; ')})`;
    case 'not':
      return `not (${data.conditions.map(conditionWords).join('; ')})`;
    case 'expired':
      return 'deleted by TTL';
    case 'ownWrite':
      return `a write of its own, by ${data.marker}`;
    case 'eventPattern':
      return `the event pattern ${data.pattern}`;
    case 'changed': {
      const from = data.from === undefined ? '' : ` from ${matcherWords(data.from)}`;
      const to = data.to === undefined ? '' : ` to ${matcherWords(data.to)}`;
      return `${data.paths.map(({ path }) => path).join(' or ')} changed${from}${to}`;
    }
    case 'matches':
      return data.parts
        .flatMap(({ part, match }) =>
          match.entries.map(({ path, matcher }) => `${part}.${path} is ${matcherWords(matcher)}`),
        )
        .join(' and ');
  }
}

/** A literal stands for itself, and a matcher is written like its call. */
function matcherWords({ kind, operands }: MatcherData): string {
  const words = operands.map(operandWords).join(', ');
  return kind === 'equals' ? words : `${kind}(${words})`;
}

function operandWords(operand: unknown): string {
  if (isMatcher(operand)) return matcherWords(operand['~matcher']);
  return `${JSON.stringify(operand, inJson)}`;
}

/** Sets and large numbers have no JSON of their own. */
function inJson(_name: string, value: unknown): unknown {
  if (value instanceof Set) return [...value];
  return typeof value === 'bigint' ? `${value}` : value;
}

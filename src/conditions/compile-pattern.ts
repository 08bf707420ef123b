import { ruleTest } from './field-tree.ts';
import { parsePattern } from './pattern-json.ts';
import { invalidPattern, type PatternOwner, patternRules } from './pattern-rules.ts';
import type { PatternOperator, PatternValue } from './pattern-value.ts';

/**
 * An event pattern: the shape of the record, with an array of alternatives where the record has a value.
 * All fields have to fit (AND), one alternative each (OR); `$or` holds where one of its patterns does.
 *
 * ```text
 * { eventName: ['INSERT', 'MODIFY'],                                  INSERT or MODIFY
 *   dynamodb: { NewImage: { status: { S: [{ prefix: 'PA' }] } } } }   and a status that begins with PA
 * ```
 *
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
 */
export interface EventPattern {
  readonly [field: string]: EventPattern | readonly PatternValue[] | readonly EitherPattern[];
}

/** One of the patterns of an `$or`: none of its fields is called like a comparison. */
export type EitherPattern = EventPattern & { readonly [Name in PatternOperator]?: never };

/**
 * Compiles an event pattern. The test matches records in Lambda's shape, AttributeValues and all, with the verdicts of
 * AWS's own matcher. It never throws.
 *
 * - `N` holds a string: `numeric` never matches it, and `['1234']` does to the digit.
 * - `exists` asks for a value, not for an object: name the type, `{ email: { S: [{ exists: false }] } }`.
 * - Below a list, all fields have to match in one element.
 *
 * @param pattern as an object or as JSON
 * @param owner the function that was called, for the message
 * @throws ConfigurationError `INVALID_PATTERN`
 * @see https://github.com/aws/event-ruler
 */
export function compilePattern(
  pattern: string | EventPattern,
  owner: PatternOwner = 'compilePattern',
): (record: unknown) => boolean {
  const rules = patternRules(readPattern(pattern, owner), owner).map(ruleTest);
  const [only] = rules;
  return rules.length === 1 && only !== undefined ? only : (record) => rules.some((test) => test(record));
}

/**
 * Reads a pattern that may be JSON.
 *
 * @throws ConfigurationError `INVALID_PATTERN`
 */
export function readPattern(pattern: string | EventPattern, owner: PatternOwner): unknown {
  if (typeof pattern !== 'string') return pattern;
  try {
    return parsePattern(pattern);
  } catch (error) {
    return invalidPattern(owner, [], `it is not JSON (${(error as SyntaxError).message})`);
  }
}

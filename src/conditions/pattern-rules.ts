import { ConfigurationError } from '../errors.ts';
import { joinPath } from '../unmarshall/path.ts';
import { entriesOf, JSON_TOO_DEEP, soleEntry } from './pattern-object.ts';
import { type LeafTest, leafTest, OPERATORS, RESERVED_NAMES } from './pattern-value.ts';

/** The alternatives of a field. */
export interface FieldTest {
  readonly tests: readonly LeafTest[];
  /** `{ exists: true }` is among the alternatives. */
  readonly present: boolean;
  /** `{ exists: false }` is among the alternatives. */
  readonly absent: boolean;
}

/** Fields that all have to match, by their path: names with dots between. */
export type PatternRule = ReadonlyMap<string, FieldTest>;

/** EventBridge allows as many combinations of `$or`. */
const MAX_RULES = 1000;

const MAX_LEVELS = 1000;

/**
 * Reads a pattern as AWS's matcher does: as rules of which one has to match. Each `$or` multiplies them.
 *
 * - A field is known by its path, so `{ "a.b": [...] }` and `{ a: { b: [...] } }` are the same field.
 * - Objects with the same name add up. Of a field that is written twice, the last one counts.
 *
 * @param owner the function that was called, for the message
 * @throws ConfigurationError `INVALID_PATTERN`
 */
export function patternRules(pattern: unknown, owner: PatternOwner): readonly PatternRule[] {
  return rulesOf(pattern, [new Map()], [], owner, false);
}

type Rules = readonly Map<string, FieldTest>[];

function rulesOf(
  pattern: unknown,
  given: Rules,
  path: readonly string[],
  owner: PatternOwner,
  withinEither: boolean,
): Rules {
  const entries = entriesOf(pattern);
  if (entries === undefined) {
    invalidPattern(
      owner,
      path,
      path.length === 0 ? 'it has to be an object' : 'a value has to stand in an array',
    );
  }
  if (entries.length === 0) invalidPattern(owner, path, 'an empty object matches nothing');
  if (path.length >= MAX_LEVELS) invalidPattern(owner, [], JSON_TOO_DEEP);
  let rules = given;
  for (const [name, value] of entries) {
    const at = [...path, name];
    if (isEither(name, value)) {
      const before = rules;
      rules = value.flatMap((one) =>
        rulesOf(
          one,
          before.map((rule) => new Map(rule)),
          path,
          owner,
          true,
        ),
      );
      if (rules.length > MAX_RULES) {
        invalidPattern(owner, at, `$or may make at most ${MAX_RULES} combinations, got ${rules.length}`);
      }
    } else if (withinEither && RESERVED_NAMES.includes(name)) {
      invalidPattern(owner, at, 'within $or a field may not have the name of a comparison');
    } else if (Array.isArray(value)) {
      const test = fieldTest(value, at, owner);
      for (const rule of rules) rule.set(at.join('.'), test);
    } else rules = rulesOf(value, rules, at, owner, withinEither);
  }
  return rules;
}

/** `$or` with two patterns or more. With anything else EventBridge takes it for a field of that name. */
export function isEither(name: string, value: unknown): value is readonly object[] {
  return (
    name === '$or' &&
    Array.isArray(value) &&
    value.length >= 2 &&
    value.every((one: unknown) => {
      const entries = entriesOf(one) ?? (Array.isArray(one) ? [] : undefined);
      return entries?.every(([field]) => !OPERATORS.includes(field)) === true;
    })
  );
}

function fieldTest(values: readonly unknown[], path: readonly string[], owner: PatternOwner): FieldTest {
  if (values.length === 0) invalidPattern(owner, path, 'an empty array matches nothing');
  const tests: LeafTest[] = [];
  const exists = new Set<boolean>();
  for (const value of values) {
    const [operator, operand] = soleEntry(value) ?? [];
    if (operator === 'exists' && typeof operand === 'boolean') {
      exists.add(operand);
      continue;
    }
    tests.push(
      leafTest(value) ??
        invalidPattern(owner, path, 'EventBridge does not know one of the values or comparisons'),
    );
  }
  return { tests, present: exists.has(true), absent: exists.has(false) };
}

/** The function, or its option, that was called with a pattern. Error messages name it. */
export type PatternOwner = string | { readonly owner: string; readonly option: string };

/** Returns the text between an option's name and the error text of AWS. */
function refused(owner: PatternOwner): string {
  return typeof owner === 'string' ? '' : 'is refused: ';
}

/** @throws ConfigurationError `INVALID_PATTERN` */
export function invalidPattern(owner: PatternOwner, path: readonly string[], reason: string): never {
  const at = path.reduce<string>(joinPath, '');
  throw new ConfigurationError(
    'INVALID_PATTERN',
    // AWS's own words, and which part of the pattern it is.
    `${refused(owner)}Invalid filter pattern definition. ${at === '' ? 'The pattern' : `At ${at}`}: ${reason}.`,
    typeof owner === 'string' ? { owner } : owner,
  );
}

import { isPlainObject } from '../options/check.ts';
import { invalidOption, wrongValue } from '../options/invalid-option.ts';
import { shown } from '../options/kind-of.ts';
import { type AttributeMap, MAX_LEVELS } from '../unmarshall/attribute-value.ts';
import { isMap } from '../unmarshall/malformed.ts';
import type { ToNumber } from '../unmarshall/numbers.ts';
import { joinPath, type Step, stepsOf } from '../unmarshall/path.ts';
import { unmarshall, unreadable } from '../unmarshall/unmarshall.ts';
import { equalTo } from './literal.ts';
import { isMatcher, type MatcherData, type MatcherKind, type Place } from './matcher.ts';
import { contentOf, valueAt } from './stored-value.ts';

/** A path into an item. */
export interface MatchedPath {
  /** Each place has one spelling. */
  readonly path: string;
  readonly steps: readonly Step[];
}

/** One path of a pattern, and the matcher for the value there. */
export interface MatchEntry extends MatchedPath {
  readonly matcher: MatcherData;
}

/** A pattern for the attributes of an item. All entries have to match. */
export interface CompiledMatch {
  /** Nested patterns are written out: `{ a: { b: 1 } }` and `{ 'a.b': 1 }` give the same entries. */
  readonly entries: readonly MatchEntry[];
  /**
   * Tests an image or keys, as stored. Takes time in proportion to the size of the values read.
   *
   * @param toNumber the number policy of the router. Where it gives text, text in the pattern may stand for a number
   * @returns false where there is no image
   * @throws UnmarshallError for an attribute that no handler could read
   */
  test(image: AttributeMap | undefined, toNumber?: ToNumber): boolean;
}

/**
 * Compiles a pattern for the attributes of an item: `{ status: 'PAID', 'lines[0].price': atLeast(100) }`.
 *
 * @param isKey returns true for an attribute that belongs to the table's key: those hold neither maps nor lists
 * @throws ConfigurationError with the code of `place`
 */
export function compileMatch(
  pattern: unknown,
  place: Place,
  isKey: (attribute: string) => boolean = () => false,
): CompiledMatch {
  if (!isPlainObject(pattern) || isMatcher(pattern)) {
    refuse(place, [], `has to be an object of attributes, got ${shown(pattern)}.`);
  }
  const entries = entriesOf(pattern, [], place);
  for (const { steps } of entries) {
    const name = steps[0] as string;
    const above = entries.find((other) => isScalar(other.matcher) && leadsBelow(steps, other.steps));
    if (steps.length > 1 && isKey(name)) {
      refuse(place, steps, `goes into ${name}: a key attribute holds neither a map nor a list.`);
    }
    if (above !== undefined) {
      refuse(place, steps, `goes into ${above.path}, for which the pattern asks neither a map nor a list.`);
    }
  }
  return {
    entries,
    test: (image, toNumber) => {
      if (image === undefined) return false;
      // Throws an error that names the value in the place of an image.
      if (!isMap(image)) unmarshall(image, String);
      // Not `every`, whose closure each record pays for (bench: router/small/entities).
      for (const entry of entries) if (!testEntry(entry, image, toNumber)) return false;
      return true;
    },
  };
}

/** Checks if what matches can be neither a map nor a list nor missing. */
function isScalar({ kind, operands }: MatcherData): boolean {
  return !WITH_PARTS.includes(kind) && !Array.isArray(operands[0]);
}

const WITH_PARTS: readonly MatcherKind[] = ['anythingBut', 'contains', 'exists', 'map', 'missing', 'oneOf'];

function leadsBelow(steps: readonly Step[], above: readonly Step[]): boolean {
  return steps.length > above.length && above.every((step, index) => step === steps[index]);
}

/** The names of the attributes that a pattern reads. */
export function attributesOf({ entries }: Pick<CompiledMatch, 'entries'>): string[] {
  return [...new Set(entries.map(({ steps }) => steps[0] as string))];
}

/**
 * Tests the value at a path.
 *
 * @throws UnmarshallError
 */
export function testEntry(
  { path, steps, matcher }: MatchEntry,
  image: AttributeMap,
  toNumber: ToNumber | undefined,
): boolean {
  try {
    return matcher.test(valueAt(image, steps), toNumber);
  } catch (thrown) {
    throw unreadable(path, thrown);
  }
}

/**
 * Compiles the pattern of a value: a literal, a matcher, or a pattern for the attributes of a map.
 *
 * @throws ConfigurationError with the code of `place`
 */
export function valueMatcher(pattern: unknown, place: Place, steps: readonly Step[] = []): MatcherData {
  if (isMatcher(pattern)) {
    const matcher: Partial<MatcherData> | null = pattern['~matcher'];
    // JSON keeps all of a matcher but its test.
    if (typeof matcher?.test !== 'function') refuseValue(place, steps, pattern);
    return matcher as MatcherData;
  }
  if (isPlainObject(pattern)) {
    const entries = entriesOf(pattern, [], place);
    return {
      kind: 'map',
      operands: entries,
      test: (value, toNumber) => {
        const map = contentOf(value, 'M') ?? {};
        return entries.every(({ steps, matcher }) => matcher.test(valueAt(map, steps), toNumber));
      },
    };
  }
  try {
    return { kind: 'equals', operands: [pattern], test: equalTo(pattern) };
  } catch {
    return refuseValue(place, steps, pattern);
  }
}

function refuseValue(place: Place, steps: readonly Step[], came: unknown): never {
  const expected = 'a value that DynamoDB stores, or a matcher such as missing()';
  refuse(place, steps, wrongValue({ expected }, came));
}

function entriesOf(pattern: object, at: readonly Step[], place: Place): MatchEntry[] {
  // Also a pattern that holds itself ends here.
  if (at.length > MAX_LEVELS) refuse(place, [], `nests deeper than ${MAX_LEVELS} levels.`);
  // Without the condition that a symbol stands for, the pattern would match more.
  for (const symbol of Object.getOwnPropertySymbols(pattern)) matchedPath(symbol, place, at);
  const entries = Object.entries(pattern).flatMap(([name, value]) => {
    const { path, steps } = matchedPath(name, place, at);
    return isPlainObject(value) && !isMatcher(value)
      ? entriesOf(value, steps, place)
      : [{ path, steps, matcher: valueMatcher(value, place, steps) }];
  });
  if (entries.length === 0) refuse(place, at, 'names no attribute.');
  return entries;
}

/**
 * Reads a path.
 *
 * @param at the path above it
 * @throws ConfigurationError with the code of `place`
 */
export function matchedPath(text: unknown, place: Place, at: readonly Step[] = []): MatchedPath {
  const below = typeof text === 'string' ? stepsOf(text) : undefined;
  if (below === undefined) {
    refuse(
      place,
      at,
      `has to name attributes by their paths, such as status, lines[0].price or ["a.b"], got ${shown(text)}.`,
    );
  }
  const steps = [...at, ...below];
  return { path: pathOf(steps), steps };
}

function pathOf(steps: readonly Step[], start = ''): string {
  return steps.reduce<string>(joinPath, start);
}

function refuse({ owner, option = '', code }: Place, steps: readonly Step[], problem: string): never {
  const at = pathOf(steps, option) || undefined;
  throw invalidOption(owner, at, at ? problem : `the value ${problem}`, { code });
}

import { ConfigurationError } from '../errors.ts';
import { joinPath } from '../unmarshall/path.ts';
import {
  isLeaf,
  type Leaf,
  type LeafTest,
  leafTest,
  OPERATORS,
  type PatternOperator,
  type PatternValue,
  soleEntry,
} from './pattern-value.ts';

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

/** A field with its alternatives. */
interface FieldTest {
  /** Where it lies in the record. */
  readonly path: readonly string[];
  readonly tests: readonly LeafTest[];
  /** `{ exists: true }` is among the alternatives. */
  readonly present: boolean;
  /** `{ exists: false }` is among the alternatives. */
  readonly absent: boolean;
}

/** What has to hold of one object of the record. */
interface ObjectTest {
  readonly fields: ReadonlyMap<string, FieldTest | ObjectTest>;
  /** Of each of these lists one has to hold. */
  readonly either: readonly (readonly ObjectTest[])[];
}

/**
 * Compiles an event pattern. What it gives matches records in Lambda's shape, AttributeValues and all, and
 * never throws.
 *
 * - `N` holds a string: `numeric` never matches it, and `['1234']` does to the digit.
 * - `exists` asks for a value, not for an object: name the type, `{ email: { S: [{ exists: false }] } }`.
 * - Below a list, all fields have to fit in one and the same element.
 *
 * @param pattern as an object or as JSON
 * @param owner what was called, for the message
 * @throws ConfigurationError `INVALID_PATTERN`
 */
export function compilePattern(
  pattern: string | EventPattern,
  owner = 'compilePattern',
): (record: unknown) => boolean {
  const test = objectTest(typeof pattern === 'string' ? parse(pattern, owner) : pattern, [], owner);
  return (record) => objectMatches(test, record, record);
}

function parse(json: string, owner: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return invalid(owner, [], 'it is no JSON');
  }
}

function objectTest(pattern: unknown, path: readonly string[], owner: string): ObjectTest {
  if (typeof pattern !== 'object' || pattern === null || Array.isArray(pattern)) {
    invalid(owner, path, path.length === 0 ? 'it has to be an object' : 'a value has to stand in an array');
  }
  const fields = new Map<string, FieldTest | ObjectTest>();
  const either: ObjectTest[][] = [];
  for (const [name, value] of Object.entries(pattern)) {
    if (isEither(name, value)) either.push(value.map((one) => objectTest(one, path, owner)));
    else if (Array.isArray(value)) fields.set(name, fieldTest(value, [...path, name], owner));
    else fields.set(name, objectTest(value, [...path, name], owner));
  }
  if (fields.size === 0 && either.length === 0) invalid(owner, path, 'an empty object matches nothing');
  return { fields, either };
}

/** `$or` with two patterns or more. With anything else EventBridge takes it for a field of that name. */
export function isEither(name: string, value: unknown): value is readonly object[] {
  return (
    name === '$or' &&
    Array.isArray(value) &&
    value.length >= 2 &&
    value.every(
      (one: unknown) =>
        typeof one === 'object' &&
        one !== null &&
        !Object.keys(one).some((field) => OPERATORS.includes(field)),
    )
  );
}

function fieldTest(values: readonly unknown[], path: readonly string[], owner: string): FieldTest {
  if (values.length === 0) invalid(owner, path, 'an empty array matches nothing');
  const tests: LeafTest[] = [];
  const exists = new Set<boolean>();
  for (const value of values) {
    const [operator, operand] = soleEntry(value) ?? [];
    if (operator === 'exists' && typeof operand === 'boolean') {
      exists.add(operand);
      continue;
    }
    tests.push(
      leafTest(value) ?? invalid(owner, path, 'a value or comparison is none that EventBridge knows'),
    );
  }
  return { path, tests, present: exists.has(true), absent: exists.has(false) };
}

function invalid(owner: string, path: readonly string[], reason: string): never {
  const at = path.reduce<string>(joinPath, '');
  throw new ConfigurationError(
    'INVALID_PATTERN',
    // AWS's own words, and which part of the pattern it is.
    `${owner}: Invalid filter pattern definition. ${at === '' ? 'The pattern' : `At ${at}`}: ${reason}.`,
  );
}

function objectMatches(test: ObjectTest, value: unknown, record: unknown): boolean {
  if (Array.isArray(value)) {
    const elements = elementsOf(value);
    // An empty list has no fields, as an absent one.
    return elements.length === 0
      ? objectMatches(test, undefined, record)
      : elements.some((element) => objectMatches(test, element, record));
  }
  for (const [name, inner] of test.fields) {
    const field = fieldOf(value, name);
    if ('tests' in inner ? !fieldMatches(inner, field, record) : !objectMatches(inner, field, record))
      return false;
  }
  return test.either.every((tests) => tests.some((one) => objectMatches(one, value, record)));
}

function fieldMatches({ path, tests, present, absent }: FieldTest, value: unknown, record: unknown): boolean {
  const leaves = leavesOf(value);
  if (leaves.some((leaf) => present || tests.some((test) => test(leaf)))) return true;
  // Of the whole record, not of one element of a list: the field is absent where no element has it.
  return absent && !hasLeaf(record, path, 0);
}

function hasLeaf(value: unknown, path: readonly string[], depth: number): boolean {
  const name = path[depth];
  if (name === undefined) return leavesOf(value).length > 0;
  if (!Array.isArray(value)) return hasLeaf(fieldOf(value, name), path, depth + 1);
  return elementsOf(value).some((element: unknown) => hasLeaf(element, path, depth));
}

/** The elements of a list, and of the lists in it. Not `flat()`, which is recursive: an event may nest without end. */
function elementsOf(list: readonly unknown[]): readonly unknown[] {
  const elements: unknown[] = [];
  const todo: unknown[] = list.toReversed();
  while (todo.length > 0) {
    const next = todo.pop();
    if (!Array.isArray(next)) elements.push(next);
    else for (let index = next.length - 1; index >= 0; index--) todo.push(next[index]);
  }
  return elements;
}

/** The values of a field; of a list, those of its elements. An object is none. */
function leavesOf(value: unknown): readonly Leaf[] {
  if (isLeaf(value)) return [value];
  return Array.isArray(value) ? elementsOf(value).filter(isLeaf) : [];
}

// An attribute may be called `constructor`; only the record's own fields count.
function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Record<string, unknown>)[name]
    : undefined;
}

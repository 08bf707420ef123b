import { joinPath } from '../unmarshall/path.ts';
import { type EventPattern, readPattern } from './compile-pattern.ts';
import { entriesOf, LongNumber, type PatternEntry, soleEntry } from './pattern-object.ts';
import { isEither } from './pattern-rules.ts';
import { leafTest } from './pattern-value.ts';

/** A part of a valid pattern with a surprising effect. */
export interface PatternWarning {
  /**
   * - `NEVER_MATCHES`: no record of a DynamoDB stream has such a value there.
   * - `ALWAYS_MATCHES`: every record with the field has it, or every record.
   * - `UNDOCUMENTED_OPERATOR`: EventBridge knows it, and Lambda's documentation does not name it.
   */
  readonly code: 'NEVER_MATCHES' | 'ALWAYS_MATCHES' | 'UNDOCUMENTED_OPERATOR';
  /** One sentence or two, with the place in the pattern. */
  readonly message: string;
}

type Kind = 'a string' | 'a number' | 'true or false' | 'an object';

/** The values that a record can have at a place of the pattern. */
interface Place {
  readonly kind: Kind;
  /** The only values of the field, where they are known. */
  readonly values?: readonly unknown[];
  /** The place of a field, undefined where a record has no such field. */
  below?(name: string): Place | undefined;
  /** A suggestion to replace alternatives, or an unknown name. */
  readonly remedy: string;
}

const TEXT: Place = { kind: 'a string', remedy: 'Write it as a string.' };
const NUMBER: Place = { kind: 'a number', remedy: 'Write it as a number.' };
const TYPES = 'S, N, B, SS, NS, BS, M, L, BOOL or NULL';

const ATTRIBUTE: Place = {
  kind: 'an object',
  remedy: `Name its type, one of ${TYPES}: { "S": [...] }.`,
  below: (type) => ATTRIBUTE_TYPES.get(type),
};
const ITEM: Place = { kind: 'an object', remedy: 'Name an attribute and its type.', below: () => ATTRIBUTE };
const ATTRIBUTE_TYPES: ReadonlyMap<string, Place> = new Map<string, Place>([
  ...['S', 'N', 'B', 'SS', 'NS', 'BS'].map((type) => [type, TEXT] as const),
  ['BOOL', { kind: 'true or false', values: [true, false], remedy: 'Write true or false, without quotes.' }],
  ['NULL', { kind: 'true or false', values: [true], remedy: 'Write true, without quotes.' }],
  ['M', ITEM],
  ['L', { ...ATTRIBUTE, remedy: `Name the type of its elements, one of ${TYPES}.` }],
]);

const RECORD: Place = object({
  eventID: TEXT,
  eventName: oneOf('INSERT', 'MODIFY', 'REMOVE'),
  eventVersion: TEXT,
  eventSource: oneOf('aws:dynamodb'),
  awsRegion: TEXT,
  eventSourceARN: TEXT,
  dynamodb: object({
    ApproximateCreationDateTime: NUMBER,
    Keys: ITEM,
    NewImage: ITEM,
    OldImage: ITEM,
    SequenceNumber: TEXT,
    SizeBytes: NUMBER,
    StreamViewType: oneOf('NEW_AND_OLD_IMAGES', 'NEW_IMAGE', 'OLD_IMAGE', 'KEYS_ONLY'),
  }),
  userIdentity: object({ type: TEXT, principalId: TEXT }),
});

/** Comparisons that EventBridge has and Lambda's documentation of filters does not name. */
const UNDOCUMENTED = ['wildcard', 'cidr', 'exactly'];

/**
 * Says what of a valid pattern can never match a record of a DynamoDB stream, what always does, and what Lambda may
 * refuse.
 *
 * - A field that records do not have, such as `body` or `newImage`, and an attribute without its type.
 * - A value of another type than the field's: a number at `N`, which holds a string, or text at `BOOL`.
 * - `wildcard`, `cidr`, `exactly` and comparisons within `anything-but` or `prefix` are EventBridge's, and not among
 *   those that Lambda documents.
 *
 * @returns empty when there is nothing to say
 * @example
 * ```ts
 * patternWarnings({ dynamodb: { NewImage: { total: { N: [{ numeric: ['>', 0] }] } } } });
 * // [{ code: 'NEVER_MATCHES', message: 'dynamodb.NewImage.total.N: numeric never matches, because ...' }]
 * ```
 * @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html
 */
export function patternWarnings(pattern: string | EventPattern): readonly PatternWarning[] {
  const found = new Map<string, PatternWarning>();
  inspect(readPattern(pattern, 'patternWarnings'), RECORD, [], (code, path, text) => {
    const message = `${path.reduce<string>(joinPath, '')}: ${text}`;
    found.set(message, { code, message });
  });
  return [...found.values()];
}

type Warn = (code: PatternWarning['code'], path: readonly string[], text: string) => void;

function inspect(pattern: unknown, place: Place | undefined, path: readonly string[], warn: Warn): void {
  for (const [name, value] of entriesOf(pattern) as readonly PatternEntry[]) {
    if (isEither(name, value)) {
      for (const one of value) inspect(one, place, path, warn);
      continue;
    }
    // A name with a dot is a path; below an image it may be an attribute's name.
    const steps = path.length === 0 ? name.split('.') : [name];
    let at = path;
    let inner = place;
    for (const step of steps) {
      at = [...at, step];
      const below = inner?.below?.(step);
      if (inner !== undefined && below === undefined && !asksForAbsence(value)) {
        const reason =
          inner.below === undefined ? `the field holds ${inner.kind}` : `records have no field ${step} there`;
        warn('NEVER_MATCHES', at, `this never matches, because ${reason}. ${inner.remedy}`);
      }
      inner = below;
    }
    if (!Array.isArray(value)) inspect(value, inner, at, warn);
    else for (const alternative of value) inspectAlternative(alternative, inner, at, warn);
  }
}

/** `{ exists: false }` is among the alternatives: it holds where a record has no such field. */
function asksForAbsence(value: unknown): boolean {
  return (
    Array.isArray(value) &&
    value.some((one) => {
      const [operator, operand] = soleEntry(one) ?? [];
      return operator === 'exists' && operand === false;
    })
  );
}

function inspectAlternative(
  alternative: unknown,
  place: Place | undefined,
  path: readonly string[],
  warn: Warn,
): void {
  const [operator, operand] = soleEntry(alternative) ?? [];
  const [inner] = soleEntry(operand) ?? [];
  if (operator !== undefined && UNDOCUMENTED.includes(operator)) {
    warn('UNDOCUMENTED_OPERATOR', path, `Lambda does not document ${operator} and may refuse it.`);
  }
  if (operator !== undefined && inner !== undefined) {
    warn(
      'UNDOCUMENTED_OPERATOR',
      path,
      `Lambda does not document ${inner} within ${operator} and may refuse it.`,
    );
  }
  if (place === undefined) return;
  const name = operator ?? nameOf(alternative);
  if (place.kind === 'an object') {
    const absent = operator === 'exists' && operand === false;
    const verdict = absent ? 'always' : 'never';
    warn(
      absent ? 'ALWAYS_MATCHES' : 'NEVER_MATCHES',
      path,
      `${name} tests a value, but the field holds an object, so it ${verdict} matches. ${place.remedy}`,
    );
    return;
  }
  if (operator === 'exists') return;
  if (operator === 'anything-but') {
    if (place.kind !== 'a number' && isNumbers(operand)) {
      warn(
        'ALWAYS_MATCHES',
        path,
        `anything-but of a number matches any value, because the field holds ${place.kind}. ${place.remedy}`,
      );
    }
    return;
  }
  const wanted = kindOf(operator, alternative);
  if (wanted !== place.kind) {
    warn(
      'NEVER_MATCHES',
      path,
      `${name} never matches, because the field holds ${place.kind}. ${place.remedy}`,
    );
  } else if (place.values?.some((value) => leafTest(alternative)?.(value as string) === true) === false) {
    const known = place.values.map((value) => JSON.stringify(value)).join(', ');
    warn(
      'NEVER_MATCHES',
      path,
      `${name} never matches, because the field is one of ${known}. ${place.remedy}`,
    );
  }
}

/** The values that an alternative matches. */
function kindOf(operator: string | undefined, alternative: unknown): Kind | 'null' {
  if (operator === 'numeric' || typeof alternative === 'number' || alternative instanceof LongNumber) {
    return 'a number';
  }
  if (typeof alternative === 'boolean') return 'true or false';
  return alternative === null ? 'null' : 'a string';
}

function nameOf(alternative: unknown): string {
  return alternative === null ? 'null' : kindOf(undefined, alternative);
}

function isNumbers(operand: unknown): boolean {
  return typeof (Array.isArray(operand) ? operand[0] : operand) === 'number';
}

function oneOf(...values: readonly string[]): Place {
  return { kind: 'a string', values, remedy: 'The comparison is case-sensitive.' };
}

function object(fields: Readonly<Record<string, Place>>): Place {
  return {
    kind: 'an object',
    remedy: `Its fields are ${Object.keys(fields).join(', ')}.`,
    below: (name) => (Object.hasOwn(fields, name) ? fields[name] : undefined),
  };
}

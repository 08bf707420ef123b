import { readPattern } from '../conditions/compile-pattern.ts';
import { entriesOf, type PatternEntry, soleEntry } from '../conditions/pattern-object.ts';
import { isEither } from '../conditions/pattern-rules.ts';
import { isMembers } from '../options/check.ts';
import { hasImage, type StreamViewType } from '../record/view-type.ts';

/** A field of a pattern, with its alternatives. */
export interface PatternField {
  readonly path: readonly string[];
  readonly alternatives: readonly unknown[];
}

/** As many combinations of `$or` are looked at. */
const MAX_COMBINATIONS = 50;

/** The fields of a pattern, once for each combination of its `$or`. */
export function fieldsOf(pattern: string): readonly (readonly PatternField[])[] {
  return fieldsIn(readPattern(pattern, 'doctor'), []).slice(0, MAX_COMBINATIONS);
}

function fieldsIn(pattern: unknown, above: readonly string[]): readonly (readonly PatternField[])[] {
  let combinations: readonly (readonly PatternField[])[] = [[]];
  for (const [name, value] of entriesOf(pattern) as readonly PatternEntry[]) {
    const path = above.length === 0 ? name.split('.') : [...above, name];
    const parts = isEither(name, value)
      ? value.flatMap((one) => fieldsIn(one, above))
      : Array.isArray(value)
        ? [[{ path, alternatives: value as readonly unknown[] }]]
        : fieldsIn(value, path);
    combinations = combinations
      .flatMap((one) => parts.map((part) => [...one, ...part]))
      .slice(0, MAX_COMBINATIONS);
  }
  return combinations;
}

/** A value for a field. Undefined: the field is absent. */
interface Setting {
  readonly path: readonly string[];
  readonly value: unknown;
}

/** The stream that samples come from. */
export interface SampleSource {
  readonly viewType: StreamViewType;
  readonly keys: readonly string[];
  readonly streamArn: string;
}

/** A record as a function gets it. */
export type Sample = Readonly<Record<string, unknown>> & { readonly eventName: string };

/**
 * Makes records that match a pattern, and that differ in what other patterns ask for. They are guesses: their reader asks the
 * patterns themselves.
 *
 * @param wanted the fields of the pattern
 * @param others the fields of the other patterns
 * @param changed paths of attributes that differ between the images
 */
export function* samples(
  source: SampleSource,
  wanted: readonly PatternField[],
  others: readonly PatternField[],
  changed: readonly (readonly string[])[],
): Iterable<Sample> {
  const changes = changed.flatMap((path): readonly Setting[] => [
    { path: ['dynamodb', 'NewImage', ...path, 'S'], value: 'after' },
    { path: ['dynamodb', 'OldImage', ...path, 'S'], value: 'before' },
  ]);
  for (const eventName of eventNames(wanted)) {
    const first = wanted.map((field) => settingsOf(field)[0]).filter((one) => one !== undefined);
    const bases = [first, ...wanted.flatMap((field) => settingsOf(field).map((one) => [...first, one]))];
    const apart = [
      [],
      ...others.flatMap((field) => [...settingsOf(field), ...opposites(field)].map((one) => [one])),
      // All other patterns at once: a record has to fail each of them to be dropped.
      ...[0, 1, 2].map((choice) =>
        others.map((field) => opposites(field)[choice]).filter((one) => one !== undefined),
      ),
    ];
    for (const kind of kindsOf(eventName)) {
      for (const base of bases) {
        for (const more of apart) yield sampleOf(source, kind, [...changes, ...more, ...base]);
      }
    }
  }
}

/** The parts of a record that belong to no attribute. */
interface RecordKind {
  readonly eventName: string;
  /** The deleter, if it is not a user. */
  readonly userIdentity?: object;
  readonly eventID: string;
  readonly createdAt: number;
  readonly sequenceNumber: string;
  readonly sizeBytes: number;
}

const SMALL = {
  eventID: '0123456789abcdef0123456789abcdef',
  createdAt: 1_767_225_600,
  sequenceNumber: '100000000000000000001',
  sizeBytes: 100,
};

/** It differs from the other one in all that a filter may ask for, and every stream has such records. */
const LARGE = {
  eventID: 'fedcba9876543210fedcba9876543210',
  createdAt: 1_798_761_600,
  sequenceNumber: '987654321098765432109876543210',
  sizeBytes: 350_000,
};

/** Time to Live deletes by this identity. */
const BY_TTL = { type: 'Service', principalId: 'dynamodb.amazonaws.com' };

function kindsOf(eventName: string): readonly RecordKind[] {
  const [small, large] = [
    { eventName, ...SMALL },
    { eventName, ...LARGE },
  ];
  return eventName === 'REMOVE' ? [small, { ...small, userIdentity: BY_TTL }, large] : [small, large];
}

const EVENTS = ['INSERT', 'MODIFY', 'REMOVE'];

function eventNames(fields: readonly PatternField[]): readonly string[] {
  const field = fields.find(({ path }) => path.join('.') === 'eventName');
  const named = EVENTS.filter((name) => field?.alternatives.includes(name));
  // Without one, the pattern compares them, or asks for none.
  return named.length > 0 ? named : EVENTS;
}

/** Values that match a field: one for each alternative that can be met by a value. */
function settingsOf({ path, alternatives }: PatternField): readonly Setting[] {
  return alternatives.map((one) => ({ path, value: valueFor(one, path) }));
}

/** Values that may not match a field: another one, none, and one that it excludes. */
function opposites({ path, alternatives }: PatternField): readonly Setting[] {
  const excluded = alternatives.map((one) => excludedBy(one)).find((one) => one !== undefined);
  return [
    { path, value: otherValue(path) },
    { path, value: undefined },
    { path, value: excluded ?? otherValue(path) },
  ];
}

function valueFor(alternative: unknown, path: readonly string[]): unknown {
  const [operator, operand] = soleEntry(alternative) ?? [];
  switch (operator) {
    case undefined:
      return alternative;
    case 'exists':
      return operand === true ? otherValue(path) : undefined;
    case 'prefix':
    case 'suffix':
    case 'equals-ignore-case':
    case 'exactly':
      return typeof operand === 'string' ? operand : `${soleEntry(operand)?.[1]}`;
    case 'wildcard':
      return `${operand}`.replaceAll('*', 'x');
    case 'cidr':
      return `${operand}`.split('/')[0];
    default:
      return otherValue(path);
  }
}

function excludedBy(alternative: unknown): unknown {
  const [operator, operand] = soleEntry(alternative) ?? [];
  if (operator !== 'anything-but') return undefined;
  const [inner] = Array.isArray(operand) ? operand : [operand];
  return isMembers(inner) ? valueFor(inner, []) : inner;
}

function otherValue(path: readonly string[]): unknown {
  switch (path.at(-1)) {
    case 'N':
    case 'NS':
      return '987654321';
    case 'B':
    case 'BS':
      return 'b3RoZXI=';
    case 'BOOL':
    case 'NULL':
      return true;
    default:
      return 'another value';
  }
}

const IMAGES = ['NewImage', 'OldImage'] as const;

type Attributes = Record<string, Record<string, unknown>>;

/** Makes a record with these settings. What no record of the stream has is left out. */
function sampleOf(
  { viewType, keys, streamArn }: SampleSource,
  { eventName, userIdentity, eventID, createdAt, sequenceNumber, sizeBytes }: RecordKind,
  settings: readonly Setting[],
): Sample {
  const parts = { Keys: noAttributes(), NewImage: noAttributes(), OldImage: noAttributes() };
  for (const { path, value } of settings) {
    const [, part = '', name = '', ...rest] = path;
    if (Object.hasOwn(parts, part) && rest.length > 0)
      set(parts[part as keyof typeof parts], name, rest, value);
  }
  const present = IMAGES.filter((image) =>
    hasImage(image === 'NewImage' ? 'newImage' : 'oldImage', viewType, eventName),
  );
  for (const key of keys) {
    const value = parts.Keys[key] ??
      present.map((image) => parts[image][key]).find((one) => one !== undefined) ?? { S: 'key' };
    for (const part of ['Keys', ...present] as const) parts[part][key] = value;
  }
  return {
    eventID,
    eventName,
    eventVersion: '1.1',
    eventSource: 'aws:dynamodb',
    awsRegion: streamArn.split(':')[3],
    dynamodb: {
      ApproximateCreationDateTime: createdAt,
      Keys: parts.Keys,
      ...Object.fromEntries(present.map((image) => [image, parts[image]])),
      SequenceNumber: sequenceNumber,
      SizeBytes: sizeBytes,
      StreamViewType: viewType,
    },
    eventSourceARN: streamArn,
    ...(userIdentity && { userIdentity }),
  };
}

/** Attributes may have any name, `constructor` and `__proto__` too. */
function noAttributes(): Attributes {
  return Object.create(null) as Attributes;
}

/** Sets the value of an attribute, by its type and the steps below. */
function set(
  attributes: Attributes,
  name: string,
  [type = '', ...below]: readonly string[],
  value: unknown,
): void {
  const isLeaf = below.length === 0;
  if (isLeaf && value === undefined) {
    delete attributes[name];
    return;
  }
  const attribute =
    attributes[name]?.[type] === undefined ? {} : (attributes[name] as Record<string, unknown>);
  attributes[name] = attribute;
  if (isLeaf) attribute[type] = /^[SNB]S$/.test(type) ? [value] : value;
  if (type === 'M') {
    attribute.M ??= noAttributes();
    const [inner = '', ...rest] = below;
    set(attribute.M as Attributes, inner, rest, value);
  } else if (!isLeaf) {
    // A list of one element: all fields are asked of the same one.
    const element: Attributes = {
      element: ((attribute.L as unknown[] | undefined)?.[0] ?? {}) as Record<string, unknown>,
    };
    set(element, 'element', below, value);
    attribute.L = element.element === undefined ? [] : [element.element];
  }
}

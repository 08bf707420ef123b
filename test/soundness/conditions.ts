import type { AttributeValue } from 'aws-lambda';
import fc from 'fast-check';
import {
  all,
  any,
  anythingBut,
  atLeast,
  atMost,
  between,
  changed,
  contains,
  equalsIgnoreCase,
  eventPattern,
  exists,
  expired,
  greaterThan,
  lessThan,
  matches,
  missing,
  not,
  oneOf,
  ownWrite,
  prefix,
  suffix,
  wildcard,
} from '../../src/index.ts';

/** A condition, and the names of all that it is made of. */
export interface DrawnCondition {
  readonly condition: unknown;
  readonly kinds: readonly string[];
  /** Values of attributes for which it may hold. Records have them more often, as conditions rarely hold by chance. */
  readonly hints: readonly Hint[];
}

/** A value for an attribute. */
export interface Hint {
  readonly image: string;
  readonly path: string;
  readonly value: AttributeValue;
}

/** A matcher or a literal, and the names of all that it is made of. */
interface DrawnMatcher {
  readonly matcher: unknown;
  readonly kinds: readonly string[];
  readonly examples?: readonly AttributeValue[];
}

/** The functions without their types: attributes and paths are drawn. */
// biome-ignore lint/suspicious/noExplicitAny: the drawn arguments fit no type
const loose = (make: unknown): ((...args: unknown[]) => any) => make as (...args: unknown[]) => any;

/** Text that comparisons of text, numbers and names meet: a few values often, so that conditions hold. */
export const drawnText = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom('a', 'ab', 'PAID', '5') },
  // The last ones differ by folding alone.
  fc.constantFrom('', 'A', 'aab', 'paid', 'ORDER#1', '$or', 'É', 'é', 'K', '\u212a'),
);

const text = drawnText;
const number = fc.oneof(
  { weight: 2, arbitrary: fc.constantFrom<number | bigint>(5, 5n, 0) },
  fc.constantFrom<number | bigint>(-5, 1.5, 42n, 1e21, 1e21, 10n ** 25n),
);

const literal: fc.Arbitrary<DrawnMatcher> = fc
  .oneof(
    { weight: 5, arbitrary: text },
    { weight: 3, arbitrary: number },
    fc.boolean(),
    fc.constant(null),
    fc.constant(['a']),
    fc.constant(new Set(['a', 'ab'])),
    fc.constant(new Uint8Array([1])),
  )
  .map((matcher) => ({
    matcher,
    kinds: [matcher === null ? 'null' : (matcher?.constructor.name ?? '')],
    examples: examplesOf(matcher),
  }));

/** How DynamoDB stores a literal; text also as a number, which a number policy may give as text. */
function examplesOf(value: unknown): readonly AttributeValue[] {
  if (typeof value === 'string') return value === '5' ? [{ S: value }, { N: value }] : [{ S: value }];
  if (typeof value === 'number' || typeof value === 'bigint') {
    return [{ N: value === 1e21 ? `1${'0'.repeat(21)}` : String(value) }];
  }
  if (typeof value === 'boolean') return [{ BOOL: value }];
  return value === null ? [{ NULL: true }] : [];
}

const { matcher: drawnMatcher } = fc.letrec<{ matcher: DrawnMatcher }>((tie) => {
  const some = fc.array(tie('matcher'), { minLength: 1, maxLength: 3 });
  return {
    matcher: fc.oneof(
      { maxDepth: 3, withCrossShrink: true },
      { weight: 8, arbitrary: literal },
      text.map((one) => matcherOf('prefix', () => prefix(one))),
      text.map((one) => matcherOf('suffix', () => suffix(one))),
      text.map((one) => matcherOf('equalsIgnoreCase', () => equalsIgnoreCase(one))),
      fc
        .constantFrom('a*', '*b', 'a', 'a\\*b', '*', '\\\\*', 'P*D')
        .map((one) => matcherOf('wildcard', () => wildcard(one))),
      fc
        .tuple(fc.constantFrom(atLeast, atMost, greaterThan, lessThan), fc.oneof(number, text))
        .map(([make, bound]) => matcherOf(make.name, () => loose(make)(bound))),
      fc
        .constantFrom<readonly [unknown, unknown]>([0, 10], ['a', 'b'], [5n, 5n])
        .map(([from, to]) => matcherOf('between', () => loose(between)(from, to))),
      fc.constant(matcherOf('exists', exists)),
      fc.constant(matcherOf('missing', missing)),
      some.map((parts) => combined('oneOf', oneOf, parts)),
      { weight: 3, arbitrary: some.map((parts) => combined('anythingBut', anythingBut, parts)) },
      literal.map(({ matcher }) => matcherOf('contains', () => loose(contains)(matcher))),
      fc.dictionary(fc.constantFrom('x', 'y'), tie('matcher'), { minKeys: 1, maxKeys: 2 }).map((fields) => ({
        matcher: Object.fromEntries(Object.entries(fields).map(([name, one]) => [name, one.matcher])),
        kinds: ['map', ...Object.values(fields).flatMap(({ kinds }) => kinds)],
      })),
    ),
  };
});

/** Replaces a matcher that does not exist in this form. Other tests check the refusals when a router is made. */
function matcherOf(kind: string, make: () => unknown): DrawnMatcher {
  try {
    return { matcher: make(), kinds: [kind] };
  } catch {
    return { matcher: exists(), kinds: ['exists'] };
  }
}

function combined(kind: string, make: unknown, parts: readonly DrawnMatcher[]): DrawnMatcher {
  const drawn = matcherOf(kind, () => loose(make)(...parts.map(({ matcher }) => matcher)));
  return { matcher: drawn.matcher, kinds: [...drawn.kinds, ...parts.flatMap(({ kinds }) => kinds)] };
}

/** Names that a pattern can say, and names that it cannot. */
export const ATTRIBUTES = [
  ...['s', 't', 'm', 'l', 'type', 'S'],
  ...['a.b', '$or', 'prefix', 'exists', '__proto__', 'constructor', 'm.M.x'],
];

const path = fc.oneof(
  fc.constant('s'),
  fc.constantFrom(
    't',
    'type',
    'm.x',
    'm.y',
    'l[0]',
    'l[0].x',
    'S',
    'prefix',
    '["a.b"]',
    '["$or"]',
    'exists',
    '["__proto__"]',
    'constructor',
  ),
);

const where = fc.dictionary(path, drawnMatcher, { minKeys: 1, maxKeys: 2 });

const keyWhere = fc.dictionary(
  fc.constantFrom('pk', 'sk'),
  fc.oneof(text, text.map(prefix), fc.constant(exists())),
  { minKeys: 1, maxKeys: 2 },
);

const alternative = fc.oneof(
  text,
  fc.constantFrom<unknown>(true, false, null),
  text.map((one) => ({ prefix: one })),
  text.map((one) => ({ suffix: one })),
  text.map((one) => ({ 'anything-but': [one] })),
  text.map((one) => ({ 'equals-ignore-case': one })),
  fc.constantFrom<unknown>(
    { exists: true },
    { exists: false },
    { wildcard: 'a*' },
    { 'anything-but': { prefix: 'a' } },
    { numeric: ['>', 1] },
  ),
);

const alternatives = fc.array(alternative, { minLength: 1, maxLength: 2 });

const place = fc.constantFrom<readonly string[]>(
  ['eventName'],
  ['userIdentity', 'type'],
  ['dynamodb', 'StreamViewType'],
  ['dynamodb', 'Keys', 'sk', 'S'],
  ['dynamodb', 'SizeBytes'],
  ['dynamodb', 'NewImage', 's', 'S'],
  ['dynamodb', 'NewImage', 's', 'N'],
  ['dynamodb', 'NewImage', 's', 'SS'],
  ['dynamodb', 'NewImage', 's'],
  ['dynamodb', 'NewImage', 'l', 'L', 'S'],
  ['dynamodb', 'NewImage', 'l', 'L', 'M', 'x', 'S'],
  ['dynamodb', 'OldImage', 's', 'S'],
  ['dynamodb', 'OldImage', 'm', 'M', 'x', 'S'],
);

const field = fc.tuple(place, alternatives);

/** JSON in which `dynamodb` may be there twice, as in AWS's own example. */
const patternText = fc.array(field, { minLength: 1, maxLength: 2 }).map((fields) => {
  const one = ([names, values]: readonly [readonly string[], unknown]): string =>
    names.reduceRight((inner, name) => `{${JSON.stringify(name)}:${inner}}`, JSON.stringify(values));
  return `{${fields.map((field) => one(field).slice(1, -1)).join(',')}}`;
});

/** Patterns that meet at one attribute, each of which another element of a list or a set may match. */
const meeting: fc.Arbitrary<DrawnCondition> = fc
  .tuple(
    fc.constantFrom<readonly string[]>(['s', 'SS'], ['s', 'SS'], ['l', 'L', 'S'], ['l', 'L', 'M', 'x', 'S']),
    fc.constantFrom<readonly string[]>(
      ['s', 'SS'],
      ['s', 'SS'],
      ['s'],
      ['l', 'L', 'S'],
      ['l', 'L', 'M', 'x', 'S'],
    ),
    fc.constantFrom<unknown>('a', 'ab'),
    fc.constantFrom<unknown>('a', 'ab', { exists: false }),
  )
  .map(([one, other, first, second]) => {
    const patterns = (
      [
        [one, first],
        [other, second],
      ] as const
    ).map(([names, value]) => {
      const below = names.reduceRight<unknown>((inner, name) => ({ [name]: inner }), [value]);
      return conditionOf('eventPattern', ['meeting'], () =>
        loose(eventPattern)({ dynamodb: { NewImage: below } }),
      );
    });
    const hints = [{ image: 'newImage', path: 's', value: { SS: ['a', 'ab'] } }];
    return { ...joined('all', all, patterns), hints };
  });

const eitherText = fc.tuple(patternText, patternText).map((texts) => `{"$or":[${texts.join(',')}]}`);

/** Patterns that write alternatives anew: as they are, among patterns or as a path. */
const anewText = fc
  .tuple(
    place,
    fc.constantFrom('["a"]', '["ab"]', '["PAID"]', '[{"exists":true}]'),
    alternatives.map((values) => JSON.stringify(values)),
    fc.constantFrom('as they are', 'among patterns', 'as a path'),
  )
  .map(([names, first, second, how]) => {
    const nested = (values: string): string =>
      names.reduceRight((inner, name) => `{${JSON.stringify(name)}:${inner}}`, values).slice(1, -1);
    if (how === 'as they are') return `{${nested(first)},${nested(second)}}`;
    if (how === 'as a path') return `{${nested(first)},${JSON.stringify(names.join('.'))}:${second}}`;
    return `{${nested(first)},"$or":[{${nested(second)}},{"eventName":["REMOVE"]}]}`;
  });

/** Any condition. Where a part is refused, a predicate that holds takes its place. */
export const { condition: drawnCondition } = fc.letrec<{ condition: DrawnCondition }>((tie) => {
  const some = fc.array(tie('condition'), { minLength: 1, maxLength: 3 });
  return {
    condition: fc.oneof(
      { maxDepth: 3, withCrossShrink: true },
      {
        weight: 5,
        arbitrary: fc
          .tuple(fc.constantFrom('newImage', 'newImage', 'oldImage'), where)
          .map(([image, fields]) => matched(image, fields)),
      },
      keyWhere.map((fields) => conditionOf('matches', [], () => loose(matches)({ keys: fields }))),
      fc.tuple(path, drawnMatcher).map(([one, to]) => changedTo(one, { to })),
      fc.tuple(path, drawnMatcher, drawnMatcher).map(([one, from, to]) => changedTo(one, { from, to })),
      fc.constant(conditionOf('changed', ['paths'], () => loose(changed)(['s', 't']))),
      fc.constant(conditionOf('expired', [], () => expired)),
      fc.constant(conditionOf('ownWrite', [], () => loose(ownWrite)('s'))),
      fc
        .oneof({ weight: 4, arbitrary: patternText }, eitherText, anewText)
        .map((pattern) => conditionOf('eventPattern', [], () => loose(eventPattern)(pattern))),
      { weight: 2, arbitrary: meeting },
      fc.boolean().map((answer) => conditionOf('predicate', [], () => () => answer)),
      some.map((parts) => joined('all', all, parts)),
      some.map((parts) => joined('any', any, parts)),
      { weight: 3, arbitrary: tie('condition').map((part) => joined('not', not, [part])) },
    ),
  };
});

function conditionOf(kind: string, kinds: readonly string[], make: () => unknown): DrawnCondition {
  try {
    return { condition: make(), kinds: [kind, ...kinds], hints: [] };
  } catch {
    return { condition: () => true, kinds: ['predicate'], hints: [] };
  }
}

function matched(image: string, fields: Readonly<Record<string, DrawnMatcher>>): DrawnCondition {
  const entries = Object.entries(fields);
  const hints = entries.flatMap(([path, { examples = [] }]) =>
    examples.map((value) => ({ image, path, value })),
  );
  const wanted = Object.fromEntries(entries.map(([name, { matcher }]) => [name, matcher]));
  const kinds = entries.flatMap(([, drawn]) => drawn.kinds);
  return { ...conditionOf('matches', kinds, () => loose(matches)({ [image]: wanted })), hints };
}

function changedTo(one: string, sides: Readonly<Record<string, DrawnMatcher>>): DrawnCondition {
  const options = Object.fromEntries(Object.entries(sides).map(([side, { matcher }]) => [side, matcher]));
  const kinds = Object.values(sides).flatMap((drawn) => drawn.kinds);
  const hints = Object.entries(sides).flatMap(([side, { examples = [] }]) =>
    examples.map((value) => ({ image: side === 'to' ? 'newImage' : 'oldImage', path: one, value })),
  );
  return { ...conditionOf('changed', kinds, () => loose(changed)(one, options)), hints };
}

function joined(kind: string, make: unknown, parts: readonly DrawnCondition[]): DrawnCondition {
  const kinds = parts.flatMap((part) => part.kinds);
  const hints = parts.flatMap((part) => part.hints);
  return {
    ...conditionOf(kind, kinds, () => loose(make)(...parts.map(({ condition }) => condition))),
    hints,
  };
}

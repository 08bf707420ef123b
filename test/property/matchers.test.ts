import type { AttributeValue } from 'aws-lambda';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decide } from '../../src/conditions/built-in.ts';
import { compileMatch } from '../../src/conditions/compile-match.ts';
import { implies } from '../../src/conditions/implies.ts';
import {
  all,
  any,
  anythingBut,
  atLeast,
  atMost,
  between,
  type Condition,
  changed,
  contains,
  equalsIgnoreCase,
  exists,
  greaterThan,
  lessThan,
  matches,
  missing,
  not,
  oneOf,
  prefix,
  suffix,
  wildcard,
} from '../../src/index.ts';
import { type AnyChange, stored } from '../fixtures/stored-records.ts';

const RUNS = { numRuns: Number(process.env.MATCHER_RUNS ?? 1000) };
const PLACE = { owner: 'matches', option: 'newImage' };

/** A number by its text, as number classes give it. */
class Digits {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
  toString(): string {
    return this.text;
  }
}

// Few values, so that equal ones are drawn often.
const text = fc.oneof(
  fc.constantFrom('', 'a', 'ab', 'AB', 'aab', 'b', '5', '\uffff', '\u{10000}', 'a*b', 'S a'),
  fc.string({ unit: fc.constantFrom('a', 'b', 'B', '\u{1f600}', '\ue000'), maxLength: 5 }),
);
const digits = fc
  .oneof(
    fc.constantFrom(
      '0',
      '5',
      '5.0',
      '-5',
      '9007199254740993',
      '9007199254740992.5',
      '1e-130',
      '1E+125',
      '-0',
    ),
    fc
      .tuple(fc.bigInt({ min: -(10n ** 38n) + 1n, max: 10n ** 38n - 1n }), fc.integer({ min: -3, max: 2 }))
      .map(([whole, power]) => `${whole}e${power}`),
  )
  .map((written) => new Digits(written));
const binary = fc.uint8Array({ maxLength: 3 });
const scalar = fc.oneof(text, digits, binary, fc.boolean(), fc.constant(null));
const setOf = (element: fc.Arbitrary<unknown>) =>
  fc
    .uniqueArray(element, { minLength: 1, maxLength: 3, selector: canonical })
    .map((elements) => new Set(elements));
const value: fc.Arbitrary<unknown> = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    scalar,
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom('x', 'y', '__proto__'), tie('value'), { maxKeys: 2 }),
    setOf(text),
    setOf(digits),
    setOf(binary),
  ),
})).value;

/** The naive reference: one text for each value, with numbers as fractions of 10^200. */
function canonical(one: unknown): string {
  if (one instanceof Digits) return `number ${fraction(one.text)}`;
  if (ArrayBuffer.isView(one)) return `binary ${Buffer.from(one as Uint8Array).toString('hex')}`;
  if (one instanceof Set) return `set ${JSON.stringify([...one].map(canonical).sort())}`;
  if (Array.isArray(one)) return `list ${JSON.stringify(one.map(canonical))}`;
  if (typeof one === 'object' && one !== null) {
    return `map ${JSON.stringify(
      Object.entries(one)
        .map(([name, inner]) => [name, canonical(inner)])
        .sort(),
    )}`;
  }
  return JSON.stringify(one);
}

function fraction(written: string): bigint {
  const [, sign, whole = '', part = '', power = '0'] = /^(-?)(\d*)\.?(\d*)(?:e(.+))?$/i.exec(written) ?? [];
  const size = BigInt(whole + part) * 10n ** BigInt(200 - part.length + Number(power));
  return sign === '-' ? -size : size;
}

function toStored(one: unknown): AttributeValue {
  if (typeof one === 'string') return { S: one };
  if (one instanceof Digits) return { N: one.text };
  if (typeof one === 'boolean') return { BOOL: one };
  if (one === null) return { NULL: true };
  if (ArrayBuffer.isView(one)) return { B: base64(one) };
  if (Array.isArray(one)) return { L: one.map(toStored) };
  if (!(one instanceof Set)) {
    return {
      M: Object.fromEntries(Object.entries(one as object).map(([name, inner]) => [name, toStored(inner)])),
    };
  }
  const elements = [...one];
  if (typeof elements[0] === 'string') return { SS: elements };
  return elements[0] instanceof Digits ? { NS: elements.map(String) } : { BS: elements.map(base64) };
}

function base64(bytes: unknown): string {
  return Buffer.from(bytes as Uint8Array).toString('base64');
}

const ask = (pattern: unknown, one: unknown): boolean =>
  compileMatch({ a: pattern }, PLACE).test(one === undefined ? {} : { a: toStored(one) });

test('a literal matches what equals it, and changed sees what does not', () => {
  fc.assert(
    fc.property(value, value, (literal, other) => {
      const same = canonical(literal) === canonical(other);
      // A map is a pattern, so it stands in a list here.
      expect(ask([literal], [other])).toBe(same);
      expect(ask([literal], [literal])).toBe(true);
      const change = stored({ oldImage: { a: toStored(literal) }, newImage: { a: toStored(other) } });
      expect(changed<AnyChange>('a')(change as unknown as AnyChange)).toBe(!same);
    }),
    RUNS,
  );
});

test('ranges compare numbers as fractions, and text and binary by the bytes that DynamoDB stores', () => {
  const kinds = [text, digits, binary] as fc.Arbitrary<unknown>[];
  const orderOf = (a: unknown, b: unknown): number => {
    if (a instanceof Digits && b instanceof Digits) {
      const [x, y] = [fraction(a.text), fraction(b.text)];
      return x < y ? -1 : Number(x > y);
    }
    return Buffer.compare(Buffer.from(a as string), Buffer.from(b as string));
  };
  fc.assert(
    fc.property(
      fc.constantFrom(...kinds).chain((kind) => fc.tuple(kind, kind, kind)),
      scalar,
      ([one, other, third], odd) => {
        const order = orderOf(one, other);
        expect(ask(greaterThan(other), one)).toBe(order > 0);
        expect(ask(atLeast(other), one)).toBe(order >= 0);
        expect(ask(lessThan(other), one)).toBe(order < 0);
        expect(ask(atMost(other), one)).toBe(order <= 0);
        const [low, high] = orderOf(other, third) <= 0 ? [other, third] : [third, other];
        expect(ask(between(low, high), one)).toBe(orderOf(low, one) <= 0 && orderOf(one, high) <= 0);
        const isOther =
          canonical(odd).split(' ')[0] !== canonical(one).split(' ')[0] && typeof odd !== typeof one;
        if (isOther) expect(ask(atLeast(one), odd) || ask(lessThan(one), odd)).toBe(false);
      },
    ),
    RUNS,
  );
});

test('a wildcard matches as a naive walk does', () => {
  const walk = (parts: string, whole: string): boolean => {
    if (parts === '') return whole === '';
    if (parts.startsWith('*'))
      return walk(parts.slice(1), whole) || (whole !== '' && walk(parts, whole.slice(1)));
    return whole.startsWith(parts.charAt(0)) && walk(parts.slice(1), whole.slice(1));
  };
  const pattern = fc
    .string({ unit: fc.constantFrom('a', 'b', '*'), maxLength: 6 })
    .map((p) => p.replace(/\*+/g, '*'));
  fc.assert(
    fc.property(pattern, fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 8 }), (asked, whole) => {
      expect(ask(wildcard(asked), whole)).toBe(walk(asked, whole));
    }),
    RUNS,
  );
});

const small = fc.oneof(fc.constantFrom('', 'a', 'ab', 'B', 'b'), fc.integer({ min: 0, max: 3 }));
const matcher: fc.Arbitrary<unknown> = fc.letrec<{ matcher: unknown }>((tie) => ({
  matcher: fc.oneof(
    { maxDepth: 2, depthSize: 'small' },
    small,
    fc.constantFrom('a', 'b', '').map(prefix),
    fc.constantFrom('a', 'b', '').map(suffix),
    fc.constantFrom('a', 'B').map(equalsIgnoreCase),
    fc.constantFrom('*', 'a*', '*b', 'a*b', 'ab', '*a*', '\u{10ffff}*').map(wildcard),
    fc
      .constantFrom(greaterThan, atLeast, lessThan, atMost)
      .chain((range) => small.map((bound) => range(bound as unknown))),
    fc
      .tuple(fc.integer({ min: 0, max: 2 }), fc.integer({ min: 2, max: 3 }))
      .map(([low, high]) => between(low, high)),
    fc.constantFrom(exists(), missing()),
    fc.array(tie('matcher'), { minLength: 1, maxLength: 2 }).map((alternatives) => oneOf(...alternatives)),
    fc
      .array(tie('matcher'), { minLength: 1, maxLength: 2 })
      .map((alternatives) => anythingBut(...alternatives)),
    tie('matcher').map((element) => contains(element)),
    tie('matcher').map((inner) => ({ x: inner })),
  ),
})).matcher;
const ITEMS: readonly unknown[] = [
  undefined,
  null,
  true,
  '',
  'a',
  'b',
  'ab',
  'B',
  'A',
  'aab',
  'ba',
  '\u{10ffff}a',
  ...['0', '1', '2', '3', '2.5'].map((n) => new Digits(n)),
  ['a'],
  [],
  ['b', 'ab'],
  new Set(['a', 'ab']),
  new Set([new Digits('2')]),
  {},
  { x: 'a' },
  { x: new Digits('2') },
  { x: 'ab' },
  { x: ['a'] },
];

test('where a pattern implies another, every item that matches it matches the other', () => {
  let implied = 0;
  fc.assert(
    fc.property(matcher, matcher, (a, b) => {
      const [given, wanted] = [compileMatch({ a }, PLACE), compileMatch({ a: b }, PLACE)];
      if (!implies(given, wanted)) return;
      implied++;
      for (const item of ITEMS) if (ask(a, item)) expect(ask(b, item), JSON.stringify(item)).toBe(true);
    }),
    { numRuns: RUNS.numRuns * 10 },
  );
  expect(implied).toBeGreaterThan(RUNS.numRuns / 10);
});

test('the built-in parts decide as the whole condition does, whatever the predicates say, and call none of them', () => {
  const yes = matches<AnyChange>({ keys: { id: exists() } });
  const no = matches<AnyChange>({ keys: { id: missing() } });
  interface Tree {
    readonly condition: Condition<AnyChange>;
    readonly pure: boolean;
  }
  let calls = 0;
  let answers: readonly boolean[] = [];
  const predicate: Condition<AnyChange> = () => answers[calls++ % answers.length] ?? false;
  const tree: fc.Arbitrary<Tree> = fc.letrec<{ tree: Tree }>((tie) => ({
    tree: fc.oneof(
      { maxDepth: 4, depthSize: 'medium' },
      fc.constantFrom<Tree>(
        { condition: yes, pure: true },
        { condition: no, pure: true },
        { condition: predicate, pure: false },
      ),
      tie('tree').map(({ condition, pure }) => ({ condition: not(condition), pure })),
      fc
        .tuple(fc.constantFrom(all, any), fc.array(tie('tree'), { minLength: 1, maxLength: 3 }))
        .map(([combine, trees]) => ({
          condition: combine(...trees.map(({ condition }) => condition)),
          pure: trees.every(({ pure }) => pure),
        })),
    ),
  })).tree;
  const record = stored({ oldImage: {}, newImage: {}, keys: { id: { S: 'i' } } });
  fc.assert(
    fc.property(
      tree,
      fc.array(fc.boolean(), { minLength: 1, maxLength: 5 }),
      ({ condition, pure }, drawn) => {
        answers = drawn;
        calls = 0;
        const verdict = decide(condition, record);
        expect(calls).toBe(0);
        if (pure) expect(verdict).toBeDefined();
        if (verdict !== undefined) expect(condition(record as unknown as AnyChange)).toBe(verdict);
      },
    ),
    RUNS,
  );
});

import { NumberValueImpl } from '@aws-sdk/util-dynamodb';
import type { AttributeValue } from 'aws-lambda';
import { describe, expect, test } from 'vitest';
import { compileMatch } from '../../src/conditions/compile-match.ts';
import {
  anythingBut,
  atLeast,
  atMost,
  between,
  contains,
  equalsIgnoreCase,
  exists,
  greaterThan,
  lessThan,
  missing,
  oneOf,
  prefix,
  suffix,
  wildcard,
} from '../../src/index.ts';
import { expectProportion } from '../fixtures/proportion.ts';

const PLACE = { owner: 'matches', option: 'newImage' };

function asked(pattern: unknown, value: unknown): boolean {
  const image = value === undefined ? {} : { a: value as AttributeValue };
  return compileMatch({ a: pattern }, PLACE).test(image);
}

const bytes = (...values: number[]) => Uint8Array.from(values);

/** For each type: a value, its form in a pattern, and another value, which is smaller where there is an order. */
const TYPES = {
  S: {
    value: { S: 'order' },
    native: 'order',
    other: { S: 'Other' },
    otherNative: 'Other',
    invalid: { S: 5 },
  },
  N: { value: { N: '12.50' }, native: 12.5, other: { N: '3' }, otherNative: 3n, invalid: { N: 'x' } },
  B: {
    value: { B: 'AQI=' },
    native: bytes(1, 2),
    other: { B: 'AQ==' },
    otherNative: bytes(1),
    invalid: { B: 5 },
  },
  BOOL: {
    value: { BOOL: true },
    native: true,
    other: { BOOL: false },
    otherNative: false,
    invalid: { BOOL: 'true' },
  },
  NULL: {
    value: { NULL: true },
    native: null,
    other: { BOOL: false },
    otherNative: false,
    invalid: { NULL: false },
  },
  M: {
    value: { M: { x: { S: 'a' }, y: { N: '1' } } },
    native: { x: 'a' },
    other: { M: { x: { S: 'b' } } },
    otherNative: { x: 'b' },
    invalid: { M: [] },
  },
  L: {
    value: { L: [{ S: 'a' }, { N: '1.0' }] },
    native: ['a', 1],
    other: { L: [{ N: '1' }, { S: 'b' }] },
    otherNative: [1, 'b'],
    invalid: { L: 'a' },
  },
  SS: {
    value: { SS: ['a', 'b'] },
    native: new Set(['b', 'a']),
    other: { SS: ['b'] },
    otherNative: new Set(['b']),
    invalid: { SS: 'a' },
  },
  NS: {
    value: { NS: ['1.0', '2'] },
    native: new Set([2, 1]),
    other: { NS: ['2'] },
    otherNative: new Set([2]),
    invalid: { NS: {} },
  },
  BS: {
    value: { BS: ['AQ==', 'Ag=='] },
    native: new Set([bytes(2), bytes(1)]),
    other: { BS: ['Ag=='] },
    otherNative: new Set([bytes(2)]),
    invalid: { BS: 'AQ==' },
  },
} as const;

type Type = keyof typeof TYPES;
const ALL = Object.keys(TYPES) as Type[];

/** For each matcher the types that it asks about; it matches the value and not the other one. */
const MATCHERS: Readonly<Record<string, { readonly types: readonly Type[]; of(type: Type): unknown }>> = {
  'a literal': { types: ALL, of: (type) => TYPES[type].native },
  prefix: { types: ['S'], of: () => prefix('or') },
  suffix: { types: ['S'], of: () => suffix('der') },
  equalsIgnoreCase: { types: ['S'], of: () => equalsIgnoreCase('ORDER') },
  wildcard: { types: ['S'], of: () => wildcard('o*er') },
  greaterThan: { types: ['S', 'N', 'B'], of: (type) => greaterThan(TYPES[type].otherNative) },
  atLeast: { types: ['S', 'N', 'B'], of: (type) => atLeast(TYPES[type].native) },
  lessThan: {
    types: ['S', 'N', 'B'],
    of: (type) => lessThan({ S: 'p', N: 12.6, B: bytes(1, 2, 0) }[type as 'S']),
  },
  atMost: { types: ['S', 'N', 'B'], of: (type) => atMost(TYPES[type].native) },
  between: {
    types: ['S', 'N', 'B'],
    of: (type) => between<unknown>(TYPES[type].native, { S: 'p', N: 13, B: bytes(2) }[type as 'S']),
  },
  oneOf: { types: ALL, of: (type) => oneOf(prefix('none'), TYPES[type].native) },
  anythingBut: { types: ALL, of: (type) => anythingBut(prefix('none'), TYPES[type].otherNative) },
  contains: {
    types: ['L', 'SS', 'NS', 'BS'],
    of: (type) => contains({ L: 'a', SS: 'a', NS: 1, BS: bytes(1) }[type as 'L']),
  },
  exists: { types: ALL, of: () => exists() },
  missing: { types: ALL, of: () => missing() },
};

/** These hold for smaller values, which the other one is. */
const FROM_BELOW = ['lessThan', 'atMost'];

const CASES = Object.entries(MATCHERS).flatMap(([kind, { types, of }]) =>
  ALL.map((type) => ({
    kind,
    type,
    pattern: of(types.includes(type) ? type : (types[0] as Type)),
    fits: types.includes(type),
  })),
);

describe.each(CASES)('$kind on $type', ({ kind, type, pattern, fits }) => {
  const { value, other, invalid } = TYPES[type];

  test(fits && kind !== 'missing' ? 'matches the value' : 'does not match', () => {
    expect(asked(pattern, value)).toBe(fits && kind !== 'missing');
  });

  test('does not match another value, unless it asks for such', () => {
    expect(asked(pattern, other)).toBe(kind === 'exists' || (fits && FROM_BELOW.includes(kind)));
  });

  test('matches a missing attribute only if it is missing()', () => {
    expect(asked(pattern, undefined)).toBe(kind === 'missing');
  });

  test('takes null for a value', () => {
    const any = kind === 'exists' || kind === 'anythingBut';
    expect(asked(pattern, { NULL: true })).toBe(any || (type === 'NULL' && fits && kind !== 'missing'));
  });

  test('fails for a value that no handler could read', () => {
    if (kind === 'missing') expect(asked(pattern, invalid)).toBe(false);
    else {
      expect(() => asked(pattern, invalid)).toThrow(
        expect.objectContaining({ code: 'INVALID_ATTRIBUTE_VALUE', path: expect.stringMatching(/^a/) }),
      );
    }
  });
});

describe('malformed values of every kind fail', () => {
  test.each<[unknown, unknown]>([
    ['x', null],
    ['x', 'x'],
    ['x', []],
    ['x', {}],
    ['x', { X: 'x' }],
    ['x', { S: null }],
    [5, { N: '' }],
    [5, { N: '0x5' }],
    [bytes(1), { B: 'A' }],
    [new Set([5]), { NS: ['x'] }],
    [new Set(['a']), { SS: [5] }],
    [new Set([bytes(1)]), { BS: ['?'] }],
    [['x'], { L: [null] }],
    [oneOf('x'), { L: 5 }],
    [contains('x'), { L: [{}] }],
    [greaterThan(bytes(1)), { B: '?' }],
    [{ x: 1 }, { M: { x: {} } }],
  ])('%o asked of %j', (pattern, value) => {
    expect(() => asked(pattern, value)).toThrow(
      expect.objectContaining({
        name: 'UnmarshallError',
        message: expect.stringContaining('Check what builds the event'),
      }),
    );
  });

  test('also where they nest without end', () => {
    let value: object = { S: 'x' };
    for (let level = 0; level < 50_000; level++) value = { L: [value] };
    expect(() => asked(['x'], value)).toThrow(expect.objectContaining({ code: 'INVALID_ATTRIBUTE_VALUE' }));
  });

  test('and what some tools write beside the value is ignored', () => {
    expect(asked(5, { S: null, N: '5' })).toBe(true);
    expect(asked(null, { S: null, NULL: true })).toBe(true);
    expect(asked('x', { NULL: false, S: 'x' })).toBe(true);
  });
});

describe('values compare as DynamoDB compares them', () => {
  test.each<[string, unknown, unknown, boolean]>([
    [
      'numbers of 38 digits',
      12345678901234567890123456789012345678n,
      { N: '12345678901234567890123456789012345678' },
      true,
    ],
    [
      'the 38th digit',
      12345678901234567890123456789012345678n,
      { N: '12345678901234567890123456789012345679' },
      false,
    ],
    [
      'a number beside one that rounds to the same double',
      greaterThan(9007199254740992),
      { N: '9007199254740992.1' },
      true,
    ],
    ['and one below it', lessThan(9007199254740993n), { N: '9007199254740992.9' }, true],
    ['negative numbers', greaterThan(-5), { N: '-4.9' }, true],
    ['negative numbers of one double', greaterThan(-9007199254740993n), { N: '-9007199254740993.1' }, false],
    ['zero', between(0, 0), { N: '-0.0' }, true],
    ['tiny numbers', greaterThan(0), { N: '1E-130' }, true],
    ['numbers below the smallest double', lessThan(NumberValueImpl.from('1e-400')), { N: '1e-401' }, true],
    ['the largest numbers', atLeast(NumberValueImpl.from('9e400')), { N: '1e401' }, true],
    ['text by code point, not by UTF-16 unit', greaterThan('\uffff'), { S: '\u{10000}' }, true],
    ['text that begins like the bound', greaterThan('ab'), { S: 'abc' }, true],
    ['the same text', greaterThan('ab'), { S: 'ab' }, false],
    ['binary by byte', lessThan(bytes(128)), { B: 'fw==' }, true],
    ['a text and a number', atLeast(5), { S: '6' }, false],
    ['a number and a text', atLeast('5'), { N: '6' }, false],
    ['ASCII letters alone in capitals or not', equalsIgnoreCase('ÉCOLE'), { S: 'école' }, false],
    ['a set and a list', new Set(['a']), { L: [{ S: 'a' }] }, false],
    ['text that looks like the canonical form of a set', new Set(['a']), { S: 'SS 3:S a' }, false],
    [
      'an attribute named __proto__',
      JSON.parse('{"__proto__":1}'),
      { M: JSON.parse('{"__proto__":{"N":"1"}}') },
      true,
    ],
    ['a map in a list, as a whole', [{ a: 1 }], { L: [{ M: { a: { N: '1' }, b: { N: '2' } } }] }, false],
    [
      'a map in a list, in another order',
      [{ a: 1, b: 2 }],
      { L: [{ M: { b: { N: '2' }, a: { N: '1' } } }] },
      true,
    ],
    ['a Buffer and a Uint8Array', Buffer.from([1]), { B: 'AQ==' }, true],
    ['an element of a set by a matcher', contains(prefix('ur')), { SS: ['urgent'] }, true],
    ['an element of a list by a matcher', contains(atLeast(5)), { L: [{ S: 'x' }, { N: '5' }] }, true],
    [
      'an element of a list by a pattern',
      contains({ sku: 'A', price: atLeast(5) }),
      { L: [{ M: { sku: { S: 'A' }, price: { N: '4' } } }] },
      false,
    ],
    ['a text that holds another', contains('a'), { S: 'abc' }, false],
    ['a pattern in oneOf', oneOf({ x: 1 }, { y: missing(), z: 'a' }), { M: { z: { S: 'a' } } }, true],
    ['a matcher in anythingBut', anythingBut(prefix('a'), 5), { S: 'abc' }, false],
    ['a value of another type in anythingBut', anythingBut('5'), { N: '5' }, true],
    ['missing() in oneOf', oneOf(missing(), 'a'), undefined, true],
    ['missing() in anythingBut', anythingBut(missing()), undefined, false],
    ['a wildcard with an asterisk', wildcard('a\\*b'), { S: 'a*b' }, true],
  ])('%s', (_, pattern, value, expected) => {
    expect(asked(pattern, value)).toBe(expected);
  });

  test('text in a pattern matches a number if the number policy returns text', () => {
    const ask = (pattern: unknown, toNumber?: (text: string) => unknown) =>
      compileMatch({ a: pattern }, PLACE).test({ a: { N: '5' } }, toNumber);
    for (const pattern of ['5', atLeast('4.9'), between('5', '6'), oneOf('6', '5')]) {
      expect(ask(pattern, String)).toBe(true);
      expect(ask(pattern, Number)).toBe(false);
      expect(ask(pattern)).toBe(false);
    }
    expect(ask(atLeast('a'), String)).toBe(false);
    expect(ask(between('5', 'b'), String)).toBe(false);
    expect(ask(atLeast(bytes(1)), String)).toBe(false);
    expect(ask(prefix('5'), String)).toBe(false);
  });
});

test('the time of a match is in proportion to the value', () => {
  const list = (size: number) => Array.from({ length: size }, (_, index) => `${index}`);
  expectProportion(
    6000,
    (size) => ({
      value: {
        M: {
          map: { M: Object.fromEntries(list(size).map((name) => [name, { N: name }])) },
          set: { SS: list(size) },
        },
      },
      text: { S: 'ab'.repeat(50 * size) },
      pattern: [
        {
          map: Object.fromEntries(list(size).map((name) => [name, Number(name)])),
          set: new Set(list(size).reverse()),
        },
      ],
    }),
    ({ value, text, pattern }) => {
      expect(asked(contains(pattern[0]), { L: [value] })).toBe(true);
      expect(asked(pattern, { L: [value] })).toBe(true);
      expect(asked(wildcard('*ab*ab*aa*'), text)).toBe(false);
    },
  );
});

describe('a matcher is frozen data', () => {
  test('with its kind and its operands', () => {
    const inner = prefix('a');
    const matcher = oneOf('x', inner);
    expect(matcher['~matcher']).toMatchObject({ kind: 'oneOf', operands: ['x', inner] });
    expect(
      Object.isFrozen(matcher) &&
        Object.isFrozen(matcher['~matcher']) &&
        Object.isFrozen(matcher['~matcher'].operands),
    ).toBe(true);
  });
});

describe('what cannot be matched is refused when it is made', () => {
  const cyclic: unknown[] = [];
  cyclic.push(cyclic, cyclic);

  test.each<[string, () => unknown, string]>([
    [
      'between(5, 1)',
      () => between(5, 1),
      'between: needs two values of one type, the smaller one first, got 5 and 1.',
    ],
    [
      "between(1, '5')",
      () => between(1, '5' as never),
      'between: needs two values of one type, the smaller one first, got 1 and "5".',
    ],
    ['oneOf()', () => oneOf(), 'oneOf: needs at least one value or matcher.'],
    ['anythingBut()', () => anythingBut(), 'anythingBut: needs at least one value or matcher.'],
    [
      "oneOf(['a'])",
      () => oneOf(['a']),
      "oneOf: got an array. Give the values one by one, as in oneOf('a', 'b').",
    ],
    ['prefix(5)', () => prefix(5 as never), 'prefix: the text has to be text, got 5.'],
    ['suffix()', () => suffix(undefined as never), 'suffix: the text has to be text, got undefined.'],
    [
      'equalsIgnoreCase(null)',
      () => equalsIgnoreCase(null as never),
      'equalsIgnoreCase: the text has to be text, got null.',
    ],
    ["wildcard('**')", () => wildcard('a**'), 'wildcard: the pattern has to be text in which'],
    ["wildcard('\\\\a')", () => wildcard('\\a'), 'wildcard: the pattern has to be text in which'],
    ['wildcard(5)', () => wildcard(5 as never), 'wildcard: the pattern has to be text in which'],
    [
      'atLeast(true)',
      () => atLeast(true),
      'atLeast: the bound has to be a number, text or binary, got true.',
    ],
    [
      'atMost(NaN)',
      () => atMost(Number.NaN),
      'atMost: the bound has to be a number, text or binary, got NaN.',
    ],
    [
      'lessThan([5])',
      () => lessThan([5]),
      'lessThan: the bound has to be a number, text or binary, got an array.',
    ],
    [
      'greaterThan(new Set())',
      () => greaterThan(new Set()),
      'greaterThan: the bound has to be a number, text or binary, got',
    ],
    [
      'oneOf(undefined)',
      () => oneOf(undefined),
      'oneOf: the value has to be a value that DynamoDB stores, or a matcher such as missing(), got undefined.',
    ],
    [
      'contains(NaN)',
      () => contains(Number.NaN),
      'contains: the value has to be a value that DynamoDB stores',
    ],
    [
      'contains(new Date())',
      () => contains(new Date()),
      'contains: the value has to be a value that DynamoDB stores',
    ],
    ['oneOf(function)', () => oneOf(() => true), 'oneOf: the value has to be a value that DynamoDB stores'],
    ['an empty set', () => oneOf(new Set()), 'oneOf: the value has to be a value that DynamoDB stores'],
    [
      'a mixed set',
      () => oneOf(new Set([1, 'a'])),
      'oneOf: the value has to be a value that DynamoDB stores',
    ],
    [
      'a set of booleans',
      () => oneOf(new Set([true])),
      'oneOf: the value has to be a value that DynamoDB stores',
    ],
    [
      'a list with a hole',
      () => oneOf('a', new Array(2)),
      'oneOf: the value has to be a value that DynamoDB stores',
    ],
    [
      'a matcher in a list',
      () => oneOf('a', [prefix('a')]),
      'oneOf: the value has to be a value that DynamoDB stores',
    ],
    [
      'a list that holds itself',
      () => oneOf('a', cyclic),
      'oneOf: the value has to be a value that DynamoDB stores',
    ],
    ['a pattern without attributes', () => oneOf({}), 'oneOf: the value names no attribute.'],
    [
      'a path that is none',
      () => contains({ 'a[': 1 }),
      'contains: the value has to name attributes by their paths',
    ],
    [
      'a value below a path',
      () => contains({ 'a.b': undefined }),
      'contains: a.b has to be a value that DynamoDB stores',
    ],
  ])('%s', (_, make, message) => {
    expect(make).toThrow(
      expect.objectContaining({
        name: 'ConfigurationError',
        code: 'INVALID_OPTION',
        message: expect.stringContaining(message),
      }),
    );
  });
});

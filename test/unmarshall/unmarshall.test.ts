import { inspect } from 'node:util';
import type { AttributeValue } from 'aws-lambda';
import { describe, expect, test } from 'vitest';
import { UnmarshallError } from '../../src/errors.ts';
import type { AttributeMap } from '../../src/unmarshall/attribute-value.ts';
import { numberReader, type ToNumber } from '../../src/unmarshall/numbers.ts';
import { unmarshall } from '../../src/unmarshall/unmarshall.ts';
import { expectProportion } from '../fixtures/proportion.ts';

const toNumber = numberReader('number') as ToNumber;

/** Reads one attribute at the top of an item, inside a map and inside a list: three ways through the code. */
function everywhere(value: AttributeValue): unknown[] {
  const item = unmarshall({ top: value, map: { M: { inner: value } }, list: { L: [value] } }, toNumber);
  const { top, map, list } = item as { top: unknown; map: { inner: unknown }; list: unknown[] };
  return [top, map.inner, list[0]];
}

describe('each attribute type has one JavaScript form', () => {
  test.each<[string, AttributeValue, unknown]>([
    ['S', { S: 'text' }, 'text'],
    ['an empty S', { S: '' }, ''],
    ['N', { N: '12.5' }, 12.5],
    ['BOOL true', { BOOL: true }, true],
    ['BOOL false', { BOOL: false }, false],
    ['NULL', { NULL: true }, null],
    ['B', { B: 'AQID' }, Uint8Array.of(1, 2, 3)],
    ['an empty B', { B: '' }, new Uint8Array()],
    ['SS', { SS: ['a', 'b'] }, new Set(['a', 'b'])],
    ['NS', { NS: ['1', '2.5'] }, new Set([1, 2.5])],
    ['BS', { BS: ['AQ==', 'AQI='] }, new Set([Uint8Array.of(1), Uint8Array.of(1, 2)])],
    ['an empty set', { SS: [] }, new Set()],
    ['L', { L: [{ S: 'a' }, { NULL: true }] }, ['a', null]],
    ['an empty L', { L: [] }, []],
    ['M', { M: { a: { N: '1' } } }, { a: 1 }],
    ['an empty M', { M: {} }, {}],
  ])('%s', (_, value, expected) => {
    for (const plain of everywhere(value)) expect(plain).toStrictEqual(expected);
  });

  test('an empty item is an empty object', () => {
    expect(unmarshall({}, toNumber)).toStrictEqual({});
  });
});

describe('binary', () => {
  test('is a Uint8Array with a buffer of its own, not a slice of the pool that Buffers share', () => {
    for (const plain of everywhere({ B: 'AQID' })) {
      expect((plain as Uint8Array).constructor).toBe(Uint8Array);
      expect((plain as Uint8Array).buffer.byteLength).toBe(3);
    }
    const [bytes] = everywhere({ BS: ['AQID'] }) as [Set<Uint8Array>];
    for (const element of bytes) expect(element.buffer.byteLength).toBe(3);
  });
});

describe('an attribute that is named like something of Object is just an attribute', () => {
  test.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf'])('%s', (name) => {
    // As Lambda gets it: JSON.parse makes `__proto__` an own property.
    const map: AttributeMap = JSON.parse(
      `{"${name}":{"M":{"polluted":{"BOOL":true}}},"nested":{"M":{"${name}":{"S":"inner"}}},"after":{"S":"x"}}`,
    );
    const item = unmarshall(map, toNumber);
    expect(Object.keys(item)).toEqual([name, 'nested', 'after']);
    expect(Object.getPrototypeOf(item)).toBe(Object.prototype);
    expect(Object.getOwnPropertyDescriptor(item, name)).toEqual({
      value: { polluted: true },
      writable: true,
      enumerable: true,
      configurable: true,
    });
    const nested = item.nested as object;
    expect(Object.getPrototypeOf(nested)).toBe(Object.prototype);
    expect(Object.getOwnPropertyDescriptor(nested, name)?.value).toBe('inner');
    expect('polluted' in {}).toBe(false);
  });
});

test('the map that is read is not changed', () => {
  const map: AttributeMap = { a: { M: { b: { L: [{ SS: ['x'] }] } } }, c: { B: 'AQ==' } };
  const before = structuredClone(map);
  unmarshall(map, toNumber);
  expect(map).toStrictEqual(before);
});

const SECRET = 'very-secret-content';

describe('a value that cannot be unmarshalled fails with its path, what was expected, what came, and no content', () => {
  test.each<[string, string, unknown, string, string]>([
    ['an empty AttributeValue', 'a', { a: {} }, 'an AttributeValue with one of', 'an empty one'],
    ['an unknown type', 'a', { a: { X: SECRET } }, 'an AttributeValue with one of', 'one of another type'],
    [
      'a type named constructor',
      'a',
      { a: { constructor: SECRET } },
      'an AttributeValue',
      'one of another type',
    ],
    [
      'a type named __proto__',
      'a',
      JSON.parse('{"a":{"__proto__":1}}'),
      'an AttributeValue',
      'of another type',
    ],
    ['a missing AttributeValue', 'a', { a: undefined }, 'an AttributeValue with one of', 'undefined'],
    ['a null AttributeValue', 'a', { a: null }, 'an AttributeValue with one of', 'null'],
    ['a plain string', 'a', { a: SECRET }, 'an AttributeValue with one of', 'another string'],
    ['a plain number', 'a', { a: 5 }, 'an AttributeValue with one of', 'number'],
    ['an array', 'a', { a: [] }, 'an AttributeValue with one of', 'an array'],
    ['S that is not a string', 'a', { a: { S: 5 } }, 'a string', 'number'],
    ['S that is null', 'a', { a: { S: null } }, 'a string', 'null'],
    ['N that is not a string', 'a', { a: { N: 5 } }, 'a string', 'number'],
    ['N that is empty', 'a', { a: { N: '' } }, 'the text of a number', 'another string'],
    ['N that is a word', 'a', { a: { N: SECRET } }, 'the text of a number', 'another string'],
    ['N that is NaN', 'a', { a: { N: 'NaN' } }, 'the text of a number', 'another string'],
    ['N that is infinite', 'a', { a: { N: '-Infinity' } }, 'the text of a number', 'another string'],
    ['NULL that is false', 'a', { a: { NULL: false } }, 'true', 'boolean'],
    ['NULL that is a string', 'a', { a: { NULL: SECRET } }, 'true', 'another string'],
    ['members of which none holds a value', 'a', { a: { S: null, N: null } }, 'a string', 'null'],
    ['an L beside no value', 'a[1]', { a: { S: null, L: [{ N: '1' }, {}] } }, 'an Attr', 'an empty one'],
    ['BOOL that is a string', 'a', { a: { BOOL: 'true' } }, 'true or false', 'another string'],
    ['B that is not a string', 'a', { a: { B: { type: 'Buffer' } } }, 'a string', 'object'],
    ['B that is not base64', 'a', { a: { B: '!"§$' } }, 'base64', 'another string'],
    ['B without its padding', 'a', { a: { B: 'AQ' } }, 'base64', 'another string'],
    ['SS that is not an array', 'a', { a: { SS: SECRET } }, 'an array', 'another string'],
    ['SS with a number', 'a', { a: { SS: [SECRET, 5] } }, 'a string', 'number'],
    ['NS with a word', 'a', { a: { NS: ['1', SECRET] } }, 'the text of a number', 'another string'],
    ['NS with a number', 'a', { a: { NS: [1] } }, 'a string', 'number'],
    ['BS with a word', 'a', { a: { BS: [SECRET] } }, 'base64', 'another string'],
    ['L that is an object', 'a', { a: { L: { 0: SECRET } } }, 'an array', 'object'],
    ['M that is an array', 'a', { a: { M: [SECRET] } }, 'a map of AttributeValues', 'an array'],
    ['M that is null', 'a', { a: { M: null } }, 'a map of AttributeValues', 'null'],
    ['M that is a string', 'a', { a: { M: SECRET } }, 'a map of AttributeValues', 'another string'],
    [
      'one in a map',
      'card.number',
      { card: { M: { ok: { S: SECRET }, number: {} } } },
      'an Attr',
      'an empty one',
    ],
    [
      'one in a list',
      'lines[2]',
      { lines: { L: [{ S: SECRET }, { N: '1' }, {}] } },
      'an Attr',
      'an empty one',
    ],
    [
      'one in a map in a list',
      'lines[2].price',
      { ok: { S: SECRET }, lines: { L: [{ M: {} }, { M: {} }, { M: { price: { N: SECRET } } }] } },
      'the text of a number',
      'another string',
    ],
    ['one below a dotted name', '["a.b"]["[0]"]', { 'a.b': { M: { '[0]': {} } } }, 'an Attr', 'an empty one'],
    ['one below an empty name', '[""].x', { '': { M: { x: {} } } }, 'an Attr', 'an empty one'],
    [
      'one named __proto__',
      '__proto__.x',
      JSON.parse('{"__proto__":{"M":{"x":{}}}}'),
      'an Attr',
      'an empty one',
    ],
    ['an item that is a string', '(item)', SECRET, 'a map of AttributeValues', 'another string'],
    ['an item that is an empty string', '(item)', '', 'a map of AttributeValues', 'another string'],
    ['an item that is an array', '(item)', [], 'a map of AttributeValues', 'an array'],
    ['an item that is a number', '(item)', 5, 'a map of AttributeValues', 'number'],
    ['an item that is null', '(item)', null, 'a map of AttributeValues', 'null'],
  ])('%s', (_, path, map, expected, came) => {
    let error: unknown;
    try {
      unmarshall(map as AttributeMap, toNumber);
    } catch (caught) {
      error = caught;
    }
    expect(error).toBeInstanceOf(UnmarshallError);
    const failure = error as UnmarshallError;
    expect(failure).toMatchObject({ code: 'INVALID_ATTRIBUTE_VALUE', retryable: false, path });
    expect(failure.message).toContain(`The attribute ${path} cannot be unmarshalled: expected ${expected}`);
    expect(failure.message).toContain(`${came}. `);
    expect(failure.message).toContain('Check what builds the event');
    for (const error of [failure, failure.cause as Error]) expect(String(error.stack)).not.toContain(SECRET);
  });
});

test('the path is that of the first malformed attribute, innermost', () => {
  const map = {
    a: { M: { ok: { S: 'x' }, b: { L: [{ M: { c: {} } }] } } },
    z: {},
  } as unknown as AttributeMap;
  expect(() => unmarshall(map, toNumber)).toThrow(expect.objectContaining({ path: 'a.b[0].c' }));
});

test('a number function that throws fails the attribute, with a cause that names the error and quotes nothing', () => {
  const reader: ToNumber = (text) => BigInt(text);
  const map = { a: { N: '1' }, b: { NS: ['1', '12.50001'] } };
  let error: UnmarshallError | undefined;
  try {
    unmarshall(map, reader);
  } catch (caught) {
    error = caught as UnmarshallError;
  }
  expect(error).toMatchObject({ path: 'b', cause: { name: 'SyntaxError' } });
  expect(error?.message).toContain('the number policy threw SyntaxError');
  expect(inspect(error, { showHidden: true, depth: 9 })).not.toContain('12.50001');
});

test('a number function that throws only once still fails the item', () => {
  let calls = 0;
  const reader: ToNumber = (text) => {
    if (calls++ === 0) throw new Error('not yet');
    return text;
  };
  expect(() => unmarshall({ a: { N: '1' } }, reader)).toThrow(expect.objectContaining({ path: '(item)' }));
});

describe('members beside the real one are ignored, at the top of an item, in maps and in lists', () => {
  const REAL: readonly [AttributeValue, unknown][] = [
    [{ S: 'x' }, 'x'],
    [{ N: '5' }, 5],
    [{ M: { a: { S: 'x' } } }, { a: 'x' }],
    [{ L: [{ S: 'x' }] }, ['x']],
    [{ B: 'AQ==' }, Uint8Array.of(1)],
    [{ SS: ['x'] }, new Set(['x'])],
    [{ NS: ['5'] }, new Set([5])],
    [{ BS: ['AQ=='] }, new Set([Uint8Array.of(1)])],
    [{ BOOL: false }, false],
    [{ NULL: true }, null],
  ];
  const NONE = ['S', 'N', 'M', 'L', 'B', 'SS', 'NS', 'BS', 'BOOL', 'NULL'].flatMap((name) => [
    { [name]: null },
    { [name]: undefined },
    ...(name === 'NULL' ? [{ NULL: false }] : []),
  ]);

  test.each(REAL)('%j', (value, plain) => {
    const [type] = Object.keys(value) as [string];
    const others = NONE.filter((none) => !(type in none));
    for (const none of [...others, Object.assign({}, ...others)]) {
      for (const read of everywhere({ ...none, ...value })) expect(read).toStrictEqual(plain);
      for (const read of everywhere({ ...value, ...none })) expect(read).toStrictEqual(plain);
    }
  });

  test('of two real ones, the same one counts everywhere, in whatever order they come', () => {
    for (const [first, one] of REAL) {
      for (const [second, other] of REAL) {
        const [type] = Object.keys(first) as [string];
        if (type in second) continue;
        const read = [
          ...everywhere({ ...first, ...second } as AttributeValue),
          ...everywhere({ ...second, ...first } as AttributeValue),
        ];
        expect([one, other]).toContainEqual(read[0]);
        for (const plain of read) expect(plain).toStrictEqual(read[0]);
      }
    }
  });
});

/** A value at the bottom of lists and maps. */
function nested(levels: number, leaf: unknown): AttributeValue {
  let value = leaf;
  for (let level = 0; level < levels; level++) value = level % 2 ? { L: [value] } : { M: { a: value } };
  return value as AttributeValue;
}

describe('values that nest', () => {
  test('as deep as DynamoDB lets them are read, and deeper', () => {
    for (const levels of [32, 33, 98]) {
      for (const plain of everywhere(nested(levels, { S: 'x' }))) {
        let inner: unknown = plain;
        for (let level = 0; level < levels; level++) inner = Object.values(inner as object)[0];
        expect(inner).toBe('x');
      }
    }
  });

  test.each([101, 4000, 10_000, 200_000])('%i levels deep fail their record with our own error', (levels) => {
    const map = { id: { S: 'a' }, deep: nested(levels, { S: 'x' }) };
    expect(() => unmarshall(map, toNumber)).toThrow(
      expect.objectContaining({
        name: 'UnmarshallError',
        code: 'INVALID_ATTRIBUTE_VALUE',
        path: expect.stringMatching(/^deep(\.a\[0\]|\[0\]\.a)/),
        message: expect.stringContaining('no deeper than 100 levels (DynamoDB: 32), got more'),
      }),
    );
  });

  test('with names of 64 KB are named by the ends of their path', () => {
    const name = 'n'.repeat(65_535);
    const top = { M: { [name]: { M: { [name]: { M: { last: {} } } } } } };
    const map = { top } as unknown as AttributeMap;
    let error: UnmarshallError | undefined;
    try {
      unmarshall(map, toNumber);
    } catch (caught) {
      error = caught as UnmarshallError;
    }
    expect(error?.path).toMatch(/^top\.n+\.\.\.n+\.last$/);
    expect(error?.message.length).toBeLessThan(1500);
  });
});

describe('to find the malformed value takes time in proportion to the item', () => {
  test('where it lies deep', () => {
    expectProportion(
      2500,
      (size) => ({
        a: nested(size, {}),
        b: nested(90, { L: Array.from({ length: size * 10 }, () => ({ N: '1' })) }),
      }),
      (map) => expect(() => unmarshall(map, toNumber)).toThrow(UnmarshallError),
    );
  });

  test('where each level has many values before it', () => {
    expectProportion(
      400,
      (size) => {
        let value: unknown = {};
        for (let level = 0; level < 90; level++) {
          value = { L: [...Array.from({ length: size }, () => ({ S: 'x' })), value] };
        }
        return { a: value } as AttributeMap;
      },
      (map) => expect(() => unmarshall(map, toNumber)).toThrow(UnmarshallError),
    );
  });

  test('reads each number twice at most', () => {
    let calls = 0;
    const reader: ToNumber = (text) => {
      calls++;
      return toNumber(text);
    };
    let value: unknown = {};
    for (let level = 0; level < 90; level++) value = { L: [{ N: '1' }, value] };
    expect(() => unmarshall({ a: value } as AttributeMap, reader)).toThrow(UnmarshallError);
    expect(calls).toBe(180);
  });
});

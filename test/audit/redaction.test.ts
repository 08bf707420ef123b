import { describe, expect, test } from 'vitest';
import { type PathPattern, patternOf } from '../../src/audit/path-pattern.ts';
import { Redaction } from '../../src/audit/redaction.ts';
import { storedChanges } from '../../src/audit/stored-changes.ts';
import { marshallMap } from '../../src/item/marshall-map.ts';

const patterns = (paths: readonly string[] = []) => paths.map((path) => patternOf(path) as PathPattern);

function written(
  oldImage: object,
  newImage: object,
  { redact, omit }: { redact?: readonly string[]; omit?: readonly string[] },
): unknown[] {
  const [before, after] = [marshallMap(oldImage), marshallMap(newImage)] as never[];
  return storedChanges(before as never, after as never, new Redaction(patterns(redact), patterns(omit)));
}

const R = '[redacted]';
const visa = { number: '4111', holder: 'ada' };

describe('a redacted attribute shows that it changed, and hides its values', () => {
  test.each<[string, object, object, string[], object[]]>([
    [
      'a value',
      { card: visa, status: 'OPEN' },
      { card: { ...visa, number: '5500' }, status: 'PAID' },
      ['card.number'],
      [
        { path: 'card.number', kind: 'changed', before: R, after: R },
        { path: 'status', kind: 'changed', before: 'OPEN', after: 'PAID' },
      ],
    ],
    [
      'attributes added to and removed from a map that is redacted whole: the map has changed',
      { card: visa, address: {} },
      { card: { number: '4111' }, address: { street: 'x' } },
      ['card', 'address'],
      [
        { path: 'address', kind: 'changed', before: R, after: R },
        { path: 'card', kind: 'changed', before: R, after: R },
      ],
    ],
    ['a value that did not change', { card: visa }, { card: visa }, ['card.number'], []],
    [
      'a value in a map that is added whole',
      {},
      { card: visa },
      ['card.number'],
      [{ path: 'card', kind: 'added', after: { number: R, holder: 'ada' } }],
    ],
    [
      'a value in a map that is removed whole',
      { card: visa },
      {},
      ['card.number'],
      [{ path: 'card', kind: 'removed', before: { number: R, holder: 'ada' } }],
    ],
    [
      'a value in a map that becomes something else',
      { card: visa },
      { card: 'none' },
      ['card.number'],
      [{ path: 'card', kind: 'changed', before: { number: R, holder: 'ada' }, after: 'none' }],
    ],
    [
      'a whole map: once, and without the names in it',
      { card: visa },
      { card: { ...visa, number: '5500', cvc: '123' } },
      ['card'],
      [{ path: 'card', kind: 'changed', before: R, after: R }],
    ],
    ['a map that is added', {}, { card: visa }, ['card'], [{ path: 'card', kind: 'added', after: R }]],
    ['a map that is removed', { card: visa }, {}, ['card'], [{ path: 'card', kind: 'removed', before: R }]],
    [
      'an attribute of each element',
      { lines: [{ sku: 'a', price: 1 }] },
      {
        lines: [
          { sku: 'a', price: 2 },
          { sku: 'b', price: 3 },
        ],
      },
      ['lines[].price'],
      [
        { path: 'lines[0].price', kind: 'changed', before: R, after: R },
        { path: 'lines[1]', kind: 'added', after: { sku: 'b', price: R } },
      ],
    ],
    [
      'an attribute of one position',
      { lines: [{ price: 1 }, { price: 2 }] },
      { lines: [{ price: 3 }, { price: 4 }] },
      ['lines[0].price'],
      [
        { path: 'lines[0].price', kind: 'changed', before: R, after: R },
        { path: 'lines[1].price', kind: 'changed', before: 2, after: 4 },
      ],
    ],
    [
      'each element, in a list and in a set',
      { list: ['a'], set: new Set(['a']) },
      { list: ['b'], set: new Set(['b']) },
      ['list[]', 'set[]'],
      [
        { path: 'list[0]', kind: 'changed', before: R, after: R },
        { path: 'set', kind: 'changed', before: R, after: R },
      ],
    ],
    [
      'an attribute of each map',
      { cards: { a: visa } },
      { cards: { a: { ...visa, number: '5500' }, b: visa } },
      ['cards.*.number'],
      [
        { path: 'cards.a.number', kind: 'changed', before: R, after: R },
        { path: 'cards.b', kind: 'added', after: { number: R, holder: 'ada' } },
      ],
    ],
    [
      'a name that looks like a path',
      { 'a.b': 1, a: { b: 1 } },
      { 'a.b': 2, a: { b: 2 } },
      ['["a.b"]'],
      [
        { path: 'a.b', kind: 'changed', before: 1, after: 2 },
        { path: '["a.b"]', kind: 'changed', before: R, after: R },
      ],
    ],
  ])('%s', (_, before, after, redact, expected) => {
    expect(written(before, after, { redact })).toEqual(expected);
  });
});

describe('an omitted attribute is treated as absent', () => {
  test.each<[string, object, object, string[], object[]]>([
    [
      'a value',
      { updatedAt: 1, a: 1 },
      { updatedAt: 2, a: 2 },
      ['updatedAt'],
      [{ path: 'a', kind: 'changed', before: 1, after: 2 }],
    ],
    ['everything that changed', { updatedAt: 1, a: 1 }, { updatedAt: 2, a: 1 }, ['updatedAt'], []],
    ['a value beneath', { m: { n: { o: 1 } } }, { m: { n: { o: 2 } } }, ['m'], []],
    [
      'a value in a map that is added whole',
      {},
      { card: visa },
      ['card.number'],
      [{ path: 'card', kind: 'added', after: { holder: 'ada' } }],
    ],
    [
      'a value in each element',
      {},
      { lines: [{ a: 1, b: 2 }] },
      ['lines[].a'],
      [{ path: 'lines', kind: 'added', after: [{ b: 2 }] }],
    ],
  ])('%s', (_, before, after, omit, expected) => {
    expect(written(before, after, { omit })).toEqual(expected);
  });

  test('also where it is redacted', () => {
    const paths = ['card.number'];
    expect(written({}, { card: visa }, { redact: paths, omit: paths })).toEqual([
      { path: 'card', kind: 'added', after: { holder: 'ada' } },
    ]);
  });
});

describe('a map that is compared whole because its path is long', () => {
  const long = 'x'.repeat(500);
  const at = (value: object) => ({ [long]: value });

  test('is left out where only omitted attributes have changed', () => {
    const omit = { omit: [`${long}.updatedAt`] };
    expect(written(at({ updatedAt: 1, n: 1 }), at({ updatedAt: 2, n: 1 }), omit)).toEqual([]);
    expect(written(at({ updatedAt: 1, n: 1 }), at({ updatedAt: 2, n: 2 }), omit)).toEqual([
      { path: long, kind: 'changed', before: { n: 1 }, after: { n: 2 } },
    ]);
  });

  test('shows that a redacted attribute has changed', () => {
    expect(written(at({ pin: 1 }), at({ pin: 2 }), { redact: [`${long}.pin`] })).toEqual([
      { path: long, kind: 'changed', before: { pin: R }, after: { pin: R } },
    ]);
  });
});

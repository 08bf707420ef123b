import { expect, test } from 'vitest';
import { isSameImage } from '../../src/replay/same-image.ts';

test.each<[string, object, object]>([
  [
    'attributes in another order',
    { a: { S: '1' }, b: { M: { c: { N: '1' }, d: { L: [] } } } },
    { b: { M: { d: { L: [] }, c: { N: '1' } } }, a: { S: '1' } },
  ],
  ['numbers written otherwise', { n: { N: '1.0' } }, { n: { N: '1' } }],
  ['numbers of a set written otherwise', { n: { NS: ['1.0', '20'] } }, { n: { NS: ['2e1', '1'] } }],
  ['texts of a set in another order', { s: { SS: ['a', 'b'] } }, { s: { SS: ['b', 'a'] } }],
  ['binary of a set in another order', { s: { BS: ['AQ==', 'Ag=='] } }, { s: { BS: ['Ag==', 'AQ=='] } }],
  ['equal texts that are not numbers', { n: { N: 'x' } }, { n: { N: 'x' } }],
])('%s are the same item', (_name, a, b) => {
  expect(isSameImage(a, b)).toBe(true);
});

test.each<[string, object, object]>([
  ['another value', { a: { S: '1' } }, { a: { S: '2' } }],
  ['another type', { a: { S: '1' } }, { a: { N: '1' } }],
  ['an attribute more', { a: { S: '1' } }, { a: { S: '1' }, b: { NULL: true } }],
  ['a list in another order', { a: { L: [{ S: 'a' }, { S: 'b' }] } }, { a: { L: [{ S: 'b' }, { S: 'a' }] } }],
  ['a list in place of a set', { a: { L: [{ S: 'a' }] } }, { a: { SS: ['a'] } }],
  ['text in which a number is written otherwise', { N: { S: '1.0' } }, { N: { S: '1' } }],
  ['names that run into each other', { 'a":{"S":"1"},"b': { S: '2' } }, { a: { S: '1' }, b: { S: '2' } }],
  ['null in place of an attribute', { a: null }, { a: { S: '1' } }],
])('%s is not the same item', (_name, a, b) => {
  expect(isSameImage(a, b)).toBe(false);
});

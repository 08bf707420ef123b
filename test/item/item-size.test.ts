import { expect, test } from 'vitest';
import { itemSize } from '../../src/item/item-size.ts';

test.each([
  ['text in UTF-8, name included', { name: { S: 'Zoë' } }, 8],
  ['a number, about a byte for two digits', { n: { N: '1234' } }, 4],
  ['a negative number', { n: { N: '-12' } }, 4],
  ['zeros at either end', { n: { N: '0.00100' } }, 3],
  ['an exponent', { n: { N: '12e+20' } }, 3],
  ['binary, decoded', { b: { B: 'AQIDBA==' } }, 5],
  ['binary in bytes', { b: { B: new Uint8Array(4) } }, 5],
  ['a set of binaries in bytes', { s: { BS: [new Uint8Array(1), new Uint8Array(2)] } }, 4],
  ['true', { t: { BOOL: true } }, 2],
  ['null', { t: { NULL: true } }, 2],
  ['a set of texts', { s: { SS: ['ab', 'c'] } }, 4],
  ['a set of numbers', { s: { NS: ['1', '22'] } }, 5],
  ['a set of binaries', { s: { BS: ['AQ==', 'AQID'] } }, 5],
  ['a list', { l: { L: [{ S: 'ab' }, { S: 'c' }] } }, 1 + 3 + 2 + 3],
  ['a map', { m: { M: { ab: { S: 'c' } } } }, 1 + 3 + 1 + 3],
  ['nothing', {}, 0],
])('%s', (_, image, bytes) => {
  expect(itemSize(image)).toBe(bytes);
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  canonicalNumber,
  compareDecimals,
  type Decimal,
  isDecimal,
  parseDecimal,
  plainNumber,
  significantDigits,
} from '../../src/item/decimal.ts';

describe('parseDecimal reads digits and exponent', () => {
  test.each<[string, boolean, string, number]>([
    ['0', false, '', 0],
    ['-0', false, '', 0],
    ['-0.00e7', false, '', 0],
    ['1', false, '1', 0],
    ['+1', false, '1', 0],
    ['-1.50', true, '15', -1],
    ['100', false, '1', 2],
    ['0.001', false, '1', -3],
    ['.5', false, '5', -1],
    ['5.', false, '5', 0],
    ['007', false, '7', 0],
    ['1E+125', false, '1', 125],
    ['-1e-130', true, '1', -130],
    ['12345678901234567890.5', false, '123456789012345678905', -1],
  ])('%s', (text, negative, digits, exponent) => {
    expect(parseDecimal(text)).toEqual({ negative, digits, exponent });
  });

  test.each([
    '',
    '.',
    '-',
    '+.',
    'e5',
    '1e',
    '1e99999',
    '1 ',
    '0x10',
    'NaN',
    'Infinity',
    '1_000',
    '1,5',
    '--1',
  ])('%j is not a decimal number', (text) => {
    expect(parseDecimal(text)).toBeUndefined();
    expect(canonicalNumber(text)).toBeUndefined();
  });
});

describe('canonicalNumber gives one text per value', () => {
  test.each([
    ['0', '-0', '0.0', '0e10', '-0.00', '000'],
    ['1', '1.0', '01', '+1', '1e0', '10e-1', '0.1E1'],
    ['-1500', '-1.5e3', '-1500.00', '-15E+2'],
  ])('%s', (first, ...others) => {
    for (const other of others) expect(canonicalNumber(other)).toBe(canonicalNumber(first));
  });

  test('the text of a double gives the same double', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (number) => {
        const canonical = canonicalNumber(String(number));
        expect(Number(canonical)).toBe(number === 0 ? 0 : number);
      }),
    );
  });

  test('different values have different texts', () => {
    fc.assert(
      fc.property(fc.bigInt(), fc.bigInt(), fc.integer({ min: -130, max: 125 }), (a, b, exponent) => {
        const same = canonicalNumber(`${a}e${exponent}`) === canonicalNumber(`${b}e${exponent}`);
        expect(same).toBe(a === b);
      }),
    );
  });
});

test.each([
  ['0', 0],
  ['-0012.3400', 4],
  ['1E+125', 1],
  ['10203', 5],
  ['not a number', 0],
])('%s has %i significant digits', (text, digits) => {
  expect(significantDigits(text)).toBe(digits);
});

describe('a number without an exponent', () => {
  test.each([
    ['1e3', '1000'],
    ['1000.0', '1000'],
    ['-1.50', '-1.5'],
    ['.5', '0.5'],
    ['-1e-3', '-0.001'],
    ['0e5', '0'],
    ['12345678901234567890.5', '12345678901234567890.5'],
    ['text', 'text'],
  ])('%s is %s', (text, plain) => {
    expect(plainNumber(text)).toBe(plain);
  });

  test('is the same number', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (number) => {
        const plain = plainNumber(String(number));
        expect(plain).not.toMatch(/e/i);
        expect(Number(plain) + 0).toBe(number + 0);
      }),
    );
  });
});

test('numbers compare by all of their digits, in this order', () => {
  const ascending = [
    '-1e125',
    '-20',
    '-12.5',
    '-12.4',
    '-1e-400',
    '0',
    '1e-400',
    '0.12',
    '0.123',
    '1',
    '9',
    '12',
    '1e125',
  ];
  const decimals = ascending.map((text) => parseDecimal(text) as Decimal);
  for (const [x, a] of decimals.entries()) {
    for (const [y, b] of decimals.entries()) expect(Math.sign(compareDecimals(a, b))).toBe(Math.sign(x - y));
  }
  expect(compareDecimals(parseDecimal('-0') as Decimal, parseDecimal('0.0') as Decimal)).toBe(0);
});

test.each<[string, boolean]>([
  ['5', true],
  ['-5.50', true],
  ['1e5', true],
  ['.5', true],
  ['', false],
  ['.', false],
  ['0x5', false],
  ['NaN', false],
])('%j is a decimal number: %s', (text, expected) => {
  expect(isDecimal(text)).toBe(expected);
});

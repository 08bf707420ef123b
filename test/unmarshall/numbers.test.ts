import { convertToAttr, NumberValueImpl } from '@aws-sdk/util-dynamodb';
import fc from 'fast-check';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { canonicalNumber } from '../../src/item/decimal.ts';
import { numberReader, type ToNumber } from '../../src/unmarshall/numbers.ts';
import { unmarshall } from '../../src/unmarshall/unmarshall.ts';
import { expectProportion } from '../fixtures/proportion.ts';

const DIGITS_38 = '12345678901234567890123456789012345678';
const toNumber = numberReader('number') as ToNumber;
const toExact = await numberReader('exact');
const exactly = (text: string) => NumberValueImpl.from(text);

const NUMBERS: readonly [text: string, number: number | bigint, exact: unknown][] = [
  ['0', 0, 0],
  ['-0', -0, -0],
  ['0.0', 0, 0],
  ['1', 1, 1],
  ['-17', -17, -17],
  ['12.50', 12.5, 12.5],
  ['0.1', 0.1, 0.1],
  ['1e3', 1000, 1000],
  ['9007199254740991', 9007199254740991, 9007199254740991],
  ['9007199254740992', 9007199254740992n, exactly('9007199254740992')],
  ['-9007199254740992', -9007199254740992n, exactly('-9007199254740992')],
  ['36028797018963970', 36028797018963970n, exactly('36028797018963970')],
  ['1e22', 10n ** 22n, exactly('1e22')],
  ['1.5e22', 15n * 10n ** 21n, exactly('1.5e22')],
  ['-1.5e16', -15n * 10n ** 15n, exactly('-1.5e16')],
  ['1125899906842624.5', 1125899906842624.5, 1125899906842624.5],
  ['1.00000000000000000000001', 1, exactly('1.00000000000000000000001')],
  ['0.1234567890123456', 0.1234567890123456, 0.1234567890123456],
  ['9007199254740993', 9007199254740993n, exactly('9007199254740993')],
  ['-9007199254740993', -9007199254740993n, exactly('-9007199254740993')],
  ['9007199254740993.0', 9007199254740993n, exactly('9007199254740993.0')],
  [DIGITS_38, BigInt(DIGITS_38), exactly(DIGITS_38)],
  ['12345678901234567890.5', 12345678901234567000, exactly('12345678901234567890.5')],
  ['0.1234567890123456789012', 0.12345678901234568, exactly('0.1234567890123456789012')],
  ['1E+125', 10n ** 125n, exactly('1E+125')],
  ['-1.5e125', -15n * 10n ** 124n, exactly('-1.5e125')],
  [
    '9.9999999999999999999999999999999999999E+125',
    BigInt('9'.repeat(38)) * 10n ** 88n,
    exactly('9.9999999999999999999999999999999999999E+125'),
  ],
  ['1e-130', 1e-130, 1e-130],
  ['-1e-130', -1e-130, -1e-130],
  [
    '-9.9999999999999999999999999999999999999E-130',
    -1e-129,
    exactly('-9.9999999999999999999999999999999999999E-130'),
  ],
];

describe("'number': a number, or a bigint for integers that a double cannot count", () => {
  test.each(NUMBERS)('%s', (text, number) => {
    expect(toNumber(text)).toBe(number);
  });
});

describe("'exact': a number for safe integers and fractions that print the same, else the SDK's NumberValue with every digit", () => {
  test.each(NUMBERS)('%s', (text, _, exact) => {
    expect(toExact(text)).toStrictEqual(exact);
    if (typeof exact === 'object') expect(String(toExact(text))).toBe(text);
  });
});

test("'exact' gives only what marshall takes back, digit for digit", () => {
  const digits = fc.bigInt({ min: 1n, max: 10n ** 38n - 1n }).map(String);
  const candidate = fc
    .tuple(fc.constantFrom('', '-'), digits, fc.integer({ min: -130, max: 88 }))
    .map(([minus, all, exponent]) => `${minus}${all}e${exponent}`);
  const near = fc.bigInt({ min: 2n ** 53n - 50n, max: 2n ** 60n }).map(String);
  const short = fc.tuple(fc.integer({ min: 1, max: 99999 }), fc.integer({ min: -20, max: 24 }));
  const text = fc.oneof(
    candidate,
    near,
    short.map(([number, exponent]) => `${number}e${exponent}`),
    short.map(([number, exponent]) => `1.${number}e${exponent}`),
  );
  fc.assert(
    fc.property(text, (number) => {
      const exact = toExact(number);
      const { N } = convertToAttr(exact as number);
      expect(canonicalNumber(N as string)).toBe(canonicalNumber(number));
      if (Number.isInteger(exact)) expect(BigInt(exact as number)).toBe(BigInt(Number(number)));
      if (typeof exact === 'number')
        expect(!Number.isInteger(exact) || Number.isSafeInteger(exact)).toBe(true);
    }),
    { numRuns: 3000 },
  );
});

describe("'string': the text as it came", () => {
  const toText = numberReader('string') as ToNumber;
  test.each(NUMBERS)('%s', (text) => expect(toText(text)).toBe(text));
});

test.each<[string, (text: string) => unknown]>([
  ['resolves', async (text) => Number(text)],
  ['rejects', async () => Promise.reject(new Error('lost'))],
])('a function whose promise %s is a wrong configuration, not a malformed record', (_, policy) => {
  const read = numberReader(policy) as ToNumber;
  expect(() => unmarshall({ total: { N: '1' } }, read)).toThrow(
    expect.objectContaining({
      name: 'ConfigurationError',
      code: 'INVALID_OPTION',
      message: expect.stringContaining('numbers: the function returned a promise'),
    }),
  );
});

test('a function gets the text and decides', () => {
  const reader = numberReader((text) => `<${text}>`) as ToNumber;
  expect(NUMBERS.map(([text]) => reader(text))).toEqual(NUMBERS.map(([text]) => `<${text}>`));
});

test('no number that DynamoDB can hold ever throws', () => {
  // Up to 38 digits, 1E-130 to 9.99E+125, in any of the forms in which it may be written.
  const digits = fc.bigInt({ min: 1n, max: 10n ** 38n - 1n }).map(String);
  const sign = fc.constantFrom('', '-');
  const text = fc.oneof(
    fc
      .tuple(sign, digits, fc.integer({ min: -130, max: 88 }), fc.constantFrom('e', 'E'))
      .map(([minus, all, exponent, e]) => `${minus}${all}${e}${exponent}`),
    fc
      .tuple(sign, digits, fc.nat(37))
      .map(([minus, all, at]) => `${minus}${all.slice(0, at) || '0'}.${all.slice(at)}0`),
  );
  fc.assert(
    fc.property(text, (candidate) => {
      const number = toNumber(candidate);
      expect(Number(number)).toBe(Number(candidate));
      const exact = toExact(candidate);
      expect(Number(String(exact))).toBe(Number(candidate));
    }),
    { numRuns: 2000 },
  );
});

describe('a text that is not a number throws, rather than becoming NaN or 0', () => {
  test.each([
    '',
    ' ',
    'abc',
    'NaN',
    'Infinity',
    '-Infinity',
    '1e',
    '1e500',
    '-1e9999',
    '.',
    '-',
    '-.',
    '--1',
    '1,5',
  ])('%j', (text) => {
    expect(() => toNumber(text)).toThrow(TypeError);
    if (text.includes('1e500') || text.includes('1e9999')) expect(String(toExact(text))).toBe(text);
    else expect(() => toExact(text)).toThrow(TypeError);
  });
});

describe('a text that JavaScript reads as a number and DynamoDB never writes throws, too', () => {
  const long = '1234567890123456';
  test.each([
    ...['0x10', '0b1', '0o7', '0xffffffffffffffff'.slice(0, 17), '0b1111111111111111', '0o7777777777777777'],
    ...[' 1', '1 ', '1\n', '\t1', ' 12 ', '12 ', ' 12', '\u00a01', '1\ufeff', '\u2028123'],
    ...[` ${long}`, `${long} `, `${long}\n`, `\ufeff${long}`],
  ])('%j', (text) => {
    expect(+text).not.toBeNaN();
    expect(() => toNumber(text)).toThrow(TypeError);
    expect(() => toExact(text)).toThrow(TypeError);
  });
});

test.each([
  '+5',
  '.5',
  '5.',
  '-.5',
  '1e5',
  '1E-5',
  '+1e+5',
  '00',
  '-0.0',
  '1.5e-15',
  '1234567890123.5e-1',
  '12e3',
])('%s, which is a decimal number anyway, is read', (text) => {
  expect(toNumber(text)).toBe(+text);
  expect(Number(toExact(text))).toBe(+text);
});

describe("'exact' without the SDK's package", () => {
  afterEach(() => {
    vi.doUnmock('@aws-sdk/util-dynamodb');
    vi.resetModules();
  });

  test('fails with MISSING_PEER, naming the package and the command that installs it', async () => {
    vi.doMock('@aws-sdk/util-dynamodb', () => {
      throw new Error('Cannot find package');
    });
    await expect(numberReader('exact')).rejects.toMatchObject({
      name: 'ConfigurationError',
      code: 'MISSING_PEER',
      message: expect.stringContaining('npm i @aws-sdk/util-dynamodb'),
      cause: expect.anything(),
    });
  });
});

describe('a number of many digits takes time in proportion to them', () => {
  const policies = { number: toNumber, exact: toExact };
  test.each([
    ['zeros', (size: number) => '0'.repeat(size)],
    ['zeros and a one', (size: number) => `${'0'.repeat(size)}1`],
    ['zeros between ones', (size: number) => `1.${'0'.repeat(size)}1`],
    ['runs of zeros', (size: number) => `1.${`${'0'.repeat(300)}1`.repeat(size / 300)}`],
  ])('%s', (_, textOf) => {
    for (const read of Object.values(policies)) expectProportion(60_000, textOf, read);
  });
});

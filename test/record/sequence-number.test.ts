import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compareSequenceNumbers, isSequenceNumber } from '../../src/record/sequence-number.ts';

const sequenceNumber = fc
  .tuple(fc.nat(6), fc.bigInt({ min: 0n, max: 10n ** 34n - 1n }))
  .map(([zeros, number]) => `${'0'.repeat(zeros)}${number}`);

describe('sequence numbers', () => {
  test.each([
    ['9', '10'],
    ['0', '1'],
    ['009', '10'],
    ['9', '0000000010'],
    ['99999999999999999999', '100000000000000000000'],
    ['400000000000000000000000000000000000001', '400000000000000000000000000000000000002'],
  ])('%s comes before %s', (a, b) => {
    expect(compareSequenceNumbers(a, b)).toBeLessThan(0);
    expect(compareSequenceNumbers(b, a)).toBeGreaterThan(0);
  });

  test.each([
    ['7', '7'],
    ['007', '7'],
    ['0', '000'],
    ['07', '07'],
  ])('%s is the same as %s', (a, b) => {
    expect(compareSequenceNumbers(a, b)).toBe(0);
    expect(compareSequenceNumbers(b, a)).toBe(0);
  });

  test('of up to 40 digits and with leading zeros compare as the numbers they are', () => {
    fc.assert(
      fc.property(sequenceNumber, sequenceNumber, (a, b) => {
        const difference = BigInt(a) - BigInt(b);
        expect(Math.sign(compareSequenceNumbers(a, b))).toBe(
          difference === 0n ? 0 : difference < 0n ? -1 : 1,
        );
      }),
      { numRuns: 1000 },
    );
  });

  test.each(['0', '1', '400000000000000000000000001', '0'.repeat(39).concat('1'), '9'.repeat(40)])(
    '%s can be reported',
    (value) => expect(isSequenceNumber(value)).toBe(true),
  );

  test.each([undefined, null, 5, '', ' 1', '-1', '1.0', '1e3', '0x1', '١', '9'.repeat(41), ['1'], {}])(
    '%j cannot be reported',
    (value) => expect(isSequenceNumber(value)).toBe(false),
  );
});

import { exactDouble, parseDecimal } from '../item/decimal.ts';
import { MalformedValue, NO_NUMBER } from '../unmarshall/malformed.ts';

/** A number that JSON readers would not give back digit for digit: beyond 2^53 - 1, or longer than a double. */
export class ExactNumber {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  toString(): string {
    return this.text;
  }
}

/**
 * The number policy of audit entries, whatever that of the router is: nothing is rounded.
 *
 * @throws TypeError when the text is no number
 */
export function exactNumber(text: string): number | ExactNumber {
  const number = exactDouble(text);
  if (number === undefined) throw new MalformedValue(NO_NUMBER);
  return Number.isNaN(number) ? new ExactNumber(text) : number;
}

/** Writes a number without an exponent, as DynamoDB does: `1e3` and `1000.0` give `1000`. */
export function plainNumber(text: string): string {
  const decimal = parseDecimal(text);
  if (decimal === undefined) return text;
  const { negative, digits, exponent } = decimal;
  const sign = negative ? '-' : '';
  if (exponent >= 0) return `${sign}${digits || '0'}${'0'.repeat(exponent)}`;
  const padded = digits.padStart(1 - exponent, '0');
  return `${sign}${padded.slice(0, exponent)}.${padded.slice(exponent)}`;
}

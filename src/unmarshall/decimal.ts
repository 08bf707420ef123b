/** A decimal number as digits and an exponent: `digits` x 10^`exponent`, no leading or trailing zeros. */
export interface Decimal {
  readonly negative: boolean;
  /** Significant digits; empty for zero. */
  readonly digits: string;
  readonly exponent: number;
}

const DECIMAL = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,4}))?$/;

/**
 * Reads the text of a DynamoDB number.
 *
 * @returns undefined when the text is not a decimal number
 */
export function parseDecimal(text: string): Decimal | undefined {
  const match = DECIMAL.exec(text);
  if (match === null) return undefined;
  const [, sign, whole = '', fraction = '', power = '0'] = match;
  if (whole === '' && fraction === '') return undefined;
  const significant = (whole + fraction).replace(/^0+/, '');
  const digits = significant.replace(/0+$/, '');
  const exponent = Number(power) - fraction.length + significant.length - digits.length;
  return { negative: sign === '-' && digits !== '', digits, exponent: digits === '' ? 0 : exponent };
}

/**
 * One text per value: `1.0`, `1` and `1e0` give the same.
 *
 * @returns undefined when the text is not a decimal number
 */
export function canonicalNumber(text: string): string | undefined {
  const decimal = parseDecimal(text);
  if (decimal === undefined) return undefined;
  return `${decimal.negative ? '-' : ''}${decimal.digits || '0'}e${decimal.exponent}`;
}

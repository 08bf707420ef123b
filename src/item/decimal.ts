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
  const all = whole + fraction;
  const end = endOfDigits(all);
  const digits = all.slice(startOfDigits(all, end), end);
  const exponent = Number(power) - fraction.length + all.length - end;
  return { negative: sign === '-' && digits !== '', digits, exponent: digits === '' ? 0 : exponent };
}

// Loops, because `/0+$/` starts again at every zero of every run: its time grows with the square of the length.
function endOfDigits(digits: string): number {
  let end = digits.length;
  while (end > 0 && digits.charCodeAt(end - 1) === 48) end--;
  return end;
}

function startOfDigits(digits: string, end: number): number {
  let start = 0;
  while (start < end && digits.charCodeAt(start) === 48) start++;
  return start;
}

/** Counts the significant digits of a number: those between the zeros at both ends. */
export function significantDigits(text: string): number {
  return parseDecimal(text)?.digits.length ?? 0;
}

/**
 * Reads a number that JavaScript holds without loss: a safe integer, or a fraction whose double prints the same.
 * A larger integer is refused although a double may hold it: `marshall` refuses it, and `BigInt` adds digits to it.
 *
 * @returns the number; NaN where digits would be lost; undefined when the text is not a decimal number
 */
export function exactDouble(text: string): number | undefined {
  const canonical = canonicalNumber(text);
  if (canonical === undefined) return undefined;
  const number = Number(text);
  const isCountable = Number.isSafeInteger(number) || !Number.isInteger(number);
  return isCountable && canonicalNumber(String(number)) === canonical ? number : Number.NaN;
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

const PLAIN_DECIMAL = /^-?\d+(?:\.\d+)?$/;

/** Checks if a text is a decimal number. */
export function isDecimal(text: string): boolean {
  return PLAIN_DECIMAL.test(text) || parseDecimal(text) !== undefined;
}

/** Compares two numbers: negative if the first one is smaller, 0 if they are equal, positive if it is larger. */
export function compareDecimals(a: Decimal, b: Decimal): number {
  if (a.negative !== b.negative) return a.negative ? -1 : 1;
  const sign = a.negative ? -1 : 1;
  if (a.digits === '' || b.digits === '') return sign * (a.digits.length - b.digits.length);
  const size = a.digits.length + a.exponent - (b.digits.length + b.exponent);
  if (size !== 0) return sign * size;
  // Of the same size: as there are no leading zeros, digits compare like text.
  if (a.digits === b.digits) return 0;
  return a.digits < b.digits ? -sign : sign;
}

/** Writes a number without an exponent, as DynamoDB does: `1e3` and `1000.0` give `1000`. Other text stays. */
export function plainNumber(text: string): string {
  const decimal = parseDecimal(text);
  if (decimal === undefined) return text;
  const { negative, digits, exponent } = decimal;
  const sign = negative ? '-' : '';
  if (exponent >= 0) return `${sign}${digits || '0'}${'0'.repeat(exponent)}`;
  const padded = digits.padStart(1 - exponent, '0');
  return `${sign}${padded.slice(0, exponent)}.${padded.slice(exponent)}`;
}

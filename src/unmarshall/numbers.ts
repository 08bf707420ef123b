import { ConfigurationError } from '../errors.ts';
import { exactDouble, parseDecimal } from '../item/decimal.ts';
import { invalidOption } from '../options/invalid-option.ts';
import { ignoreErrors } from '../promise/ignore-errors.ts';
import { isThenable } from '../promise/thenable.ts';
import { noNumber } from './malformed.ts';

/**
 * How the text of a DynamoDB number becomes a JavaScript value.
 *
 * | policy | gives |
 * | --- | --- |
 * | `'number'` | a number; a bigint for integers beyond 2^53 - 1; never throws for a number DynamoDB can hold |
 * | `'exact'` | a number for safe integers and for fractions whose double prints the same, else the SDK's `NumberValue` |
 * | `'string'` | the text |
 * | a function | what it returns |
 */
export type NumberPolicy = 'number' | 'exact' | 'string' | ((text: string) => unknown);

/** A number policy, made ready. Throws for text that is not a number. */
export type ToNumber = (text: string) => unknown;

// DynamoDB's largest number has 126 digits; the bound only keeps a forged exponent from filling the memory.
const MAX_INTEGER_DIGITS = 400;

const POWERS_OF_TEN = [1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14];

/**
 * Reads plain decimals of up to 15 characters, digit by digit: twice as fast as `+text`, which leaves
 * compiled code for all but small whole numbers (bench: unmarshall). Both operands of the one division are
 * exact, so its result is the double nearest to the text (Clinger 1990).
 *
 * @returns NaN for anything else
 */
function readShort(text: string): number {
  const { length } = text;
  const negative = text.charCodeAt(0) === 45;
  let value = 0;
  let fraction = 0;
  for (let index = negative ? 1 : 0; index < length; index++) {
    const digit = text.charCodeAt(index) - 48;
    if (digit >= 0 && digit <= 9) value = value * 10 + digit;
    else if (digit === -2 && fraction === 0) fraction = length - index;
    else return Number.NaN;
  }
  if (fraction > 0) value /= POWERS_OF_TEN[fraction - 1] as number;
  return negative ? -value : value;
}

/**
 * Returns true if a text that JavaScript reads as a number is certainly a decimal number: `+text` also reads `' 12 '` and
 * `'0x10'`. False for some decimal numbers too, such as `'1e3'`: the decimal parser decides about those.
 */
export function isPlain(text: string): boolean {
  const first = text.charCodeAt(0);
  const last = text.charCodeAt(text.length - 1);
  // In '0x10', '0b1' and '0o7' the letter is the second character.
  return last >= 48 && last <= 57 && first >= 45 && first <= 57 && !(text.charCodeAt(1) > 57);
}

function toNumber(text: string): number | bigint {
  if (text.length > 2 && text.length <= 15) {
    const number = readShort(text);
    return Number.isNaN(number) ? readDecimal(text) : number;
  }
  const number = +text;
  // One comparison chain decides nearly every number there is: NaN, infinities and '' (which is 0) fail it.
  if (
    number <= Number.MAX_SAFE_INTEGER &&
    number >= Number.MIN_SAFE_INTEGER &&
    (number !== 0 || text === '0') &&
    // A space alone is 0, and of two characters only digits are above 9: this spares most numbers the look.
    (text.length === 1 || (text.length === 2 && number > 9) || isPlain(text))
  ) {
    return number;
  }
  return readDecimal(text);
}

function readDecimal(text: string): number | bigint {
  const decimal = parseDecimal(text);
  if (decimal === undefined) noNumber();
  const number = +text;
  const { negative, digits, exponent } = decimal;
  if (Number.isSafeInteger(number) || exponent < 0) return number;
  if (digits.length + exponent > MAX_INTEGER_DIGITS) noNumber();
  const integer = BigInt(digits) * 10n ** BigInt(exponent);
  return negative ? -integer : integer;
}

interface NumberValueFactory {
  from(text: string): unknown;
}

function toExact(NumberValue: NumberValueFactory): ToNumber {
  return (text) => {
    const number = +text;
    // Decimals of up to 15 significant digits survive the way into a double and back (IEEE 754), unless it is denormal.
    const size = Math.abs(number);
    if (text.length <= 15 && size <= Number.MAX_SAFE_INTEGER && size > 1e-300 && isPlain(text)) return number;
    const exact = exactDouble(text);
    if (exact === undefined) noNumber();
    return Number.isNaN(exact) ? NumberValue.from(text) : exact;
  };
}

async function loadExact(): Promise<ToNumber> {
  try {
    // Imported only where it is asked for: the SDK's package would double the size of the core in a bundle.
    const { NumberValueImpl } = await import('@aws-sdk/util-dynamodb');
    return toExact(NumberValueImpl);
  } catch (cause) {
    throw new ConfigurationError(
      'MISSING_PEER',
      "numbers: 'exact' needs @aws-sdk/util-dynamodb, which cannot be loaded: npm i @aws-sdk/util-dynamodb",
      { cause },
    );
  }
}

/** A function of the user's: a promise would stand in the item where a number should. */
function settled(policy: ToNumber): ToNumber {
  return (text) => {
    const value = policy(text);
    if (!isThenable(value)) return value;
    ignoreErrors(() => value);
    throw invalidOption('numbers', undefined, 'the function returned a promise. Return the number at once.');
  };
}

/** Makes a policy ready. Only `'exact'` has something to load, once. */
export function numberReader(policy: NumberPolicy): ToNumber | Promise<ToNumber> {
  if (typeof policy === 'function') return settled(policy);
  if (policy === 'string') return (text) => text;
  return policy === 'exact' ? loadExact() : toNumber;
}

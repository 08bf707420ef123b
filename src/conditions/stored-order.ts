import type { AttributeValue } from 'aws-lambda';
import { compareDecimals, type Decimal, parseDecimal } from '../item/decimal.ts';
import { decodeBinary } from '../unmarshall/binary.ts';
import type { ToNumber } from '../unmarshall/numbers.ts';
import { givesText } from './literal.ts';
import { storedType } from './stored-value.ts';

/** Compares a stored value with a bound: negative if the value is smaller. Undefined if they have no common order. */
export type StoredOrder = (value: AttributeValue, toNumber?: ToNumber) => number | undefined;

type ContentOrder = (content: string) => number;

/**
 * Makes the comparison with a bound: numbers as decimals, text by code point, binary by byte.
 *
 * @returns undefined for a bound of a type without an order
 */
export function orderOf(bound: AttributeValue): StoredOrder | undefined {
  const [type = ''] = Object.keys(bound);
  const orders: { readonly [Type in string]?: ContentOrder } = {
    N: numberOrder(bound.N ?? bound.S),
    S: textOrder(bound.S),
    B: binaryOrder(bound.B),
  };
  const order = orders[type];
  if (order === undefined) return undefined;
  return (value, toNumber) => {
    const came = storedType(value);
    if (came === type) return order(value[came as 'S'] as string);
    // Where the number policy gives text, text in a condition may stand for a number.
    return came === 'N' && givesText(toNumber) ? orders.N?.(value.N as string) : undefined;
  };
}

function numberOrder(bound = ''): ContentOrder | undefined {
  const decimal = parseDecimal(bound);
  const double = Number(bound);
  return (
    decimal &&
    ((text) => {
      const number = Number(text);
      // Rounding keeps the order, so only equal doubles need the digits.
      if (number !== double) return number - double;
      return compareDecimals(parseDecimal(text) as Decimal, decimal);
    })
  );
}

function textOrder(bound: string | undefined): ContentOrder | undefined {
  return bound === undefined ? undefined : (text) => compareText(text, bound);
}

function binaryOrder(bound: string | undefined): ContentOrder | undefined {
  if (bound === undefined) return undefined;
  const bytes = decodeBinary(bound);
  return (text) => Buffer.compare(decodeBinary(text), bytes);
}

/** Compares by code point, which is the order of the bytes in UTF-8. */
function compareText(a: string, b: string): number {
  let at = 0;
  while (at < a.length && a.charCodeAt(at) === b.charCodeAt(at)) at++;
  return rankAt(a, at) - rankAt(b, at);
}

/** The end of a text comes first. Surrogates, which write code points above U+FFFF, come after all other units. */
function rankAt(text: string, at: number): number {
  if (at >= text.length) return -1;
  const unit = text.charCodeAt(at);
  return unit >= 0xd800 && unit < 0xe000 ? unit + 0x10000 : unit;
}

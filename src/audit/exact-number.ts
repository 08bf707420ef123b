import { exactDouble } from '../item/decimal.ts';
import { noNumber } from '../unmarshall/malformed.ts';

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
 * @throws TypeError when the text is not a number
 */
export function exactNumber(text: string): number | ExactNumber {
  const number = exactDouble(text);
  if (number === undefined) noNumber();
  return Number.isNaN(number) ? new ExactNumber(text) : number;
}

import type { Scenario } from './scenario.ts';

/** How the function reads numbers: `BigInt` quotes what it refuses. */
export type NumberPlan = 'number' | 'string' | 'exact' | 'BigInt';

/** A number of an item, and what handlers have to get. */
export interface Amount {
  readonly text: string;
  readonly number: number | bigint;
  /** Where it is not a `NumberValue`. */
  readonly exact?: number;
}

/** DynamoDB holds 38 digits. */
const AMOUNTS: readonly Amount[] = [
  { text: '42', number: 42, exact: 42 },
  // The same whole number.
  { text: '42.5', number: 42.5, exact: 42.5 },
  { text: '9007199254740993', number: 9007199254740993n },
  { text: '12345678901234567890123456789012345678', number: 12345678901234567890123456789012345678n },
  { text: '-99999999999999999999999999999999999999', number: -99999999999999999999999999999999999999n },
  { text: '-0.1', number: -0.1, exact: -0.1 },
  { text: '0.12345678901234567890123456789012345678', number: 0.12345678901234568 },
  { text: '0.5', number: 0.5, exact: 0.5 },
  { text: '1234567890123456789.0123456789012345678', number: 1234567890123456800 },
];

/** The amount of one version of an item. `BigInt` takes no fractions. */
export function amountOf({ seed, fn }: Scenario, version: number): Amount {
  const known = fn.numbers === 'BigInt' ? AMOUNTS.filter(({ text }) => !text.includes('.')) : AMOUNTS;
  return known[(seed + version) % known.length] as Amount;
}

/** Tells if a handler got an amount as its number policy says. */
export function isRead(value: unknown, amount: Amount, numbers: NumberPlan): boolean {
  switch (numbers) {
    case 'string':
      return value === amount.text;
    case 'BigInt':
      return value === BigInt(amount.text);
    case 'number':
      return value === amount.number;
    default: {
      if (amount.exact !== undefined) return value === amount.exact;
      // The SDK's NumberValue.
      const { value: text } = (value ?? {}) as { readonly value?: unknown };
      return text === amount.text;
    }
  }
}

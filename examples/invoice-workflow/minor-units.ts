/** How many decimal places a currency has. */
export const decimalPlaces: Record<string, number> = { EUR: 2, JPY: 0 };

/** Nothing will help but a new version of the function. */
export class UnknownCurrencyError extends Error {
  override readonly name = 'UnknownCurrencyError';
  /** Tells `deadLetter` that a retry cannot help. */
  readonly retryable = false;
}

/** An amount in the smallest unit of its currency, as payment services take it. */
export function minorUnits(total: number, currency: string): number {
  const places = decimalPlaces[currency];
  if (places === undefined)
    throw new UnknownCurrencyError('The decimal places of the currency are not known.');
  return Math.round(total * 10 ** places);
}

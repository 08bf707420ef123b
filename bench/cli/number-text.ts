/** Writes whole numbers in full, others with three significant digits, or with as many as the whole part has. */
export function numberText(value: number): string {
  if (Number.isInteger(value)) return value.toLocaleString('en');
  const digits = Math.floor(Math.log10(Math.abs(value))) + 1;
  const decimals = Math.min(3, Math.max(0, 3 - digits));
  return value.toLocaleString('en', { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
}

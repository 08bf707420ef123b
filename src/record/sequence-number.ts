/**
 * Compares two sequence numbers as whole numbers of up to 40 digits, leading zeros allowed.
 * As plain strings, `"9"` would come after `"10"`.
 *
 * @returns a negative number when `a` comes first, a positive one when `b` does, 0 when they are equal
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_StreamRecord.html
 */
export function compareSequenceNumbers(a: string, b: string): number {
  // Digits of one length compare like text.
  const left = a.padStart(b.length, '0');
  const right = b.padStart(a.length, '0');
  return left === right ? 0 : left < right ? -1 : 1;
}

/** Returns true for 1 to 40 digits, which Lambda accepts as the identifier of a failed record. */
export function isSequenceNumber(value: unknown): value is string {
  if (typeof value !== 'string' || value.length === 0 || value.length > 40) return false;
  // Every record of every batch comes through here; a regular expression took three times as long (bench: router).
  for (let index = 0; index < value.length; index++) {
    const code = value.charCodeAt(index);
    if (code < 48 || code > 57) return false;
  }
  return true;
}

/** A field of a pattern and its value. */
export type PatternEntry = readonly [name: string, value: unknown];

export const JSON_TOO_DEEP = 'it is nested deeper than 1000 levels';

/** An object that was read from JSON, where a name may be written twice. */
export class PatternObject {
  readonly entries: readonly PatternEntry[];

  constructor(entries: readonly PatternEntry[]) {
    this.entries = entries;
  }
}

/** A number with more digits than AWS's matcher compares. It equals itself, and no comparison takes it. */
export class LongNumber {
  readonly value: number;

  constructor(value: number) {
    this.value = value;
  }
}

/** The fields of an object, undefined for other values. */
export function entriesOf(value: unknown): readonly PatternEntry[] | undefined {
  if (value instanceof PatternObject) return value.entries;
  if (value instanceof LongNumber || Array.isArray(value)) return undefined;
  return typeof value === 'object' && value !== null ? Object.entries(value) : undefined;
}

/** The one field of an object that has one. */
export function soleEntry(value: unknown): PatternEntry | undefined {
  const [entry, ...others] = entriesOf(value) ?? [];
  return others.length === 0 ? entry : undefined;
}

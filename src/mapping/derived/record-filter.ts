import { sameAddress } from '../../conditions/ip-address.ts';
import type { PatternValue } from '../../conditions/pattern-value.ts';

/** The alternatives for one field of a record, as an event pattern writes them. */
export interface Leaf {
  /** The names of the fields, from the record down. */
  readonly path: readonly string[];
  readonly alternatives: readonly PatternValue[];
}

/** Leaves by their paths, all of which have to match. Empty: every record. */
export type Conjunction = ReadonlyMap<string, Leaf>;

/** Conjunctions, one of which has to match. Empty: no record. */
export type RecordFilter = readonly Conjunction[];

/** A filter that every record passes. */
export const ALL_RECORDS: RecordFilter = [new Map()];

/** A filter that no record passes. */
export const NO_RECORDS: RecordFilter = [];

/** More conjunctions than this become {@link ALL_RECORDS}: no mapping could have them. */
const MOST = 64;

/** Further fields are left out: so many do not fit into a filter. */
const MAX_FIELDS = 512;

/** The filter for one field. */
export function leaf(path: readonly string[], ...alternatives: readonly PatternValue[]): RecordFilter {
  return leafOf(path, alternatives);
}

/** The same for alternatives of any number. */
export function leafOf(path: readonly string[], alternatives: readonly PatternValue[]): RecordFilter {
  return [new Map([[JSON.stringify(path), { path, alternatives }]])];
}

/** Records that pass one of the filters. */
export function union(filters: readonly RecordFilter[]): RecordFilter {
  return bounded(simplified(filters.flat()));
}

/** Records that pass all filters, and maybe others: what a pattern cannot say is left out. */
export function intersection(filters: readonly RecordFilter[]): RecordFilter {
  return filters.reduce<RecordFilter>(
    (sofar, filter) =>
      bounded(simplified(sofar.flatMap((one) => filter.flatMap((other) => together(one, other))))),
    ALL_RECORDS,
  );
}

function bounded(filter: RecordFilter): RecordFilter {
  return filter.length > MOST ? ALL_RECORDS : filter;
}

function together(one: Conjunction, other: Conjunction): RecordFilter {
  const merged = new Map(one);
  for (const [key, leaf] of other) {
    const known = merged.get(key);
    if (known === undefined) {
      if (merged.size < MAX_FIELDS) merged.set(key, leaf);
      continue;
    }
    // Of the elements of a list or a set, a different one may pass each filter.
    if (isOfElements(leaf.path)) continue;
    const alternatives = common(known.alternatives, leaf.alternatives);
    if (alternatives.length === 0) return NO_RECORDS;
    merged.set(key, { ...leaf, alternatives });
  }
  return [merged];
}

/** The types whose value is a list. */
const OF_ELEMENTS: ReadonlySet<string> = new Set(['L', 'SS', 'NS', 'BS']);

function isOfElements(path: readonly string[]): boolean {
  return path.some((name) => OF_ELEMENTS.has(name));
}

/** Alternatives that allow what both lists allow, and maybe more. */
function common(one: readonly PatternValue[], other: readonly PatternValue[]): readonly PatternValue[] {
  const texts = textsOf(other);
  // An IP address also stands for its other spellings.
  const isPlain = [...one, ...other].every(
    (value) => typeof value === 'string' && sameAddress(value) === undefined,
  );
  if (isPlain) return one.filter((value) => texts.has(JSON.stringify(value)));
  // Values say more than comparisons.
  const isNarrow = (values: readonly PatternValue[]): boolean =>
    values.every((value) => typeof value !== 'object' || value === null);
  return isNarrow(other) && !isNarrow(one) ? other : one;
}

/** Leaves out conjunctions within others, and joins those that differ in one field. */
function simplified(filter: RecordFilter): RecordFilter {
  // In halves: thousands of values, joined one after the other, would be copied as often.
  const half = Math.ceil(filter.length / 2);
  const parts = half > MOST ? [filter.slice(0, half), filter.slice(half)].flatMap(simplified) : filter;
  const kept: Conjunction[] = [];
  for (const conjunction of parts) {
    add(kept, conjunction);
    // Each one is compared with all others: with thousands of routes that would take minutes.
    if (kept.length > 4 * MOST) return ALL_RECORDS;
  }
  return kept;
}

function add(kept: Conjunction[], conjunction: Conjunction): void {
  if (kept.some((other) => isWithin(conjunction, other))) return;
  for (const [index, other] of kept.entries()) {
    const joined = isWithin(other, conjunction) ? conjunction : join(other, conjunction);
    if (joined === undefined) continue;
    kept.splice(index, 1);
    add(kept, joined);
    return;
  }
  kept.push(conjunction);
}

/** Checks if the first one asks all that the second one asks. */
function isWithin(narrow: Conjunction, wide: Conjunction): boolean {
  for (const [key, { alternatives }] of wide) {
    const own = narrow.get(key);
    if (own === undefined || !isAmong(own.alternatives, alternatives)) return false;
  }
  return true;
}

/** One conjunction for two that differ in the alternatives of one field. Undefined: they differ in more. */
function join(one: Conjunction, other: Conjunction): Conjunction | undefined {
  if (one.size !== other.size) return undefined;
  let different: string | undefined;
  for (const [key, { alternatives }] of one) {
    const others = other.get(key);
    if (others === undefined) return undefined;
    if (isAmong(alternatives, others.alternatives) && isAmong(others.alternatives, alternatives)) continue;
    if (different !== undefined) return undefined;
    different = key;
  }
  // They differ, as neither is within the other.
  const key = different as string;
  const { path, alternatives } = one.get(key) as Leaf;
  const texts = textsOf(alternatives);
  const more = (other.get(key) as Leaf).alternatives.filter((value) => !texts.has(JSON.stringify(value)));
  return new Map(one).set(key, { path, alternatives: [...alternatives, ...more] });
}

function isAmong(some: readonly PatternValue[], all: readonly PatternValue[]): boolean {
  const texts = textsOf(all);
  for (const text of textsOf(some)) if (!texts.has(text)) return false;
  return true;
}

const texts: WeakMap<readonly PatternValue[], ReadonlySet<string>> = new WeakMap();

/** Alternatives as text, to compare them. Kept, as each list of them is compared with many others. */
function textsOf(alternatives: readonly PatternValue[]): ReadonlySet<string> {
  let known = texts.get(alternatives);
  if (known === undefined) {
    known = new Set(alternatives.map((value) => JSON.stringify(value)));
    texts.set(alternatives, known);
  }
  return known;
}

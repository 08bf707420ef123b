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
export type Demand = readonly Conjunction[];

/** A demand that every record meets. */
export const EVERYTHING: Demand = [new Map()];

/** A demand that no record meets. */
export const NOTHING: Demand = [];

/** More conjunctions than this become {@link EVERYTHING}: no mapping could have them. */
const MOST = 64;

/** The demand for one field. */
export function leaf(path: readonly string[], ...alternatives: readonly PatternValue[]): Demand {
  return [new Map([[JSON.stringify(path), { path, alternatives }]])];
}

/** Records that meet one of the demands. */
export function either(demands: readonly Demand[]): Demand {
  return bounded(simplified(demands.flat()));
}

/** Records that meet all demands, and maybe others: what a pattern cannot say is left out. */
export function both(demands: readonly Demand[]): Demand {
  return demands.reduce<Demand>(
    (sofar, demand) =>
      bounded(simplified(sofar.flatMap((one) => demand.flatMap((other) => together(one, other))))),
    EVERYTHING,
  );
}

function bounded(demand: Demand): Demand {
  return demand.length > MOST ? EVERYTHING : demand;
}

function together(one: Conjunction, other: Conjunction): Demand {
  const merged = new Map(one);
  for (const [key, leaf] of other) {
    const known = merged.get(key);
    if (known === undefined) {
      merged.set(key, leaf);
      continue;
    }
    // Of the elements of a list or a set, each demand may be met by another one.
    if (isOfElements(leaf.path)) continue;
    const alternatives = common(known.alternatives, leaf.alternatives);
    if (alternatives.length === 0) return NOTHING;
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
  const texts = new Set(other.map((value) => JSON.stringify(value)));
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
function simplified(demand: Demand): Demand {
  const kept: Conjunction[] = [];
  for (const conjunction of demand) add(kept, conjunction);
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

/** Tells if the first one asks all that the second one asks. */
function isWithin(narrow: Conjunction, wide: Conjunction): boolean {
  return [...wide].every(([key, { alternatives }]) => {
    const own = narrow.get(key);
    const texts = new Set(alternatives.map((value) => JSON.stringify(value)));
    return own?.alternatives.every((value) => texts.has(JSON.stringify(value))) === true;
  });
}

/** One conjunction for two that differ in the alternatives of one field. Undefined: they differ in more. */
function join(one: Conjunction, other: Conjunction): Conjunction | undefined {
  if (one.size !== other.size) return undefined;
  const different = [...one].filter(
    ([key, { alternatives }]) =>
      JSON.stringify(other.get(key)?.alternatives) !== JSON.stringify(alternatives),
  );
  if (different.length !== 1) return undefined;
  const [[key, leaf]] = different as [[string, Leaf]];
  const others = other.get(key);
  if (others === undefined) return undefined;
  const texts = new Set(leaf.alternatives.map((value) => JSON.stringify(value)));
  const more = others.alternatives.filter((value) => !texts.has(JSON.stringify(value)));
  return new Map(one).set(key, { ...leaf, alternatives: [...leaf.alternatives, ...more] });
}

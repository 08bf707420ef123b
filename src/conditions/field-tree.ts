import type { FieldTest, PatternRule } from './pattern-rules.ts';
import { isLeaf, type Leaf } from './pattern-value.ts';

/** A field of the rule, or an object with fields of the rule. */
interface Step {
  readonly name: string;
  /** Spellings with dots, as in `a.b` for `b` below `a`: AWS's matcher does not tell them apart. */
  readonly dotted: readonly { readonly name: string; readonly below: readonly string[] }[];
  /** Of the rule's fields, in their order: the first one of this step, and the one behind its last. */
  readonly first: number;
  readonly end: number;
  /** The tests of the members of an object, undefined for a field. */
  readonly inner: Branch | undefined;
}

/** The fields and objects that are asked of one object. */
interface Branch {
  /** Of the rule's fields, in their order: the first one, and the one behind the last. */
  readonly first: number;
  readonly end: number;
  readonly steps: readonly Step[];
  /** There are so many spellings with dots that a look at the object's own names costs less than asking for each. */
  readonly manySpellings: boolean;
}

// Asking for 8 names that are not there takes as long as going through the 9 names of a record (60 ns).
const MANY_SPELLINGS = 8;

/** Values at one path: an object may hold `a.b` besides `a: { b }`. */
class Several {
  readonly values: readonly unknown[];

  constructor(values: readonly unknown[]) {
    this.values = values;
  }
}

const NO_FIELD = -1;

/**
 * Compiles a rule. The test takes time in proportion to the record, times the rule's depth.
 *
 * The rule's fields are asked in the order of their paths, as AWS's matcher does. A field that matches below a list
 * chooses one of its elements, and the fields after it are asked of that element alone. Until then `exists: false` is
 * asked of all elements.
 */
export function ruleTest(rule: PatternRule): (record: unknown) => boolean {
  const { branch, fields } = treeOf(rule);
  const matcher = new RuleMatcher(fields);
  return (record) => matcher.matches(branch, record, NO_FIELD);
}

class RuleMatcher {
  readonly #fields: readonly FieldTest[];

  constructor(fields: readonly FieldTest[]) {
    this.#fields = fields;
  }

  /** @param found the field that has to be there, although its alternatives allow that it is absent */
  matches(branch: Branch, value: unknown, found: number): boolean {
    if (Array.isArray(value)) return this.#someElement(branch, elementsOf(value), found);
    if (value instanceof Several && value.values.some(Array.isArray)) {
      return this.#someElement(branch, joined(value), found);
    }
    const plain = branch.manySpellings && !hasDottedName(value);
    for (const step of branch.steps) {
      const inner = plain ? ownValue(value, step.name) : valueAt(value, step);
      const holds = step.inner
        ? this.matches(step.inner, inner, found)
        : this.#field(step.first, inner, found);
      if (!holds) return false;
    }
    return true;
  }

  #field(index: number, value: unknown, found: number): boolean {
    // biome-ignore lint/style/noNonNullAssertion: a step's index is that of a field
    const { tests, present, absent } = this.#fields[index]!;
    // Most values are no lists: this way they need no closure.
    if (isLeaf(value)) return present || someTest(tests, value);
    const leaves = leavesOf(value);
    if (leaves.length === 0) return absent && index !== found;
    return present || leaves.some((leaf) => someTest(tests, leaf));
  }

  #someElement(branch: Branch, elements: readonly unknown[], found: number): boolean {
    const { first, end } = branch;
    // As long as no field has chosen an element, a field is absent where no element has it.
    let next = first;
    while (
      next < end &&
      this.#fields[next]?.absent === true &&
      !elements.some((element) => hasField(branch, next, element))
    ) {
      next++;
    }
    const wanted = found >= first && found < end;
    if (next === end) return !wanted;
    // Those before it are absent everywhere, so this one chooses the element.
    return (!wanted || found === next) && elements.some((element) => this.matches(branch, element, next));
  }
}

function someTest(tests: FieldTest['tests'], leaf: Leaf): boolean {
  for (const test of tests) if (test(leaf)) return true;
  return false;
}

function hasField(branch: Branch, index: number, value: unknown): boolean {
  if (Array.isArray(value)) return elementsOf(value).some((element) => hasField(branch, index, element));
  if (value instanceof Several) return value.values.some((one) => hasField(branch, index, one));
  const step = branch.steps.find(({ end }) => index < end) as Step;
  const inner = valueAt(value, step);
  return step.inner ? hasField(step.inner, index, inner) : leavesOf(inner).length > 0;
}

/** The elements of a list, and of the lists in it. Not `flat()`, which is recursive: an event may nest without end. */
function elementsOf(list: readonly unknown[]): readonly unknown[] {
  if (!list.some(Array.isArray)) return list;
  const elements: unknown[] = [];
  const todo: unknown[] = list.toReversed();
  while (todo.length > 0) {
    const next = todo.pop();
    if (!Array.isArray(next)) elements.push(next);
    else for (let index = next.length - 1; index >= 0; index--) todo.push(next[index]);
  }
  return elements;
}

/** The elements of the lists among values, each together with the values that are not lists. */
function joined({ values }: Several): readonly unknown[] {
  const others = values.filter((value) => !Array.isArray(value));
  const elements = elementsOf(values.filter(Array.isArray));
  if (elements.length === 0) return [new Several(others)];
  return others.length === 0 ? elements : elements.map((element) => new Several([...others, element]));
}

/** The values of a field; of a list, those of its elements. An object is none. */
function leavesOf(value: unknown): readonly Leaf[] {
  if (isLeaf(value)) return [value];
  if (value instanceof Several) return value.values.flatMap(leavesOf);
  return Array.isArray(value) ? elementsOf(value).filter(isLeaf) : [];
}

function valueAt(value: unknown, step: Step): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  if (value instanceof Several) return several(value.values.map((one) => valueAt(one, step)));
  const plain = ownValue(value, step.name);
  let found: unknown[] | undefined;
  for (const { name, below } of step.dotted) {
    if (!Object.hasOwn(value, name)) continue;
    found ??= [plain];
    found.push(below.reduceRight(nested, ownValue(value, name)));
  }
  return found === undefined ? plain : several(found);
}

// An attribute may be called `constructor`; only the record's own fields count.
function ownValue(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Record<string, unknown>)[name]
    : undefined;
}

function hasDottedName(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  for (const name in value) if (name.includes('.')) return true;
  return value instanceof Several;
}

function nested(value: unknown, name: string): unknown {
  // fromEntries defines, where an assignment to __proto__ would set the prototype.
  return Object.fromEntries([[name, value]]);
}

function several(values: readonly unknown[]): unknown {
  const present = values.filter((value) => value !== undefined);
  return present.length > 1 ? new Several(present) : present[0];
}

interface Node {
  field?: FieldTest;
  readonly below: Map<string, Node>;
}

function treeOf(rule: PatternRule): { readonly branch: Branch; readonly fields: readonly FieldTest[] } {
  const root: Node = { below: new Map() };
  for (const [path, field] of rule) {
    let node = root;
    for (const name of path.split('.').map(propertyName)) {
      const inner = node.below.get(name) ?? { below: new Map() };
      node.below.set(name, inner);
      node = inner;
    }
    node.field = field;
  }
  const fields: FieldTest[] = [];
  return { branch: branchOf(root, fields), fields };
}

/** The steps below a node, in the order of their paths: `a`, `a-b`, `a.b`. */
function branchOf(node: Node, fields: FieldTest[]): Branch {
  const first = fields.length;
  const parts = [...node.below].flatMap(([name, inner]) => [
    ...(inner.field === undefined ? [] : [{ order: name, name, field: inner.field, inner }]),
    ...(inner.below.size === 0 ? [] : [{ order: `${name}.`, name, field: undefined, inner }]),
  ]);
  parts.sort((a, b) => (a.order < b.order ? -1 : 1));
  const steps = parts.map(({ name, field, inner }): Step => {
    const first = fields.length;
    if (field !== undefined) {
      fields.push(field);
      return { name, dotted: [], first, end: first + 1, inner: undefined };
    }
    const branch = branchOf(inner, fields);
    return { name, dotted: dottedNames(name, [], inner), first, end: fields.length, inner: branch };
  });
  const spellings = steps.reduce((sum, { dotted }) => sum + dotted.length, 0);
  return { steps, first, end: fields.length, manySpellings: spellings > MANY_SPELLINGS };
}

function dottedNames(name: string, below: readonly string[], node: Node): Step['dotted'] {
  return [...node.below].flatMap(([inner, next]) => {
    const at = [...below, inner];
    return [{ name: propertyName([name, ...at].join('.')), below: at }, ...dottedNames(name, at, next)];
  });
}

/** V8 looks up the name of a property faster than other text with the same characters: half the time of a match. */
function propertyName(text: string): string {
  return Object.keys(Object.fromEntries([[text, 0]]))[0] as string;
}

import type { AttributeValue, DynamoDBRecord } from 'aws-lambda';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { auditTrail } from '../../src/audit/index.ts';
import { processBatch } from '../../src/index.ts';
import { joinPath } from '../../src/unmarshall/path.ts';
import { memorySink } from '../audit/memory-sink.ts';
import { contextOf, recordOf } from '../fixtures/events.ts';
import { PROPERTY_TIMEOUT_MS, runs } from '../fixtures/play.ts';

// An item is a tree. A leaf that both images share is one object, and gets one marker: text that occurs nowhere else.
type Tree =
  | Leaf
  | { readonly list: readonly Tree[] }
  | { readonly map: readonly (readonly [string, Tree])[] };
interface Leaf {
  readonly leaf: 'S' | 'N' | 'long N' | 'B' | 'SS' | 'NS' | 'BS';
}
type Step = string | number;
type PatternStep = Step | 'any name' | 'any index';

/** Where a marker or a name is to be found. */
interface Place {
  readonly path: readonly Step[];
  readonly side: 'old' | 'new';
}

// Names that look like syntax, names of prototypes, and names that may be secrets themselves.
const SECRET_NAMES = ['secret-name-1', 'secret-name-2', 'secret-name-3'];
const NAMES = ['a', 'b', 'card', 'a.b', 'c[0]', '*', '', '__proto__', 'N', 'SS', ...SECRET_NAMES];

const leaves = fc
  .constantFrom<Leaf['leaf']>('S', 'S', 'S', 'N', 'long N', 'B', 'SS', 'NS', 'BS')
  .map((leaf): Tree => ({ leaf }));
const { tree } = fc.letrec<{ tree: Tree }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 4, depthSize: 'small' },
    leaves,
    fc.array(tie('tree'), { maxLength: 4 }).map((list) => ({ list })),
    mapOf(tie('tree')),
  ),
}));

function mapOf(value: fc.Arbitrary<Tree>): fc.Arbitrary<Tree> {
  const entries = fc.uniqueArray(fc.tuple(fc.constantFrom(...NAMES), value), {
    selector: ([name]) => name,
    maxLength: 5,
  });
  return entries.map((map) => ({ map }));
}

/** A change somewhere in a tree: the bits say which way down, and where to stop. */
interface Edit {
  readonly way: readonly number[];
  readonly kind: 'remove' | 'replace' | 'insert';
  readonly value: Tree;
}

const edits = fc.array(
  fc.record<Edit>({
    way: fc.array(fc.nat(4), { maxLength: 4 }),
    kind: fc.constantFrom('remove', 'replace', 'replace', 'insert'),
    value: tree,
  }),
  { maxLength: 4 },
);

function edited(node: Tree, { way, kind, value }: Edit): Tree {
  const [turn, ...further] = way;
  if (turn === undefined || 'leaf' in node) return value;
  const children: (readonly [string, Tree])[] =
    'list' in node ? node.list.map((child) => ['', child] as const) : [...node.map];
  const index = children.length === 0 ? 0 : turn % children.length;
  const child = children[index];
  if (child !== undefined && further.length > 0) {
    children[index] = [child[0], edited(child[1], { way: further, kind, value })];
  } else if (kind === 'insert') {
    const name = NAMES.find((name) => children.every(([used]) => used !== name));
    if (name !== undefined) children.splice(index, 0, [name, value]);
  } else if (child !== undefined) {
    if (kind === 'remove') children.splice(index, 1);
    else children[index] = [child[0], value];
  }
  return 'list' in node ? { list: children.map(([, child]) => child) } : { map: children };
}

/** Paths that lead to something in the item, some of their steps made wider, cut off anywhere. */
const selectors = fc.array(
  fc.record({
    way: fc.array(fc.nat(4), { minLength: 1, maxLength: 4 }),
    wider: fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }),
  }),
  { maxLength: 3 },
);
type Selector = typeof selectors extends fc.Arbitrary<readonly (infer S)[]> ? S : never;

function patternIn(root: Tree, { way, wider }: Selector): PatternStep[] {
  const pattern: PatternStep[] = [];
  let node = root;
  for (const [depth, turn] of way.entries()) {
    // The first step stays a name: a wider one would hide the item key, which is refused.
    const isWide = depth > 0 && wider[depth] === true;
    if ('leaf' in node) {
      if (node.leaf.endsWith('S') && node.leaf !== 'S') pattern.push('any index');
      break;
    }
    if ('list' in node) {
      const child = node.list[turn % node.list.length];
      if (child === undefined) break;
      pattern.push(isWide ? 'any index' : turn % node.list.length);
      node = child;
    } else {
      const child = node.map[turn % node.map.length];
      if (child === undefined) break;
      pattern.push(isWide ? 'any name' : child[0]);
      node = child[1];
    }
  }
  return pattern;
}

function textOf(pattern: readonly PatternStep[]): string {
  return pattern.reduce<string>((text, step) => {
    if (step === 'any index') return `${text}[]`;
    if (step === 'any name') return `${text}.*`;
    return step === '*' ? `${text}["*"]` : joinPath(text, step);
  }, '');
}

/** The meaning of the syntax, implemented a second time. */
function covers(pattern: readonly PatternStep[], path: readonly Step[]): boolean {
  return pattern.every((step, index) => {
    const at = path[index];
    if (step === 'any index') return typeof at === 'number';
    return step === 'any name' ? typeof at === 'string' : step === at;
  });
}

/** The item as DynamoDB would send it, with a marker in each leaf. */
class Images {
  readonly #markers = new Map<Leaf, string>();
  readonly places = new Map<string, Place[]>();
  readonly names = new Map<string, Place[]>();

  write(tree: Tree, side: Place['side'], path: readonly Step[] = []): AttributeValue {
    if ('list' in tree)
      return { L: tree.list.map((child, index) => this.write(child, side, [...path, index])) };
    if ('map' in tree) {
      const entries = tree.map.map(([name, child]) => {
        const at = [...path, name];
        note(this.names, name, { path: at, side });
        return [name, this.write(child, side, at)] as const;
      });
      return { M: Object.fromEntries(entries) };
    }
    let marker = this.#markers.get(tree);
    if (marker === undefined) {
      marker = `77${String(this.#markers.size).padStart(6, '0')}77`;
      this.#markers.set(tree, marker);
    }
    return this.#leaf(tree, marker, { path, side });
  }

  #leaf({ leaf }: Leaf, marker: string, place: Place): AttributeValue {
    const binary = Buffer.from(marker).toString('base64');
    // An element of a set has no position, only `[]` names it.
    const inSet = { ...place, path: [...place.path, Number.NaN] };
    note(this.places, leaf.startsWith('B') ? binary : marker, leaf.length === 2 ? inSet : place);
    switch (leaf) {
      case 'S':
        return { S: `text ${marker}` };
      case 'N':
        return { N: marker };
      case 'long N':
        return { N: `1${marker}${marker}.5` };
      case 'B':
        return { B: binary };
      case 'SS':
        return { SS: ['x', marker] };
      case 'NS':
        return { NS: ['1', marker] };
      case 'BS':
        return { BS: [binary] };
    }
  }
}

function note(places: Map<string, Place[]>, what: string, place: Place): void {
  places.set(what, [...(places.get(what) ?? []), place]);
}

const scenarios = fc.record({ item: mapOf(tree), edits, redact: selectors, omit: selectors });

test('nothing that is redacted or omitted is in the entry, all else that changed is', {
  timeout: PROPERTY_TIMEOUT_MS,
}, async () => {
  let hiddenMarkers = 0;
  let shownMarkers = 0;
  await fc.assert(
    fc.asyncProperty(scenarios, async ({ item, edits, redact, omit }) => {
      const [before, after] = [item, edits.reduce(edited, item)];
      if (!('map' in after)) return; // replaced as a whole: no item any more
      const images = new Images();
      const [old, young] = [images.write(before, 'old').M, images.write(after, 'new').M];
      const record: DynamoDBRecord = recordOf({
        eventName: 'MODIFY',
        ...(old && { oldImage: old }),
        ...(young && { newImage: young }),
      });
      const redacted = [before, after].flatMap((image) =>
        redact.map((selector) => patternIn(image, selector)),
      );
      const omitted = omit
        .map((selector) => patternIn(before, selector))
        .filter((pattern) => typeof pattern.at(-1) === 'string' && pattern.at(-1) !== 'any index');
      const patterns = [...redacted, ...omitted].filter((pattern) => pattern.length > 0);

      const sink = memorySink();
      const audit = auditTrail(sink, {
        redact: redacted.filter((pattern) => pattern.length > 0).map(textOf),
        omit: omitted.map(textOf),
      });
      const response = await processBatch({ Records: [record] }, contextOf(), audit);
      expect(response).toEqual({ batchItemFailures: [] });
      const [entry] = sink.entries;
      const text = JSON.stringify(entry);

      const isHidden = ({ path }: Place) => patterns.some((pattern) => covers(pattern, path));
      for (const [marker, places] of images.places) {
        if (places.every(isHidden)) {
          hiddenMarkers++;
          expect(text).not.toContain(marker);
        } else if (places.length === 1) {
          shownMarkers++;
          expect(text).toContain(marker);
        }
        const [place] = places;
        const isRedacted =
          places.length === 1 &&
          place !== undefined &&
          redacted.some((pattern) => pattern.length > 0 && covers(pattern, place.path)) &&
          !omitted.some((pattern) => covers(pattern, place.path));
        if (isRedacted) expect(text).toContain('[redacted]');
      }
      // A name is shown where its own value is redacted, and hidden with the map around it.
      for (const name of SECRET_NAMES) {
        const nameIsHidden = ({ path, side }: Place) =>
          isHidden({ path: path.slice(0, -1), side }) ||
          omitted.some((pattern) => covers(pattern, path) && pattern.length <= path.length);
        const places = images.names.get(name) ?? [];
        if (places.every(nameIsHidden)) expect(text).not.toContain(name);
      }
    }),
    runs(2000),
  );
  expect(hiddenMarkers).toBeGreaterThan(100);
  expect(shownMarkers).toBeGreaterThan(100);
});

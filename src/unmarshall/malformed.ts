import type { AttributeValue } from 'aws-lambda';
import { type AttributeMap, unmarshallValue } from './attribute-value.ts';
import type { ToNumber } from './numbers.ts';
import { joinPath } from './path.ts';

/** Where a map cannot be unmarshalled, in words that contain no item content. */
export interface Malformed {
  readonly path: string;
  readonly expected: string;
  readonly came: string;
}

const EXPECTED: ReadonlyMap<string, string> = new Map([
  ['S', 'a string in S'],
  ['N', 'the text of a number in N'],
  ['B', 'base64 text in B'],
  ['BOOL', 'true or false in BOOL'],
  ['SS', 'an array of strings in SS'],
  ['NS', 'an array of number texts in NS'],
  ['BS', 'an array of base64 texts in BS'],
  ['L', 'an array in L'],
  ['M', 'an object in M'],
]);

const ANY_TYPE = 'an AttributeValue with one of S, N, B, BOOL, NULL, SS, NS, BS, L, M';

/** Finds the first attribute, innermost, that cannot be unmarshalled. Called only after one has failed. */
export function findMalformed(map: AttributeMap, toNumber: ToNumber, path = ''): Malformed {
  if (isMap(map)) {
    for (const name in map) {
      const found = inspect(map[name], toNumber, joinPath(path, name));
      if (found !== undefined) return found;
    }
  }
  return { path: path || '(item)', expected: 'a map of AttributeValues', came: kindOf(map) };
}

function inspect(value: AttributeValue | undefined, toNumber: ToNumber, path: string): Malformed | undefined {
  try {
    // biome-ignore lint/style/noNonNullAssertion: a missing value throws, and the catch describes it
    unmarshallValue(value!, toNumber);
    return undefined;
  } catch {
    return describe(value, toNumber, path);
  }
}

function describe(value: unknown, toNumber: ToNumber, path: string): Malformed {
  if (typeof value !== 'object' || value === null) return { path, expected: ANY_TYPE, came: kindOf(value) };
  const [type] = Object.keys(value);
  const content = (value as Record<string, unknown>)[type ?? ''];
  if (type === 'M' && isMap(content)) return findMalformed(content, toNumber, path);
  if (type === 'L' && Array.isArray(content)) {
    for (const [index, element] of content.entries()) {
      const found = inspect(element, toNumber, joinPath(path, index));
      if (found !== undefined) return found;
    }
  }
  const expected = type === undefined ? undefined : EXPECTED.get(type);
  if (expected === undefined) {
    return { path, expected: ANY_TYPE, came: type === undefined ? 'an empty one' : 'one of another type' };
  }
  return {
    path,
    expected,
    came:
      Array.isArray(content) && expected.startsWith('an array of')
        ? 'an array with another element'
        : kindOf(content),
  };
}

/** Whether a value can hold attributes. */
export function isMap(value: unknown): value is AttributeMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  return typeof value === 'string' ? 'another string' : typeof value;
}

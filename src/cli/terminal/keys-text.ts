import { isMap } from '../../unmarshall/malformed.ts';

// A key may have 2 kB.
const MAX_CHARACTERS = 60;

/**
 * Names an item by its keys: `pk="C#2" sk="O#3"`.
 *
 * @param names partition key first: records name their keys in any order. Without them, the order of the alphabet
 * @returns undefined for keys that cannot be read
 */
export function keysText(keys: unknown, names?: readonly string[]): string | undefined {
  if (!isMap(keys)) return undefined;
  const parts = (names ?? Object.keys(keys).sort()).map((name) => {
    const value = valueText(keys[name]);
    return value && `${name}=${value}`;
  });
  return parts.length === 0 || parts.includes(undefined) ? undefined : parts.join(' ');
}

/** A value of a key: text in quotes, the digits of a number, or the base64 of binary. */
function valueText(value: unknown): string | undefined {
  const { S, N, B } = (isMap(value) ? value : {}) as Readonly<Record<string, unknown>>;
  const text = S ?? N ?? B;
  if (typeof text !== 'string') return undefined;
  const cut = text.length > MAX_CHARACTERS ? `${text.slice(0, MAX_CHARACTERS)}…` : text;
  return N === undefined || S !== undefined ? JSON.stringify(cut) : cut;
}

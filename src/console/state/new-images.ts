import type { Attributes, KeyType, ShownRecord } from '../protocol/events.ts';
import { MASKED } from '../protocol/mask.ts';

/** The key attributes of a table, partition key first. */
export interface TableKeys {
  readonly keyNames: readonly string[];
  readonly keyTypes: readonly KeyType[];
}

/** The images that a new record begins with. */
export interface NewImages {
  readonly before: Attributes;
  readonly after: Attributes;
}

// A partition key has at most 2,048 bytes, and a character at most 4.
const MAX_CHARACTERS = 500;

/**
 * Makes the images of a new record, which a person can send as they are. They are those of a record that was seen, with a
 * new partition key. Without such a record, they have only keys.
 *
 * @param count makes the key a new one: from 1 on, one more for each record
 */
export function newImages(
  record: Pick<ShownRecord, 'oldImage' | 'newImage' | 'keys'> | undefined,
  { keyNames, keyTypes }: TableKeys,
  count: number,
): NewImages {
  const { oldImage, newImage, keys } = record ?? {};
  const seen = newImage ?? oldImage ?? keys;
  if (seen === undefined) {
    const names = keyNames.map((name, index) => [name, firstValue(keyTypes[index], count)]);
    const image: Attributes = Object.fromEntries(names);
    return { before: image, after: image };
  }
  const [partitionKey] = keyNames;
  const withNewKey = (image: Attributes): Attributes =>
    // Not a spread with a computed name: `__proto__` is a name like any other.
    Object.fromEntries(
      Object.entries(image).map(([name, value]) => [
        name,
        name === partitionKey ? otherValue(value, count) : value,
      ]),
    );
  return { before: withNewKey(oldImage ?? seen), after: withNewKey(newImage ?? seen) };
}

function firstValue(type: KeyType = 'S', count: number): object {
  if (type === 'N') return { N: `${count}` };
  return type === 'B' ? { B: btoa(`new${count}`) } : { S: `new${count}` };
}

/** Appends to a text, so that its prefix stays, and with it the entity of the record. A hidden value stays hidden. */
function otherValue(value: unknown, count: number): unknown {
  const { S, N, B } = value as { readonly S?: string; readonly N?: string; readonly B?: string };
  if (S === MASKED) return value;
  if (S !== undefined)
    return { S: `${[...S.replace(/-new\d+$/, '')].slice(0, MAX_CHARACTERS).join('')}-new${count}` };
  if (B !== undefined) return firstValue('B', count);
  return { N: /^-?\d+$/.test(`${N}`) ? `${BigInt(`${N}`) + BigInt(count)}` : `${count}` };
}

import type { AttributeValue } from 'aws-lambda';
import type { AttributeMap } from '../unmarshall/attribute-value.ts';
import { isMap } from '../unmarshall/malformed.ts';
import type { ToNumber } from '../unmarshall/numbers.ts';
import { unmarshall, unreadable } from '../unmarshall/unmarshall.ts';
import type { CompiledMatch } from './compile-match.ts';
import { valueAt } from './stored-value.ts';

/**
 * Finds the first of several patterns that matches an image, as stored.
 *
 * @returns its index, or -1; also where there is no image
 * @throws UnmarshallError for an attribute that no handler could read
 */
export function firstMatch(
  matches: readonly Pick<CompiledMatch, 'entries'>[],
  image: AttributeMap | undefined,
  toNumber: ToNumber,
): number {
  if (image === undefined) return -1;
  // Throws an error that names the value in the place of an image.
  if (!isMap(image)) unmarshall(image, String);
  // Most patterns ask for one and the same attribute: it is looked up once. Loops by index: iterators and closures add a tenth
  // to a router with entities (bench: router/small/entities).
  let path = '';
  let value: AttributeValue | undefined;
  try {
    for (let index = 0; index < matches.length; index++) {
      // biome-ignore lint/style/noNonNullAssertion: index is below matches.length
      const { entries } = matches[index]!;
      let at = 0;
      for (; at < entries.length; at++) {
        // biome-ignore lint/style/noNonNullAssertion: at is below entries.length
        const entry = entries[at]!;
        if (entry.path !== path) {
          path = entry.path;
          value = valueAt(image, entry.steps);
        }
        if (!entry.matcher.test(value, toNumber)) break;
      }
      if (at === entries.length) return index;
    }
  } catch (thrown) {
    throw unreadable(path, thrown);
  }
  return -1;
}

import type { AttributeValue } from 'aws-lambda';
import type { AttributeMap } from '../unmarshall/attribute-value.ts';
import { isMap } from '../unmarshall/malformed.ts';
import type { ToNumber } from '../unmarshall/numbers.ts';
import { unmarshall, unreadable } from '../unmarshall/unmarshall.ts';
import type { CompiledMatch, MatchedPath } from './compile-match.ts';
import type { MatcherData } from './matcher.ts';
import { valueAt } from './stored-value.ts';

/** Finds the first pattern that matches. Made by {@link firstMatch}. */
export type FindMatch = (image: AttributeMap | undefined, toNumber: ToNumber) => number;

/** An entry of a pattern, and where to go on. */
interface SearchStep extends MatchedPath {
  readonly test: MatcherData['test'];
  /** The place of the next pattern's first step: for an entry that does not match. */
  readonly next: number;
  /** The index of the pattern whose last entry this is; -1 for other entries. */
  readonly found: number;
}

/**
 * Makes a function that finds the first of several patterns that matches an image, as stored.
 *
 * The function returns its index, or -1, also where there is no image. It throws UnmarshallError for an attribute that no
 * handler could read.
 */
export function firstMatch(matches: readonly Pick<CompiledMatch, 'entries'>[]): FindMatch {
  // One list of small objects: a list for each pattern takes a fifth more time (bench: router/small/entities).
  const all: SearchStep[] = [];
  matches.forEach(({ entries }, index) => {
    const next = all.length + entries.length;
    entries.forEach(({ path, steps, matcher }, at) => {
      all.push({ path, steps, test: matcher.test, next, found: at === entries.length - 1 ? index : -1 });
    });
  });
  return (image, toNumber) => {
    if (image === undefined) return -1;
    // Says what came in the place of an image.
    if (!isMap(image)) unmarshall(image, String);
    // Most patterns ask for one and the same attribute: it is looked up once.
    let path = '';
    let value: AttributeValue | undefined;
    try {
      let at = 0;
      while (at < all.length) {
        // biome-ignore lint/style/noNonNullAssertion: at is below all.length
        const step = all[at]!;
        if (step.path !== path) {
          path = step.path;
          value = valueAt(image, step.steps);
        }
        if (!step.test(value, toNumber)) at = step.next;
        else if (step.found !== -1) return step.found;
        else at += 1;
      }
    } catch (thrown) {
      throw unreadable(path, thrown);
    }
    return -1;
  };
}

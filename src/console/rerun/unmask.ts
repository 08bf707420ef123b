import { joinPath } from '../../unmarshall/path.ts';
import type { Attributes } from '../protocol/events.ts';
import { MASKED, type Mask } from '../protocol/mask.ts';

/** An image in which original values stand for masks, and the paths of the masks that are left. */
export interface Unmasked {
  readonly image: Attributes;
  readonly left: readonly string[];
}

/**
 * Puts the original values in the place of masks that a person did not change.
 *
 * The elements of a list have no names, and a person may move them. So an element is only replaced if it is the same as the one that was
 * shown at its place.
 */
export function unmasked(edited: Attributes, original: Attributes | undefined, mask: Mask): Unmasked {
  const left: string[] = [];
  const image = inMap('', edited, original, mask(original), left);
  return { image, left };
}

function inMap(
  path: string,
  edited: Attributes,
  original: unknown,
  shown: unknown,
  left: string[],
): Attributes {
  const entries = Object.entries(edited).map(([name, value]): [string, unknown] => [
    name,
    restored(joinPath(path, name), value, own(original, name), own(shown, name), left),
  ]);
  return Object.fromEntries(entries);
}

function restored(path: string, edited: unknown, original: unknown, shown: unknown, left: string[]): unknown {
  if (isSame(edited, shown)) return original;
  const { S, M, L } = edited as {
    readonly S?: unknown;
    readonly M?: Attributes;
    readonly L?: readonly unknown[];
  };
  if (S === MASKED) left.push(path);
  if (M !== undefined) return { M: inMap(path, M, own(original, 'M'), own(shown, 'M'), left) };
  if (L === undefined) return edited;
  const [originals, elements] = [own(original, 'L'), own(shown, 'L')] as (readonly unknown[] | undefined)[];
  return {
    L: L.map((element, index) =>
      isSame(element, elements?.[index])
        ? originals?.[index]
        : restored(joinPath(path, index), element, undefined, undefined, left),
    ),
  };
}

function isSame(edited: unknown, shown: unknown): boolean {
  return shown !== undefined && JSON.stringify(edited) === JSON.stringify(shown);
}

function own(container: unknown, name: string): unknown {
  return typeof container === 'object' && container !== null && Object.hasOwn(container, name)
    ? (container as Attributes)[name]
    : undefined;
}

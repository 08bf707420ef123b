import { ConfigurationError } from '../../errors.ts';
import type { Attributes } from './events.ts';

/** The value that the page shows instead of a masked one. */
export const MASKED = '•••';

/** Hides the values at these paths. Returns the attributes themselves when there is nothing to hide. */
export type Mask = (attributes: Attributes | undefined) => Attributes | undefined;

/** Hides nothing. */
export const NO_MASK: Mask = (attributes) => attributes;

/**
 * Makes a mask from `--mask`: names of attributes with commas between them, and `address.street` for a value in a map. A
 * path through a list applies to each of its elements.
 *
 * @throws ConfigurationError `INVALID_OPTION`
 */
export function maskOf(text: string | undefined): Mask {
  if (text === undefined) return NO_MASK;
  const paths = text.split(',').map((path) => path.trim().split('.'));
  if (paths.some((path) => path.includes(''))) {
    throw new ConfigurationError(
      'INVALID_OPTION',
      `names of attributes are expected, with commas between them, got ${JSON.stringify(text)}. For a value in a map: address.street.`,
      { owner: 'dev', option: 'mask' },
    );
  }
  return (attributes) =>
    attributes === undefined
      ? undefined
      : paths.reduce<Attributes>((masked, path) => maskMap(masked, path), attributes);
}

function maskMap(attributes: Attributes, [name = '', ...rest]: readonly string[]): Attributes {
  if (!Object.hasOwn(attributes, name)) return attributes;
  const value = rest.length === 0 ? { S: MASKED } : maskValue(attributes[name], rest);
  // Not a spread with a computed name: `__proto__` is a name like any other.
  return Object.fromEntries(
    Object.entries(attributes).map(([key, old]) => [key, key === name ? value : old]),
  );
}

function maskValue(value: unknown, path: readonly string[]): unknown {
  const { M, L } = value as { readonly M?: Attributes; readonly L?: readonly unknown[] };
  if (M !== undefined) return { M: maskMap(M, path) };
  if (L !== undefined) return { L: L.map((element) => maskValue(element, path)) };
  return value;
}

import { canonicalNumber } from '../item/decimal.ts';
import { sortedEntries } from '../item/sorted-entries.ts';

/**
 * Returns true if two images are equal. DynamoDB gives the attributes of maps and the elements of sets in any order, and
 * servers write a number in more than one way. Accepts any JSON, because one image comes from a message.
 */
export function isSameImage(a: object, b: object): boolean {
  return textOf(a, '') === textOf(b, '');
}

const SETS = ['SS', 'NS', 'BS'];

/**
 * Writes a value so that equal ones give the same text.
 *
 * @param name what the value is called in its AttributeValue. An attribute may be called `N` too, but is an object then.
 */
function textOf(value: unknown, name: string): string {
  if (Array.isArray(value)) {
    const elements = value.map((element) => textOf(element, name === 'NS' ? 'N' : ''));
    return `[${(SETS.includes(name) ? elements.sort() : elements).join()}]`;
  }
  if (typeof value === 'object' && value !== null) {
    const entries = sortedEntries(value);
    return `{${entries.map(([key, inner]) => `${JSON.stringify(key)}:${textOf(inner, key)}`).join()}}`;
  }
  if (name === 'N' && typeof value === 'string') return canonicalNumber(value) ?? JSON.stringify(value);
  return JSON.stringify(value);
}

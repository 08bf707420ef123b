import { isInstance, partOf } from './content-free-cause.ts';

/**
 * Writes any thrown value as `Name: message`. An error's fields may hold anything, and not every object
 * can be made text: `throw { toString: 1 }` must not throw a second time.
 */
export function thrownText(thrown: unknown): string {
  if (!isInstance(thrown, Error)) return textOf(thrown);
  return `${textOf(partOf(thrown, 'name'))}: ${textOf(partOf(thrown, 'message'))}`;
}

function textOf(value: unknown): string {
  try {
    return String(value);
  } catch {
    return `a value of type ${typeof value}`;
  }
}

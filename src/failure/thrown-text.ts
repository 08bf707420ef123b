import { isInstance, partOf } from './content-free-cause.ts';

/**
 * Writes any thrown value as `Name: message`. An error's fields may hold anything, and not every object
 * can be made text: `throw { toString: 1 }` must not throw a second time.
 */
export function thrownText(thrown: unknown): string {
  if (!isInstance(thrown, Error)) return textOf(thrown);
  const name = textOf(partOf(thrown, 'name') ?? 'Error');
  return errorText(name, textOf(partOf(thrown, 'message') ?? NO_MESSAGE));
}

/** Stands for the message of an error that has none, or that throws when it is read. */
export const NO_MESSAGE: string = '(its message cannot be read)';

/** `Name: message`, as Node writes it: an error may have an empty message, or an empty name. */
export function errorText(name: string, message: string): string {
  return name === '' || message === '' ? name || message || 'Error' : `${name}: ${message}`;
}

function textOf(value: unknown): string {
  try {
    return String(value);
  } catch {
    return `a value of type ${typeof value}`;
  }
}

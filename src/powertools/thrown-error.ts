import { isNativeError } from 'node:util/types';
import { isInstance } from '../failure/content-free-cause.ts';
import { shown } from '../options/kind-of.ts';

/**
 * Gives a thrown value as the Error that Powertools' `failureHandler` is declared to get: itself where it
 * is one, else an Error with it as `cause`. `throw undefined` would otherwise fail the whole batch, with a
 * TypeError for reading the message of nothing.
 */
export function errorOf(thrown: unknown): Error {
  // Not `instanceof` alone: errors of another realm (vm, Jest) are errors too.
  if (isInstance(thrown, Error) || isNativeError(thrown)) return thrown;
  const message = typeof thrown === 'string' ? thrown : `The record handler threw ${inWords(thrown)}.`;
  return new Error(message, { cause: thrown });
}

function inWords(thrown: unknown): string {
  try {
    return shown(thrown);
  } catch {
    return 'a value that cannot be read';
  }
}

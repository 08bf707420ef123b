import type { AttributeValue } from 'aws-lambda';
import { isObject } from '../options/check.ts';
import { kindOf } from '../options/kind-of.ts';

/** Why a value cannot be unmarshalled, in words that contain no item content. */
export class MalformedValue extends TypeError {}

/** The remedy for what DynamoDB never sends. */
export const CHECK_EVENT = 'Check what builds the event.';

/** Refuses a value. Says nothing about where it lies: the hot path carries no path along. */
export function malformed(expected: string, value: unknown): never {
  throw new MalformedValue(`expected ${expected}, got ${cameOf(value)}`);
}

/** Refuses text that is not a number. */
export function noNumber(): never {
  malformed('the text of a number', '');
}

/** Names the kind of a value that came in the place of the expected one, without its content. */
export function cameOf(value: unknown): string {
  return typeof value === 'string' ? 'another string' : kindOf(value);
}

/** Creates the error for a value that is not an AttributeValue. */
export function noAttributeValue(came: string): MalformedValue {
  return new MalformedValue(
    `expected an AttributeValue with one of S, N, B, BOOL, NULL, SS, NS, BS, L, M, got ${came}`,
  );
}

/** Returns true if a value can hold attributes. */
export const isMap: (value: unknown) => value is { readonly [name: string]: AttributeValue } =
  isObject as typeof isMap;

import { ConfigurationError, type UnmarshallError } from '../../errors.ts';
import { attributeMap, isJsonObject, parseJson } from '../../testing/item-json.ts';
import { itemProblem } from '../../testing/item-problem.ts';
import type { Image } from '../../testing/test-stream.ts';
import { unmarshall } from '../../unmarshall/unmarshall.ts';
import type { Attributes } from '../protocol/events.ts';
import { type Mask, NO_MASK } from '../protocol/mask.ts';
import type { ItemFormat } from '../state/item-text.ts';
import { unmasked } from './unmask.ts';

export interface ImageContext {
  /** For messages: `The new image`. */
  readonly name: string;
  readonly format: ItemFormat;
  readonly keyNames: readonly string[];
  readonly mask: Mask;
  /** The image that the text was made from. */
  readonly original: Attributes | undefined;
}

/**
 * Reads an image that a person has written or edited. Hidden values that were not edited become the original ones.
 *
 * @throws ConfigurationError `INVALID_ITEM`, without content of the item
 */
export function readImage(text: string, context: ImageContext): Image {
  const { name, keyNames, mask, original } = context;
  const written = parsed(text, context);
  requireAttributeValues(written, name);
  const { image, left } = mask === NO_MASK ? { image: written, left: [] } : unmasked(written, original, mask);
  if (left.length > 0) {
    throw invalid(
      `${name} has a hidden value at ${left[0]} that cannot be put back, because it is not where it was. Write a value there.`,
    );
  }
  const problem = itemProblem(image as Image, keyNames);
  if (problem !== undefined) throw invalid(`${name} ${problem}. DynamoDB refuses such an item.`);
  return image as Image;
}

function parsed(text: string, { name, format }: ImageContext): Attributes {
  let attributes: Attributes | undefined;
  try {
    const value: unknown = format === 'plain' ? parseJson(text) : JSON.parse(text);
    if (isJsonObject(value)) attributes = format === 'plain' ? attributeMap(value) : value;
  } catch {
    // The message of JSON.parse quotes the text, and thousands of levels end the stack.
  }
  if (attributes !== undefined) return attributes;
  const example = format === 'plain' ? '{"id":"1"}' : '{"id":{"S":"1"}}';
  throw invalid(`${name} is not an object of JSON. Write it as in ${example}.`);
}

function requireAttributeValues(image: Attributes, name: string): void {
  try {
    unmarshall(image as Image, String);
  } catch (error) {
    const { path, cause } = error as UnmarshallError;
    throw invalid(
      `${name} has no AttributeValue at ${path}: ${(cause as Error).message}. Write it as in {"S":"text"}, or choose plain JSON.`,
    );
  }
}

function invalid(problem: string): ConfigurationError {
  return new ConfigurationError('INVALID_ITEM', problem);
}

import type { StandardSchemaV1 } from '@standard-schema/spec';
import { ConfigurationError, ValidationError } from '../errors.ts';
import { contentFreeCause, partOf } from '../failure/content-free-cause.ts';
import { ignoreErrors } from '../promise/ignore-errors.ts';
import { isThenable } from '../promise/thenable.ts';
import { joinPath } from '../unmarshall/path.ts';

/** The path of an issue with the item as a whole. */
const WHOLE_ITEM = '(item)';

/** Returns true if a value implements Standard Schema. */
export function isStandardSchema(value: unknown): value is StandardSchemaV1 {
  return typeof (value as StandardSchemaV1 | undefined)?.['~standard']?.validate === 'function';
}

/** Which image is checked. */
export type ImageName = 'newImage' | 'oldImage';

/**
 * Checks an image and gives what the schema makes of it.
 *
 * @param value the schema may change it, so it must not be shared
 * @throws ValidationError with the paths that the schema refused, never the values
 */
export function checkImage(
  schema: StandardSchemaV1,
  image: ImageName,
  value: unknown,
): unknown | Promise<unknown> {
  const result = schema['~standard'].validate(value);
  if (!isThenable(result)) return outputOf(result, image);
  const checked = Promise.resolve(result).then((settled) => outputOf(settled, image));
  // Where an image is read before its check can end, the promise is dropped, and Node would end the process.
  checked.catch(() => {});
  return checked;
}

/** The results of a schema for the new and the old image. */
type CheckedImages = readonly [newImage: unknown, oldImage: unknown];

/**
 * Checks both images, and waits for both also where one of them fails: no check runs on beside a retry of its record.
 *
 * @throws what the new image fails with, else what the old one does
 */
export function checkBoth(check: (image: ImageName) => unknown): CheckedImages | Promise<CheckedImages> {
  const newImage = check('newImage');
  if (newImage instanceof Promise) return settleBoth(newImage, check);
  const oldImage = check('oldImage');
  return oldImage instanceof Promise ? oldImage.then((checked) => [newImage, checked]) : [newImage, oldImage];
}

async function settleBoth(
  newImage: Promise<unknown>,
  check: (image: ImageName) => unknown,
): Promise<CheckedImages> {
  const oldImage = new Promise((resolve) => {
    resolve(check('oldImage'));
  });
  await Promise.allSettled([newImage, oldImage]);
  return [await newImage, await oldImage];
}

/** Checks the images of records. A table with a schema carries one, so that routers without bundle none of it. */
export interface ImageChecks {
  /**
   * Checks an image where no wait is possible: when a property is read.
   *
   * @throws ValidationError, or ConfigurationError `ASYNC_SCHEMA` when the schema answers with a promise
   */
  now(image: ImageName, value: unknown): unknown;
  /**
   * Checks both images before handlers run, and hands over what the schema made of them.
   *
   * @param unread gives an image that is to be checked, or undefined
   * @returns a promise where the schema is asynchronous
   */
  both(
    unread: (image: ImageName) => unknown,
    keep: (newImage: unknown, oldImage: unknown) => void,
  ): void | Promise<void>;
}

/** Makes the checks of a table's schema. */
export function imageChecks(schema: StandardSchemaV1): ImageChecks {
  const check = (image: ImageName, value: unknown): unknown =>
    value === undefined ? undefined : checkImage(schema, image, value);
  return {
    now: (image, value) => {
      const checked = check(image, value);
      if (!(checked instanceof Promise)) return checked;
      throw new ConfigurationError(
        'ASYNC_SCHEMA',
        `The ${image} was read before its asynchronous schema could check it. ` +
          'Read images in handlers, which run after the check, or make the schema synchronous.',
      );
    },
    both: (unread, keep) => {
      const checked = checkBoth((image) => check(image, unread(image)));
      return checked instanceof Promise ? checked.then((images) => keep(...images)) : keep(...checked);
    },
  };
}

// Whatever comes: schemas are made by hand, too.
function outputOf(result: unknown, image: ImageName): unknown {
  if (typeof result !== 'object' || result === null) throw new ValidationError(image, []);
  const { issues, cause } = result as { readonly issues?: unknown; readonly cause?: unknown };
  if (isForgotten(issues)) throw new ValidationError(image, []);
  // A schema of itemFrom says what its function threw.
  if (issues) throw new ValidationError(image, pathsOf(issues), contentFreeCause(cause));
  if (!('value' in result) || isForgotten(result.value)) throw new ValidationError(image, []);
  return result.value;
}

/** Returns true if a schema has not awaited a part of its result. Then that part was not checked. */
function isForgotten(part: unknown): boolean {
  if (!isThenable(part)) return false;
  // Nothing waits for it any more, and an unhandled rejection would end the process.
  ignoreErrors(() => part);
  return true;
}

/** Where the issues lie, each place once; the item itself where they do not say. */
function pathsOf(issues: unknown): readonly string[] {
  // Not `map`, which leaves holes.
  const paths = new Set(Array.isArray(issues) ? Array.from(issues, pathOf) : undefined);
  return paths.size === 0 ? [WHOLE_ITEM] : [...paths];
}

function pathOf(issue: unknown): string {
  const segments = partOf(issue, 'path');
  let path = '';
  for (const segment of Array.isArray(segments) ? segments : []) {
    const key: unknown = typeof segment === 'object' ? partOf(segment, 'key') : segment;
    // Valibot has no key for the element of a set.
    if (typeof key === 'string' || typeof key === 'number') path = joinPath(path, key);
    else if (typeof key === 'symbol') path = joinPath(path, String(key));
  }
  return path || WHOLE_ITEM;
}

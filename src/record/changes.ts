import { InvalidRecordError } from '../errors.ts';
import { joinPath } from '../unmarshall/path.ts';
import { isSameValue } from './same-value.ts';
import type { EventName } from './stream-record.ts';

/**
 * A map or list whose path has this length is compared whole. Each change below it would repeat the path, and names may
 * have 64 KB: a record of 400 KB could give gigabytes.
 */
export const MAX_PATH = 500;

/** One difference between the old and the new image. */
export interface Change {
  /** Where: `status`, `card.number`, `lines[2].price`, `["a.b"]`. */
  readonly path: string;
  /** The attribute was added, removed, or has another value. */
  readonly kind: 'added' | 'removed' | 'changed';
  /** Undefined for `added`. */
  readonly before: unknown;
  /** Undefined for `removed`. */
  readonly after: unknown;
}

/** A record whose images show what changed. */
export type ChangedRecord =
  | { readonly eventName: 'INSERT'; readonly newImage: object }
  | { readonly eventName: 'MODIFY'; readonly newImage: object; readonly oldImage: object }
  | { readonly eventName: 'REMOVE'; readonly oldImage: object };

/**
 * Lists what changed: every attribute of an inserted item as `added`, of a removed one as `removed`, and
 * for a modified one the differences, down through maps and lists. Numbers are compared as decimals, sets and binary by
 * value, and reported whole; list elements are compared by position. A map or list whose path has 500 characters or more
 * is reported whole.
 *
 * @throws InvalidRecordError `MISSING_IMAGE` when a MODIFY record does not carry both images
 * @example
 * ```ts
 * changes(record); // [{ path: 'status', kind: 'changed', before: 'OPEN', after: 'PAID' }]
 * ```
 */
export function changes(record: ChangedRecord): Change[] {
  const before = record.eventName === 'INSERT' ? {} : record.oldImage;
  const after = record.eventName === 'REMOVE' ? {} : record.newImage;
  if (before === undefined || after === undefined) throw missingImage(record.eventName);
  const found: Change[] = [];
  compareMaps(before, after, '', found);
  return found;
}

/** Creates the error for a record without the images that its changes are found by. */
export function missingImage(eventName: EventName): InvalidRecordError {
  return new InvalidRecordError(
    'MISSING_IMAGE',
    `changes() needs ${eventName === 'MODIFY' ? 'both images' : 'the image'} of a ${eventName} record, ` +
      'and this stream does not carry that. Use a stream with NEW_AND_OLD_IMAGES.',
  );
}

function compareMaps(before: object, after: object, path: string, found: Change[]): void {
  const old = new Map<string, unknown>(Object.entries(before));
  for (const [name, value] of Object.entries(after)) {
    const at = joinPath(path, name);
    if (old.has(name)) compare(old.get(name), value, at, found);
    else found.push({ path: at, kind: 'added', before: undefined, after: value });
    old.delete(name);
  }
  for (const [name, value] of old) {
    found.push({ path: joinPath(path, name), kind: 'removed', before: value, after: undefined });
  }
}

function compareLists(
  before: readonly unknown[],
  after: readonly unknown[],
  path: string,
  found: Change[],
): void {
  for (let index = 0; index < Math.max(before.length, after.length); index++) {
    const at = joinPath(path, index);
    if (index >= before.length)
      found.push({ path: at, kind: 'added', before: undefined, after: after[index] });
    else if (index >= after.length)
      found.push({ path: at, kind: 'removed', before: before[index], after: undefined });
    else compare(before[index], after[index], at, found);
  }
}

function compare(before: unknown, after: unknown, path: string, found: Change[]): void {
  const isShort = path.length < MAX_PATH;
  if (isShort && isPlainMap(before) && isPlainMap(after)) compareMaps(before, after, path, found);
  else if (isShort && Array.isArray(before) && Array.isArray(after)) compareLists(before, after, path, found);
  else if (!isSameValue(before, after)) found.push({ path, kind: 'changed', before, after });
}

// Not Sets, not binary, not a NumberValue: those are values, compared whole.
function isPlainMap(value: unknown): value is object {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}

import { ConfigurationError, InvalidRecordError } from '../errors.ts';
import { LazyRecord } from '../record/lazy-record.ts';
import type { ImageName } from '../record/schema.ts';
import type { AttributeMap } from '../unmarshall/attribute-value.ts';
import { isMap } from '../unmarshall/malformed.ts';
import { unmarshall } from '../unmarshall/unmarshall.ts';

/**
 * The record that a condition got.
 *
 * @throws ConfigurationError `RECORD_REQUIRED`
 */
export function lazyRecord(owner: string, record: unknown): LazyRecord {
  if (record instanceof LazyRecord) return record;
  throw new ConfigurationError(
    'RECORD_REQUIRED',
    'reads the stored item: it needs a record of a router or of processBatch.',
    { owner },
  );
}

/**
 * An image as stored, for a condition.
 *
 * @throws InvalidRecordError `MISSING_IMAGE`
 */
export function storedImage(owner: string, record: LazyRecord, image: ImageName): AttributeMap {
  const map = record.storedImage(image);
  if (map === undefined) {
    throw new InvalidRecordError(
      'MISSING_IMAGE',
      `${owner}() needs the ${image}: onModify has both images, on a stream with NEW_AND_OLD_IMAGES.`,
    );
  }
  // Throws an error that names the value in the place of an image.
  if (!isMap(map)) unmarshall(map, String);
  return map;
}

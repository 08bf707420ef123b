// @types/aws-lambda imports node:stream without saying so; programs that check library types need this.
/// <reference types="node" preserve="true" />

import type { StandardSchemaV1 } from '@standard-schema/spec';
import type { Check } from '../options/check.ts';
import { requireArgument } from '../options/check-options.ts';
import { copyOf } from '../record/copy.ts';
import { LazyRecord } from '../record/lazy-record.ts';
import { checkBoth, checkImage, type ImageName, isStandardSchema } from '../record/schema.ts';
import type { EventName, RecordBase } from '../record/stream-record.ts';
import { needsRouted } from '../router/needed-records.ts';
import type { RecordMiddleware } from '../router/record-middleware.ts';

const SCHEMA: Check = {
  expected: 'a Standard Schema, as zod, valibot and arktype make them',
  accepts: isStandardSchema,
};

/** The members of a record that {@link validate} reads. All records that handlers get have them. */
export interface ValidatedRecord extends RecordBase<EventName, object> {
  /** The item after the change. */
  readonly newImage?: unknown;
  /** The item before the change. */
  readonly oldImage?: unknown;
}

/**
 * Record middleware that checks the images of every record, for routers without a table schema. A record that does not
 * fit fails before any condition or handler has seen it.
 *
 * - Those images are checked that the record has: the new one of an INSERT, both of a MODIFY, the old one of a REMOVE,
 *   as far as the view type carries them.
 * - It checks and changes nothing: the schema gets an item of its own, made of the record anew, and handlers get theirs unchanged. For
 *   what a schema makes of it (defaults, transforms), declare the schema in `defineTable`, which also gives the types.
 * - It checks records that no route takes too, as far as the filters of the mapping let them reach the function.
 *
 * @param schema any Standard Schema (zod, valibot, arktype, ...), synchronous or not
 * @throws ConfigurationError `INVALID_OPTION`; for a record, ValidationError with the paths and not the values
 * @example
 * ```ts
 * export const handler = streamRouter<Invoice>()
 *   .use(validate(InvoiceSchema))
 *   .onInsert(({ newImage }) => announce(newImage));
 * ```
 * @see https://standardschema.dev
 */
export function validate(schema: StandardSchemaV1): RecordMiddleware<ValidatedRecord> {
  requireArgument('validate', 'schema', schema, SCHEMA);
  return needsRouted((record, _context, next) => {
    const checked = checkBoth((image) => {
      const value = unshared(record, image);
      return value === undefined ? undefined : checkImage(schema, image, value);
    });
    // Handlers of a synchronous schema stay as synchronous as they are without it.
    return checked instanceof Promise ? checked.then(() => next()) : next();
  });
}

/** An image that the schema may change. Not a copy: only their classes know how to copy a NumberValue, or what `numbers` makes. */
function unshared(record: ValidatedRecord, image: ImageName): unknown {
  // Tests may pass plain objects.
  return record instanceof LazyRecord ? record.readAnew(image) : copyOf(record[image]);
}

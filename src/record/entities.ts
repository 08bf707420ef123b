import type { LazyRecord } from './lazy-record.ts';
import type { ImageChecks, ImageName } from './schema.ts';

/** The entity of a record, if it is known. */
export interface RecordEntity {
  /** Undefined where the record belongs to no entity, or where that cannot be told. */
  readonly name: string | undefined;
  /** Undefined where the entity has no schema. */
  readonly checks: ImageChecks | undefined;
  /** True if the record belongs to none of the entities, for certain. */
  readonly isUnknown: boolean;
}

/** The entities of a table, for reading records. */
export interface RecordEntities {
  /** True if an entity has a schema. */
  readonly hasSchema: boolean;
  /**
   * The entity of a record: decided by its new image, else by its old one, else by its keys.
   *
   * @throws InvalidRecordError `MISSING_IMAGE`, UnmarshallError
   */
  of(record: LazyRecord): RecordEntity;
  /** The entity of one of the record's images. */
  ofImage(record: LazyRecord, image: ImageName): RecordEntity;
}

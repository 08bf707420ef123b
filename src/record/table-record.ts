import type { DynamoDBRecord } from 'aws-lambda';
import { copyOf } from './copy.ts';
import type { RecordEntities, RecordEntity } from './entities.ts';
import { LazyRecord, type RecordOpener, type RecordReading } from './lazy-record.ts';
import type { ImageChecks, ImageName } from './schema.ts';
import { hasImage } from './view-type.ts';

/** The declarations of a table that change how its records are read: one schema, or entities. */
export interface RecordDeclarations {
  /** Undefined where the table has no schema. */
  readonly checks?: ImageChecks | undefined;
  /** Undefined where the table declares no entities. */
  readonly entities?: RecordEntities | undefined;
}

/** Lets the records of a table know its schema or entities. */
export function tableRecords(declarations: RecordDeclarations): RecordOpener {
  return (raw, reading) => new TableRecord(raw, reading, declarations);
}

/** A record of a table with a schema or entities. */
export class TableRecord extends LazyRecord {
  readonly #viewType: RecordReading['viewType'];
  readonly #declarations: RecordDeclarations;
  #entity: RecordEntity | undefined;
  #newImage: unknown;
  #oldImage: unknown;
  /** The images as an asynchronous schema made them. Readers get copies. */
  #checked: Readonly<Record<ImageName, unknown>> | undefined;
  /** True once an image was read since the last reader. An image that a schema made and no reader got stays. */
  #isRead = false;
  /** True once a reader has got instances of classes out of `#checked`, which cannot be copied. */
  #isShared = false;

  constructor(raw: DynamoDBRecord, reading: RecordReading, declarations: RecordDeclarations) {
    super(raw, reading);
    this.#viewType = reading.viewType;
    this.#declarations = declarations;
  }

  override get entity(): string | undefined {
    return this.#entityOf()?.name;
  }

  /** The entity of the old image of a MODIFY. The record has the entity of the new one. */
  get oldEntity(): string | undefined {
    return this.#declarations.entities?.ofImage(this, 'oldImage').name;
  }

  #entityOf(): RecordEntity | undefined {
    this.#entity ??= this.#declarations.entities?.of(this);
    return this.#entity;
  }

  override get newImage(): unknown {
    this.#isRead = true;
    this.#newImage ??= this.readAnew('newImage');
    return this.#newImage;
  }

  override get oldImage(): unknown {
    this.#isRead = true;
    this.#oldImage ??= this.readAnew('oldImage');
    return this.#oldImage;
  }

  /** Tells if a schema makes the images that handlers read. */
  get hasSchema(): boolean {
    return this.#checksOf('newImage') !== undefined;
  }

  /**
   * Checks the images that handlers may read, so that a record that does not fit fails before a handler runs.
   *
   * @returns a promise where the schema is asynchronous
   */
  validate(): void | Promise<void> {
    const checks = this.#checksOf('newImage');
    if (checks === undefined || (this.#checked !== undefined && !this.#isShared)) return undefined;
    let waited = false;
    const checking = checks.both(
      (image) => {
        const read = image === 'newImage' ? this.#newImage : this.#oldImage;
        return read === undefined && hasImage(image, this.#viewType, this.eventName) && this.#checksOf(image)
          ? super.readAnew(image)
          : undefined;
      },
      (newImage, oldImage) => {
        this.#isShared = false;
        this.#checked = waited ? { newImage, oldImage } : undefined;
        if (!waited) {
          this.#newImage ??= newImage;
          this.#oldImage ??= oldImage;
        }
      },
    );
    waited = true;
    return checking;
  }

  override revalidate(): void | Promise<void> {
    return this.#isShared ? this.validate() : undefined;
  }

  override reread(): void {
    super.reread();
    if (!this.#isRead) return;
    this.#isRead = false;
    this.#newImage = undefined;
    this.#oldImage = undefined;
  }

  override readAnew(image: ImageName): unknown {
    const checks = this.#checksOf(image);
    if (checks === undefined) return super.readAnew(image);
    if (this.#checked !== undefined) {
      return copyOf(this.#checked[image], () => {
        this.#isShared = true;
      });
    }
    return checks.now(image, super.readAnew(image));
  }

  /** The schema of an image. The old image of a change to another entity has none: it is an item of the entity before. */
  #checksOf(image: ImageName): ImageChecks | undefined {
    const { checks, entities } = this.#declarations;
    if (entities === undefined) return checks;
    const entity = this.#entityOf() as RecordEntity;
    const isOther = image === 'oldImage' && entity.checks && this.oldEntity !== entity.name;
    return isOther ? undefined : entity.checks;
  }
}

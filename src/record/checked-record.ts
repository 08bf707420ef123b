import type { DynamoDBRecord } from 'aws-lambda';
import { copyOf } from './copy.ts';
import type { RecordEntities } from './entities.ts';
import { EntityRecord } from './entity-record.ts';
import type { RecordReading } from './lazy-record.ts';
import type { ImageChecks, ImageName } from './schema.ts';
import { hasImage } from './view-type.ts';

/** A record of a table with a schema, or of one whose entities have schemas. */
export class CheckedRecord extends EntityRecord {
  readonly #viewType: RecordReading['viewType'];
  readonly #checks: ImageChecks | undefined;
  #newImage: unknown;
  #oldImage: unknown;
  /** The images as an asynchronous schema made them. Readers get copies. */
  #checked: Readonly<Record<ImageName, unknown>> | undefined;
  /** True once an image was read since the last reader. An image that a schema made and no reader got stays. */
  #isRead = false;
  /** True once a reader has got instances of classes out of `#checked`, which cannot be copied. */
  #isShared = false;

  /** @param checks the schema of a table without entities */
  constructor(
    raw: DynamoDBRecord,
    reading: RecordReading,
    entities: RecordEntities | undefined,
    checks: ImageChecks | undefined,
  ) {
    super(raw, reading, entities);
    this.#viewType = reading.viewType;
    this.#checks = checks;
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

  /** Checks if a schema makes the images that handlers read. */
  get hasSchema(): boolean {
    return this.#checksOf('newImage') !== undefined;
  }

  override validate(): void | Promise<void> {
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
    const entity = this.foundEntity;
    if (entity === undefined) return this.#checks;
    const isOther = image === 'oldImage' && entity.checks && this.oldEntity !== entity.name;
    return isOther ? undefined : entity.checks;
  }
}

import type { DynamoDBRecord } from 'aws-lambda';
import type { RecordEntities, RecordEntity } from './entities.ts';
import { LazyRecord, type RecordReading } from './lazy-record.ts';

/**
 * A record of a table with entities. A class without the state that schemas need: it makes routers whose entities have none
 * a tenth faster (bench: router/small/entities).
 */
export class EntityRecord extends LazyRecord {
  readonly #entities: RecordEntities | undefined;
  #entity: RecordEntity | undefined;

  constructor(raw: DynamoDBRecord, reading: RecordReading, entities: RecordEntities | undefined) {
    super(raw, reading);
    this.#entities = entities;
  }

  override get entity(): string | undefined {
    return this.foundEntity?.name;
  }

  /** The entity of the old image of a MODIFY. The record has the entity of the new one. */
  get oldEntity(): string | undefined {
    return this.#entities?.ofImage(this, 'oldImage').name;
  }

  /** Undefined where the table declares no entities. */
  get foundEntity(): RecordEntity | undefined {
    this.#entity ??= this.#entities?.of(this);
    return this.#entity;
  }

  /**
   * Finds the entity, and checks images by its schema, so that a record that does not fit fails before a handler runs.
   *
   * @returns a promise where the schema is asynchronous
   */
  validate(): void | Promise<void> {
    this.foundEntity;
  }
}

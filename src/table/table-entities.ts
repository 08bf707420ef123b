import type { DynamoDBRecord } from 'aws-lambda';
import type { RecordEntities } from '../record/entities.ts';
import type { LazyRecord, RecordReading } from '../record/lazy-record.ts';
import type { StreamViewType } from '../record/view-type.ts';

/** The outcome of the records of one entity in a batch. */
export interface EntityCount {
  readonly records: number;
  readonly succeeded: number;
  readonly failed: number;
  readonly deadLettered: number;
}

/** The outcome of the records of each entity in a batch, by the entity's name. */
export interface EntityCounts {
  readonly [entity: string]: EntityCount;
}

/** Handles a record, in a context. */
type Handle<Context> = (record: LazyRecord, context: Context) => unknown;

/**
 * The entities of a table, with all that only programs with entities need. The table carries it, so that the bundles of
 * others have none of it.
 */
export interface TableEntities extends RecordEntities {
  /** In the order in which they are tried. */
  readonly names: readonly string[];
  /** Tells if an entity has a schema. */
  readonly hasSchema: boolean;
  /** The text that a batch with records of no entity logs. */
  readonly warning: string;
  /**
   * Refuses a route whose event's records do not tell whether they belong to the entity.
   *
   * @param name undefined for a route of the whole table
   * @param viewType that of the table as the router got it, which may be a copy with another one
   * @throws ConfigurationError `INVALID_HANDLER`
   */
  requireRoute(method: string, name: string | undefined, eventName: string, viewType: StreamViewType): void;
  /**
   * Lets a callback add routes for one entity.
   *
   * @param routes what the callback gets
   * @throws ConfigurationError `INVALID_OPTION` for a name that the table does not declare, `INVALID_HANDLER`
   */
  addRoutes(name: unknown, add: unknown, routes: object): void;
  /**
   * Counts the records of no entity before they are handled.
   *
   * @param fails whether they fail
   * @param invocationOf what the invocation of a context is known by
   */
  guard<Context>(
    handle: Handle<Context>,
    fails: boolean,
    invocationOf: (context: Context) => object,
  ): Handle<Context>;
  /** How many records of no entity an invocation has seen. */
  unknownIn(invocation: object): number;
  /**
   * The entity of a raw record, for logs and counts. Undefined where it cannot be told.
   */
  nameOf(raw: DynamoDBRecord, reading: RecordReading): string | undefined;
  /**
   * Counts by entity what became of the records of a batch.
   *
   * @param outcomeAt the count that a record belongs to; undefined where it did not end
   */
  countsOf(
    records: readonly DynamoDBRecord[],
    reading: RecordReading,
    outcomeAt: (index: number) => keyof EntityCount | undefined,
  ): EntityCounts;
}

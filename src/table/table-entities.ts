import type { DynamoDBRecord } from 'aws-lambda';
import type { MatchEntry } from '../conditions/compile-match.ts';
import type { Logger } from '../logger.ts';
import type { RecordEntities } from '../record/entities.ts';
import type { LazyRecord, RecordReading } from '../record/lazy-record.ts';
import type { EventName } from '../record/stream-record.ts';
import type { StreamViewType } from '../record/view-type.ts';
import type { TableGuard } from './schema-guard.ts';

/** The outcome of the records of one entity in a batch. */
export interface EntityCount {
  /** Records of the entity in the batch. */
  readonly records: number;
  /** Of them, those that were handled to the end. */
  readonly succeeded: number;
  /** Of them, those that failed or were not handled. */
  readonly failed: number;
  /** Of them, those whose dead letter a sink accepted. */
  readonly deadLettered: number;
}

/** The outcome of the records of each entity in a batch, by the entity's name. */
export interface EntityCounts {
  readonly [entity: string]: EntityCount;
}

/** A batch whose records are counted by entity. */
export interface CountedBatch {
  /** The object that identifies the invocation. */
  readonly invocation: object;
  readonly records: readonly DynamoDBRecord[];
  readonly sequenceNumbers: readonly string[];
  readonly reading: RecordReading;
  /** One {@link RecordState} per record. */
  readonly states: Uint8Array;
  /** The sequence numbers of records whose dead letter was accepted. */
  readonly letters: Pick<ReadonlySet<string>, 'has'>;
}

/** The match of an entity, in parts. */
export interface EntityMatch {
  /** The part that keys can answer. */
  readonly ofKeys: readonly MatchEntry[];
  readonly others: readonly MatchEntry[];
}

/** The routes of a router. */
export interface RouteTable<Route> {
  /** The routes for a record's entity and event, in the order registered. A record that belongs to no entity has none. */
  of(record: LazyRecord): readonly Route[];
  /**
   * Adds a route.
   *
   * @param entity undefined for all records
   * @throws ConfigurationError `INVALID_HANDLER` where the records do not tell their entity
   */
  add(method: string, entity: string | undefined, eventName: EventName, route: Route): void;
}

/**
 * The entities of a table, with all that only programs with entities need. The table carries it, so that the bundles of
 * others have none of it.
 */
export interface TableEntities extends RecordEntities {
  /** In the order in which they are tried. */
  readonly names: readonly string[];
  /** Counts the records of no entity, and checks the others against the schema of their entity, before they are handled. */
  readonly guard: TableGuard;
  /**
   * Makes the routes of a router.
   *
   * @param viewType that of the table as the router got it, which may be a copy with another one
   */
  routes<Route>(viewType: StreamViewType): RouteTable<Route>;
  /**
   * Lets a callback add routes for one entity.
   *
   * @param routes what the callback gets
   * @throws ConfigurationError `INVALID_OPTION` for a name that the table does not declare, `INVALID_HANDLER`
   */
  addRoutes(name: unknown, add: unknown, routes: object): void;
  /** The match of an entity, for filters. */
  matchOf(name: string): EntityMatch;
  /** The entity of a raw record, for logs and counts. Undefined where it cannot be told. */
  nameOf(raw: DynamoDBRecord, reading: RecordReading): string | undefined;
  /** Adds the counts of entities to the summary of a batch. Logs a warning where records belong to none. */
  summarize<Summary extends object>(summary: Summary, batch: CountedBatch, logger: Logger): Summary;
}

import type { Condition } from '../conditions/condition.ts';
import type { RecordHandler } from './route.ts';

/** A predicate that narrows the record: the handler gets the narrower one. */
export type RecordGuard<R, Narrowed extends R> = (record: R) => record is Narrowed;

/**
 * The record that a handler gets, narrowed. `Narrowed` is `never` while TypeScript looks for the type of a handler that a
 * function makes, as `publishTo` does; then it is the record of the route.
 */
type NarrowedTo<Narrowed, R> = [Narrowed] extends [never] ? R : Narrowed;

/**
 * Takes the place of a handler that cannot exist: the stream carries no image that shows which entity a record of this event
 * belongs to. No value has this type.
 */
export interface UnrecognizableEntity {
  readonly '~never': never;
}

type HandlerOf<R> = [R] extends [never] ? UnrecognizableEntity : RecordHandler<R>;

/** The routes of a router, or of an entity: a handler for each event, with or without a condition. */
export interface Routes<Insert, Modify, Remove> {
  /** Handles created items. */
  onInsert(handler: HandlerOf<Insert>): this;
  /** Handles created items that meet a condition. */
  onInsert<Narrowed extends Insert = Insert>(
    condition: RecordGuard<Insert, Narrowed> | Condition<Insert>,
    handler: RecordHandler<NarrowedTo<Narrowed, Insert>>,
  ): this;
  /** Handles changed items. */
  onModify(handler: HandlerOf<Modify>): this;
  /** Handles changed items that meet a condition. */
  onModify<Narrowed extends Modify = Modify>(
    condition: RecordGuard<Modify, Narrowed> | Condition<Modify>,
    handler: RecordHandler<NarrowedTo<Narrowed, Modify>>,
  ): this;
  /** Handles deleted items. */
  onRemove(handler: HandlerOf<Remove>): this;
  /** Handles deleted items that meet a condition. */
  onRemove<Narrowed extends Remove = Remove>(
    condition: RecordGuard<Remove, Narrowed> | Condition<Remove>,
    handler: RecordHandler<NarrowedTo<Narrowed, Remove>>,
  ): this;
}

// @types/aws-lambda imports node:stream without saying so; programs that check library types need this.
/// <reference types="node" preserve="true" />

// Lambda's own types, so that a program needs no package but this one, under pnpm too.
export type {
  AttributeValue,
  Context,
  DynamoDBBatchItemFailure,
  DynamoDBBatchResponse,
  DynamoDBRecord,
  DynamoDBStreamEvent,
  DynamoDBStreamHandler,
} from 'aws-lambda';
export type { Order } from './batch/lane-index.ts';
export type { BatchOptions, BatchSummary } from './batch/options.ts';
export type { RecordContext } from './batch/record-context.ts';
export type { RecordFailedMessage } from './batch/record-failed.ts';
export { all } from './conditions/all.ts';
export { any } from './conditions/any.ts';
export {
  type BothImages,
  type ChangedArguments,
  type ChangedOptions,
  changed,
} from './conditions/changed.ts';
export { anythingBut, type Combined, contains, oneOf } from './conditions/combined-matchers.ts';
export type { EitherPattern, EventPattern } from './conditions/compile-pattern.ts';
export type { Condition } from './conditions/condition.ts';
export { eventPattern } from './conditions/event-pattern.ts';
export { expired } from './conditions/expired.ts';
export type { Matcher, MatcherData, MatcherKind, MatcherTypes } from './conditions/matcher.ts';
export { type MatchesPattern, matches } from './conditions/matches.ts';
export { not } from './conditions/not.ts';
export {
  type OwnWriteOptions,
  ownWrite,
  type StoredAttribute,
  type WriteRecord,
} from './conditions/own-write.ts';
export type { NumericRange, PatternOperator, PatternValue } from './conditions/pattern-value.ts';
export { exists, missing } from './conditions/presence-matchers.ts';
export {
  atLeast,
  atMost,
  between,
  type Comparable,
  greaterThan,
  lessThan,
} from './conditions/range-matchers.ts';
export type { Match, MatcherOn, Where } from './conditions/stored-match.ts';
export type { AttributePath, StoredOf, ValueAt } from './conditions/stored-path.ts';
export { equalsIgnoreCase, prefix, suffix, wildcard } from './conditions/text-matchers.ts';
export {
  BatchFailedError,
  ConfigurationError,
  type ConfigurationErrorCode,
  type ConfigurationErrorOptions,
  DeadLetterError,
  DeadlineError,
  InvalidEventError,
  type InvalidEventErrorCode,
  InvalidRecordError,
  type InvalidRecordErrorCode,
  SinkError,
  type SinkErrorCode,
  StreamlaneError,
  type StreamlaneErrorCode,
  UnmarshallError,
  ValidationError,
  WindowStateError,
} from './errors.ts';
export type { LogFields, Logger } from './logger.ts';
export { type EnvironmentVariable, env } from './options/env.ts';
export { type Change, type ChangedRecord, changes } from './record/changes.ts';
export { positionOf } from './record/position.ts';
export type {
  AnyItem,
  AttributeOf,
  EventName,
  InsertRecord,
  ModifyRecord,
  RecordBase,
  RemoveRecord,
  StreamRecord,
  UserIdentity,
} from './record/stream-record.ts';
export type { StreamViewType } from './record/view-type.ts';
export {
  type EntityBatchOptions,
  processBatch,
  type TableBatchOptions,
  type ViewBatchOptions,
} from './router/process-batch.ts';
export type { Next, RecordMiddleware } from './router/record-middleware.ts';
export type { RecordHandler } from './router/route.ts';
export {
  type EntityRouter,
  type EntityRoutes,
  type RouterOptions,
  type StreamRouter,
  streamRouter,
} from './router/router.ts';
export type { RecordGuard, Routes, UnrecognizableEntity } from './router/routes.ts';
export { defineTable, type EntityTableOptions, type TableOptions } from './table/define-table.ts';
export type {
  EntityMap,
  EntityMatch,
  EntityOf,
  EntityOptions,
  RecordOf,
  UnknownEntityRecord,
} from './table/entity-types.ts';
export { itemFrom, type ReadItem } from './table/item-from.ts';
export { type ItemType, itemOf } from './table/item-of.ts';
export type { AnyTable, EntityTable, Table } from './table/table.ts';
export type { EntityCount, EntityCounts } from './table/table-entities.ts';
export type { NumberPolicy } from './unmarshall/numbers.ts';
export type { ClosedWindow } from './window/close-window.ts';
export {
  type StreamWindow,
  streamWindow,
  type ViewWindowOptions,
  type WindowOptions,
} from './window/stream-window.ts';
export type {
  DynamoDBStreamWindowEvent,
  DynamoDBWindowResponse,
  WindowFields,
  WindowSpan,
} from './window/window-event.ts';

// @types/aws-lambda imports node:stream without saying so; programs that check library types need this.
/// <reference types="node" preserve="true" />

export type { SdkClient } from '../aws-clients/sdk-client.ts';
export type { LambdaHandler } from '../delivery/lambda-handler.ts';
export type { OnFailureCondition, OnFailureDocument } from '../delivery/on-failure-document.ts';
export { type ExponentialDelayOptions, exponentialDelay, type RetryDelay } from '../delivery/retry-delay.ts';
export type { OpenWindow } from '../delivery/tumbling-window.ts';
export {
  type EmulatorConnection,
  type EmulatorOptions,
  type Emulators,
  startEmulators,
} from '../emulators/start-emulators.ts';
export type { FilterCriteria } from '../mapping/filter-criteria.ts';
export type {
  DestinationConfig,
  EventSourceMappingOptions,
  FunctionResponseType,
  MetricsConfig,
  StartingPosition,
} from '../mapping/options.ts';
export type { ShardPosition } from '../stream/shard-position.ts';
export type { DestinationClients } from './destinations/destination.ts';
export type { LastProcessingResult, LocalEventSourceMapping } from './event-source-mapping.ts';
export type {
  ConnectionOptions,
  FunctionOptions,
  LocalMappingOptions,
  StreamLocation,
} from './local-options.ts';
export type {
  CheckpointEvent,
  DiscardEvent,
  InvocationEvent,
  InvocationStartedEvent,
  MappingEvents,
  MappingState,
  ProblemEvent,
  RecordsEvent,
  RecursiveLoopEvent,
  RetryEvent,
  ShardEvent,
  SplitEvent,
  StoppedEvent,
  WindowClosedEvent,
} from './mapping-events.ts';
export { startEventSourceMapping } from './start-event-source-mapping.ts';
export type { MappingStatistics } from './statistics.ts';

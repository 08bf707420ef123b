// @types/aws-lambda imports node:stream without saying so; programs that check library types need this.
/// <reference types="node" preserve="true" />

export {
  type FailureDestination,
  StreamEventSource,
  type StreamEventSourceProps,
  type StreamSource,
  type StreamTable,
} from './stream-event-source.ts';
export {
  type StreamAlarmProps,
  type StreamAlarms,
  StreamFunction,
  type StreamFunctionProps,
} from './stream-function.ts';

// @types/aws-lambda imports node:stream without saying so; programs that check library types need this.
/// <reference types="node" preserve="true" />

export type { LambdaHandler } from '../delivery/lambda-handler.ts';
export type { OnFailureCondition, OnFailureDocument } from '../delivery/on-failure-document.ts';
export { type ExponentialDelayOptions, exponentialDelay, type RetryDelay } from '../delivery/retry-delay.ts';
export { type Delivery, type DeliveryInvocation, deliver, type RecordFailure } from './deliver.ts';
export type { DeliverOptions } from './delivery-options.ts';
export { type LambdaContextOptions, type LambdaTestContext, lambdaContext } from './lambda-context.ts';
export { type MatcherResult, type StreamAssertions, streamMatchers } from './matchers.ts';
export {
  type FailOptions,
  type MemorySendOptions,
  type MemorySink,
  type MemorySinkCall,
  type MemorySinkFailure,
  type MemorySinkOptions,
  memorySink,
} from './memory-sink.ts';
export { type TestRecord, type TestStream, type TestStreamOptions, testStream } from './test-stream.ts';

// @types/aws-lambda imports node:stream without saying so; programs that check library types need this.
/// <reference types="node" preserve="true" />

export { SinkError, type SinkErrorCode } from '../errors.ts';
export {
  type CreateSinkEntryOptions,
  type CreateSinkOptions,
  createSink,
  type EntryOutcome,
  type EntryRefusal,
  type RequestOutcome,
} from './create-sink.ts';
export {
  type ChangeData,
  type CloudEvent,
  type CloudEventRecord,
  toCloudEvent,
} from './message/cloud-event.ts';
export { type MessageOptions, publishTo } from './publish-to.ts';
export type {
  DetachedSendOptions,
  RecordSendOptions,
  RequestContext,
  SendOptions,
  Sink,
  SinkRecord,
} from './sink.ts';

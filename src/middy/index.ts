// @types/aws-lambda imports node:stream without saying so; programs that check library types need this.
/// <reference types="node" preserve="true" />

export {
  type RecordReadingOptions,
  type StreamRecordsEvent,
  type StreamRecordsMiddleware,
  type StreamRecordsOptions,
  type StreamRecordsRequest,
  streamRecords,
} from './stream-records.ts';

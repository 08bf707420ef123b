export {
  type RecordReadingOptions,
  type StreamRecordsEvent,
  type StreamRecordsMiddleware,
  type StreamRecordsOptions,
  type StreamRecordsRequest,
  streamRecords,
} from './stream-records.ts';

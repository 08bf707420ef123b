// @types/aws-lambda imports node:stream without saying so; programs that check library types need this.
/// <reference types="node" preserve="true" />

export { parseDocuments } from './parse-documents.ts';
export { replay } from './replay.ts';
export type { ReplayOptions } from './replay-options.ts';
export type {
  FailedRecord,
  MessageReport,
  PlannedRecord,
  RemainingReason,
  ReplayProgress,
  ReplaySummary,
} from './report.ts';

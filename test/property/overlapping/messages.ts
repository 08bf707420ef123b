import type { DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda';

/** One invocation, for a worker. */
export interface WorkerRequest {
  readonly number: number;
  readonly event: DynamoDBStreamEvent;
  readonly remainingMs: number;
  /** The sequence numbers of the changes that fail. */
  readonly failing: readonly string[];
}

/** A message of a worker. */
export type WorkerMessage = { readonly number: number } & (
  | { readonly type: 'started'; readonly remainingMs: number; readonly requestId: string | undefined }
  | { readonly type: 'wrote'; readonly sequenceNumber: string }
  | { readonly type: 'answered'; readonly response: DynamoDBBatchResponse }
);

export const WORKER_RESERVE_MS = 5;

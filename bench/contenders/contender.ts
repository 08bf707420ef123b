import type { DynamoDBStreamEvent } from 'aws-lambda';
import type { Reads, Tally } from '../tally.ts';

/** The work of a contender's handler with each record. */
export interface Work {
  readonly reads: Reads;
  /** True if the handler is an async function. */
  readonly async: boolean;
  /** Where the handler writes down the values that it read. */
  readonly tally: Tally;
}

/** Handles one event, as Lambda would call it. */
export type EventHandler = (event: DynamoDBStreamEvent) => unknown;

/** Handles one record of which it knows the SequenceNumber: it waits, or fails. */
export type RecordTask = (sequenceNumber: string) => Promise<void>;

/** One way to process a batch. */
export interface Contender {
  readonly name: string;
  /** Makes the handler once, as a Lambda function does at its start. @throws when it cannot be had here */
  handler(work: Work): EventHandler | Promise<EventHandler>;
  /** Makes a handler that does a task per record. Only some contenders know a limit to their concurrency. */
  each(task: RecordTask, concurrency: number): EventHandler | Promise<EventHandler>;
}

import type { DynamoDBStreamEvent } from 'aws-lambda';
import type { Reads, Tally } from '../tally.ts';

/** What the handler of a contender has to do with each record. */
export interface Work {
  readonly reads: Reads;
  /** Whether the handler is an async function. */
  readonly async: boolean;
  /** Where the handler writes down what it read. */
  readonly tally: Tally;
}

/** Handles one event, as Lambda would call it. */
export type EventHandler = (event: DynamoDBStreamEvent) => unknown;

/** One way to process a batch. */
export interface Contender {
  readonly name: string;
  /** Makes the handler once, as a Lambda function does at its start. @throws when it cannot be had here */
  handler(work: Work): EventHandler | Promise<EventHandler>;
}

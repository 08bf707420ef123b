import type { SQSClient } from '@aws-sdk/client-sqs';
import { type ReplayOptions, replay } from 'streamlane/replay';

export interface QueueOptions {
  readonly sqs: SQSClient;
  readonly queueUrl: string;
  /** The function, by now able to handle the changes that it could not. */
  readonly handler: NonNullable<ReplayOptions['handler']>;
}

/**
 * Hands the records of a dead-letter queue to the function once more, those of one invoice in order. What it handles
 * is deleted from the queue; the rest remains.
 */
export async function replayQueue({ sqs, queueUrl, handler }: QueueOptions): Promise<{
  readonly replayed: number;
  readonly remaining: number;
}> {
  const { messages, remaining } = await replay({ queueUrl, sqsClient: sqs, handler });
  return { replayed: messages.length - remaining, remaining };
}

import {
  DeleteMessageCommand,
  type Message,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { deadLetterOf, type ReplayHandler, replayDeadLetters } from 'streamlane/middleware/dead-letter';

export interface ReplayOptions {
  readonly sqs: SQSClient;
  readonly queueUrl: string;
  /** The function, by now able to handle what it could not. */
  readonly handler: ReplayHandler;
}

/**
 * Hands the records of a dead-letter queue to the function once more, those of one invoice in order. What it handles
 * is deleted from the queue; the rest stays.
 */
export async function replayQueue({ sqs, queueUrl, handler }: ReplayOptions): Promise<{
  readonly replayed: number;
  readonly stayed: number;
}> {
  const messages = await receiveAll(sqs, queueUrl);
  const letters = messages.map(({ Body, ReceiptHandle }) => ({ ...deadLetterOf(Body), ReceiptHandle }));
  const { succeeded, stayed } = await replayDeadLetters(letters, handler);
  for (const { ReceiptHandle } of succeeded) {
    await sqs.send(new DeleteMessageCommand({ QueueUrl: queueUrl, ReceiptHandle }));
  }
  return { replayed: succeeded.length, stayed: stayed.length };
}

/** All letters at once: order is what counts, and a queue that is not FIFO has none. */
async function receiveAll(sqs: SQSClient, QueueUrl: string): Promise<Message[]> {
  const all: Message[] = [];
  for (;;) {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, VisibilityTimeout: 300 }),
    );
    if (Messages.length === 0) return all;
    all.push(...Messages);
  }
}

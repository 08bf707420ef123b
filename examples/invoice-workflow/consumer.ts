import { DeleteMessageBatchCommand, ReceiveMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';

export interface ConsumerOptions<Message> {
  readonly sqs: SQSClient;
  readonly queueUrl: string;
  /** Called for each message, in the order of the queue. */
  readonly onMessage: (message: Message) => void;
  /** Ends the consumer at once, a poll that waits for messages included. */
  readonly signal: AbortSignal;
}

/** A service behind a queue: reads its JSON messages until it is told to stop. */
export async function consumeQueue<Message>({
  sqs,
  queueUrl,
  onMessage,
  signal,
}: ConsumerOptions<Message>): Promise<void> {
  while (!signal.aborted) {
    const messages = await receive(sqs, queueUrl, signal);
    for (const { Body } of messages) onMessage(JSON.parse(Body ?? ''));
    if (messages.length === 0) continue;
    await sqs.send(
      new DeleteMessageBatchCommand({
        QueueUrl: queueUrl,
        Entries: messages.map(({ ReceiptHandle }, index) => ({ Id: `${index}`, ReceiptHandle })),
      }),
    );
  }
}

async function receive(sqs: SQSClient, QueueUrl: string, abortSignal: AbortSignal) {
  try {
    const command = new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 5 });
    return (await sqs.send(command, { abortSignal })).Messages ?? [];
  } catch (error) {
    if (abortSignal.aborted) return [];
    throw error;
  }
}

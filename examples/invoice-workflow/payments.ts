import { DeleteMessageBatchCommand, ReceiveMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { Announcement } from './announce.ts';

export interface PaymentsOptions {
  readonly sqs: SQSClient;
  readonly queueUrl: string;
  /** Called for each announcement, in the order of the queue. */
  readonly onAnnouncement: (announcement: Announcement) => void;
  /** Ends the consumer at once, a poll that waits for messages included. */
  readonly signal: AbortSignal;
}

/** The payments service: reads its queue until it is told to stop. */
export async function consumePayments({
  sqs,
  queueUrl,
  onAnnouncement,
  signal,
}: PaymentsOptions): Promise<void> {
  while (!signal.aborted) {
    const messages = await receive(sqs, queueUrl, signal);
    for (const { Body } of messages) onAnnouncement(JSON.parse(Body ?? ''));
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

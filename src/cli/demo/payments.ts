import { DeleteMessageBatchCommand, type Message, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import type { Announcement } from './invoice.ts';
import type { Resources } from './resources.ts';

/** The payments service: reads its queue until the signal aborts. */
export async function readPayments(
  { sqs, queueUrl: QueueUrl }: Resources,
  signal: AbortSignal,
  onReceived: (announcement: Announcement) => void,
): Promise<void> {
  const receive = async (): Promise<readonly Message[]> => {
    const command = new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 5 });
    return (await sqs.send(command, { abortSignal: signal })).Messages ?? [];
  };
  try {
    for (;;) {
      const messages = await receive();
      for (const { Body } of messages) onReceived(JSON.parse(`${Body}`));
      if (messages.length === 0) continue;
      const Entries = messages.map(({ ReceiptHandle }, index) => ({ Id: `${index}`, ReceiptHandle }));
      await sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

import type { BatchResultErrorEntry, Message, SQSClient } from '@aws-sdk/client-sqs';
import { importPeer } from '../../aws-clients/import-peer.ts';
import type { SdkClient } from '../../aws-clients/sdk-client.ts';
import type { ReplaySource, SourceMessage } from './source.ts';

export interface QueueOptions {
  readonly queueUrl: string;
  /** Made when undefined. */
  readonly client: SdkClient | undefined;
  readonly clientOptions: object;
  readonly visibilityTimeoutSeconds: number;
  /** Told when messages could not be kept, or given back: others may see them meanwhile, or only later. */
  readonly onProblem: (operation: string, error: unknown) => void;
}

// SQS takes ten entries in a batch.
const BATCH = 10;
// Any wait makes SQS ask all of its servers, so that one empty answer means an empty queue.
const WAIT_SECONDS = 1;
// So many answers in a row without a message that was there at the start are taken for the end of those.
const MAX_LATER_ANSWERS = 3;
const ATTRIBUTES = ['SentTimestamp', 'ApproximateFirstReceiveTimestamp', 'ApproximateReceiveCount'] as const;

/**
 * Messages of an SQS queue. They stay invisible to others while they are worked on, however long that takes (SQS
 * allows 12 hours), are deleted once they are done, and visible again as soon as they are given back.
 *
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-visibility-timeout.html
 */
export async function queueSource(options: QueueOptions): Promise<ReplaySource> {
  const { queueUrl: QueueUrl, visibilityTimeoutSeconds: VisibilityTimeout, onProblem } = options;
  const sqsModule = await importPeer(
    '@aws-sdk/client-sqs',
    'replay from a queue',
    () => import('@aws-sdk/client-sqs'),
  );
  const { ChangeMessageVisibilityBatchCommand, DeleteMessageBatchCommand, ReceiveMessageCommand } = sqsModule;
  const sqs =
    (options.client as SQSClient | undefined) ??
    // A queue's URL names the host that its server believes to have; the endpoint is the one that works.
    new sqsModule.SQSClient({ useQueueUrlAsEndpoint: false, ...options.clientOptions });
  /** The receipt handles of the held messages, by message id. */
  const held = new Map<string, string>();
  let keeping: NodeJS.Timeout | undefined;
  /** SQS hands out no more until some of those that are held are gone. */
  let isFull = false;

  const sent = sendTimes();

  const setVisibility = async (
    operation: string,
    seconds: number,
    handles: ReadonlyMap<string, string> = held,
  ): Promise<void> => {
    for (const entries of batchesOf([...handles])) {
      const Entries = entries.map(([, ReceiptHandle], index) => ({
        Id: `${index}`,
        ReceiptHandle,
        VisibilityTimeout: seconds,
      }));
      try {
        const { Failed = [] } = await sqs.send(
          new ChangeMessageVisibilityBatchCommand({ QueueUrl, Entries }),
        );
        for (const entry of Failed) onProblem(operation, new Error(wordsOf(entry)));
      } catch (error) {
        onProblem(operation, error);
      }
    }
  };

  const keep = (): void => {
    // Three times in the life of a receipt, so that one that fails does no harm.
    keeping ??= setInterval(
      () => void setVisibility('keeping messages invisible', VisibilityTimeout),
      (VisibilityTimeout * 1000) / 3,
    );
  };

  const receive = async (
    abortSignal: AbortSignal,
    later: ReadonlyMap<string, string>,
  ): Promise<readonly Message[]> => {
    const input = {
      QueueUrl,
      MaxNumberOfMessages: BATCH,
      WaitTimeSeconds: WAIT_SECONDS,
      VisibilityTimeout,
      MessageSystemAttributeNames: [...ATTRIBUTES],
    };
    try {
      const { Messages = [] } = await sqs.send(new ReceiveMessageCommand(input), { abortSignal });
      return Messages;
    } catch (error) {
      if (abortSignal.aborted) return [];
      isFull = held.size + later.size > 0 && (error as Error).name === 'OverLimit';
      if (isFull) return [];
      throw error;
    }
  };

  const remove = async (
    messages: readonly SourceMessage[],
    failed: Map<SourceMessage, string>,
  ): Promise<void> => {
    const Entries = messages.map(({ id }, index) => ({ Id: `${index}`, ReceiptHandle: held.get(id) }));
    try {
      const { Failed = [] } = await sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
      for (const entry of Failed) failed.set(messages[Number(entry.Id)] as SourceMessage, wordsOf(entry));
    } catch (error) {
      for (const message of messages) failed.set(message, (error as Error).message);
    }
  };

  return {
    // Of a group it shows the next messages only once those before them are deleted; and so does a queue of more messages
    // than may be in flight.
    get inRounds() {
      return isFull || QueueUrl.endsWith('.fifo');
    },
    async take(signal) {
      const taken: SourceMessage[] = [];
      // Kept until the end, or the next answer would have them again.
      const later = new Map<string, string>();
      isFull = false;
      try {
        for (let laterAnswers = 0; laterAnswers < MAX_LATER_ANSWERS; ) {
          const askedAt = performance.now();
          const messages = await receive(signal, later);
          if (messages.length === 0) break;
          sent.learn(messages, askedAt);
          const before = taken.length;
          for (const message of messages) {
            const { MessageId: id = '', ReceiptHandle = '', Body: body } = message;
            // One that comes a second time is the same one with a newer receipt.
            if (held.has(id)) held.set(id, ReceiptHandle);
            else if (later.has(id) || sent.afterStart(message)) later.set(id, ReceiptHandle);
            else {
              taken.push({ id, body });
              held.set(id, ReceiptHandle);
            }
          }
          keep();
          laterAnswers = taken.length > before ? 0 : laterAnswers + 1;
        }
      } finally {
        await setVisibility('giving messages back', 0, later);
      }
      return taken;
    },
    async done(messages) {
      const failed = new Map<SourceMessage, string>();
      for (const batch of batchesOf(messages)) await remove(batch, failed);
      for (const message of messages) if (!failed.has(message)) held.delete(message.id);
      return failed;
    },
    async release() {
      clearInterval(keeping);
      await setVisibility('giving messages back', 0);
      held.clear();
      if (options.client === undefined) sqs.destroy();
    },
  };
}

/**
 * Tells which messages were sent after this call, whatever the clock of this machine says.
 *
 * SQS stamps a message when it is sent and when it is first received. The first receipt of a message that comes for the
 * first time lies after the question for it, so both clocks together say when this call was by the queue's clock: then or
 * up to a long poll earlier. A message that was there is therefore never taken for a later one.
 */
function sendTimes(): {
  learn(messages: readonly Message[], askedAt: number): void;
  afterStart(message: Message): boolean;
} {
  const startedAt = performance.now();
  // Servers without stamps: everything was there, until an answer is empty.
  let startedAtQueue = Number.POSITIVE_INFINITY;
  return {
    learn(messages, askedAt) {
      for (const { Attributes = {} } of messages) {
        if (Attributes.ApproximateReceiveCount !== '1') continue;
        const receivedAt = Number(Attributes.ApproximateFirstReceiveTimestamp);
        startedAtQueue = Math.min(startedAtQueue, receivedAt - (askedAt - startedAt));
      }
    },
    afterStart: ({ Attributes = {} }) => Number(Attributes.SentTimestamp) > startedAtQueue,
  };
}

function wordsOf({ Code, Message: message }: BatchResultErrorEntry): string {
  return [Code, message].filter(Boolean).join(': ');
}

function* batchesOf<Item>(items: readonly Item[]): Generator<readonly Item[]> {
  for (let start = 0; start < items.length; start += BATCH) yield items.slice(start, start + BATCH);
}

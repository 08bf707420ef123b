// Loaded beforehand: virtual time would not wait until replay has loaded them.
import '@aws-sdk/client-dynamodb';
import '@aws-sdk/client-dynamodb-streams';
import '@aws-sdk/client-sqs';
import type { ReplayOptions } from '../../../src/replay/index.ts';
import { outside, sleep } from './clock.ts';
import { Queue } from './queue.ts';
import type { World } from './world.ts';

/** Where a replay takes its messages from. */
export interface Source {
  readonly name: string;
  readonly options: Pick<ReplayOptions, 'documents' | 'queueUrl' | 'sqsClient' | 'visibilityTimeoutSeconds'>;
  /** The messages by their ids. */
  readonly messages: ReadonlyMap<string, unknown>;
  /** Some messages show themselves only once others are deleted. */
  readonly inRounds: boolean;
  /** Checks what a queue has left of a message. */
  readonly check?: (id: string, status: string, reason: string | undefined) => void;
}

/** Long enough for some invocations, and to be prolonged in others. */
const VISIBILITY_SECONDS = 5;

/** Messages in flight at most, where a queue has a limit. */
const MAX_IN_FLIGHT = 12;

/** Documents as they are, or in a queue: with groups, or with few messages that may be in flight. */
export function sourceOf(world: World, messages: readonly unknown[]): Source {
  const kind = world.random.pick(['documents', 'a queue', 'a full queue', 'a FIFO queue'], 'source');
  if (kind === 'documents')
    return {
      name: kind,
      options: { documents: messages },
      messages: new Map(messages.map((message, index) => [`document ${index + 1}`, message])),
      inRounds: false,
    };
  const isFifo = kind === 'a FIFO queue';
  const queue = new Queue(isFifo);
  const byId = new Map<string, unknown>();
  for (const [place, message] of messages.entries())
    byId.set(queue.send(textOf(message), isFifo ? `group ${place % 3}` : undefined), message);
  return {
    name: kind,
    options: {
      queueUrl: `https://sqs.eu-central-1.amazonaws.com/123456789012/letters${isFifo ? '.fifo' : ''}`,
      sqsClient: sqsClient(world, queue, kind === 'a full queue' ? MAX_IN_FLIGHT : 1000) as never,
      visibilityTimeoutSeconds: VISIBILITY_SECONDS,
    },
    messages: byId,
    inRounds: kind !== 'a queue',
    check(id, status, reason) {
      const isDone = status === 'replayed' || status === 'skipped';
      if (queue.has(id) === isDone)
        world.history.violate(
          'replay',
          `message ${id} is ${status}, and ${isDone ? 'lies' : 'does not lie'} in its queue`,
        );
      if (reason === 'notDeleted') world.history.count('replay: message not deleted');
    },
  };
}

/** The text of a message in a queue. A value that is not JSON becomes some text. */
function textOf(message: unknown): string {
  try {
    return typeof message === 'string' ? message : JSON.stringify(message);
  } catch {
    return 'a circle';
  }
}

interface BatchInput {
  readonly Entries: readonly {
    readonly Id: string;
    readonly ReceiptHandle: string;
    readonly VisibilityTimeout: number;
  }[];
}

interface ReceiveInput {
  readonly MaxNumberOfMessages: number;
  readonly VisibilityTimeout: number;
  readonly WaitTimeSeconds: number;
}

/** An SQSClient, as far as replay uses it. */
function sqsClient({ random }: World, queue: Queue, maxInFlight: number): object {
  let requests = 0;
  const receive = async (input: ReceiveInput): Promise<object> => {
    const room = maxInFlight - queue.inFlight;
    if (room <= 0) throw Object.assign(new Error('Too many are in flight.'), { name: 'OverLimit' });
    const most = Math.min(input.MaxNumberOfMessages, room, 1 + random.below(10, 'receive', requests));
    const received = queue.receive(most, input.VisibilityTimeout * 1000);
    if (received.length === 0) await sleep(input.WaitTimeSeconds * 1000);
    return {
      Messages: received.map(({ id, handle, body, sentAt, firstReceivedAt, receipts }) => ({
        MessageId: id,
        ReceiptHandle: handle,
        Body: body,
        Attributes: {
          SentTimestamp: String(sentAt),
          ApproximateFirstReceiveTimestamp: String(firstReceivedAt),
          ApproximateReceiveCount: String(receipts),
        },
      })),
    };
  };
  const eachOf = (
    { Entries }: BatchInput,
    run: (entry: BatchInput['Entries'][number]) => boolean,
  ): object => {
    const request = requests;
    const failed = Entries.filter(
      (entry) => random.percent(4, 'entry fails', request, entry.Id) || !run(entry),
    );
    return { Failed: failed.map(({ Id }) => ({ Id, Code: 'InternalError', SenderFault: false })) };
  };
  return {
    send: (command: { readonly input: unknown }) =>
      outside(async () => {
        requests++;
        await sleep(random.below(5, 'sqs', requests));
        switch (command.constructor.name) {
          case 'ReceiveMessageCommand':
            return receive(command.input as ReceiveInput);
          case 'DeleteMessageBatchCommand':
            return eachOf(command.input as BatchInput, ({ ReceiptHandle }) => queue.delete(ReceiptHandle));
          default:
            return eachOf(command.input as BatchInput, ({ ReceiptHandle, VisibilityTimeout }) =>
              queue.setVisibility(ReceiptHandle, VisibilityTimeout * 1000),
            );
        }
      }),
    destroy: () => {},
  };
}

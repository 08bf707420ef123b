import {
  ChangeMessageVisibilityBatchCommand,
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import type { DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createDeadLetter } from '../../../src/dead-letter/create-dead-letter.ts';
import type { Emulators } from '../../../src/emulators/start-emulators.ts';
import { startEventSourceMapping } from '../../../src/local/index.ts';
import { type ReplayOptions, replay } from '../../../src/replay/index.ts';
import { emulatedServers, emulatedTable } from '../../fixtures/emulated.ts';
import { recordOf } from '../../fixtures/events.ts';
import { eventually } from '../../fixtures/eventually.ts';
import { quietLogger } from '../../fixtures/quiet-logger.ts';

let emulators: Emulators;
let sqs: SQSClient;
let queueUrl: string;
let queueName: string;
let queues = 0;

beforeAll(async () => {
  emulators = await emulatedServers();
  sqs = new SQSClient({ ...emulators.sqs, useQueueUrlAsEndpoint: false });
});

afterAll(() => emulators.stop());

beforeEach(async () => {
  queueName = `failed-${++queues}`;
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: queueName }));
  queueUrl = `${QueueUrl}`;
});

const send = (body: unknown, more: object = {}) =>
  sqs.send(
    new SendMessageCommand({
      QueueUrl: queueUrl,
      MessageBody: typeof body === 'string' ? body : JSON.stringify(body),
      ...more,
    }),
  );

const letterOf = (id: string, index: number) =>
  createDeadLetter(recordOf({ id }, index), new Error('no'), undefined);
const idOf = ({ dynamodb }: DynamoDBRecord) => `${dynamodb?.Keys?.id?.S}`;

function run(handler: ReplayOptions['handler'], options: Partial<ReplayOptions> = {}) {
  const { region: _, ...streams } = emulators.streams;
  const connection = { ...streams, region: 'us-east-1', queueEndpoint: emulators.sqs.endpoint };
  return replay({ ...connection, queueUrl, ...(handler && { handler }), ...options } as ReplayOptions);
}

/** Returns the messages that a consumer would get now. They stay visible. */
async function visible(): Promise<string[]> {
  const { Messages = [] } = await sqs.send(
    new ReceiveMessageCommand({ QueueUrl: queueUrl, MaxNumberOfMessages: 10, VisibilityTimeout: 0 }),
  );
  return Messages.map(({ Body }) => `${Body}`);
}

async function inQueue(): Promise<number> {
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: ['All'] }),
  );
  const { ApproximateNumberOfMessages: waiting, ApproximateNumberOfMessagesNotVisible: hidden } =
    Attributes ?? {};
  return Number(waiting) + Number(hidden);
}

test('what a mapping gave up is handled after the fix, and its messages are gone', async () => {
  const table = await emulatedTable(emulators);
  const delivered = new Map<string, string>();
  const mapping = await startEventSourceMapping({
    ...emulators.streams,
    tableName: table.name,
    startingPosition: 'TRIM_HORIZON',
    functionResponseTypes: ['ReportBatchItemFailures'],
    bisectBatchOnFunctionError: true,
    maximumRetryAttempts: 0,
    pollIntervalMs: 5,
    logger: quietLogger(),
    destinationConfig: {
      onFailure: { destination: `arn:aws:sqs:us-east-1:000000000000:${queueName}` },
    },
    destinationEndpoint: emulators.sqs.endpoint,
    handler: ({ Records }: DynamoDBStreamEvent) => {
      for (const { dynamodb, eventID } of Records) delivered.set(`${dynamodb?.Keys?.sk?.S}`, `${eventID}`);
      if (Records.some(({ dynamodb }) => Number(dynamodb?.Keys?.sk?.S) % 5 === 0)) throw new Error('a bug');
    },
  });
  await table.fill(12, { pk: (index) => `${index % 2}` });
  await mapping.caughtUp();
  await mapping.stop();
  const given = await inQueue();
  expect(given).toBeGreaterThan(1);

  const again = new Map<string, string>();
  const summary = await run(({ Records }: DynamoDBStreamEvent) => {
    for (const { dynamodb, eventID } of Records) again.set(`${dynamodb?.Keys?.sk?.S}`, `${eventID}`);
  });
  expect(summary).toMatchObject({ remaining: 0, failed: 0 });
  expect(summary.messages).toHaveLength(given);
  expect([...again.keys()]).toEqual(['0000', '0005', '0010']);
  // The same ids as the first time, so that an idempotent consumer recognizes the records.
  for (const [sk, eventID] of again) expect(eventID).toBe(delivered.get(sk));
  expect(await inQueue()).toBe(0);
});

test('a message is deleted only after its records succeeded; what remains is visible again at once', async () => {
  await send(letterOf('a', 0));
  await send(letterOf('bad', 1));
  await send(letterOf('a', 2));
  await send('neither');
  const left: number[] = [];
  const handler = async ({ Records }: DynamoDBStreamEvent) => {
    left.push(await inQueue());
    const bad = Records.find((record) => idOf(record) === 'bad');
    return { batchItemFailures: bad ? [{ itemIdentifier: bad.dynamodb?.SequenceNumber }] : [] };
  };
  const { messages, remaining } = await run(handler, { batchSize: 1 });
  expect(left).toEqual([4, 3, 3]);
  expect(messages.map(({ status, reason }) => reason ?? status).toSorted()).toEqual([
    'failed',
    'replayed',
    'replayed',
    'unrecognized',
  ]);
  expect(remaining).toBe(2);
  const kept = (await visible()).toSorted();
  expect(kept).toEqual(['neither', expect.stringContaining('{"S":"bad"}')]);
});

test('many messages are put in order before the first is handled', async () => {
  const indexes = Array.from({ length: 25 }, (_, index) => index);
  for (const index of indexes.toReversed()) await send(letterOf('a', index));
  const seen: number[] = [];
  await run(({ Records }: DynamoDBStreamEvent) => {
    seen.push(...Records.map(({ eventID }) => Number.parseInt(`${eventID}`, 16)));
  });
  expect(seen).toEqual(indexes);
  expect(await inQueue()).toBe(0);
});

test('a queue that messages keep coming to is replayed as it was at the start', async () => {
  for (let index = 0; index < 20; index++) await send(letterOf('a', index));
  let sent = 20;
  const writer = setInterval(() => void send(letterOf('late', sent++)), 100);
  const seen: string[] = [];
  const started = performance.now();
  try {
    const summary = await run(({ Records }: DynamoDBStreamEvent) => void seen.push(...Records.map(idOf)));
    expect(summary.remaining).toBe(0);
  } finally {
    clearInterval(writer);
  }
  expect(performance.now() - started).toBeLessThan(5_000);
  expect(seen.filter((id) => id === 'a')).toHaveLength(20);
  // The first answer may be as late as its long poll, and no message is later than that.
  expect(seen.length).toBeLessThan(35);
  // The others are left, and visible.
  await eventually(async () => expect(await inQueue()).toBe(sent - seen.length));
  expect(await visible()).not.toEqual([]);
}, 20_000);

test.each([
  ['an hour behind', -3_600_000],
  ['an hour ahead', 3_600_000],
])('the clock of the queue tells earlier messages from later ones, and may be %s', async (_name, skewMs) => {
  await send(letterOf('a', 0));
  const skewed = (stamp: string | undefined) => `${Number(stamp) + skewMs}`;
  let calls = 0;
  const client = {
    send: async (command: object, options?: object) => {
      const answer: unknown = await sqs.send(command as ReceiveMessageCommand, options);
      if (!(command instanceof ReceiveMessageCommand)) return answer;
      if (++calls < 20) await send(letterOf('late', calls));
      const { Messages = [] } = answer as { Messages?: Message[] };
      return {
        Messages: Messages.map(({ Attributes = {}, ...message }) => ({
          ...message,
          Attributes: {
            ...Attributes,
            SentTimestamp: skewed(Attributes.SentTimestamp),
            ApproximateFirstReceiveTimestamp: skewed(Attributes.ApproximateFirstReceiveTimestamp),
          },
        })),
      };
    },
  };
  const { messages } = await run(() => {}, { sqsClient: client as never });
  expect(messages.length).toBeGreaterThan(0);
  expect(calls).toBeLessThan(20);
});

test('of a server without stamps everything is taken, until it has no more', async () => {
  await send(letterOf('a', 0));
  let calls = 0;
  const client = {
    send: async (command: object, options?: object) => {
      const answer: unknown = await sqs.send(command as ReceiveMessageCommand, options);
      if (!(command instanceof ReceiveMessageCommand)) return answer;
      if (++calls < 6) await send(letterOf('late', calls));
      const { Messages = [] } = answer as { Messages?: Message[] };
      return { Messages: Messages.map(({ Attributes: _, ...message }) => message) };
    },
  };
  expect((await run(() => {}, { sqsClient: client as never })).messages).toHaveLength(6);
});

test('messages stay invisible for as long as it takes', async () => {
  await send(letterOf('a', 0));
  const seen: string[][] = [];
  const handler = async () => {
    const until = Date.now() + 4_000;
    while (Date.now() < until) {
      seen.push(await visible());
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  };
  await run(handler, { visibilityTimeoutSeconds: 3 });
  expect(seen.flat()).toEqual([]);
  expect(await inQueue()).toBe(0);
}, 20_000);

test('a dry run deletes nothing and gives everything back', async () => {
  await send(letterOf('a', 0));
  const { messages, remaining } = await run(undefined, { dryRun: true });
  expect(messages).toMatchObject([{ kind: 'deadLetter', status: 'planned', records: 1 }]);
  expect(remaining).toBe(0);
  expect(await visible()).toHaveLength(1);
});

test('a FIFO queue is read group by group, until nothing more comes', async () => {
  const { QueueUrl } = await sqs.send(
    new CreateQueueCommand({ QueueName: `f${queues}.fifo`, Attributes: { FifoQueue: 'true' } }),
  );
  queueUrl = `${QueueUrl}`;
  for (let index = 0; index < 3; index++) {
    await send(letterOf('a', index), { MessageGroupId: 'a', MessageDeduplicationId: `${index}` });
  }
  const seen: number[] = [];
  const summary = await run(({ Records }: DynamoDBStreamEvent) => {
    seen.push(...Records.map(({ eventID }) => Number.parseInt(`${eventID}`, 16)));
  });
  expect(seen).toEqual(Array.from({ length: 3 }, (_, index) => index));
  expect(summary).toMatchObject({ records: 3, remaining: 0 });
  expect(await inQueue()).toBe(0);
}, 30_000);

test('a signal ends the receiving, and gives back the received messages', async () => {
  await send(letterOf('a', 0));
  const stopping = new AbortController();
  const client = {
    send: async (command: object, options?: object) => {
      const answer = await sqs.send(command as ReceiveMessageCommand, options);
      if (command instanceof ReceiveMessageCommand) stopping.abort();
      return answer;
    },
  };
  const { messages } = await run(() => {}, { sqsClient: client as never, signal: stopping.signal });
  expect(messages).toMatchObject([{ status: 'remaining', reason: 'stopped' }]);
  await eventually(async () => expect(await visible()).toHaveLength(1));
});

test('a queue that does not exist is an error', async () => {
  await expect(run(() => {}, { queueUrl: `${queueUrl}-not` })).rejects.toThrow(/does not exist/);
});

/** A client of which the calls of some commands come to nothing. */
function failing(failures: ReadonlyMap<unknown, () => unknown>) {
  const client = {
    send: async (command: { readonly constructor: unknown }, options?: object) =>
      failures.get(command.constructor)?.() ?? sqs.send(command as ReceiveMessageCommand, options),
  };
  return { sqsClient: client as never };
}

const refuse = () => {
  throw new Error('not now');
};

test.each<[string, () => unknown, string]>([
  ['is refused', refuse, 'all succeeded, but: not now'],
  ['fails for it', () => ({ Failed: [{ Id: '0', Code: 'Stale' }] }), 'all succeeded, but: Stale'],
])('a message whose deletion %s remains', async (_name, answer, detail) => {
  await send(letterOf('a', 0));
  const { messages, remaining } = await run(
    () => {},
    failing(new Map([[DeleteMessageBatchCommand, answer]])),
  );
  expect(messages).toMatchObject([{ status: 'remaining', reason: 'notDeleted', detail }]);
  expect(remaining).toBe(1);
});

test.each<[string, () => unknown]>([
  ['are refused', refuse],
  ['fail for it', () => ({ Failed: [{ Id: '0', Code: 'Stale', Message: 'not now' }] })],
])('changes of visibility that %s are reported', async (_name, answer) => {
  await send(letterOf('a', 0));
  const problems: string[] = [];
  await run(() => Promise.reject(new Error('no')), {
    ...failing(new Map([[ChangeMessageVisibilityBatchCommand, answer]])),
    onProblem: (operation, error) => void problems.push(`${operation}: ${(error as Error).message}`),
  });
  expect(problems).toEqual([expect.stringMatching(/^giving messages back: (Stale: )?not now$/)]);
});

test('a table that is not there any more shows in the report', async () => {
  await send({
    DDBStreamBatchInfo: {
      streamArn: 'arn:aws:dynamodb:us-east-1:000000000000:table/Gone/stream/1795254556.899279117',
      shardId: 'shardId-00000001-Gone',
      startSequenceNumber: '000000000000000000001',
      endSequenceNumber: '000000000000000000002',
      batchSize: 2,
    },
  });
  const { messages } = await run(() => {});
  expect(messages).toMatchObject([{ kind: 'range', status: 'remaining', reason: 'trimmed' }]);
});

test('without a region, it is that in the URL of the queue', async () => {
  const { host } = new URL(queueUrl);
  const ofAws = queueUrl.replace(host, 'sqs.eu-west-1.amazonaws.com');
  const there = new SQSClient({ ...emulators.sqs, region: 'eu-west-1' });
  await there.send(new CreateQueueCommand({ QueueName: queueName }));
  const summary = await run(undefined, { dryRun: true, queueUrl: ofAws, region: undefined } as object);
  expect(summary.messages).toEqual([]);
});

test('a message that comes twice is one, by its newer receipt', async () => {
  await send(letterOf('a', 0));
  const receive = async () => {
    const input = { QueueUrl: queueUrl, VisibilityTimeout: 0 };
    return sqs.send(new ReceiveMessageCommand(input));
  };
  let calls = 0;
  const client = {
    send: (command: object, options?: object) =>
      command instanceof ReceiveMessageCommand && ++calls === 1
        ? receive()
        : sqs.send(command as ReceiveMessageCommand, options),
  };
  const summary = await run(() => {}, { sqsClient: client as never });
  expect(summary.messages).toHaveLength(1);
  expect(summary.remaining).toBe(0);
  expect(await inQueue()).toBe(0);
});

/** The client, and what happens before a command of its. */
const clientThat = (before: (command: object) => Promise<object>) =>
  ({ send: async (command: object) => sqs.send((await before(command)) as never) }) as never;

test('a queue of more messages than SQS has in flight at once is replayed in rounds', async () => {
  for (const [index, id] of ['a', 'b', 'c', 'd', 'e'].entries()) await send(letterOf(id, index));
  let free = 2;
  const sqsClient = clientThat(async (command) => {
    if (command instanceof DeleteMessageBatchCommand) free += Number(command.input.Entries?.length);
    if (!(command instanceof ReceiveMessageCommand)) return command;
    if (free === 0) throw Object.assign(new Error('too many'), { name: 'OverLimit' });
    free--;
    return new ReceiveMessageCommand({ ...command.input, MaxNumberOfMessages: 1 });
  });
  const handled: string[] = [];
  const summary = await run(({ Records }: DynamoDBStreamEvent) => void handled.push(...Records.map(idOf)), {
    sqsClient,
  });
  expect(handled.sort()).toEqual(['a', 'b', 'c', 'd', 'e']);
  expect(summary).toMatchObject({ records: 5, remaining: 0 });
  expect(await inQueue()).toBe(0);
});

test('where others hold all that SQS has in flight, the replay fails and says so', async () => {
  await send(letterOf('a', 0));
  const sqsClient = clientThat(async (command) => {
    if (command instanceof ReceiveMessageCommand) throw Object.assign(new Error('m'), { name: 'OverLimit' });
    return command;
  });
  await expect(run(() => {}, { sqsClient })).rejects.toMatchObject({ name: 'OverLimit' });
});

describe('after a message that was sent later', () => {
  /** Sends a message during the replay. The next receive fails. */
  const failingAfterLaterOne = (error: Error) => {
    let received = 0;
    return clientThat(async (command) => {
      if (!(command instanceof ReceiveMessageCommand)) return command;
      received++;
      if (received === 2) {
        await new Promise((resolve) => setTimeout(resolve, 50));
        await send(letterOf('later', 1));
      }
      if (received === 3) throw error;
      return command;
    });
  };

  test('a replay continues if all messages in flight are its own', async () => {
    await send(letterOf('a', 0));
    const sqsClient = failingAfterLaterOne(Object.assign(new Error('too many'), { name: 'OverLimit' }));
    expect(await run(() => {}, { sqsClient })).toMatchObject({ records: 1, remaining: 0 });
    expect(await visible()).toHaveLength(1);
  });

  test('all messages are given back when the queue cannot be read to its end', async () => {
    await send(letterOf('a', 0));
    const sqsClient = failingAfterLaterOne(new Error('The permission is gone.'));
    await expect(run(() => {}, { sqsClient })).rejects.toThrow('The permission is gone.');
    expect(await visible()).toHaveLength(2);
  });
});

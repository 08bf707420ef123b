import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DeleteItemCommand } from '@aws-sdk/client-dynamodb';
import { CreateTopicCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import {
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Emulators } from '../../src/emulators/start-emulators.ts';
import { type EmulatedTable, emulatedServers, emulatedTable } from '../fixtures/emulated.ts';
import { type FaultySns, startFaultySns } from './faulty-sns.ts';

const PROGRAM = fileURLToPath(new URL('invoice-pipeline.ts', import.meta.url));
const INVOICES = 60;
const VERSIONS = 6;
const CHANGES = INVOICES * (VERSIONS + 1);

interface Announcement {
  readonly invoiceId: string;
  readonly change: string;
}

let emulators: Emulators;
let directory: string;
let sns: FaultySns;
let pipeline: ChildProcess | undefined;

beforeAll(async () => {
  emulators = await emulatedServers();
  directory = mkdtempSync(join(tmpdir(), 'streamlane-chaos-'));
  sns = await startFaultySns({
    endpoint: emulators.sns.endpoint,
    seed: 20,
    failingEntries: 0.2,
    oneUnansweredOf: 10,
  });
});

afterAll(async () => {
  pipeline?.kill('SIGKILL');
  await sns?.stop();
  await emulators?.stop();
  rmSync(directory, { recursive: true, force: true });
});

test('with SNS failing and the process killed twice, every change arrives, once and in order', async () => {
  const table = await emulatedTable(emulators);
  const { topicArn, queueUrl, sqs } = await createTopicAndQueue();
  const received: Announcement[] = [];
  const start = (): void => {
    const { endpoint } = emulators.streams;
    const args = [endpoint, sns.endpoint, table.streamArn, topicArn, join(directory, 'positions.json')];
    pipeline = spawn(process.execPath, [PROGRAM, ...args], { stdio: ['pipe', 'inherit', 'inherit'] });
  };
  const kill = async (): Promise<void> => {
    // It ends in no other way.
    expect(pipeline).toMatchObject({ exitCode: null, signalCode: null });
    pipeline?.kill('SIGKILL');
    await once(pipeline as ChildProcess, 'close');
  };

  start();
  const writing = writeInvoices(table);
  for (const arrived of [CHANGES / 4, CHANGES / 2]) {
    await receive(sqs, queueUrl, received, arrived);
    await sns.requested();
    await kill();
    start();
  }
  await writing;
  await receive(sqs, queueUrl, received, CHANGES);
  // Whatever is still being repeated would be seen now.
  await kill();
  await receive(sqs, queueUrl, received, CHANGES + 1, 1);

  const lives = Map.groupBy(received, ({ invoiceId }) => invoiceId);
  const life = [...Array.from({ length: VERSIONS }, (_, index) => `v${index + 1}`), 'deleted'];
  for (let invoice = 0; invoice < INVOICES; invoice++) {
    expect(lives.get(`I-${invoice}`)?.map(({ change }) => change)).toEqual(life);
  }
  expect(received).toHaveLength(CHANGES);

  // All the faults that the test promises have happened.
  const { lostAnswers, entries, failed, repeated } = sns.counts;
  expect(failed / entries).toBeGreaterThan(0.12);
  expect(lostAnswers).toBeGreaterThan(0);
  expect(repeated).toBeGreaterThan(0);
}, 60_000);

/** The lives of all invoices at the same time, each in order. */
async function writeInvoices(table: EmulatedTable): Promise<void> {
  const write = async (invoice: number): Promise<void> => {
    const key = { pk: { S: `I-${invoice}` }, sk: { S: 'invoice' } };
    for (let n = 1; n <= VERSIONS; n++) await table.put({ ...key, n: { N: `${n}` } });
    await table.client.send(new DeleteItemCommand({ TableName: table.name, Key: key }));
  };
  await Promise.all(Array.from({ length: INVOICES }, (_, invoice) => write(invoice)));
}

async function createTopicAndQueue(): Promise<{ topicArn: string; queueUrl: string; sqs: SQSClient }> {
  const sqs = new SQSClient({ ...emulators.sqs, useQueueUrlAsEndpoint: false });
  const working = new SNSClient(emulators.sns);
  const { QueueUrl } = await sqs.send(
    new CreateQueueCommand({ QueueName: 'payments.fifo', Attributes: { FifoQueue: 'true' } }),
  );
  const { TopicArn } = await working.send(
    new CreateTopicCommand({ Name: 'payments.fifo', Attributes: { FifoTopic: 'true' } }),
  );
  await working.send(
    new SubscribeCommand({
      TopicArn,
      Protocol: 'sqs',
      Endpoint: `${TopicArn}`.replace(':sns:', ':sqs:'),
      Attributes: { RawMessageDelivery: 'true' },
    }),
  );
  return { topicArn: `${TopicArn}`, queueUrl: `${QueueUrl}`, sqs };
}

/** Takes messages off the queue until so many have been received, or none came for some time. */
async function receive(
  sqs: SQSClient,
  QueueUrl: string,
  received: Announcement[],
  count: number,
  patienceSeconds = 20,
): Promise<void> {
  while (received.length < count) {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: patienceSeconds }),
    );
    if (Messages.length === 0) return;
    received.push(...Messages.map(({ Body = '' }) => JSON.parse(Body) as Announcement));
    const Entries = Messages.map(({ ReceiptHandle }, index) => ({ Id: `${index}`, ReceiptHandle }));
    await sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
  }
}

import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { ListQueuesCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { describe, expect, test } from 'vitest';
import { judge } from '../../src/cli/demo/books.ts';
import type { Announcement } from '../../src/cli/demo/invoice.ts';
import { readPayments } from '../../src/cli/demo/payments.ts';
import type { Resources } from '../../src/cli/demo/resources.ts';
import { EXIT } from '../../src/cli/errors/exit-codes.ts';
import { emulatedServers } from '../fixtures/emulated.ts';
import { eventually } from '../fixtures/eventually.ts';
import { inProcess } from './in-process.ts';

describe('streamlane demo', () => {
  const run = inProcess;
  test('loses nothing, although the topic fails', async () => {
    const { code, stdout, stderr } = await run(['demo', '--invoices', '20']).ended();
    expect(stderr).toMatch(
      /^Using embedded servers of this command: .+\n20 invoices: .+\nThe topic refuses .+\n$/,
    );
    expect(stdout).toMatch(
      /^WHAT +COUNT +MEANING\nwritten +64 .+\ndelivered +64 .+\nredelivered +\d+ .+ after 4 refused announcements\nreceived +64 .+\nout of order +0 .+\nlost +0 .+\n$/,
    );
    expect(code).toBe(EXIT.ok);
  });

  test('removes what it made from a server that was named, after Ctrl-C too', async () => {
    await using aws = await emulatedServers();
    const env = aws.environment;
    const tables = async () =>
      (await new DynamoDBClient(aws.dynamodb).send(new ListTablesCommand({}))).TableNames;
    const { code, stdout } = await run(['demo', '--invoices', '10', '--json'], { env }).ended();
    expect(JSON.parse(stdout)).toMatchObject({
      invoices: 10,
      written: 32,
      delivered: 32,
      refused: 2,
      received: 32,
      lost: 0,
      outOfOrder: 0,
    });
    expect(code).toBe(EXIT.ok);
    expect(await tables()).toEqual([]);

    const interrupted = run(['demo', '--invoices', '50000'], { env });
    await expect.poll(tables).toHaveLength(1);
    interrupted.interrupt();
    expect((await interrupted.ended()).code).toBe(EXIT.interrupted);
    expect(await tables()).toEqual([]);
  });
});

test.each(['0', '1e9', 'many'])('--invoices %s is bad input', async (count) => {
  const { code, stderr } = await inProcess(['demo', '--invoices', count]).ended();
  expect(stderr).toBe(`error: --invoices has to be a whole number from 1 to 99999, got ${count}.\n`);
  expect(code).toBe(EXIT.usage);
});

const told = (...changes: string[]): Announcement[] =>
  changes.map((change) => {
    const [invoiceId = '', what] = change.split(' ');
    return { invoiceId, what: what as Announcement['what'] };
  });

test.each([
  ['everything in order', told('1 drafted', '2 drafted', '1 opened'), { lost: 0, outOfOrder: 0 }],
  [
    'some of it twice',
    told('1 drafted', '1 drafted', '1 opened', '1 drafted', '2 drafted'),
    { lost: 0, outOfOrder: 0 },
  ],
  ['one change not', told('1 drafted', '2 drafted'), { lost: 1, outOfOrder: 0 }],
  ['an invoice not', told('1 drafted', '1 opened'), { lost: 1, outOfOrder: 0 }],
  ['the later change first', told('1 opened', '1 drafted', '2 drafted'), { lost: 0, outOfOrder: 1 }],
])('the books notice: %s was received', (_name, received, verdict) => {
  expect(judge(told('1 drafted', '1 opened', '2 drafted'), received)).toEqual(verdict);
});

test('an announcement that never arrives is lost, and the exit code is 1', { timeout: 60_000 }, async () => {
  await using aws = await emulatedServers();
  const command = inProcess(['demo', '--invoices', '150', '--json'], { env: aws.environment });
  const sqs = new SQSClient({ ...aws.sqs, useQueueUrlAsEndpoint: false });
  const { QueueUrls: [QueueUrl] = [] } = await eventually(async () => {
    const queues = await sqs.send(new ListQueuesCommand({}));
    expect(queues.QueueUrls).toHaveLength(1);
    return queues;
  });
  // Somebody else reads the queue of the payments service, and keeps what it finds.
  await eventually(async () => {
    const { Messages } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, VisibilityTimeout: 600 }));
    expect(Messages).toHaveLength(1);
  });
  const { code, stdout } = await command.ended();
  const report = JSON.parse(stdout);
  expect(report.lost).toBeGreaterThan(0);
  expect(report.received + report.lost).toBe(report.written);
  expect(code).toBe(EXIT.failed);
});

describe('the payments service', () => {
  const message = { Body: '{"invoiceId":"INV-1","what":"paid"}', ReceiptHandle: 'receipt' };

  /** A queue that gives these answers, one after the other. */
  const queueOf = (...answers: (object | Error)[]): Resources => {
    const send = async (): Promise<object> => {
      const answer = answers.shift();
      if (answer instanceof Error) throw answer;
      return answer ?? {};
    };
    return { queueUrl: 'queue', sqs: { send } } as unknown as Resources;
  };

  test('asks again when a poll finds nothing, and passes on why it cannot go on', async () => {
    const received: Announcement[] = [];
    const queue = queueOf({}, { Messages: [message] }, {}, new Error('gone'));
    const reading = readPayments(queue, new AbortController().signal, (one) => received.push(one));
    await expect(reading).rejects.toThrow('gone');
    expect(received).toEqual([{ invoiceId: 'INV-1', what: 'paid' }]);
  });

  test('ends when it is told to, whatever its poll says', async () => {
    await readPayments(queueOf(new Error('aborted')), AbortSignal.abort(), () => {});
  });
});

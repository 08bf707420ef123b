import { expect, test } from 'vitest';
import { EXIT } from '../../../src/cli/errors/exit-codes.ts';
import { inProcess } from '../in-process.ts';
import { spawned } from '../spawned.ts';

/** Sends a message to the queue that is created, as a program beside the servers. */
const send = (body: string) =>
  spawned([
    ...['exec', '--', 'node', '--input-type=module', '--eval'],
    `import { SQSClient, SendMessageCommand } from '@aws-sdk/client-sqs';
    const sqs = new SQSClient({ useQueueUrlAsEndpoint: false });
    const QueueUrl = process.env.FAILED_QUEUE_URL;
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: ${JSON.stringify(body)} }));`,
  ]).ended();

test.each([
  [[], /^\d\d:\d\d:\d\d → SQS failed {2}1 message {2}\(--show-messages prints them\)\n$/m],
  [['--show-messages'], /^\d\d:\d\d:\d\d → SQS failed {2}1 message\n {4}first\\nsecond\n$/m],
])(
  'what queues get is told on stderr, and stdout has the variables alone: %j',
  async (flags, line) => {
    const command = inProcess(['emulators', '--create-queue', 'failed', ...flags]);
    await command.seen(/Ready\./);
    expect(await send('first\nsecond')).toMatchObject({ code: EXIT.ok });
    await command.seen(/ → SQS failed/);
    command.interrupt();
    const { code, stdout, stderr } = await command.ended();
    expect(stderr).toMatch(line);
    expect(stdout).toMatch(/^(?:export \w+=.*\n|unset \w+\n)+$/);
    expect(code).toBe(EXIT.ok);
  },
  20_000,
);

test('messages right before the end are printed as well', async () => {
  const command = spawned(['emulators', '--create-queue', 'failed']);
  await command.seen(/Ready\./);
  await send('late');
  command.interrupt();
  expect((await command.ended()).stderr).toMatch(/ → SQS failed {2}1 message/);
}, 20_000);

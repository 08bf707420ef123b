import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { EXIT } from '../../../src/cli/errors/exit-codes.ts';
import { runExec } from '../../../src/cli/exec/run-exec.ts';
import { Interruption } from '../../../src/cli/terminal/io.ts';
import { eventually } from '../../fixtures/eventually.ts';
import { contextFor } from '../context.ts';
import { inProcess } from '../in-process.ts';
import { type SpawnedCommand, spawned } from '../spawned.ts';
import { withProfiles } from '../with-profiles.ts';

const env = { XDG_CACHE_HOME: mkdtempSync(join(tmpdir(), 'streamlane-exec-')) };
const node = (code: string): readonly string[] => ['exec', '--', process.execPath, '--eval', code];
let emulators: SpawnedCommand;

beforeAll(async () => {
  const resources = ['--create-topic', 'payments', '--create-topic', 'orders.fifo=ORDERS'];
  const more = ['--create-queue', 'dead-letter.fifo', '--create-queue', 'plain', '--create-bucket', 'files'];
  emulators = spawned(['emulators', ...resources, ...more, '--region', 'eu-central-1'], { env });
  await emulators.seen(/Ready/);
});

afterAll(async () => {
  emulators.interrupt();
  await emulators.ended();
});

describe('streamlane exec', () => {
  test('runs a program with the variables of the servers and of the resources created in them, and not with credentials', async () => {
    const own = {
      ...env,
      AWS_ACCESS_KEY_ID: 'own',
      AWS_SECRET_ACCESS_KEY: 'own',
      AWS_PROFILE: 'own',
      AWS_SESSION_TOKEN: 'own',
      OWN: 'kept',
    };
    const names = [
      'AWS_REGION',
      'AWS_DEFAULT_REGION',
      'PAYMENTS_TOPIC_ARN',
      'ORDERS',
      'PLAIN_QUEUE_ARN',
      'DEAD_LETTER_QUEUE_ARN',
      'FILES_BUCKET',
      'AWS_ACCESS_KEY_ID',
      'AWS_PROFILE',
      'AWS_SESSION_TOKEN',
      'OWN',
    ];
    const code = `console.log(JSON.stringify(${JSON.stringify(names)}.map((name) => process.env[name])))`;
    const { code: exit, stdout, stderr } = await spawned(node(code), { env: own }).ended();
    expect(JSON.parse(stdout)).toEqual([
      'eu-central-1',
      'eu-central-1',
      expect.stringMatching(/^arn:aws:sns:.+:payments$/),
      expect.stringMatching(/^arn:aws:sns:.+:orders\.fifo$/),
      expect.stringMatching(/^arn:aws:sqs:.+:plain$/),
      expect.stringMatching(/^arn:aws:sqs:.+:dead-letter\.fifo$/),
      'files',
      'local',
      // Not empty text: the AWS CLI would look for a profile of that name.
      null,
      null,
      'kept',
    ]);
    expect(stderr).toMatch(/^Using the embedded servers of this project, which process \d+ runs\.\n$/);
    expect(exit).toBe(EXIT.ok);
  });

  test('clients of the program find the created resources', async () => {
    const code = `
      const { SNSClient, PublishCommand } = require('@aws-sdk/client-sns');
      const { SQSClient, SendMessageCommand, ReceiveMessageCommand } = require('@aws-sdk/client-sqs');
      const { S3Client, PutObjectCommand } = require('@aws-sdk/client-s3');
      const e = process.env;
      (async () => {
        await new SNSClient().send(new PublishCommand({ TopicArn: e.PAYMENTS_TOPIC_ARN, Message: 'm' }));
        const sqs = new SQSClient();
        const QueueUrl = e.DEAD_LETTER_QUEUE_URL;
        await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'body', MessageGroupId: 'g', MessageDeduplicationId: 'd' }));
        await new S3Client({ forcePathStyle: true }).send(new PutObjectCommand({ Bucket: e.FILES_BUCKET, Key: 'k', Body: 'b' }));
        const { Messages } = await sqs.send(new ReceiveMessageCommand({ QueueUrl }));
        console.log(Messages[0].Body);
      })();`;
    const { stdout } = await spawned(node(code), { env }).ended();
    expect(stdout).toBe('body\n');
  });

  test.each([
    ['an exit code', 'process.exit(7)', 7],
    ['a signal, as a shell says it', 'process.kill(process.pid, "SIGTERM")', 143],
  ])('hands on %s', async (_name, code, expected) => {
    expect((await inProcess(node(code), { env }).ended()).code).toBe(expected);
    expect((await spawned(node(code), { env }).ended()).code).toBe(expected);
  });

  test.each([
    ['SIGTERM', 15],
    ['SIGINT', 2],
  ] as const)('forwards %s, and waits for the program', async (signal, code) => {
    const program = `process.on('${signal}', () => setTimeout(() => process.exit(${code}), 50)); console.log('ready'); setInterval(() => {}, 1000)`;
    const command = spawned(node(program), { env });
    await command.seen(/ready/);
    command.kill(signal);
    expect(await command.ended()).toMatchObject({ code, stdout: 'ready\n' });
  });

  test('inside a test, an interruption without a signal ends the program', async () => {
    const command = inProcess(node('setInterval(() => {}, 1000)'), { env });
    await command.seen(/Using/);
    await sleep(50);
    command.interrupt();
    expect((await command.ended()).code).toBe(143);
  });

  test.each([
    ['leaves Ctrl-C to a terminal, which sends it to the program itself', true, 5],
    ['forwards Ctrl-C where there is no terminal', false, 2],
  ])('%s', async (_name, isTTY, expected) => {
    const { context } = contextFor({ ...process.env, ...env });
    const interrupting = new AbortController();
    const io = {
      ...context.io,
      signal: interrupting.signal,
      stdin: Object.assign(new PassThrough(), { isTTY }),
    };
    const [, , program = '', ...args] = node(
      `process.on('SIGINT', () => process.exit(2)); require('fs').writeFileSync(process.env.READY, ''); setTimeout(() => process.exit(5), 700)`,
    );
    const ready = join(env.XDG_CACHE_HOME, crypto.randomUUID());
    io.env.READY = ready;
    const running = runExec({ ...context, io }, [program, ...args], {});
    await eventually(() => expect(existsSync(ready)).toBe(true));
    interrupting.abort(new Interruption('SIGINT'));
    expect(await running).toBe(expected);
  });

  test('a second Ctrl-C ends both at once', async () => {
    const program = `process.on('SIGINT', () => console.log('heard')); console.log('pid', process.pid); setInterval(() => {}, 1000)`;
    const command = spawned(node(program), { env });
    const [, pid] = await command.seen(/pid (\d+)/);
    command.interrupt();
    await command.seen(/heard/);
    command.interrupt();
    expect((await command.ended()).code).toBe(EXIT.interrupted);
    await eventually(() => expect(() => process.kill(Number(pid), 0)).toThrow('ESRCH'));
  });

  test.each([
    [
      ['exec', '--', 'no-such-program'],
      /^error: There is no program no-such-program\. Name one that is installed/m,
      EXIT.usage,
    ],
    [['exec', '--', '/'], /^error: \/ cannot be run: spawn \/ EACCES\./m, EXIT.usage],
    [['exec'], /^error: missing required argument 'program'/, EXIT.usage],
  ])('%j names the mistake', async (argv, message, expected) => {
    const { code, stderr } = await inProcess(argv, { env }).ended();
    expect(stderr).toMatch(message);
    expect(code).toBe(expected);
  });

  test('without servers that run it says how to start them', async () => {
    const { code, stderr } = await inProcess(node(''), {
      env: { XDG_CACHE_HOME: mkdtempSync(join(tmpdir(), 'streamlane-exec-')) },
    }).ended();
    expect(stderr).toMatch(/^error: There is no local server .+ streamlane emulators/);
    expect(code).toBe(EXIT.failed);
  });
});

test('resources created on running servers are for the handler of the command; existing ones are kept', async () => {
  const handler = `${join(import.meta.dirname, '../handlers.ts')}#nothing`;
  const argv = ['dev', handler, '--table', 'Own', '--create', 'id'];
  const command = inProcess(
    [...argv, '--create-topic', 'payments', '--create-bucket', 'files', '--create-queue', 'mine'],
    { env },
  );
  await command.seen(/Ctrl-C stops/);
  expect(command.stderr()).toMatch(
    /^Variables for the handler:\n(?:.*\n)* {2}PAYMENTS_TOPIC_ARN=arn:aws:sns:\S+:payments\n(?:.*\n)* {2}MINE_QUEUE_URL=http/m,
  );
  command.interrupt();
  expect((await command.ended()).code).toBe(EXIT.ok);
});

describe('nothing is created where the services are not local', () => {
  test.each<[string, readonly string[], Record<string, string>]>([
    ['AWS', ['--profile', 'dev'], withProfiles('dev')],
    ['a server of tables alone', [], { AWS_ENDPOINT_URL_DYNAMODB: 'http://127.0.0.1:1' }],
    [
      'a topic of AWS',
      [],
      {
        AWS_ENDPOINT_URL_DYNAMODB: 'http://127.0.0.1:1',
        AWS_ENDPOINT_URL_SNS: 'https://sns.eu-central-1.amazonaws.com',
      },
    ],
  ])('%s', async (_name, flags, variables) => {
    const argv = ['dev', `${join(import.meta.dirname, '../handlers.ts')}#nothing`, '--table', 'T'];
    const { code, stderr } = await inProcess([...argv, '--create-topic', 'payments', ...flags], {
      env: variables,
    }).ended();
    expect(stderr).toMatch(
      /^error: --create-topic creates on local servers only, and this command would use .+\n$/m,
    );
    expect(code).toBe(EXIT.usage);
  });

  test('a table is refused in the same way', async () => {
    const argv = ['dev', `${join(import.meta.dirname, '../handlers.ts')}#nothing`, '--table', 'T'];
    const flags = ['--create-table', 'AppAudit=itemKey,position', '--profile', 'dev'];
    const { code, stderr } = await inProcess([...argv, ...flags], { env: withProfiles('dev') }).ended();
    expect(stderr).toMatch(/^error: --create-table creates on local servers only, .+ profile dev\. .+\n$/m);
    expect(code).toBe(EXIT.usage);
  });
});

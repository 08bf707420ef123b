import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CreateBucketCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { EXIT } from '../../../src/cli/errors/exit-codes.ts';
import { requireServerOf, urlOfQueue } from '../../../src/cli/replay/queue-name.ts';
import { createDeadLetter } from '../../../src/dead-letter/create-dead-letter.ts';
import type { OnFailureDocument } from '../../../src/delivery/on-failure-document.ts';
import { freePort } from '../../../src/emulators/free-port.ts';
import type { Emulators } from '../../../src/emulators/start-emulators.ts';
import { startEventSourceMapping } from '../../../src/local/index.ts';
import { type EmulatedTable, emulatedServers, emulatedTable } from '../../fixtures/emulated.ts';
import { recordOf } from '../../fixtures/events.ts';
import { eventually } from '../../fixtures/eventually.ts';
import { FAKE_STREAM, FakeStreams } from '../../fixtures/fake-streams.ts';
import { quietLogger } from '../../fixtures/quiet-logger.ts';
import { type Code, codeOf, STREAMLANE } from '../dev/code.ts';
import { inProcess } from '../in-process.ts';
import { spawned } from '../spawned.ts';
import { inTerminal, withoutStyle } from '../terminal.ts';

let aws: Emulators;
let env: Readonly<Record<string, string>>;
let table: EmulatedTable;
let documents: OnFailureDocument[];

beforeAll(async () => {
  aws = await emulatedServers();
  env = aws.environment;
  table = await emulatedTable(aws);
  documents = await givenUp(4);
});

afterAll(() => aws.stop());

/** Documents of a mapping whose function does nothing but fail, one for each record. */
async function givenUp(count: number): Promise<OnFailureDocument[]> {
  const given: OnFailureDocument[] = [];
  await using mapping = await startEventSourceMapping({
    ...aws.streams,
    tableName: table.name,
    startingPosition: 'TRIM_HORIZON',
    batchSize: 1,
    maximumRetryAttempts: 0,
    pollIntervalMs: 5,
    logger: quietLogger(),
    handler: () => Promise.reject(new Error('a bug')),
  });
  mapping.on('discard', ({ document }) => void given.push(document));
  await table.fill(count, { pk: (index) => `${index % 2}` });
  await mapping.caughtUp();
  return given;
}

const letterOf = (id: string, index: number) =>
  createDeadLetter(recordOf({ id }, index), new Error('no'), undefined);
const trimmed = (document: OnFailureDocument): OnFailureDocument => ({
  ...document,
  DDBStreamBatchInfo: {
    ...document.DDBStreamBatchInfo,
    shardId: 'shardId-gone',
    streamArn: document.DDBStreamBatchInfo.streamArn.replace(table.name, 'Gone'),
  },
});

/** A handler that writes down what it handles, and refuses what it is told to. */
const codeWith = (files: Readonly<Record<string, unknown>>, refuse = ''): Code =>
  codeOf({
    'handler.ts': `import { appendFileSync } from 'node:fs';
      import { streamRouter } from ${STREAMLANE};
      const logger = { debug() {}, info() {}, warn() {}, error() {} };
      export const handler = streamRouter<any>({ order: 'shard', logger }).onInsert(({ keys }) => {
        const key = Object.keys(keys).sort().map((name) => keys[name]).join('/');
        appendFileSync(new URL('log', import.meta.url), key + ' ');
        console.log('handling ' + key);
        if (key === '${refuse}') throw new Error('refused');
      });`,
    ...Object.fromEntries(
      Object.entries(files).map(([name, content]) => [
        name,
        typeof content === 'string' ? content : JSON.stringify(content),
      ]),
    ),
  });

describe('streamlane replay', () => {
  const run = inProcess;
  test('the records of documents and dead letters are handled, and the exit code is 0', async () => {
    const code = codeWith({
      'failed.ndjson': [...documents.toReversed(), letterOf('x', 0)]
        .map((document) => JSON.stringify(document))
        .join('\n'),
    });
    const argv = ['replay', code.path('failed.ndjson'), '--handler', code.path('handler.ts#handler')];
    const { code: exit, stdout } = await run(argv, { env }).ended();
    expect(stdout).toMatch(/^Replayed 5 of 5 records of 5 messages\. 2 invocations, \d+\.\d s\.\n$/);
    expect(readFileSync(code.path('log'), 'utf8')).toBe('0/0000 1/0001 0/0002 1/0003 x ');
    expect(exit).toBe(EXIT.ok);
  });

  test('what failed remains, with what comes after it in its item, and the exit code is 1', async () => {
    const letters = [letterOf('x', 0), letterOf('y', 1), letterOf('x', 2)];
    const code = codeWith(
      { 'failed.json': [...letters, trimmed(documents[0] as OnFailureDocument), 'what'] },
      'x',
    );
    const argv = [
      'replay',
      code.path('failed.json'),
      '--handler',
      code.path('handler.ts'),
      '--function-name',
      'mine',
    ];
    const { code: exit, stdout } = await run(argv, { env }).ended();
    expect(stdout).toMatch(/^MESSAGE +KIND +TABLE +RECORDS +FROM +TO +RESULT +WHY\n/);
    expect(stdout).toMatch(
      /document 1 +deadLetter +Invoices +1 +400000000000000000001 .* failed +INSERT 0+: Error: refused\n/,
    );
    expect(stdout).toMatch(/\n\ndocument 1\n {4}INSERT [^\n]*"x"[^\n]* {2}Error: refused\n\n/);
    expect(stdout).toMatch(/document 3 .* blocked +it comes after a record of the same item that remains\n/);
    expect(stdout).toMatch(/document 4 +range +Gone +1 +1 +1 +trimmed +there is no shard shardId-gone/);
    expect(stdout).toMatch(/document 5 +unknown .* unrecognized +it is neither/);
    expect(stdout).not.toContain('document 2');
    expect(stdout).toMatch(
      /\nReplayed 1 of 3 records of 5 messages\. 4 messages remain\. 2 invocations, .+\n$/,
    );
    expect(exit).toBe(EXIT.failed);
  });

  test('a dry run says what there is, and invokes nothing', async () => {
    const code = codeWith({ 'one.json': documents[0] });
    const argv = ['replay', code.path('one.json'), '--handler', code.path('handler.ts'), '--dry-run'];
    const { code: exit, stdout, stderr } = await run(argv, { env }).ended();
    expect(stdout).toMatch(
      /document 1 +range +Table.+ +1 +1 +1 +planned\n\ndocument 1\n {4}INSERT pk="0" sk="0000"\n\nWould replay 1 record of 1 message\.\n$/,
    );
    expect(stderr).toBe('');
    expect(exit).toBe(EXIT.ok);
  });

  test('a dry run says how many messages would remain', async () => {
    const code = codeWith({ 'two.json': [documents[0], {}, {}] });
    const { code: exit, stdout } = await run(['replay', code.path('two.json'), '--dry-run'], { env }).ended();
    expect(stdout).toMatch(/\nWould replay 1 record of 3 messages\. 2 messages would remain\.\n$/);
    expect(exit).toBe(EXIT.failed);
  });

  test('of a message with many records, twenty are shown', async () => {
    const Records = Array.from({ length: 23 }, (_, index) => recordOf({ id: `r${index}` }, index));
    const document = {
      ...documents[0],
      payload: JSON.stringify({ Records }),
    };
    const code = codeOf({
      'one.json': JSON.stringify(document),
      'handler.ts': `export const handler = ({ Records: [{ dynamodb }] }) => {
        const batchItemFailures = dynamodb.Keys.id.S === 'r0' ? [] : [{ itemIdentifier: dynamodb.SequenceNumber }];
        return { batchItemFailures };
      };`,
    });
    const dry = await run(['replay', code.path('one.json'), '--dry-run'], { env }).ended();
    expect(dry.stdout).toMatch(/document 1\n(?: {4}INSERT .+\n){20} {4}and 3 more records\n\nWould/);
    const argv = ['replay', code.path('one.json'), '--handler', code.path('handler.ts'), '--batch-size', '1'];
    const { stdout } = await run(argv, { env }).ended();
    expect(stdout).toMatch(
      /document 1\n(?: {4}INSERT .+ {2}the handler reported it\n){20} {4}and 2 more records\n/,
    );
  });

  test('a record whose keys cannot be shown is named by its id', async () => {
    const letter = JSON.parse(JSON.stringify(letterOf('x', 0)));
    letter.record.dynamodb.Keys = { id: { BOOL: true } };
    const code = codeWith({ 'odd.json': [letter] }, 'x');
    const { stdout } = await run(['replay', code.path('odd.json'), '--dry-run'], { env }).ended();
    expect(stdout).toContain(`    INSERT ${letter.record.eventID}\n`);
  });

  test('--json has the error of each record, and keys in a dry run alone', async () => {
    const code = codeWith({ 'failed.json': [letterOf('x', 0)] }, 'x');
    const argv = ['replay', code.path('failed.json'), '--json'];
    const [failed, planned] = await Promise.all(
      [['--handler', code.path('handler.ts')], ['--dry-run']].map(async (more) => {
        const { stdout } = await run([...argv, ...more], { env }).ended();
        return JSON.parse(stdout.split('\n')[0] as string);
      }),
    );
    const record = { eventName: 'INSERT', eventID: expect.any(String), sequenceNumber: expect.any(String) };
    expect(failed.failures).toEqual([{ ...record, error: 'Error: refused' }]);
    expect(failed).not.toHaveProperty('planned');
    expect(planned.planned).toEqual([{ ...record, keys: { id: { S: 'x' } } }]);
    expect(planned).not.toHaveProperty('failures');
  });

  describe('records that become dead letters again are counted, and the exit code is 1', () => {
    // An outer middleware refuses z after its letter was accepted: that one remains.
    const handler = `import { streamRouter } from ${STREAMLANE};
      import { deadLetter } from ${STREAMLANE.replace('index.ts', 'middleware/dead-letter.ts')};
      const sink = { target: 'memory', async send() {} };
      const logger = { debug() {}, info() {}, warn() {}, error() {} };
      export const handler = streamRouter<any>({ logger })
        .use(async ({ keys }, _context, next) => {
          await next();
          if (keys.id === 'z') throw new Error('refused around it');
        })
        .use(deadLetter(sink, { when: () => true }))
        .onInsert(({ keys }) => {
          if (keys.id !== 'good') throw new Error('refused');
        });`;
    test.each([
      [
        ['x'],
        1,
        /^Replayed 0 of 1 record of 1 message\. 1 invocation, \S+ s\. 1 record became a dead letter again\.\n$/,
      ],
      [
        ['x', 'y', 'good'],
        2,
        /^Replayed 1 of 3 records of 3 messages\. .+ 2 records became dead letters again\.\n$/,
      ],
      [
        ['x', 'z'],
        1,
        /^Replayed 0 of 2 records of 2 messages\. 1 message remains\. .+ 1 record became a dead letter again\.\n$/m,
      ],
    ])('%j', async (ids, deadLettered, summary) => {
      const code = codeOf({ 'handler.ts': handler, 'failed.json': JSON.stringify(ids.map(letterOf)) });
      const argv = ['replay', code.path('failed.json'), '--handler', code.path('handler.ts')];
      const shown = await run(argv, { env }).ended();
      expect(shown.stdout).toMatch(summary);
      expect(shown.code).toBe(EXIT.failed);
      const json = await run([...argv, '--json'], { env }).ended();
      expect(JSON.parse(json.stdout.trim().split('\n').at(-1) as string)).toMatchObject({ deadLettered });
      expect(json.code).toBe(EXIT.failed);
    });
  });

  test('a missing variable is reported with the flag that sets it', async () => {
    const code = codeOf({
      'failed.json': JSON.stringify([letterOf('x', 0)]),
      'handler.ts': `import { streamRouter } from ${STREAMLANE};
        import { env, readEnv } from ${STREAMLANE.replace('index.ts', 'options/env.ts')};
        export const handler = streamRouter({ logger: false })
          .onInsert(() => { readEnv('snsTopic', 'topicArn', env('NOT_SET_HERE')); });`,
    });
    const argv = ['replay', code.path('failed.json'), '--handler', code.path('handler.ts')];
    const { stdout } = await run(argv, { env }).ended();
    expect(stdout).toMatch(/ Here: set it in \.env, or start again with --env NOT_SET_HERE=value\.\n/);
  });

  test('a queue is found by its ARN', async () => {
    const sqs = new SQSClient({ ...aws.sqs, useQueueUrlAsEndpoint: false });
    const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'by-arn' }));
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: JSON.stringify(letterOf('x', 0)) }));
    const code = codeWith({});
    const argv = ['replay', '--handler', code.path('handler.ts'), '--queue'];
    const done = await run([...argv, 'arn:aws:sqs:eu-central-1:000000000000:by-arn'], { env }).ended();
    expect(done.stdout).toMatch(/^Replayed 1 of 1 record of 1 message/);
    const arn = 'arn:aws:sqs:us-east-1:000000000000:nowhere';
    const { code: exit, stderr } = await run([...argv, arn], { env }).ended();
    expect(stderr).toMatch(
      /^error: There is no queue arn:\S+:nowhere here\. There are .*by-arn.*\. Check --queue, --endpoint, --region and --profile\.\n$/,
    );
    expect(exit).toBe(EXIT.failed);
  });

  test.each([
    'https://sqs.eu-central-1.amazonaws.com/123456789012/same-name',
    'https://eu-central-1.queue.amazonaws.com/123456789012/same-name',
    'https://sqs.cn-north-1.amazonaws.com.cn/123456789012/same-name',
    'arn:aws:sqs:eu-central-1:123456789012:same-name',
  ])('a queue on AWS is not taken for the local queue with its name: %s', async (queue) => {
    const sqs = new SQSClient({ ...aws.sqs, useQueueUrlAsEndpoint: false });
    const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'same-name' }));
    const handler = codeWith({}).path('handler.ts');
    const { code, stdout, stderr } = await run(['replay', '--handler', handler, '--queue', queue], {
      env,
    }).ended();
    expect(stderr).toBe(
      `error: ${queue} is a queue on AWS, and this command would read the queue with its name at ${aws.sqs.endpoint}. ` +
        'For AWS, add --profile <name>, or --aws with the credentials of the environment. For the local queue, pass only its name.\n',
    );
    expect(stdout).toBe('');
    expect(code).toBe(EXIT.usage);
    const local = ['same-name', `${QueueUrl}`, 'arn:aws:sqs:us-east-1:000000000000:same-name'];
    for (const its of local) {
      const done = await run(['replay', '--handler', handler, '--queue', its], { env }).ended();
      expect(done).toMatchObject({ code: EXIT.ok, stdout: 'There is nothing to replay.\n' });
    }
  });

  test('the URL of a queue on AWS is used with endpoints of AWS', () => {
    const url = 'https://sqs.eu-central-1.amazonaws.com/123456789012/failed';
    const endpoint = 'https://vpce-0a1b2c-d3e4.sqs.eu-central-1.vpce.amazonaws.com';
    expect(() => requireServerOf(url, { kind: 'aws', sqs: {} })).not.toThrow();
    expect(() => requireServerOf(url, { kind: 'named', sqs: { endpoint } })).not.toThrow();
    // Only the tables have a server of their own.
    expect(() => requireServerOf(url, { kind: 'named', sqs: {} })).not.toThrow();
  });

  test.each(['by-name', 'by_name.fifo'])(
    'a queue is found by its name, on servers that run: %s',
    async (QueueName) => {
      const sqs = new SQSClient({ ...aws.sqs, useQueueUrlAsEndpoint: false });
      const isFifo = QueueName.endsWith('.fifo');
      const { QueueUrl } = await sqs.send(
        new CreateQueueCommand({ QueueName, Attributes: isFifo ? { FifoQueue: 'true' } : {} }),
      );
      const MessageBody = JSON.stringify(letterOf('x', 0));
      const fifo = isFifo ? { MessageGroupId: 'g', MessageDeduplicationId: 'd' } : {};
      await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody, ...fifo }));
      const argv = ['replay', '--handler', codeWith({}).path('handler.ts'), '--queue', QueueName];
      const { code, stdout } = await spawned(argv, { env }).ended();
      expect(stdout).toMatch(/^Replayed 1 of 1 record of 1 message\./m);
      expect(code).toBe(EXIT.ok);
    },
  );

  test('a name without a queue is reported', async () => {
    const argv = ['replay', '--dry-run', '--queue', 'nowhere'];
    const { code, stderr } = await run(argv, { env }).ended();
    expect(stderr).toMatch(
      /^error: There is no queue nowhere here\. There are .+\. Check --queue, --endpoint, --region and --profile\.\n$/,
    );
    expect(code).toBe(EXIT.failed);
  });

  test('the name of a queue on AWS is looked up in the Region of the command', async () => {
    const seen: unknown[] = [];
    const server = createServer(async (request, response) => {
      let body = '';
      for await (const chunk of request) body += chunk;
      seen.push([request.headers.authorization, JSON.parse(body)]);
      response
        .writeHead(200, { 'content-type': 'application/x-amz-json-1.0' })
        .end('{"QueueUrl":"https://sqs.eu-west-3.amazonaws.com/123456789012/failed"}');
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const sqs = { endpoint, region: 'eu-west-3', credentials: { accessKeyId: 'a', secretAccessKey: 'b' } };
    expect(await urlOfQueue('failed', { sqs, kind: 'aws' })).toBe(
      'https://sqs.eu-west-3.amazonaws.com/123456789012/failed',
    );
    server.close();
    expect(seen).toEqual([[expect.stringContaining('/eu-west-3/sqs/'), { QueueName: 'failed' }]]);
  });

  test.each<[string, number, readonly string[], string]>([
    ['their names', 200, ['b', 'a.fifo'], ' There are a.fifo, b.'],
    [
      'the first ten of many',
      200,
      ['11', '10', '09', '08', '07', '06', '05', '04', '03', '02', '01'],
      ' There are 01, 02, 03, 04, 05, 06, 07, 08, 09, 10 and others.',
    ],
    ['no names without queues', 200, [], ''],
    ['no names if they must not be listed', 403, [], ''],
  ])('of other queues it says %s', async (_, status, names, told) => {
    const server = createServer((request, response) => {
      const isList = `${request.headers['x-amz-target']}`.endsWith('.ListQueues');
      const QueueUrls = names.map((name) => `https://sqs.eu-west-3.amazonaws.com/123456789012/${name}`);
      response
        .writeHead(isList ? status : 400, { 'content-type': 'application/x-amz-json-1.0' })
        .end(JSON.stringify(isList ? { QueueUrls } : { __type: 'com.amazonaws.sqs#QueueDoesNotExist' }));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const sqs = { endpoint, region: 'eu-west-3', credentials: { accessKeyId: 'a', secretAccessKey: 'b' } };
    await expect(urlOfQueue('lost', { sqs, kind: 'aws' })).rejects.toThrow(
      `There is no queue lost here.${told} Check --queue, --endpoint, --region and --profile.`,
    );
    server.close();
  });

  test('an ARN names the queue of a server whose URLs have no account', async () => {
    const QueueUrl = 'http://127.0.0.1:9324/queue/failed';
    const server = createServer((_request, response) => {
      response
        .writeHead(200, { 'content-type': 'application/x-amz-json-1.0' })
        .end(JSON.stringify({ QueueUrl }));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const sqs = { endpoint, region: 'us-east-1', credentials: { accessKeyId: 'a', secretAccessKey: 'b' } };
    const arn = 'arn:aws:sqs:us-east-1:123456789012:failed';
    expect(await urlOfQueue(arn, { sqs, kind: 'named' })).toBe(QueueUrl);
    server.close();
  });

  test('an ARN says the Region of a queue on AWS, and other errors stay as they are', async () => {
    const seen: unknown[] = [];
    const server = createServer((request, response) => {
      seen.push(request.headers.authorization);
      response.writeHead(403, { 'content-type': 'application/json' }).end('{"__type":"AccessDenied"}');
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const sqs = { endpoint, region: 'us-east-1', credentials: { accessKeyId: 'a', secretAccessKey: 'b' } };
    const arn = 'arn:aws:sqs:eu-west-3:000000000000:q.fifo';
    await expect(urlOfQueue(arn, { sqs, kind: 'aws' })).rejects.toMatchObject({ name: 'AccessDenied' });
    await expect(urlOfQueue(arn, { sqs, kind: 'named' })).rejects.toMatchObject({ name: 'AccessDenied' });
    server.close();
    expect(seen).toEqual([
      expect.stringContaining('/eu-west-3/sqs/'),
      expect.stringContaining('/us-east-1/sqs/'),
    ]);
  });

  test('messages of a queue are deleted once they are done, and no others', async () => {
    const sqs = new SQSClient({ ...aws.sqs, useQueueUrlAsEndpoint: false });
    const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'records' }));
    for (const body of [documents[0], documents[1], letterOf('x', 0)]) {
      await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: JSON.stringify(body) }));
    }
    const code = codeWith({}, 'x');
    const argv = ['replay', '--queue', `${QueueUrl}`, '--handler', code.path('handler.ts'), '--json'];
    const { code: exit, stdout } = await run(argv, { env }).ended();
    const lines = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.map(({ type, status }) => status ?? type).toSorted()).toEqual([
      'remaining',
      'replayed',
      'replayed',
      'summary',
    ]);
    expect(lines.at(-1)).toMatchObject({
      type: 'summary',
      messages: 3,
      records: 3,
      succeeded: 2,
      failed: 1,
      remaining: 1,
    });
    expect(exit).toBe(EXIT.failed);
    const { Attributes } = await sqs.send(
      new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['ApproximateNumberOfMessages'] }),
    );
    expect(Attributes).toEqual({ ApproximateNumberOfMessages: '1' });
  });

  test('several files are replayed as one, and so are the objects of a bucket', async () => {
    const code = codeWith({
      'one.json': [letterOf('x', 2)],
      'two.json': `${JSON.stringify(letterOf('y', 1))}${JSON.stringify(letterOf('z', 0))}`,
    });
    const files = ['one.json', 'two.json'].map((name) => code.path(name));
    const handler = ['--handler', code.path('handler.ts')];
    const ofFiles = await run(['replay', ...files, ...handler], { env }).ended();
    expect(ofFiles.stdout).toMatch(/^Replayed 3 of 3 records of 3 messages/);
    const s3 = new S3Client(aws.s3);
    const Bucket = 'failed-records';
    await s3.send(new CreateBucketCommand({ Bucket }));
    for (const [index, Key] of ['b/2', 'b/1'].entries()) {
      const Body = JSON.stringify(letterOf('x', index + 3));
      await s3.send(new PutObjectCommand({ Bucket, Key, Body }));
    }
    const argv = ['replay', `s3://${Bucket}/b/`, ...handler, '--delete-objects'];
    const ofBucket = await run(argv, { env }).ended();
    expect(ofBucket.stdout).toMatch(/^Replayed 2 of 2 records of 2 messages/);
    expect(ofBucket.code).toBe(EXIT.ok);
    expect((await s3.send(new ListObjectsV2Command({ Bucket }))).KeyCount).toBe(0);
    expect(readFileSync(code.path('log'), 'utf8')).toBe('z y x x x ');
  });

  test('with --newest-only, records of which the table has a newer image are skipped', async () => {
    const Keys = { pk: { S: '0' }, sk: { S: '0000' } };
    const letter = ({ record, ...rest }: ReturnType<typeof letterOf>, n: string) => ({
      ...rest,
      record: {
        ...record,
        eventSourceARN: `arn:aws:dynamodb:us-east-1:000000000000:table/${table.name}/stream/1`,
        dynamodb: { ...record.dynamodb, Keys, NewImage: { ...Keys, n: { N: n } } },
      },
    });
    const code = codeWith({ 'failed.json': [letter(letterOf('', 0), '7'), letter(letterOf('', 1), '0')] });
    const argv = ['replay', code.path('failed.json'), '--handler', code.path('handler.ts'), '--newest-only'];
    const { code: exit, stdout } = await run(argv, { env }).ended();
    expect(stdout).toMatch(/document 1 .* skipped +the table has a newer image for 1 of its 1 record\n/);
    expect(stdout).not.toContain('document 2');
    expect(stdout).toMatch(
      /Replayed 1 of 1 record of 2 messages\. .+ Skipped 1 record with a newer image in the table\.\n$/,
    );
    expect(exit).toBe(EXIT.ok);
  });

  test('stdin is read, and nothing is nothing', async () => {
    const argv = ['replay', '-', '--dry-run'];
    expect(await run(argv, { env, input: '[]' }).ended()).toMatchObject({
      code: EXIT.ok,
      stdout: 'There is nothing to replay.\n',
    });
  });

  test('Ctrl-C lets the running invocation finish, and the other letters remain', async () => {
    const slow = codeOf({
      'handler.ts': `import { writeFileSync } from 'node:fs';
      export const handler = async () => {
        writeFileSync(new URL('begun', import.meta.url), '');
        await new Promise((resolve) => setTimeout(resolve, 500));
      };`,
      'failed.json': JSON.stringify([letterOf('x', 0), letterOf('y', 1)]),
    });
    const argv = [
      'replay',
      slow.path('failed.json'),
      '--handler',
      slow.path('handler.ts'),
      '--batch-size',
      '1',
    ];
    const command = run(argv, { env });
    await eventually(() => expect(existsSync(slow.path('begun'))).toBe(true));
    command.interrupt();
    const { code: exit, stdout } = await command.ended();
    expect(stdout).toMatch(
      /document 2 .* stopped +stopped before it was replayed\n\nReplayed 1 of 2 records of 2 messages\. 1 message remains\./,
    );
    expect(exit).toBe(EXIT.interrupted);
  });

  test('an endpoint that does not answer leaves everything unchanged', async () => {
    const code = codeWith({ 'one.json': documents[0] });
    const endpoint = `http://127.0.0.1:${await freePort()}`;
    const argv = [
      'replay',
      code.path('one.json'),
      '--handler',
      code.path('handler.ts'),
      '--endpoint',
      endpoint,
    ];
    const ofFile = await run(argv).ended();
    expect(ofFile.stdout).toMatch(/unreadable +the stream cannot be read: .*ECONNREFUSED/);
    expect(ofFile.code).toBe(EXIT.failed);
    const ofQueue = await run([
      'replay',
      '--queue',
      `${endpoint}/1/q`,
      '--dry-run',
      '--endpoint',
      endpoint,
    ]).ended();
    expect(ofQueue.stderr).toMatch(/^error: No server answers \(.*ECONNREFUSED.*\)/);
    expect(ofQueue.code).toBe(EXIT.failed);
  });

  test('a missing queue is reported', async () => {
    const url = `${aws.sqs.endpoint}/000000000000/nowhere`;
    const { code, stderr } = await run(['replay', '--queue', url, '--dry-run'], { env }).ended();
    expect(stderr).toMatch(/^error: There is no such queue here\. .+\n$/);
    expect(code).toBe(EXIT.failed);
  });
});

test.each<[string[], RegExp]>([
  [['replay'], /Name one source: files with documents, s3:\/\/bucket\/prefix or --queue <name, URL or ARN>/],
  [['replay', 'a.json', '--queue', 'http://127.0.0.1/q'], /Name one source/],
  [['replay', 's3://bucket', 'package.json', '--dry-run'], /Name s3:\/\/bucket alone/],
  [['replay', 's3:/bucket', '--dry-run'], /A bucket is named as s3:\/\/bucket\/prefix, got s3:\/bucket\./],
  [['replay', 'package.json', '--delete-objects', '--dry-run'], /--delete-objects is for the objects/],
  [['replay', 'package.json'], /Name the handler with --handler <module#export>, or use --dry-run/],
  [['replay', 'package.json', '--handler', 'none.ts'], /There is no file none\.ts/],
  [
    ['replay', '--queue', 'q.json', '--dry-run'],
    /--queue has to be the name, the URL or the ARN of an SQS queue, got q\.json\./,
  ],
  [['replay', 'none.json', '--dry-run'], /There is no file none\.json\. Paths are relative to/],
  [['replay', 'src', '--dry-run'], /src cannot be read: EISDIR/],
  [['replay', 'LICENSE', '--dry-run'], /LICENSE: line 1 of the documents is not JSON/],
  [
    ['replay', 'package.json', '--dry-run', '--batch-size', '1.5'],
    /--batch-size has to be a number from 1 to 10000/,
  ],
  [
    ['replay', 'package.json', '--dry-run', '--timeout', '5401'],
    /--timeout has to be a number from 0\.001 to 5400/,
  ],
  [
    ['replay', 'package.json', '--dry-run', '--visibility-timeout', '1'],
    /--visibility-timeout has to be a number from 3/,
  ],
  [['replay', 'package.json', '--dry-run', '--filter-criteria', '{'], /--filter-criteria is not JSON/],
  [
    ['replay', 'package.json', '--dry-run', '--filter-criteria', '{"eventName":[]}'],
    /Invalid filter pattern definition/,
  ],
  [['replay', 'package.json', '--handler', 'test/cli/dev/handlers.ts#none'], /has no export none/],
])('%j is wrong usage, and nothing is tried', async (argv, line) => {
  const { code, stdout, stderr } = await inProcess(argv, { env }).ended();
  expect(stderr).toMatch(line);
  expect(stdout).toBe('');
  expect(code).toBe(EXIT.usage);
});

test('the options of a replay are taken from the flags', async () => {
  const code = codeOf({
    'handler.ts': `export const handler = ({ Records }: any, { functionName }: any) => {
      if (functionName !== 'mine' || Records.length !== 2) throw new Error('no'); return 'no response';
    };`,
    'wide.json': JSON.stringify({
      DDBStreamBatchInfo: {
        ...documents[0]?.DDBStreamBatchInfo,
        endSequenceNumber: documents[3]?.DDBStreamBatchInfo.endSequenceNumber,
      },
    }),
  });
  const argv = [
    'replay',
    code.path('wide.json'),
    '--handler',
    code.path('handler.ts'),
    '--region',
    'us-east-1',
  ];
  const refused = await inProcess(argv, { env }).ended();
  expect(refused.stdout).toMatch(/mismatch +the range holds 4 records, and 1 were discarded/);
  const filter = ['--filter-criteria', '{"dynamodb":{"Keys":{"pk":{"S":["0"]}}}}'];
  const more = ['--allow-count-mismatch', '--no-partial-responses', '--function-name', 'mine', ...filter];
  const { code: exit, stdout } = await inProcess([...argv, ...more], { env }).ended();
  expect(stdout).toMatch(/^Replayed 2 of 2 records/);
  expect(exit).toBe(EXIT.ok);
});

test('problems with the stream are reported', async () => {
  const streams = await FakeStreams.start();
  streams.addShard('shardId-1');
  const [number] = streams.write('shardId-1', 'a');
  const range = { streamArn: FAKE_STREAM, shardId: 'shardId-1', batchSize: 1 };
  const info = { ...range, startSequenceNumber: number, endSequenceNumber: number };
  streams.fail('GetRecords', 'InternalServerError');
  const argv = ['replay', '-', '--dry-run', '--endpoint', streams.endpoint];
  const input = JSON.stringify({ DDBStreamBatchInfo: info });
  const { code, stderr } = await inProcess(argv, { input }).ended();
  expect(stderr).toBe('warning: GetRecords: InternalServerError: InternalServerError\n');
  expect(code).toBe(EXIT.ok);
  await streams.stop();
});

test('a terminal shows a bar while it runs, and the summary alone remains', async () => {
  const code = codeOf({
    'handler.ts': `export const handler = async () => {
      console.log('one batch');
      await new Promise((resolve) => setTimeout(resolve, 300));
    };`,
    'failed.json': JSON.stringify(Array.from({ length: 6 }, (_, index) => letterOf(`${index}`, index))),
  });
  const argv = [
    'replay',
    code.path('failed.json'),
    '--handler',
    code.path('handler.ts'),
    '--batch-size',
    '2',
  ];
  const command = inTerminal(argv, { env });
  await command.seen(/Replaying █{10}░{20} 2\/6 records, 0 failed/);
  const { code: exit, output } = await command.ended();
  expect(withoutStyle(output)).toContain('one batch\n');
  expect(withoutStyle(output)).toMatch(/Replayed 6 of 6 records of 6 messages\..*\n$/);
  expect(exit).toBe(EXIT.ok);

  const inside = await inProcess(argv, { env, terminal: true }).ended();
  expect(inside.stderr).toMatch(/Replaying /);
  expect(inside.code).toBe(EXIT.ok);
  const nothing = await inProcess(['replay', '-', '--dry-run'], { env, terminal: true, input: '[]' }).ended();
  expect(nothing.code).toBe(EXIT.ok);
}, 20_000);

test('elsewhere a long replay says now and then how far it is', async () => {
  const code = codeOf({
    'handler.ts': `export const handler = () => new Promise((resolve) => setTimeout(resolve, 5200));`,
    'failed.json': JSON.stringify([letterOf('x', 0)]),
  });
  const argv = ['replay', code.path('failed.json'), '--handler', code.path('handler.ts')];
  const { stderr } = await inProcess(argv, { env }).ended();
  expect(stderr).toBe('Replayed 1 of 1 record, 0 failed.\n');
}, 20_000);

test('without a server there is nothing to read from', async () => {
  const { code, stderr } = await spawned(['replay', 'package.json', '--dry-run']).ended();
  expect(stderr).toMatch(/^error: There is no server to talk to\./);
  expect(code).toBe(EXIT.failed);
});

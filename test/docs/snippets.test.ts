import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CreateTableCommand, DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import type { AttributeValue } from 'aws-lambda';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Emulators, startEmulators } from '../../src/emulators/start-emulators.ts';
import { type Block, blocksOf, PAGES } from './markdown.ts';
import { createSnippetProject, type SnippetProject } from './snippets.ts';

const snippets = PAGES.flatMap(blocksOf).filter((block) => block.language === 'ts');
const broken = blocksOf('test/docs/fixtures/broken.md');

const TOPIC_ARN = 'arn:aws:sns:us-east-1:000000000000:payments';
const QUEUE_ARN = 'arn:aws:sqs:us-east-1:000000000000:payments';

let project: SnippetProject;
let aws: Emulators;
let env: Record<string, string>;
let endpoint: Server;
/** The invoices that the endpoint of sinks.md has taken, a list for each request. */
let posted: { invoiceId: string }[][];

beforeAll(async () => {
  project = createSnippetProject([...snippets, ...broken]);
  aws = await startEmulators({ env: {} });
  await sns({ Action: 'CreateTopic', Name: 'payments' });
  await sqs('CreateQueue', { QueueName: 'payments' });
  await sns({ Action: 'Subscribe', TopicArn: TOPIC_ARN, Protocol: 'sqs', Endpoint: QUEUE_ARN });
  for (const name of ['idempotency', 'Totals']) await table(name);
  await table('InvoiceAudit', ['itemKey', 'position']);
  const INVOICES_URL = await startEndpoint();
  env = { ...aws.environment, TOPIC_ARN, PAYMENTS_TOPIC_ARN: TOPIC_ARN, INVOICES_URL };
}, 120_000);

afterAll(async () => {
  project?.remove();
  await aws?.stop();
  endpoint?.close();
});

/** The endpoint of a user's: it is busy at first for INV-1. */
async function startEndpoint(): Promise<string> {
  posted = [];
  endpoint = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const invoices = JSON.parse(Buffer.concat(chunks).toString()) as { invoiceId: string }[];
    const busy = posted.length === 0;
    posted.push(invoices);
    const status = ({ invoiceId }: { invoiceId: string }) =>
      busy && invoiceId === 'INV-1' ? 'busy' : 'created';
    response.end(JSON.stringify(invoices.map((invoice) => ({ status: status(invoice) }))));
  });
  endpoint.listen(0, '127.0.0.1');
  await once(endpoint, 'listening');
  return `http://127.0.0.1:${(endpoint.address() as AddressInfo).port}`;
}

/** A table with these keys, of text. */
async function table(TableName: string, keys: readonly string[] = ['id']): Promise<void> {
  const client = new DynamoDBClient(aws.dynamodb);
  await client.send(
    new CreateTableCommand({
      TableName,
      AttributeDefinitions: keys.map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
      KeySchema: keys.map((AttributeName, index) => ({
        AttributeName,
        KeyType: index === 0 ? 'HASH' : 'RANGE',
      })),
      BillingMode: 'PAY_PER_REQUEST',
    }),
  );
  client.destroy();
}

async function sns(parameters: Record<string, string>): Promise<void> {
  const body = new URLSearchParams({ ...parameters, Version: '2010-03-31' });
  await fetch(aws.sns.endpoint, { method: 'POST', body });
}

async function sqs(action: string, parameters: object): Promise<unknown> {
  const headers = { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': `AmazonSQS.${action}` };
  const response = await fetch(aws.sqs.endpoint, {
    method: 'POST',
    headers,
    body: JSON.stringify(parameters),
  });
  return response.json();
}

/** The messages that lie in the queue behind the topic; they are taken off it. */
async function published(): Promise<string[]> {
  const { Messages = [] } = (await sqs('ReceiveMessage', {
    QueueUrl: `${aws.sqs.endpoint}/000000000000/payments`,
    MaxNumberOfMessages: 10,
    VisibilityTimeout: 600,
  })) as { Messages?: { Body: string }[] };
  return Messages.map(({ Body }) => (JSON.parse(Body) as { Message: string }).Message);
}

const nameOf = ({ page, line }: Block): string => `${page}:${line}`;

describe.each(snippets.map((block) => ({ name: nameOf(block), block })))('$name', ({ block }) => {
  test('compiles', () => {
    expect(project.errorsOf(block)).toEqual([]);
  });

  test('runs', { timeout: 30_000 }, async () => {
    const { exitCode, response, output } = await project.run(block, env);
    expect(exitCode, output).toBe(0);
    const exportsHandler = /^export const handler\b/m.test(block.code);
    expect(response !== undefined, output).toBe(exportsHandler);
    if (!exportsHandler) return;
    if (block.note === 'answers nothing') return expect(response).toBe(null);
    const failures = block.note === 'a record fails' ? [expect.anything()] : [];
    expect(response?.batchItemFailures, output).toEqual(failures);
  });
});

test('the program of the README publishes', async () => {
  while ((await published()).length > 0);
  const program = snippets.find(({ page, code }) => page === 'README.md' && code.includes('publishTo('));
  await project.run(program as Block, env);
  expect((await published()).sort()).toEqual([
    '{"created":"INV-1","total":120.5}',
    '{"created":"INV-2","total":120.5}',
    '{"expired":"INV-2"}',
    '{"paid":"INV-1"}',
  ]);
});

test('the endpoint of sinks.md gets the invoices in one request, and gets those again for which it was too busy', async () => {
  const sink = snippets.find(
    ({ page, code }) => page === 'docs/sinks.md' && code.includes("env('INVOICES_URL')"),
  ) as Block;
  posted.length = 0;
  const { response, output } = await project.run(sink, env);
  expect(response, output).toEqual({ batchItemFailures: [] });
  const ids = posted.map((invoices) => invoices.map(({ invoiceId }) => invoiceId));
  expect(ids.slice(1)).toEqual([['INV-1']]);
  expect(ids[0]?.length).toBeGreaterThan(1);
});

test('the copy of exactly-once.md keeps the newest change, whichever comes last', {
  timeout: 30_000,
}, async () => {
  const keep = snippets.find(
    ({ page, code }) => page === 'docs/exactly-once.md' && code.includes('keep(record.oldImage'),
  ) as Block;
  const change = (
    eventName: string,
    invoiceId: string,
    status: string,
    SequenceNumber: string,
    label = '2026-01-01T00:00:00.000',
  ) => {
    const [Keys, image] = [
      { invoiceId: { S: invoiceId } },
      { invoiceId: { S: invoiceId }, status: { S: status } },
    ];
    return {
      eventName,
      eventSource: 'aws:dynamodb',
      eventSourceARN: `arn:aws:dynamodb:us-east-1:123456789012:table/Invoices/stream/${label}`,
      dynamodb: { Keys, NewImage: image, OldImage: image, SequenceNumber },
    };
  };
  // One digit more: as text, these would come before the older ones.
  const newer = [
    change('MODIFY', 'INV-8', 'PAID', `1${'0'.repeat(21)}`),
    change('REMOVE', 'INV-9', 'OPEN', `1${'0'.repeat(20)}1`),
  ];
  const older = [
    change('MODIFY', 'INV-8', 'OPEN', '9'.repeat(21)),
    change('INSERT', 'INV-9', 'OPEN', '9'.repeat(21)),
  ];
  // A stream that was enabled later begins with a lower number.
  const later = [change('MODIFY', 'INV-7', 'PAID', '5', '2026-01-02T00:00:00.000')];
  const earlier = [change('MODIFY', 'INV-7', 'OPEN', '9'.repeat(21))];
  for (const Records of [newer, later, older, earlier]) {
    const { response, output } = await project.run(keep, {
      ...env,
      SNIPPET_EVENT: JSON.stringify({ Records }),
    });
    expect(response, output).toEqual({ batchItemFailures: [] });
  }
  expect(await statusOf('INV-7')).toEqual({ S: 'PAID' });
  expect(await statusOf('INV-8')).toEqual({ S: 'PAID' });
  expect(await statusOf('INV-9')).toEqual({ NULL: true });
});

/** The status in the copy that a snippet keeps. */
async function statusOf(invoiceId: string): Promise<AttributeValue | undefined> {
  const client = new DynamoDBClient(aws.dynamodb);
  const { Item } = await client.send(
    new GetItemCommand({ TableName: 'Totals', Key: { id: { S: `status#${invoiceId}` } } }),
  );
  client.destroy();
  return Item?.status as AttributeValue | undefined;
}

describe('the snippet tests notice', () => {
  const [typeError, throwing, failing, failingTest] = broken as [Block, Block, Block, Block];

  test('a snippet that does not compile', () => {
    expect(project.errorsOf(typeError)).toEqual([
      expect.stringMatching(/^test\/docs\/fixtures\/broken\.md:8: Property 'oldImage' does not exist/),
    ]);
  });

  test('a snippet that throws', async () => {
    expect(project.errorsOf(throwing)).toEqual([]);
    const { exitCode, output } = await project.run(throwing, env);
    expect(exitCode).not.toBe(0);
    expect(output).toContain('concurrency has to be a whole number');
  });

  test('a snippet whose records fail', async () => {
    const { response } = await project.run(failing, env);
    expect(response?.batchItemFailures).toHaveLength(1);
  });

  test('a test that fails', async () => {
    expect(project.errorsOf(failingTest)).toEqual([]);
    const { exitCode, output } = await project.run(failingTest, env);
    expect(exitCode).not.toBe(0);
    expect(output).toContain('expected 2 to be 3');
  });
});

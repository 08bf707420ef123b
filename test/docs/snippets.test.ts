import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Emulators, startEmulators } from '../../src/local/emulators/start-emulators.ts';
import { type Block, blocksOf, PAGES } from './markdown.ts';
import { createSnippetProject, type SnippetProject } from './snippets.ts';

const snippets = PAGES.flatMap(blocksOf).filter((block) => block.language === 'ts');
const broken = blocksOf('test/docs/fixtures/broken.md');

const TOPIC_ARN = 'arn:aws:sns:us-east-1:000000000000:payments';
const QUEUE_ARN = 'arn:aws:sqs:us-east-1:000000000000:payments';

let project: SnippetProject;
let aws: Emulators;
let env: Record<string, string>;

beforeAll(async () => {
  project = createSnippetProject([...snippets, ...broken]);
  aws = await startEmulators({ env: {} });
  await sns({ Action: 'CreateTopic', Name: 'payments' });
  await sqs('CreateQueue', { QueueName: 'payments' });
  await sns({ Action: 'Subscribe', TopicArn: TOPIC_ARN, Protocol: 'sqs', Endpoint: QUEUE_ARN });
  for (const name of ['idempotency', 'Totals']) await table(name);
  await table('InvoiceAudit', ['itemKey', 'sequenceNumber']);
  env = { ...aws.environment, TOPIC_ARN };
}, 120_000);

afterAll(async () => {
  project?.remove();
  await aws?.stop();
});

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
    const failures = block.note === 'a record fails' ? [expect.anything()] : [];
    expect(response?.batchItemFailures, output).toEqual(failures);
  });
});

test('the program of the README publishes', async () => {
  while ((await published()).length > 0);
  const [program] = snippets.filter(({ page }) => page === 'README.md');
  await project.run(program as Block, env);
  expect((await published()).sort()).toEqual([
    '{"created":"INV-1","total":120.5}',
    '{"created":"INV-2","total":120.5}',
    '{"expired":"INV-2"}',
    '{"paid":"INV-1"}',
  ]);
});

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

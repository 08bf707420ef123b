import { CreateTableCommand, DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb';
import { CreateTopicCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { expect, test } from 'vitest';
import { audit, events, handler, letters, type Order, orders } from '../../examples/deploy-orders/handler.ts';
import { mapping } from '../../examples/deploy-orders/mapping.ts';
import { startEmulators } from '../../src/emulators/start-emulators.ts';
import { sinkPolicy, toCloudFormation } from '../../src/mapping/index.ts';
import { deliver, testStream } from '../../src/testing/index.ts';
import { spawned } from '../cli/spawned.ts';
import { copyExample, packagesOf, readExample } from './project-copy.ts';
import { type Resource, validateTemplate, withMadeMapping } from './validate-template.ts';

const TEMPLATE = readExample('deploy-orders/template.yaml');

interface SamFunction {
  readonly Environment: { readonly Variables: object };
  readonly Policies: readonly { readonly Statement: readonly object[] }[];
  readonly Events: Readonly<Record<string, { readonly Properties: Readonly<Record<string, unknown>> }>>;
}

const validated = (): ReturnType<typeof validateTemplate> =>
  validateTemplate(withMadeMapping(TEMPLATE, 'OnOrderOrderStream'));

const functionOf = (resources: Readonly<Record<string, Resource>>): SamFunction =>
  resources.OnOrder?.Properties as unknown as SamFunction;

test.each(['run', 'runFromExamples'] as const)(
  'npm run writes the mapping into the template: %s',
  async (run) => {
    const copy = copyExample('deploy-orders');
    copy.write(
      'template.yaml',
      TEMPLATE.replace(/(?<=# Written by streamlane mapping\n)[\s\S]*?(?= *# End)/, ''),
    );

    expect(await copy[run]('mapping')).toContain('The events are in template.yaml.');

    expect(copy.read('template.yaml')).toBe(TEMPLATE);
    expect(await copy[run]('mapping')).toContain('template.yaml has these events already.');
  },
);

/** Runs a line that names the command, in a folder. */
const typed = (line: string, cwd: string) => {
  const [, ...args] = [...line.matchAll(/'([^']*)'|\S+/g)].map(([word, quoted]) => quoted ?? word);
  return spawned(args, { cwd });
};

test('the types are checked in a copy of the folder', { timeout: 120_000 }, async () => {
  const copy = copyExample('deploy-orders');
  expect(await copy.run('typecheck')).toBe('');
  copy.write(
    'mapping.ts',
    "import { handler } from './handler.ts';\nexport const mapping: string = handler;\n",
  );
  await expect(copy.run('typecheck')).rejects.toThrow();
});

test('npm run dev runs the function with what it needs, and the order of the page is handled', {
  timeout: 120_000,
}, async () => {
  const { directory, read } = copyExample('deploy-orders');
  const dev = typed(JSON.parse(read('package.json')).scripts.dev, directory);
  await dev.seen(/Ctrl-C stops\./);
  const [, put = ''] = /npx (streamlane put .+)/.exec(read('README.md')) ?? [];
  expect((await typed(put, directory).ended()).stderr).not.toContain('error:');
  await dev.seen(/→ checkpoint 1\n/);
  await dev.seen(/→ DynamoDB Audit {2}1 change/);
  await dev.seen(/→ SNS order-events\.fifo {2}1 message/);
  dev.interrupt();
  const { stdout, stderr } = await dev.ended();
  expect(`${stdout}${stderr}`).not.toContain('warning:');
});

test.each(['deploy-orders', 'deploy-sam'])(
  '%s: a mapping that fails leaves the template as it was',
  async (name) => {
    const copy = copyExample(name);
    const before = copy.read('template.yaml');
    copy.write('mapping.ts', "import './no-such-file.ts';");

    const message = await copy.run('mapping').then(
      () => 'no error',
      (error: Error) => error.message,
    );

    expect(message).toMatch(/error: .*no-such-file\.ts/);
    expect(message).toContain(
      'template.yaml is unchanged, because streamlane mapping has printed no events.',
    );
    // No stack.
    expect(message).not.toMatch(/^ +at /m);

    expect(copy.read('template.yaml')).toBe(before);
  },
);

test('a template without the comments is unchanged, and the error names them', async () => {
  const copy = copyExample('deploy-orders');
  copy.write('template.yaml', 'Resources: {}\n');

  await expect(copy.run('mapping')).rejects.toThrow(
    'template.yaml is unchanged. It has to have the lines "# Written by streamlane mapping"',
  );

  expect(copy.read('template.yaml')).toBe('Resources: {}\n');
});

test.each([
  ['deploy-orders', 'OnOrder', 'OrderStream'],
  ['deploy-sam', 'OnInvoice', 'InvoiceStream'],
])('%s says where the logical id of the mapping comes from', (name, id, event) => {
  expect(readExample(`${name}/template.yaml`)).toMatch(
    new RegExp(
      `# .*logical id is the names of function and event: ${id} and ${event}\\.\n.*!Ref ${id}${event} `,
    ),
  );
});

test('the template has no property, reference or value that AWS does not know', { timeout: 60_000 }, () => {
  const { unknown } = validated();

  // The CDK knows an older SAM. The next test checks the properties of the event as those of the mapping.
  const event = 'OnOrder.Properties.Events.OrderStream.Properties';
  expect(unknown.toSorted()).toEqual([
    `${event}.FunctionResponseTypes`,
    `${event}.MetricsConfig.Metrics`,
    'OnOrder.Properties.LoggingConfig.LogFormat',
    'OnOrder.Properties.LoggingConfig.LogGroup',
  ]);
});

test('the event of the function is the mapping of the router', { timeout: 60_000 }, () => {
  const { Stream, DestinationConfig, ...others } =
    functionOf(validated().Resources).Events.OrderStream?.Properties ?? {};
  const { OnFailure } = DestinationConfig as { OnFailure: { Destination: object } };

  expect({
    Type: 'AWS::Lambda::EventSourceMapping',
    Properties: {
      FunctionName: { Ref: 'OnOrder' },
      EventSourceArn: Stream,
      ...others,
      DestinationConfig: { OnFailure: { Destination: OnFailure.Destination } },
    },
  }).toEqual(
    toCloudFormation(mapping, { functionName: { Ref: 'OnOrder' }, streamArn: '${Orders.StreamArn}' }),
  );
  // The audit trail gets every change.
  expect(mapping.properties).not.toHaveProperty('FilterCriteria');
});

test('the function gets what its code needs: variables, and permissions for its sinks alone', {
  timeout: 60_000,
}, () => {
  const { Environment, Policies } = functionOf(validated().Resources);

  expect(Object.keys(Environment.Variables).toSorted()).toEqual(mapping.environment);
  expect(Environment.Variables).toEqual({
    ORDER_EVENTS_TOPIC_ARN: { Ref: 'OrderEvents' },
    AUDIT_TABLE_NAME: { Ref: 'Audit' },
    DEAD_LETTERS_QUEUE_URL: { Ref: 'DeadLetters' },
  });
  // The CDK does not take apart the references in policies of SAM.
  expect(Policies.flatMap(({ Statement }) => Statement)).toEqual([
    ...sinkPolicy(events, { resource: { Ref: 'OrderEvents' } }),
    ...sinkPolicy(audit, { resource: { 'Fn::GetAtt': 'Audit.Arn' } as never }),
    ...sinkPolicy(letters, { resource: { 'Fn::GetAtt': 'DeadLetters.Arn' } as never }),
  ]);
});

test('tables and stream are those of the code, and nothing is lost that can be replayed', {
  timeout: 60_000,
}, () => {
  const { Resources } = validated();
  const keysOf = (name: string): unknown => Resources[name]?.Properties.KeySchema;

  expect(keysOf('Orders')).toEqual([
    { AttributeName: orders.keys?.[0], KeyType: 'HASH' },
    { AttributeName: orders.keys?.[1], KeyType: 'RANGE' },
  ]);
  expect(keysOf('Audit')).toEqual([
    { AttributeName: 'itemKey', KeyType: 'HASH' },
    { AttributeName: 'position', KeyType: 'RANGE' },
  ]);
  expect(Resources.Orders?.Properties.StreamSpecification).toEqual({ StreamViewType: orders.viewType });
  expect(Resources.OrderEvents?.Properties).toMatchObject({
    FifoTopic: true,
    TopicName: { 'Fn::Sub': expect.stringMatching(/\.fifo$/) },
  });
  for (const queue of ['Discarded', 'DeadLetters']) {
    expect(Resources[queue]?.Properties).toMatchObject({ MessageRetentionPeriod: 14 * 24 * 60 * 60 });
  }
});

test('an alarm for each way in which records are late or lost tells the topic of operations', {
  timeout: 60_000,
}, () => {
  const alarms = Object.values(validated().Resources)
    .filter(({ Type }) => Type === 'AWS::CloudWatch::Alarm')
    .map(({ Properties }) => Properties);

  expect(alarms.map(({ MetricName, Dimensions }) => [MetricName, Dimensions])).toMatchObject([
    ['IteratorAge', [{ Name: 'FunctionName', Value: { Ref: 'OnOrder' } }]],
    ['ApproximateNumberOfMessagesVisible', [{ Value: { 'Fn::GetAtt': 'Discarded.QueueName' } }]],
    ['DroppedEventCount', [{ Name: 'EventSourceMappingUUID', Value: { Ref: 'OnOrderOrderStream' } }]],
    ['ApproximateNumberOfMessagesVisible', [{ Value: { 'Fn::GetAtt': 'DeadLetters.QueueName' } }]],
    ['Errors', [{ Name: 'FunctionName', Value: { Ref: 'OnOrder' } }]],
  ]);
  for (const { AlarmActions } of alarms) expect(AlarmActions).toEqual([{ Ref: 'Operations' }]);
  expect(mapping.properties.MetricsConfig).toEqual({ Metrics: ['EventCount'] });
});

test('package.json asks for the packages that the tests run with, and the copy writes as deploy-sam does', () => {
  const { asked, installed } = packagesOf('deploy-orders');
  expect(asked).toEqual(installed);
  expect(readExample('deploy-orders/insert-events.ts')).toBe(readExample('deploy-sam/insert-events.ts'));
});

test('on local servers: changes are recorded and announced in order, and what cannot be announced is put aside', {
  timeout: 60_000,
}, async () => {
  await using aws = await startEmulators({ env: {} });
  const [dynamodb, sns] = [new DynamoDBClient(aws.dynamodb), new SNSClient(aws.sns)];
  const sqs = new SQSClient({ ...aws.sqs, useQueueUrlAsEndpoint: false });
  const fifo = { FifoQueue: 'true' };
  const { QueueUrl: letterQueue = '' } = await sqs.send(new CreateQueueCommand({ QueueName: 'letters' }));
  const { QueueUrl: subscriber = '' } = await sqs.send(
    new CreateQueueCommand({ QueueName: 'orders.fifo', Attributes: fifo }),
  );
  const { TopicArn = '' } = await sns.send(
    new CreateTopicCommand({ Name: 'orders.fifo', Attributes: { FifoTopic: 'true' } }),
  );
  const Endpoint = `arn:aws:sqs:${aws.sqs.region}:000000000000:orders.fifo`;
  await sns.send(
    new SubscribeCommand({ TopicArn, Protocol: 'sqs', Endpoint, Attributes: { RawMessageDelivery: 'true' } }),
  );
  await dynamodb.send(
    new CreateTableCommand({
      TableName: 'Audit',
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: ['itemKey', 'position'].map((AttributeName) => ({
        AttributeName,
        AttributeType: 'S',
      })),
      KeySchema: [
        { AttributeName: 'itemKey', KeyType: 'HASH' },
        { AttributeName: 'position', KeyType: 'RANGE' },
      ],
    }),
  );
  const stream = testStream(orders);
  const open: Order = { customerId: 'C-7', orderId: 'O-1', status: 'OPEN', total: 12, email: 'a@b.example' };
  const records = [
    stream.insert(open),
    stream.modify(open, { ...open, total: 13 }),
    stream.modify({ ...open, total: 13 }, { ...open, total: 13, status: 'PAID' }),
    stream.remove(open),
    // More than a topic takes.
    stream.modify(
      { ...open, orderId: 'O-2' },
      { ...open, orderId: 'O-2', status: 'x'.repeat(300_000) as 'PAID' },
    ),
  ];
  const environment = {
    ...aws.environment,
    ORDER_EVENTS_TOPIC_ARN: TopicArn,
    AUDIT_TABLE_NAME: 'Audit',
    DEAD_LETTERS_QUEUE_URL: letterQueue,
  };

  const delivered = await deliver(handler, records, { ...mapping.options, environment });
  expect(delivered.succeeded).toHaveLength(5);
  const take = async (QueueUrl: string): Promise<readonly string[]> => {
    const { Messages: [message] = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl }));
    if (message === undefined) return [];
    await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: message.ReceiptHandle }));
    return [`${message.Body}`, ...(await take(QueueUrl))];
  };
  expect((await take(subscriber)).map((body) => JSON.parse(body))).toEqual([
    { event: 'OrderOpened', orderId: 'O-1', total: 12 },
    { event: 'OrderChanged', orderId: 'O-1', status: 'PAID' },
  ]);
  const entries: Record<string, unknown>[] = [];
  for await (const { Items = [] } of paginateScan({ client: dynamodb }, { TableName: 'Audit' })) {
    entries.push(...Items.map((item) => unmarshall(item)));
  }
  const ofFirst = entries.filter(({ itemKey }) => `${itemKey}`.includes('O-1'));
  expect(ofFirst.map(({ eventName }) => eventName)).toEqual(['INSERT', 'MODIFY', 'MODIFY', 'REMOVE']);
  expect(entries).toHaveLength(5);
  expect(JSON.stringify(entries)).not.toContain('a@b.example');
  const [letter, ...others] = await take(letterQueue);
  expect(others).toEqual([]);
  expect(JSON.parse(`${letter}`)).toMatchObject({
    record: { dynamodb: { Keys: { orderId: { S: 'O-2' } } } },
    error: { code: 'SINK_MESSAGE_TOO_LARGE' },
  });
});

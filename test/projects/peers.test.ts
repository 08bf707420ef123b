import { describe, expect, test } from 'vitest';
import { createProject } from './project.ts';

/** Library types are checked, so that the declarations of streamlane and of the peer have to agree. */
const STRICT = {
  strict: true,
  exactOptionalPropertyTypes: true,
  skipLibCheck: false,
  noEmit: true,
  module: 'nodenext',
  target: 'es2024',
  types: ['node'],
  allowImportingTsExtensions: true,
};

const tsconfig = (options: object = {}): string =>
  JSON.stringify({ compilerOptions: { ...STRICT, ...options }, include: ['*.ts'] });

/** An event with one insert, as a module of the project. */
const EVENT = `import type { DynamoDBStreamEvent } from 'streamlane';

export const event: DynamoDBStreamEvent = {
  Records: [{
    eventID: '1', eventName: 'INSERT', eventSource: 'aws:dynamodb',
    dynamodb: {
      Keys: { id: { S: 'i1' } }, NewImage: { id: { S: 'i1' }, total: { N: '12.5' } },
      SequenceNumber: '100000000000000000001', StreamViewType: 'NEW_AND_OLD_IMAGES',
    },
  }],
};
`;

describe.concurrent('beside Vitest', () => {
  const TEST = `import 'streamlane/testing/vitest';
import { streamRouter } from 'streamlane';
import { testStream } from 'streamlane/testing';
import { expect, test } from 'vitest';

const stream = testStream<{ id: string }>({ keys: ['id'] });
const record = stream.insert({ id: 'i1' });
const number = record.dynamodb.SequenceNumber;

test('a failure is reported', async () => {
  const router = streamRouter<{ id: string }>({ logger: false }).onInsert(() => { throw new Error('no'); });
  const response = await router(stream.event([record]));
  expect(response).toReportCheckpoint(number);
  expect(response).not.toSucceed();
  expect.soft(response).toReportCheckpoint(number);
  const checked: Promise<void> = expect(router(stream.event([record]))).resolves.toReportCheckpoint(number);
  await checked;
  expect({ answer: {} }).toEqual({ answer: expect.toSucceed() });
  expect(() => expect(response).toSucceed()).toThrow(number);
  // @ts-expect-error a sequence number is text
  expect(() => expect(response).toReportCheckpoint(1)).toThrow('expected a sequence number');
});
`;

  test.for(['3.0.1', '3.2.7', '4.1.12', '5.1.2'])('%s, matchers and their types work', async (version) => {
    const packages = { vitest: version, '@types/node': '22', '@aws-sdk/util-dynamodb': '3' };
    const project = await createProject({ packages });
    project.write({ 'handler.test.ts': TEST, 'tsconfig.json': tsconfig() });

    expect(await project.command('vitest', 'run')).toMatchObject({
      status: 0,
      output: expect.stringMatching(/Tests\s+1 passed/),
    });
    expect(await project.typeErrors()).toEqual([]);
  });
});

describe.concurrent('beside Middy', () => {
  const HANDLERS = `import middy from '@middy/core';
import { type Context, type DynamoDBBatchResponse, type DynamoDBStreamEvent, streamRouter } from 'streamlane';
import { streamRecords } from 'streamlane/middy';
import { event } from './event.ts';

interface Invoice { id: string; total: number }

const seen: (string | number)[] = [];
export const loop = middy<DynamoDBStreamEvent, DynamoDBBatchResponse>()
  .use(streamRecords<Invoice>())
  .handler(async ({ records }) => {
    for (const record of records) if (record.eventName === 'INSERT') seen.push(record.newImage.total);
    return { batchItemFailures: [] };
  });
export const wrapped = middy(streamRouter<Invoice>().onInsert(({ newImage }) => { seen.push(newImage.id); }));
export const wrong = middy().use(streamRecords<Invoice>()).handler(async ({ records }) => {
  // @ts-expect-error an invoice has no such attribute
  for (const record of records) if (record.eventName === 'INSERT') seen.push(record.newImage.nothing);
});

const context = { getRemainingTimeInMillis: () => 30_000 } as Context;
console.log(JSON.stringify([await loop(event as never, context), await wrapped(event, context), seen]));
`;

  test.for(['5.0.2', '6.4.5', '7.9.2'])(
    '%s, a loop and a wrapped router compile and run',
    async (version) => {
      const project = await createProject({ packages: { '@middy/core': version, '@types/node': '22' } });
      project.write({ 'handlers.ts': HANDLERS, 'event.ts': EVENT, 'tsconfig.json': tsconfig() });

      expect(await project.typeErrors()).toEqual([]);
      const { output } = await project.node('handlers.ts');
      expect(JSON.parse(output)).toEqual([
        { batchItemFailures: [] },
        { batchItemFailures: [] },
        [12.5, 'i1'],
      ]);
    },
  );
});

describe.concurrent('beside fauxqs', () => {
  const SERVERS = `import { CreateBucketCommand, GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { CreateTopicCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import { CreateQueueCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { startEmulators } from 'streamlane/local';
import { snsTopic } from 'streamlane/sinks/sns';
import { sqsQueue } from 'streamlane/sinks/sqs';

// DynamoDB is named, so it is not started.
await using servers = await startEmulators({ env: { AWS_ENDPOINT_URL_DYNAMODB: 'http://127.0.0.1:1' } });
const sns = new SNSClient(servers.sns);
const sqs = new SQSClient({ ...servers.sqs, useQueueUrlAsEndpoint: false });
const s3 = new S3Client(servers.s3);
const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: 'topic' }));
const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'queue' }));
await sns.send(new SubscribeCommand({ TopicArn, Protocol: 'sqs', Endpoint: 'arn:aws:sqs:us-east-1:000000000000:queue', Attributes: { RawMessageDelivery: 'true' } }));
await snsTopic({ topicArn: TopicArn!, client: sns }).publish({ by: 'topic' }, { detached: true });
await sqsQueue({ queueUrl: QueueUrl!, client: sqs }).send({ by: 'queue' }, { detached: true });
const received: (string | undefined)[] = [];
while (received.length < 2) {
  const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 1 }));
  received.push(...Messages.map(({ Body }) => Body));
}
await s3.send(new CreateBucketCommand({ Bucket: 'bucket' }));
await s3.send(new PutObjectCommand({ Bucket: 'bucket', Key: 'key', Body: 'by S3' }));
const { Body } = await s3.send(new GetObjectCommand({ Bucket: 'bucket', Key: 'key' }));
console.log(JSON.stringify([...received.sort(), await Body?.transformToString()]));
`;

  test.for(['1.9.2', '2.4.1'])('%s, the embedded servers receive what sinks send', async (version) => {
    const clients = ['s3', 'sns', 'sqs'].map((name) => [`@aws-sdk/client-${name}`, '3']);
    const project = await createProject({ packages: { fauxqs: version, ...Object.fromEntries(clients) } });
    project.write({ 'servers.ts': SERVERS });

    const { output } = await project.node('servers.ts');

    expect(JSON.parse(output)).toEqual(['{"by":"queue"}', '{"by":"topic"}', 'by S3']);
  });
});

describe.concurrent('beside the oldest', () => {
  test('types of Node, 18, the library compiles', async () => {
    const packages = {
      '@types/node': '18',
      '@aws-sdk/util-dynamodb': '3',
      '@aws-sdk/client-dynamodb-streams': '3',
      '@middy/core': '7',
    };
    const project = await createProject({ packages });
    const subpaths = ['', '/audit', '/local', '/mapping', '/middy', '/replay', '/sinks', '/testing'];
    const lines = subpaths.map((subpath, index) => `export * as s${index} from 'streamlane${subpath}';\n`);
    project.write({ 'all.ts': lines.join(''), 'tsconfig.json': tsconfig({ target: 'es2022' }) });

    expect(await project.typeErrors()).toEqual([]);
  });

  test('CDK, 2.100, a function with its mapping is synthesized', async () => {
    const packages = { 'aws-cdk-lib': '2.100.0', constructs: '10.0.0', esbuild: '0.25', '@types/node': '22' };
    const project = await createProject({ packages });
    project.write({
      'handler.ts': `import { streamRouter } from 'streamlane';
export const handler = streamRouter<{ id: string }>().onInsert(({ newImage }) => { console.log(newImage.id); });
`,
      'app.ts': `import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { AttributeType, StreamViewType, Table } from 'aws-cdk-lib/aws-dynamodb';
import { StreamFunction } from 'streamlane/cdk';
import { handler } from './handler.ts';

const stack = new Stack(new App(), 'Stack');
const partitionKey = { name: 'id', type: AttributeType.STRING };
const table = new Table(stack, 'Table', { partitionKey, stream: StreamViewType.NEW_AND_OLD_IMAGES });
new StreamFunction(stack, 'OnChange', { table, entry: 'handler.ts', router: handler, startingPosition: 'TRIM_HORIZON' });
const template = Template.fromStack(stack);
template.hasResourceProperties('AWS::Lambda::Function', { Runtime: 'nodejs24.x' });
template.hasResourceProperties('AWS::Lambda::EventSourceMapping', { FunctionResponseTypes: ['ReportBatchItemFailures'] });
`,
      'tsconfig.json': tsconfig(),
    });

    expect(await project.typeErrors()).toEqual([]);
    expect(await project.node('app.ts')).toMatchObject({ status: 0 });
  });

  test('Powertools, 2.3, the processor compiles and runs', async () => {
    const packages = { '@aws-lambda-powertools/batch': '2.3.0', '@types/node': '22' };
    const project = await createProject({ packages });
    project.write({
      'event.ts': EVENT,
      'handler.ts': `import { processPartialResponse } from '@aws-lambda-powertools/batch';
import { OrderedStreamProcessor } from 'streamlane/powertools';
import type { DynamoDBRecord } from 'streamlane';
import { event } from './event.ts';

const processor = new OrderedStreamProcessor();
const seen: (string | undefined)[] = [];
const handle = async (record: DynamoDBRecord): Promise<void> => { seen.push(record.eventID); };
console.log(JSON.stringify([await processPartialResponse(event, handle, processor), seen]));
`,
      'tsconfig.json': tsconfig(),
    });

    expect(await project.typeErrors()).toEqual([]);
    const { output } = await project.node('handler.ts');
    expect(JSON.parse(output)).toEqual([{ batchItemFailures: [] }, ['1']]);
  });
});

describe.concurrent('beside OpenTelemetry', () => {
  const HANDLER = `import { metrics, trace, context } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { streamRouter } from 'streamlane';
import { batchMetrics, traceAttributes, tracing } from 'streamlane/opentelemetry';
import { event } from './event.ts';
import { provider, spans } from './sdk.ts';

interface Invoice { id: string; total: number; traceparent?: string }

trace.setGlobalTracerProvider(provider);
context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
const seen: (string | undefined)[] = [];
const handler = streamRouter<Invoice>({ onBatch: batchMetrics({ attributes: { team: 'billing' } }) })
  .use(tracing({ parent: 'traceparent', attributes: (record) => ({ name: record.eventName }) }))
  .onInsert(({ newImage }) => { seen.push(newImage.id, traceAttributes().traceparent); });
void metrics;
await handler(event);
console.log(JSON.stringify([seen[0], seen[1]?.length, spans().map(({ name }) => name)]));
`;
  const sdk = (
    name: string,
    provider: string,
  ): string => `import { ${provider}, InMemorySpanExporter, SimpleSpanProcessor } from '${name}';

const exporter = new InMemorySpanExporter();
export const provider = new ${provider}({
  spanProcessors: [new SimpleSpanProcessor(${name.endsWith('sdk-trace') ? '{ exporter }' : 'exporter'})],
});
export const spans = () => exporter.getFinishedSpans();
`;

  test.for([
    ['1.4.1', '@opentelemetry/sdk-trace-base', '1.30.1', 'BasicTracerProvider'],
    ['1.9.1', '@opentelemetry/sdk-trace-base', '2.12.1', 'BasicTracerProvider'],
    ['1.10.0', '@opentelemetry/sdk-trace', '3.1.1', 'TracerProvider'],
  ] as const)('%s, with %s %s, spans are made', async ([api, name, version, provider]) => {
    const packages = {
      '@opentelemetry/api': api,
      '@opentelemetry/context-async-hooks': version,
      [name]: version,
      '@types/node': '22',
    };
    const project = await createProject({ packages });
    project.write({
      'event.ts': EVENT,
      'sdk.ts': sdk(name, provider),
      'handler.ts': HANDLER,
      'tsconfig.json': tsconfig({ lib: ['es2024', 'dom'] }),
    });

    expect(await project.typeErrors()).toEqual([]);
    const { output } = await project.node('handler.ts');
    expect(JSON.parse(output)).toEqual(['i1', 55, ['process record']]);
  });
});

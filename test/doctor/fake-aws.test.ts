import { CloudWatchClient, DescribeAlarmsCommand, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DescribeStreamCommand, DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import { IAMClient, SimulatePrincipalPolicyCommand } from '@aws-sdk/client-iam';
import {
  GetFunctionConcurrencyCommand,
  GetFunctionConfigurationCommand,
  LambdaClient,
  ListAliasesCommand,
  ListEventSourceMappingsCommand,
} from '@aws-sdk/client-lambda';
import { GetTopicAttributesCommand, SNSClient } from '@aws-sdk/client-sns';
import { GetQueueAttributesCommand, GetQueueUrlCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ANSWERS, type Input } from './fake-aws/answers.ts';
import { type FakeAws, fakeAws } from './fake-aws/server.ts';
import { healthy, QUEUE_ARN, REGION, ROLE_ARN, STREAM_ARN, TABLE_ARN, TOPIC_ARN } from './fake-aws/world.ts';

let aws: FakeAws;
beforeAll(async () => {
  const world = healthy();
  Object.assign(world.functions['on-invoice'] as object, { aliases: ['live'], reservedConcurrency: 5 });
  aws = await fakeAws(world);
});
afterAll(() => aws[Symbol.asyncDispose]());

interface Client {
  send(command: unknown): Promise<object>;
}
const settings = (): object => ({
  region: REGION,
  endpoint: aws.endpoint,
  credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  useQueueUrlAsEndpoint: false,
});

const FunctionName = 'on-invoice';
const url = `https://sqs.${REGION}.amazonaws.com/111122223333/failed`;
const query = {
  Id: 'highest',
  MetricStat: { Metric: { Namespace: 'AWS/Lambda', MetricName: 'Duration' }, Period: 60, Stat: 'Maximum' },
};
const metricData = { StartTime: new Date(0), EndTime: new Date(60_000), MetricDataQueries: [query] };
const simulated = { PolicySourceArn: ROLE_ARN, ActionNames: ['sqs:SendMessage'], ResourceArns: [QUEUE_ARN] };

test.each<
  [string, new (settings: object) => Client, new (input: never) => { input: object }, object, Input?]
>([
  ['GetFunctionConfiguration', LambdaClient, GetFunctionConfigurationCommand, { FunctionName }],
  ['GetFunctionConcurrency', LambdaClient, GetFunctionConcurrencyCommand, { FunctionName }],
  ['ListAliases', LambdaClient, ListAliasesCommand, { FunctionName }],
  ['ListEventSourceMappings', LambdaClient, ListEventSourceMappingsCommand, {}],
  ['DescribeTable', DynamoDBClient, DescribeTableCommand, { TableName: TABLE_ARN }],
  ['DescribeStream', DynamoDBStreamsClient, DescribeStreamCommand, { StreamArn: STREAM_ARN }],
  [
    'GetQueueUrl',
    SQSClient,
    GetQueueUrlCommand,
    { QueueName: 'failed', QueueOwnerAWSAccountId: '111122223333' },
  ],
  ['GetQueueAttributes', SQSClient, GetQueueAttributesCommand, { QueueUrl: url, AttributeNames: ['All'] }],
  ['GetTopicAttributes', SNSClient, GetTopicAttributesCommand, { TopicArn: TOPIC_ARN }],
  ['DescribeAlarms', CloudWatchClient, DescribeAlarmsCommand, {}],
  ['GetMetricData', CloudWatchClient, GetMetricDataCommand, metricData],
  [
    'SimulatePrincipalPolicy',
    IAMClient,
    SimulatePrincipalPolicyCommand,
    simulated,
    { 'ActionNames.member.1': 'sqs:SendMessage', 'ResourceArns.member.1': QUEUE_ARN },
  ],
])(
  'the real client reads all that the fake answers to %s',
  async (operation, Client, Command, input, form) => {
    const { $metadata, ...answer } = (await new Client(settings()).send(new Command(input as never))) as {
      readonly $metadata: object;
    };
    const said = (ANSWERS[operation] as (typeof ANSWERS)[string])(aws.world, form ?? (input as Input));
    expect($metadata).toMatchObject({ httpStatusCode: 200 });
    expect(answer).toEqual(said);
    expect(aws.problems).toEqual([]);
  },
);

test('the fake refuses to answer what no model of the SDK has', async () => {
  await using odd = await fakeAws(healthy());
  Object.assign(odd.world.functions['on-invoice']?.configuration as object, { TimeoutMs: 1 });
  const client = new LambdaClient({ ...settings(), endpoint: odd.endpoint, maxAttempts: 1 });
  await expect(client.send(new GetFunctionConfigurationCommand({ FunctionName }))).rejects.toThrow();
  expect(odd.problems).toEqual([
    'GetFunctionConfiguration: GetFunctionConfiguration.TimeoutMs is not in the model of the SDK',
  ]);
});

test('the fake refuses to answer a value of another type than the model has', async () => {
  await using odd = await fakeAws(healthy());
  Object.assign(odd.world.functions['on-invoice']?.configuration as object, { Timeout: '60' });
  const client = new LambdaClient({ ...settings(), endpoint: odd.endpoint, maxAttempts: 1 });
  await expect(client.send(new GetFunctionConfigurationCommand({ FunctionName }))).rejects.toThrow();
  expect(odd.problems).toEqual([
    'GetFunctionConfiguration: GetFunctionConfiguration.Timeout has to be a number by the model of the SDK, got "60"',
  ]);
});

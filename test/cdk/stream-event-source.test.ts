import { Annotations as CdkAnnotations, CfnOutput, Duration, Stack, Tags } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { AttributeType, type ITable, StreamViewType, Table, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import {
  Alias,
  Code,
  type IVersion,
  Function as LambdaFunction,
  Runtime,
  StartingPosition,
} from 'aws-cdk-lib/aws-lambda';
import { DynamoEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { describe, expect, test } from 'vitest';
import { StreamEventSource, type StreamEventSourceProps } from '../../src/cdk/stream-event-source.ts';
import { changed, defineTable, itemOf, streamRouter, streamWindow } from '../../src/index.ts';
import { eventSourceMapping } from '../../src/mapping/index.ts';
import { newApp } from './new-app.ts';

interface Invoice {
  id: string;
  status: string;
}

const partitionKey = { name: 'id', type: AttributeType.STRING };
const STREAM_ARN = 'arn:aws:dynamodb:eu-central-1:123456789012:table/T/stream/2026-01-01T00:00:00.000';
const router = () =>
  streamRouter<Invoice>().onModify(changed('status', { to: 'PAID' }), async ({ newImage }) => newImage.id);
const newImages = defineTable({ name: 'T', item: itemOf<Invoice>(), keys: ['id'], viewType: 'NEW_IMAGE' });

function stackWithFunction() {
  const stack = new Stack(newApp(), 'Stack', { env: { region: 'eu-central-1', account: '123456789012' } });
  const table = new Table(stack, 'Table', { partitionKey, stream: StreamViewType.NEW_AND_OLD_IMAGES });
  const onChange = new LambdaFunction(stack, 'OnChange', {
    runtime: Runtime.NODEJS_24_X,
    handler: 'index.handler',
    code: Code.fromInline('exports.handler = () => {}'),
  });
  return { stack, table, onChange };
}

function mappingIn(stack: Stack): { logicalId: string; properties: Record<string, unknown> } {
  const [[logicalId = '', resource] = []] = Object.entries(
    Template.fromStack(stack).findResources('AWS::Lambda::EventSourceMapping'),
  );
  return { logicalId, properties: resource?.Properties };
}

function statementsIn(stack: Stack): { Action: unknown; Resource: unknown }[] {
  return Object.values(Template.fromStack(stack).findResources('AWS::IAM::Policy')).flatMap(
    ({ Properties }) => Properties.PolicyDocument.Statement,
  );
}

describe('the synthesized mapping', () => {
  test.each<[string, Omit<StreamEventSourceProps, 'router' | 'onFailure'>]>([
    ['the defaults', { startingPosition: 'LATEST' }],
    [
      'all options',
      {
        startingPosition: 'TRIM_HORIZON',
        batchSize: 1000,
        bisectBatchOnFunctionError: false,
        enabled: false,
        kmsKeyArn: 'arn:aws:kms:eu-central-1:123456789012:key/1',
        maximumBatchingWindowInSeconds: 5,
        maximumRecordAgeInSeconds: 60,
        maximumRetryAttempts: 0,
        metricsConfig: { metrics: ['EventCount'] },
        parallelizationFactor: 10,
        tags: { 'cost.center': 'x', Team: 'invoices' },
      },
    ],
    [
      'filters of your own',
      { startingPosition: 'LATEST', filterCriteria: { filters: [{ pattern: '{"eventName":["INSERT"]}' }] } },
    ],
    ['no filters', { startingPosition: 'LATEST', filters: false }],
    [
      "AWS's own JSON",
      {
        startingPosition: 'LATEST',
        FilterCriteria: { Filters: [{ Pattern: '{"eventName":["REMOVE"]}' }] },
        BatchSize: 7,
      } as never,
    ],
    ["CDK's starting position", { startingPosition: StartingPosition.TRIM_HORIZON }],
  ])("is eventSourceMapping's, with %s", (_, options) => {
    const { stack, table, onChange } = stackWithFunction();
    const source = new StreamEventSource(table, { router: router(), ...options });
    onChange.addEventSource(source);

    const { FunctionName, EventSourceArn, ...properties } = mappingIn(stack).properties;
    const expected = eventSourceMapping(router(), options as never).properties;
    expect(properties).toEqual(expected);
    expect(source.mapping.properties).toEqual(expected);
    expect(stack.resolve([onChange.functionName, table.tableStreamArn])).toEqual([
      FunctionName,
      EventSourceArn,
    ]);
  });

  test('is that of a window', () => {
    const { stack, table, onChange } = stackWithFunction();
    const window = streamWindow<Invoice>({ initial: {}, reduce() {}, close() {} });
    const options = { startingPosition: 'LATEST', tumblingWindowInSeconds: 60 } as const;
    onChange.addEventSource(new StreamEventSource(table, { router: window, ...options }));

    expect(mappingIn(stack).properties).toMatchObject(eventSourceMapping(window, options).properties);
  });

  test("keeps the tags of the app beside the mapping's own", () => {
    const { stack, table, onChange } = stackWithFunction();
    Tags.of(stack).add('App', 'billing');
    onChange.addEventSource(
      new StreamEventSource(table, { router: router(), startingPosition: 'LATEST', tags: { Team: 'x' } }),
    );

    expect(mappingIn(stack).properties.Tags).toEqual([
      { Key: 'App', Value: 'billing' },
      { Key: 'Team', Value: 'x' },
    ]);
  });

  test("takes the place of DynamoEventSource's: the resource keeps its logical id", () => {
    const before = stackWithFunction();
    before.onChange.addEventSource(
      new DynamoEventSource(before.table as ITable, { startingPosition: StartingPosition.LATEST }),
    );
    const after = stackWithFunction();
    after.onChange.addEventSource(
      new StreamEventSource(after.table, { router: router(), startingPosition: 'LATEST' }),
    );

    expect(mappingIn(after.stack).logicalId).toBe(mappingIn(before.stack).logicalId);
  });

  test('invokes the alias that the event source is added to', () => {
    const { stack, table, onChange } = stackWithFunction();
    const alias = new Alias(stack, 'Live', {
      aliasName: 'live',
      version: onChange.currentVersion as IVersion,
    });
    alias.addEventSource(new StreamEventSource(table, { router: router(), startingPosition: 'LATEST' }));

    expect(mappingIn(stack).properties.FunctionName).toEqual(stack.resolve(alias.functionName));
  });

  test('has an id and an ARN once it is bound, and says so before', () => {
    const { stack, table, onChange } = stackWithFunction();
    const source = new StreamEventSource(table, { router: router(), startingPosition: 'LATEST' });
    expect(() => source.eventSourceMappingId).toThrow(
      'StreamEventSource: the mapping has no id, because it has no function yet. Pass the event source to addEventSource of a function first.',
    );
    onChange.addEventSource(source);
    new CfnOutput(stack, 'Id', { value: source.eventSourceMappingId });
    new CfnOutput(stack, 'Arn', { value: source.eventSourceMappingArn });

    const { logicalId } = mappingIn(stack);
    const outputs = Template.fromStack(stack).findOutputs('*');
    expect(outputs.Id?.Value).toEqual({ Ref: logicalId });
    expect(outputs.Arn?.Value).toEqual({ 'Fn::GetAtt': [logicalId, 'EventSourceMappingArn'] });
  });
});

describe('permissions', () => {
  const actions = ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator'];

  test('let the function read the stream of a table', () => {
    const { stack, table, onChange } = stackWithFunction();
    onChange.addEventSource(new StreamEventSource(table, { router: router(), startingPosition: 'LATEST' }));

    expect(statementsIn(stack)).toEqual([
      { Action: 'dynamodb:ListStreams', Effect: 'Allow', Resource: '*' },
      { Action: actions, Effect: 'Allow', Resource: stack.resolve(table.tableStreamArn) },
    ]);
  });

  test('let the function read a stream that is known by its ARN', () => {
    const { stack, onChange } = stackWithFunction();
    onChange.addEventSource(
      new StreamEventSource(STREAM_ARN, { router: router(), startingPosition: 'LATEST' }),
    );

    expect(mappingIn(stack).properties.EventSourceArn).toBe(STREAM_ARN);
    expect(statementsIn(stack)).toEqual([
      { Action: 'dynamodb:ListStreams', Effect: 'Allow', Resource: '*' },
      { Action: actions, Effect: 'Allow', Resource: STREAM_ARN },
    ]);
  });

  test('are there before the mapping, which Lambda refuses without them', () => {
    const { stack, onChange } = stackWithFunction();
    const imported = LambdaFunction.fromFunctionAttributes(stack, 'Imported', {
      functionArn: 'arn:aws:lambda:eu-central-1:123456789012:function:f',
      role: onChange.role as never,
      sameEnvironment: true,
    });
    imported.addEventSource(
      new StreamEventSource(STREAM_ARN, { router: router(), startingPosition: 'LATEST' }),
    );

    Template.fromStack(stack).hasResource('AWS::Lambda::EventSourceMapping', {
      DependsOn: [Match.stringLikeRegexp('DefaultPolicy')],
    });
  });

  test.each([
    [
      'queue',
      (stack: Stack) => new Queue(stack, 'Q'),
      ['sqs:SendMessage', 'sqs:GetQueueAttributes', 'sqs:GetQueueUrl'],
    ],
    ['topic', (stack: Stack) => new Topic(stack, 'Q'), ['sns:Publish']],
    ['bucket', (stack: Stack) => new Bucket(stack, 'Q'), ['s3:PutObject', 's3:ListBucket']],
  ])('let the function send to a %s, and records have half a day', (_, destinationIn, expected) => {
    const { stack, table, onChange } = stackWithFunction();
    const onFailure = destinationIn(stack);
    onChange.addEventSource(
      new StreamEventSource(table, { router: router(), startingPosition: 'LATEST', onFailure }),
    );

    const [arn] = stack.resolve(
      ['queueArn', 'topicArn', 'bucketArn'].flatMap((name) =>
        name in onFailure ? [onFailure[name as never]] : [],
      ),
    );
    expect(mappingIn(stack).properties).toMatchObject({
      DestinationConfig: { OnFailure: { Destination: arn } },
      MaximumRecordAgeInSeconds: 43_200,
    });
    const granted = statementsIn(stack).filter(({ Resource }) =>
      JSON.stringify(Resource).includes(JSON.stringify(arn)),
    );
    expect(granted.flatMap(({ Action }) => Action)).toEqual(expect.arrayContaining(expected));
    Annotations.fromStack(stack).hasNoWarning('*', Match.anyValue());
  });

  test('of a destination that exists already are those of its ARN', () => {
    const { stack, table, onChange } = stackWithFunction();
    const arn = 'arn:aws:sqs:eu-central-1:123456789012:discarded';
    const onFailure = Queue.fromQueueArn(stack, 'Q', arn);
    onChange.addEventSource(
      new StreamEventSource(table, { router: router(), startingPosition: 'LATEST', onFailure }),
    );

    expect(mappingIn(stack).properties.DestinationConfig).toEqual({ OnFailure: { Destination: arn } });
    expect(statementsIn(stack).some(({ Resource }) => Resource === arn)).toBe(true);
  });
});

test('several streams feed one function, known by ARN or by a reference', () => {
  const { stack, table, onChange } = stackWithFunction();
  const other = new TableV2(stack, 'Other', {
    partitionKey,
    dynamoStream: StreamViewType.NEW_AND_OLD_IMAGES,
  });
  for (const source of [table, other, STREAM_ARN, `${STREAM_ARN}1`, other.tableStreamArn as string]) {
    onChange.addEventSource(new StreamEventSource(source, { router: router(), startingPosition: 'LATEST' }));
  }

  Template.fromStack(stack).resourceCountIs('AWS::Lambda::EventSourceMapping', 5);
});

test('warnings of the mapping become warnings of the app, that can be acknowledged', () => {
  const { stack, table, onChange } = stackWithFunction();
  const options = { startingPosition: 'LATEST', parallelizationFactor: 2 } as const;
  const ordered = streamRouter<Invoice>({ order: 'shard' })
    .use((_record, _context, next) => next())
    .onInsert(async () => {});
  const source = new StreamEventSource(table, { router: ordered, ...options });
  onChange.addEventSource(source);

  const codes = source.mapping.warnings.map(({ code }) => code);
  expect(codes).toEqual(['FILTERS_OFF_BY_MIDDLEWARE', 'NO_DESTINATION', 'ORDER_WITH_PARALLELIZATION']);
  for (const { code, message } of source.mapping.warnings) {
    Annotations.fromStack(stack).hasWarning('*', `${message} [ack: streamlane/cdk:${code}]`);
  }
  const quiet = stackWithFunction();
  CdkAnnotations.of(quiet.stack).acknowledgeWarning('streamlane/cdk:NO_DESTINATION');
  quiet.onChange.addEventSource(
    new StreamEventSource(quiet.table, { router: router(), startingPosition: 'LATEST' }),
  );
  Annotations.fromStack(quiet.stack).hasNoWarning('*', Match.anyValue());
});

describe('the stream', () => {
  test.each([
    ['a table', (stack: Stack, stream: StreamViewType) => new Table(stack, 'T', { partitionKey, stream })],
    [
      'a TableV2',
      (stack: Stack, dynamoStream: StreamViewType) => new TableV2(stack, 'T', { partitionKey, dynamoStream }),
    ],
  ])('of %s has to carry what the router declares', (_, tableIn) => {
    const { stack } = stackWithFunction();
    const enough = tableIn(stack, StreamViewType.NEW_IMAGE);
    const little = tableIn(new Stack(newApp(), 'Other'), StreamViewType.OLD_IMAGE);
    const options = { startingPosition: 'LATEST' } as const;

    expect(
      () => new StreamEventSource(enough, { router: streamRouter(newImages), ...options }),
    ).not.toThrow();
    expect(() => new StreamEventSource(little, { router: streamRouter(newImages), ...options })).toThrow(
      expect.objectContaining({
        code: 'VIEW_TYPE_MISMATCH',
        message:
          "StreamEventSource: the table's stream has view type OLD_IMAGE, and the router declares NEW_IMAGE. " +
          "Give the table a stream with NEW_IMAGE, or declare viewType: 'OLD_IMAGE'.",
      }),
    );
  });

  test('of an imported table is trusted', () => {
    const { stack, onChange } = stackWithFunction();
    const imported = Table.fromTableAttributes(stack, 'T', { tableName: 'T', tableStreamArn: STREAM_ARN });
    onChange.addEventSource(
      new StreamEventSource(imported, { router: router(), startingPosition: 'LATEST' }),
    );

    expect(mappingIn(stack).properties.EventSourceArn).toBe(STREAM_ARN);
  });

  test.each<[string, (stack: Stack) => Table | TableV2]>([
    ['a Table', (stack) => new Table(stack, 'T', { partitionKey })],
    ['a TableV2, which has an ARN anyway', (stack) => new TableV2(stack, 'T', { partitionKey })],
  ])('has to be there: %s', (_, make) => {
    const { stack } = stackWithFunction();

    expect(
      () => new StreamEventSource(make(stack), { router: router(), startingPosition: 'LATEST' }),
    ).toThrow(expect.objectContaining({ code: 'STREAM_NOT_FOUND', owner: 'StreamEventSource' }));
  });
});

describe('wrong arguments are refused:', () => {
  const onFailure = (value: unknown) => ({ router: router(), startingPosition: 'LATEST', onFailure: value });
  const fifo = () => new Queue(new Stack(newApp(), 'Other'), 'Q', { fifo: true });

  test.each<[string, unknown, unknown, object]>([
    ['no table', undefined, { router: router(), startingPosition: 'LATEST' }, { code: 'INVALID_OPTION' }],
    ['an empty ARN', '', { router: router(), startingPosition: 'LATEST' }, { code: 'INVALID_OPTION' }],
    ['no options', STREAM_ARN, undefined, { code: 'INVALID_OPTION', owner: 'StreamEventSource' }],
    ['no router', STREAM_ARN, { startingPosition: 'LATEST' }, { code: 'INVALID_HANDLER' }],
    [
      'an unknown option',
      STREAM_ARN,
      { router: router(), startingPosition: 'LATEST', retries: 1 },
      { code: 'UNKNOWN_OPTION', option: 'retries' },
    ],
    [
      'a wrong value',
      STREAM_ARN,
      { router: router(), startingPosition: 'LATEST', batchSize: 0 },
      { code: 'INVALID_OPTION', option: 'batchSize' },
    ],
    [
      'AT_TIMESTAMP',
      STREAM_ARN,
      { router: router(), startingPosition: StartingPosition.AT_TIMESTAMP },
      { option: 'startingPosition' },
    ],
    [
      'destinationConfig',
      STREAM_ARN,
      { router: router(), startingPosition: 'LATEST', destinationConfig: {} },
      { option: 'destinationConfig' },
    ],
    [
      'a destination by its ARN',
      STREAM_ARN,
      onFailure('arn:aws:sqs:eu-central-1:123456789012:q'),
      { option: 'onFailure' },
    ],
    ['a destination of another kind', STREAM_ARN, onFailure(Duration.days(1)), { option: 'onFailure' }],
    ['a FIFO queue', STREAM_ARN, onFailure(fifo()), { option: 'onFailure' }],
  ])('%s', (_, source, props, error) => {
    expect(() => new StreamEventSource(source as never, props as never)).toThrow(
      expect.objectContaining(error),
    );
  });
});

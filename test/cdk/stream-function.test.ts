import { execFileSync } from 'node:child_process';
import { globSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type App, Duration, Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { AttributeType, StreamViewType, Table } from 'aws-cdk-lib/aws-dynamodb';
import { Runtime } from 'aws-cdk-lib/aws-lambda';
import { LogLevel, OutputFormat } from 'aws-cdk-lib/aws-lambda-nodejs';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { describe, expect, test } from 'vitest';
import { StreamFunction, type StreamFunctionProps } from '../../src/cdk/index.ts';
import { env, streamRouter } from '../../src/index.ts';
import { eventSourceMapping } from '../../src/mapping/index.ts';
import { testStream } from '../../src/testing/index.ts';
import { handler, type Invoice, inserts } from './entries/payments.ts';
import { handler as window } from './entries/window.ts';
import { other, router as wrapped } from './entries/wrapped.ts';
import { newApp } from './new-app.ts';

const entry = (name: string) => fileURLToPath(new URL(`entries/${name}.ts`, import.meta.url));
const variables = { PAYMENTS_TOPIC_ARN: 'arn:aws:sns:eu-central-1:123456789012:p', ARCHIVE_TOPIC_ARN: 'a' };

/** A stack with one function, of the module `payments` unless the props say otherwise. */
function synthesized(
  props: Partial<StreamFunctionProps> | ((stack: Stack) => Partial<StreamFunctionProps>) = {},
  change?: (onChange: StreamFunction) => void,
  context: Record<string, unknown> = {},
) {
  const stack = new Stack(newApp(context), 'Stack');
  const table = new Table(stack, 'Table', {
    partitionKey: { name: 'id', type: AttributeType.STRING },
    stream: StreamViewType.NEW_AND_OLD_IMAGES,
  });
  const onChange = new StreamFunction(stack, 'OnChange', {
    table,
    router: handler,
    entry: entry('payments'),
    startingPosition: 'TRIM_HORIZON',
    environment: variables,
    bundling: { logLevel: LogLevel.SILENT },
    ...(typeof props === 'function' ? props(stack) : props),
  });
  change?.(onChange);
  return { stack, table, onChange, template: () => Template.fromStack(stack) };
}

/** Without bundling, and so without a look into the entry: what `cdk list` does. */
const UNBUNDLED = { 'aws:cdk:bundling-stacks': [] };

function alarmsOf(template: Template): Record<string, unknown>[] {
  return Object.values(template.findResources('AWS::CloudWatch::Alarm')).map(({ Properties }) => Properties);
}

describe('a StreamFunction', () => {
  test('has the mapping of its router, a queue that keeps messages for 14 days, and three alarms', () => {
    const { stack, table, onChange, template } = synthesized({ batchSize: 1000 });

    const expected = eventSourceMapping(handler, {
      startingPosition: 'TRIM_HORIZON',
      batchSize: 1000,
      metricsConfig: { metrics: ['EventCount'] },
      destinationConfig: { onFailure: { destination: stack.resolve(onChange.deadLetterQueue?.queueArn) } },
    }).properties;
    const [[uuid = '', mapping] = []] = Object.entries(
      template().findResources('AWS::Lambda::EventSourceMapping'),
    );
    expect(mapping?.Properties).toEqual({
      ...expected,
      EventSourceArn: stack.resolve(table.tableStreamArn),
      FunctionName: stack.resolve(onChange.functionName),
    });
    expect(expected).toMatchObject({ MaximumRecordAgeInSeconds: 43_200, FilterCriteria: {} });
    expect(onChange.mapping).toBe(onChange.eventSource.mapping);
    template().hasResourceProperties('AWS::SQS::Queue', { MessageRetentionPeriod: 14 * 24 * 3600 });
    template().hasResourceProperties('AWS::Lambda::Function', {
      Runtime: 'nodejs24.x',
      Timeout: 60,
      Handler: 'index.handler',
      Environment: { Variables: variables },
    });
    expect(alarmsOf(template())).toMatchObject([
      {
        Namespace: 'AWS/Lambda',
        MetricName: 'IteratorAge',
        Dimensions: [{ Name: 'FunctionName', Value: stack.resolve(onChange.functionName) }],
        Statistic: 'Maximum',
        Threshold: 15 * 60_000,
        EvaluationPeriods: 5,
      },
      {
        Namespace: 'AWS/SQS',
        MetricName: 'ApproximateNumberOfMessagesVisible',
        Dimensions: [{ Name: 'QueueName', Value: stack.resolve(onChange.deadLetterQueue?.queueName) }],
        Threshold: 1,
      },
      {
        Namespace: 'AWS/Lambda',
        MetricName: 'DroppedEventCount',
        Dimensions: [{ Name: 'EventSourceMappingUUID', Value: { Ref: uuid } }],
        Statistic: 'Sum',
        Threshold: 1,
      },
    ]);
    Annotations.fromStack(stack).hasNoWarning('*', Match.anyValue());
  });

  test('may read the stream and send to the queue', () => {
    const { stack, onChange, template } = synthesized({}, undefined, UNBUNDLED);

    template().hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({ Action: Match.arrayWith(['dynamodb:GetRecords']) }),
          Match.objectLike({
            Action: Match.arrayWith(['sqs:SendMessage']),
            Resource: stack.resolve(onChange.deadLetterQueue?.queueArn),
          }),
        ]),
      },
    });
  });

  test('takes the options of NodejsFunction', () => {
    const { template } = synthesized(
      {
        runtime: Runtime.NODEJS_22_X,
        timeout: Duration.seconds(20),
        memorySize: 512,
        handler: 'inserts',
        router: inserts,
      },
      undefined,
    );

    template().hasResourceProperties('AWS::Lambda::Function', {
      Runtime: 'nodejs22.x',
      Timeout: 20,
      MemorySize: 512,
      Handler: 'index.inserts',
    });
  });

  test('sends to a queue, topic or bucket of yours, and alarms on what it got', () => {
    const queueIn = (stack: Stack) => ({ onFailure: new Queue(stack, 'Queue') });
    const { stack, onChange, template } = synthesized(queueIn, undefined, UNBUNDLED);
    expect(onChange.deadLetterQueue?.node.path).toBe('Stack/Queue');
    expect(alarmsOf(template())[1]).toMatchObject({
      Dimensions: [{ Name: 'QueueName', Value: stack.resolve(onChange.deadLetterQueue?.queueName) }],
    });
    for (const Destination of [Topic, Bucket]) {
      const destinationIn = (stack: Stack) => ({ onFailure: new Destination(stack, 'Destination') });
      const given = synthesized(destinationIn, undefined, UNBUNDLED);

      expect(given.onChange.deadLetterQueue).toBeUndefined();
      given.template().resourceCountIs('AWS::SQS::Queue', 0);
      expect(alarmsOf(given.template())).toMatchObject([
        { MetricName: 'IteratorAge' },
        {
          MetricName: 'OnFailureDestinationDeliveredEventCount',
          Dimensions: [{ Name: 'EventSourceMappingUUID', Value: expect.anything() }],
        },
        { MetricName: 'DroppedEventCount' },
      ]);
      const uncounted = synthesized(
        (stack) => ({ ...destinationIn(stack), metricsConfig: { metrics: [] } }),
        undefined,
        UNBUNDLED,
      );
      expect(alarmsOf(uncounted.template())).toMatchObject([{ MetricName: 'IteratorAge' }]);
    }
  });

  test('has alarms that do what you say, or none', () => {
    const { onChange, template } = synthesized(
      (stack) => ({
        alarms: { iteratorAge: Duration.hours(1), actions: [new SnsAction(new Topic(stack, 'Alarms'))] },
      }),
      undefined,
      UNBUNDLED,
    );
    expect(alarmsOf(template())).toHaveLength(3);
    for (const { AlarmActions } of alarmsOf(template())) expect(AlarmActions).toHaveLength(1);
    expect(alarmsOf(template())[0]).toMatchObject({ Threshold: 3_600_000 });
    expect(Object.keys(onChange.alarms ?? {})).toEqual(['iteratorAge', 'onFailure', 'droppedEvents']);

    const silent = synthesized({ alarms: false }, undefined, UNBUNDLED);
    expect(silent.onChange.alarms).toBeUndefined();
    silent.template().resourceCountIs('AWS::CloudWatch::Alarm', 0);
  });
});

describe('the router has to be the one that the entry exports:', () => {
  test('another one is refused, with the properties that would be wrong', () => {
    expect(() => synthesized({ router: inserts })).toThrow(
      expect.objectContaining({
        code: 'INVALID_OPTION',
        option: 'router',
        message:
          `StreamFunction: router is not what ${entry('payments')} exports as handler: their mappings differ in ` +
          'FilterCriteria. Pass the router that the entry exports.',
      }),
    );
  });

  test('what Middy makes of it is compared with the routers beside it', () => {
    const { stack } = synthesized({ entry: entry('wrapped'), router: wrapped });
    Annotations.fromStack(stack).hasNoWarning('*', Match.anyValue());
    expect(() => synthesized({ entry: entry('wrapped'), router: other })).not.toThrow();
    expect(() => synthesized({ entry: entry('wrapped'), router: handler })).toThrow(
      /StreamFunction: router is not what .*wrapped\.ts exports as other, router: .* FilterCriteria/,
    );
  });

  test('a window is compared as well, and cannot stand for a router', () => {
    const tumblingWindowInSeconds = 60;
    expect(() =>
      synthesized({ entry: entry('window'), router: window, tumblingWindowInSeconds }),
    ).not.toThrow();
    expect(() => synthesized({ entry: entry('window'), router: streamRouter() })).toThrow(
      /exports as handler: for that, eventSourceMapping: tumblingWindowInSeconds is required/,
    );
  });

  test('a handler without routes beside it gives a warning', () => {
    const { stack } = synthesized({ entry: entry('plain'), router: streamRouter() });

    Annotations.fromStack(stack).hasWarning(
      '/Stack/OnChange',
      `${entry('plain')} exports as handler a function without routes, and no router. Export the router as well, ` +
        'so that it can be checked. [ack: streamlane/cdk:ENTRY_UNCHECKED]',
    );
  });

  test.each([
    [{ handler: 'index.missing' }, `is missing, and ${entry('payments')} exports handler, inserts.`],
    [{ entry: entry('nothing') }, `is handler, and ${entry('nothing')} exports no function.`],
  ])('%j is refused', (props, problem) => {
    expect(() => synthesized(props)).toThrow(`StreamFunction: handler ${problem} Name the exported handler.`);
  });

  test.each([
    ['needs-variable', 'TypeError: TABLE_URL is missing'],
    ['ends', 'Loading it, for which it has 60 s, ended with exit code 3.'],
  ])('a module that cannot be loaded gives warnings: %s', (name, problem) => {
    env('OF_SOME_FUNCTION');
    env('PAYMENTS_TOPIC_ARN');
    const { stack } = synthesized({ entry: entry(name) });

    const annotations = Annotations.fromStack(stack);
    annotations.hasWarning(
      '/Stack/OnChange',
      `Whether ${entry(name)} exports the router could not be checked: ${problem} [ack: streamlane/cdk:ENTRY_UNCHECKED]`,
    );
    annotations.hasWarning(
      '/Stack/OnChange',
      'environment has no value for variables that env() names in this app: OF_SOME_FUNCTION. Add those that this function ' +
        'reads. [ack: streamlane/cdk:ENVIRONMENT_UNCHECKED]',
    );
    const complete = synthesized({
      entry: entry(name),
      environment: { ...variables, OF_SOME_FUNCTION: 'x' },
    });
    Annotations.fromStack(complete.stack).hasNoWarning('*', Match.stringLikeRegexp('env\\(\\)'));
  });

  test('a module is loaded with the variables of the function', () => {
    const { stack } = synthesized({
      entry: entry('needs-variable'),
      router: wrapped,
      environment: { TABLE_URL: 'https://example.com' },
    });

    Annotations.fromStack(stack).hasNoWarning('*', Match.anyValue());
  });
});

describe('the variables that env() names in the entry are required:', () => {
  test.each([
    [undefined, 'ARCHIVE_TOPIC_ARN, PAYMENTS_TOPIC_ARN'],
    [{ PAYMENTS_TOPIC_ARN: 'x', ARCHIVE_TOPIC_ARN: '' }, 'ARCHIVE_TOPIC_ARN'],
  ])('%j lacks some', (environment, missing) => {
    const { template } = synthesized({ environment: environment as never });

    expect(template).toThrow(
      `StreamFunction: environment has no value for variables that env() names in the function: ${missing}. Set each of them in environment, ` +
        'or with addEnvironment.',
    );
  });

  test('they may be added later', () => {
    const { template } = synthesized({ environment: {} }, (onChange) => {
      for (const [name, value] of Object.entries(variables)) onChange.addEnvironment(name, value);
    });

    expect(template).not.toThrow();
  });

  test('those of other functions of the app are not', () => {
    env('OF_ANOTHER_FUNCTION');
    const { template } = synthesized({ entry: entry('wrapped'), router: wrapped, environment: {} });

    expect(template).not.toThrow();
  });
});

test.each([
  ['an ES module', OutputFormat.ESM, 'index.mjs'],
  ['CommonJS', OutputFormat.CJS, 'index.js'],
])('the bundle answers events as %s, with the AWS SDK that Lambda has', (_, format, file) => {
  const { stack } = synthesized({ bundling: { format, logLevel: LogLevel.SILENT } });
  const { outdir } = stack.node.root as App;
  symlinkSync(fileURLToPath(new URL('../../node_modules', import.meta.url)), join(outdir, 'node_modules'));
  const [bundle = ''] = globSync(join(outdir, 'asset.*', file));
  expect(readFileSync(bundle, 'utf8')).toMatch(/(?:from |require\()"@aws-sdk\/client-sns"/);

  const event = JSON.stringify({
    Records: [testStream<Invoice>({ keys: ['id'] }).insert({ id: 'i1', status: 'OPEN' })],
  });
  const answer = execFileSync(
    process.execPath,
    [
      '--eval',
      `require(process.argv[1]).handler(${event}).then(r => console.log(JSON.stringify(r)))`,
      bundle,
    ],
    { encoding: 'utf8' },
  );
  expect(JSON.parse(answer)).toEqual({ batchItemFailures: [] });
});

describe('wrong options are refused:', () => {
  test.each<[object | undefined, object]>([
    [undefined, { code: 'INVALID_OPTION', owner: 'StreamFunction' }],
    [{}, { option: 'entry' }],
    [{ deadLetterQueue: {} }, { option: 'deadLetterQueue' }],
    [{ deadLetterQueueEnabled: true }, { option: 'deadLetterQueueEnabled' }],
    [{ deadLetterTopic: {} }, { option: 'deadLetterTopic' }],
    [{ maxEventAge: Duration.hours(1) }, { option: 'maxEventAge' }],
    [{ onSuccess: {} }, { option: 'onSuccess' }],
    [{ retryAttempts: 1 }, { option: 'retryAttempts' }],
    [{ destinationConfig: {} }, { option: 'destinationConfig' }],
    [{ functionResponseTypes: [] }, { option: 'functionResponseTypes' }],
  ])('%j', (props, error) => {
    const given = props && Object.keys(props).length > 0 ? { entry: 'x', ...props } : props;
    const construct = () =>
      given && 'entry' in given && ('destinationConfig' in given || 'functionResponseTypes' in given)
        ? synthesized(props as never, undefined, UNBUNDLED)
        : new StreamFunction(new Stack(newApp(), 'Other'), 'OnChange', given as never);
    expect(construct).toThrow(expect.objectContaining(error));
  });
});

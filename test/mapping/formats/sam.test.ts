import fc from 'fast-check';
import { expect, test } from 'vitest';
import { toSam } from '../../../src/mapping/index.ts';
import { BUCKET, EVERY, mappingOf, mappingOptions, QUEUE, STREAM, said, TOPIC, without } from './mappings.ts';

const OPTIONS = { streamArn: STREAM };

function read(event: object): unknown {
  const { Properties } = JSON.parse(JSON.stringify(event));
  const { Stream: _stream, MetricsConfig, FilterCriteria, DestinationConfig, ...values } = Properties;
  return {
    ...Object.fromEntries(
      Object.entries(values).map(([name, value]) => [`${name[0]?.toLowerCase()}${name.slice(1)}`, value]),
    ),
    ...(FilterCriteria && {
      filterCriteria: {
        filters: FilterCriteria.Filters.map(({ Pattern }: { Pattern: string }) => ({ pattern: Pattern })),
      },
    }),
    ...(DestinationConfig && {
      destinationConfig: { onFailure: { destination: DestinationConfig.OnFailure.Destination } },
    }),
    ...(MetricsConfig && {
      metricsConfig: { ...(MetricsConfig.Metrics && { metrics: MetricsConfig.Metrics }) },
    }),
  };
}

test('an event has every property of the mapping by its name in SAM', () => {
  expect(toSam(mappingOf(without(EVERY, ['tags'])), OPTIONS)).toEqual({
    Type: 'DynamoDB',
    Properties: {
      Stream: STREAM,
      StartingPosition: 'TRIM_HORIZON',
      BatchSize: 1000,
      MaximumBatchingWindowInSeconds: 5,
      ParallelizationFactor: 2,
      MaximumRetryAttempts: 3,
      MaximumRecordAgeInSeconds: 3600,
      BisectBatchOnFunctionError: false,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      DestinationConfig: { OnFailure: { Type: 'SQS', Destination: QUEUE } },
      FilterCriteria: {
        Filters: [{ Pattern: '{"eventName":["INSERT"]}' }, { Pattern: '{"eventName":["REMOVE"]}' }],
      },
      Enabled: false,
      KmsKeyArn: EVERY.kmsKeyArn,
      MetricsConfig: { Metrics: ['EventCount'] },
    },
  });
});

test.each([
  ['a queue', QUEUE, undefined, { Type: 'SQS', Destination: QUEUE }],
  ['a topic', TOPIC, undefined, { Type: 'SNS', Destination: TOPIC }],
  ['a bucket, for which SAM adds no permission', BUCKET, undefined, { Destination: BUCKET }],
  ['a reference to a queue', { Ref: 'Failures' }, 'sqs', { Type: 'SQS', Destination: { Ref: 'Failures' } }],
  ['a reference to a bucket', { Ref: 'Failures' }, 's3', { Destination: { Ref: 'Failures' } }],
  ['a topic, whatever the type of references is', TOPIC, 'sqs', { Type: 'SNS', Destination: TOPIC }],
  ['a bucket, whatever the type of references is', BUCKET, 'sqs', { Destination: BUCKET }],
  ['a reference to a topic', { Ref: 'Failures' }, 'sns', { Type: 'SNS', Destination: { Ref: 'Failures' } }],
  [
    'text that CloudFormation completes',
    '${Failures.Arn}',
    'sqs',
    { Type: 'SQS', Destination: { 'Fn::Sub': '${Failures.Arn}' } },
  ],
] as const)(
  'SAM lets the function send to the destination: %s',
  (_, destination, destinationType, OnFailure) => {
    const mapping = mappingOf({
      startingPosition: 'LATEST',
      destinationConfig: { onFailure: { destination } },
    });

    expect(toSam(mapping, { ...OPTIONS, destinationType }).Properties.DestinationConfig).toEqual({
      OnFailure,
    });
  },
);

test.each([[{ Ref: 'Failures' }], [{ 'Fn::GetAtt': ['Failures', 'Arn'] }], ['${Failures.Arn}']])(
  'it asks for the type of a destination that is a reference: %j',
  (destination) => {
    const mapping = mappingOf({
      startingPosition: 'LATEST',
      destinationConfig: { onFailure: { destination } },
    });

    expect(() => toSam(mapping, OPTIONS)).toThrow(
      "toSam: destinationType is required, 'sqs', 'sns' or 's3': ",
    );
  },
);

test('the stream may be a reference', () => {
  const mapping = mappingOf({ startingPosition: 'LATEST' });

  expect(toSam(mapping, { streamArn: '${App.StreamArn}' }).Properties.Stream).toEqual({
    'Fn::Sub': '${App.StreamArn}',
  });
});

test('an event that is read back equals the mapping', () => {
  fc.assert(
    fc.property(mappingOptions, fc.boolean(), (options, partialResponses) => {
      const mapping = mappingOf(without(options, ['tags']), partialResponses);

      expect(read(toSam(mapping, OPTIONS))).toEqual(said(mapping.options));
    }),
  );
});

test.each([
  [EVERY, OPTIONS, /^toSam: the mapping has tags, and an event of SAM has none\./],
  [{ startingPosition: 'LATEST' }, {}, /^toSam: streamArn has to be the ARN of a stream/],
  [
    { startingPosition: 'LATEST' },
    { ...OPTIONS, destinationType: 'SQS' },
    /^toSam: destinationType has to be one of sns, sqs, s3, got "SQS"\.$/,
  ],
  [
    { startingPosition: 'LATEST' },
    { ...OPTIONS, functionName: 'f' },
    /^toSam: functionName is not an option/,
  ],
] as const)('it refuses %o with %o', (mapping, options, message) => {
  expect(() => toSam(mappingOf(mapping), options as never)).toThrow(message);
});

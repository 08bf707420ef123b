import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { toCloudFormation } from '../../../src/mapping/index.ts';
import { BUCKET, EVERY, mappingOf, mappingOptions, QUEUE, STREAM, said } from './mappings.ts';

const TARGET = { functionName: 'on-change', streamArn: STREAM };

/** Reads a template back, from its JSON. */
function read(resource: object): unknown {
  const { Properties } = JSON.parse(JSON.stringify(resource));
  const {
    FunctionName: _function,
    EventSourceArn: _stream,
    Tags,
    MetricsConfig,
    FilterCriteria,
    DestinationConfig,
    ...values
  } = Properties;
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
    ...(Tags && {
      tags: Object.fromEntries(Tags.map(({ Key, Value }: { Key: string; Value: string }) => [Key, Value])),
    }),
  };
}

test('a resource has every property of the mapping by its name in CloudFormation', () => {
  expect(toCloudFormation(mappingOf(EVERY), TARGET)).toEqual({
    Type: 'AWS::Lambda::EventSourceMapping',
    Properties: {
      FunctionName: 'on-change',
      EventSourceArn: STREAM,
      StartingPosition: 'TRIM_HORIZON',
      BatchSize: 1000,
      MaximumBatchingWindowInSeconds: 5,
      ParallelizationFactor: 2,
      MaximumRetryAttempts: 3,
      MaximumRecordAgeInSeconds: 3600,
      BisectBatchOnFunctionError: false,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      DestinationConfig: { OnFailure: { Destination: QUEUE } },
      FilterCriteria: {
        Filters: [{ Pattern: '{"eventName":["INSERT"]}' }, { Pattern: '{"eventName":["REMOVE"]}' }],
      },
      Enabled: false,
      KmsKeyArn: EVERY.kmsKeyArn,
      Tags: [
        { Key: 'team', Value: 'billing' },
        { Key: 'Stage', Value: 'prod' },
      ],
      MetricsConfig: { Metrics: ['EventCount'] },
    },
  });
});

test('with a logicalId, the resource is a member of Resources', () => {
  const mapping = mappingOf({ startingPosition: 'LATEST' });

  expect(toCloudFormation(mapping, { ...TARGET, logicalId: 'OnChange' })).toEqual({
    OnChange: toCloudFormation(mapping, TARGET),
  });
});

test.each([
  ['an object', { Ref: 'OnChange' }, { Ref: 'OnChange' }],
  ['text that CloudFormation completes', '${OnChange}', { 'Fn::Sub': '${OnChange}' }],
  ['a token of the CDK', '${Token[TOKEN.12]}', '${Token[TOKEN.12]}'],
  ['a name', 'on-change', 'on-change'],
])('a reference stays one: %s', (_, given, written) => {
  const destinationConfig = { onFailure: { destination: given === 'on-change' ? BUCKET : given } };
  const mapping = mappingOf({ startingPosition: 'LATEST', destinationConfig });

  const { Properties } = toCloudFormation(mapping, {
    functionName: given,
    streamArn: given === 'on-change' ? STREAM : given,
  });

  expect(Properties).toMatchObject({
    FunctionName: written,
    EventSourceArn: given === 'on-change' ? STREAM : written,
    DestinationConfig: { OnFailure: { Destination: given === 'on-change' ? BUCKET : written } },
  });
});

test('names inside of a reference stay as they are', () => {
  const reference = { 'Fn::Sub': ['${queue}', { queue: { 'Fn::GetAtt': ['Failures', 'Arn'] } }] };
  const mapping = mappingOf({
    startingPosition: 'LATEST',
    destinationConfig: { onFailure: { destination: reference } },
  });

  expect(toCloudFormation(mapping, TARGET).Properties).toMatchObject({
    DestinationConfig: { OnFailure: { Destination: reference } },
  });
});

test('a template that is read back equals the mapping', () => {
  fc.assert(
    fc.property(mappingOptions, fc.boolean(), (options, partialResponses) => {
      const mapping = mappingOf(options, partialResponses);

      expect(read(toCloudFormation(mapping, TARGET))).toEqual(said(mapping.options));
    }),
  );
});

describe('it refuses', () => {
  const mapping = mappingOf({ startingPosition: 'LATEST' });
  const refused = (options: object, first: object = mapping): unknown => {
    try {
      return toCloudFormation(first as never, { ...TARGET, ...options } as never);
    } catch (error) {
      return error;
    }
  };
  const streamRule =
    'the ARN of a stream (arn:aws:dynamodb:REGION:ACCOUNT:table/NAME/stream/TIME), or a reference to it';

  const functionRule =
    "the name of a function (letters, digits, - and _), its ARN, or a reference such as { Ref: 'Name' }";

  test.each([
    [{ functionName: 'app.on_invoice' }, `functionName has to be ${functionRule}, got "app.on_invoice".`],
    [{ functionName: undefined }, `functionName has to be ${functionRule}, got undefined.`],
    [{ functionName: '' }, `functionName has to be ${functionRule}, got "".`],
    [{ functionName: {} }, `functionName has to be ${functionRule}, got an object.`],
    [{ functionName: 5 }, `functionName has to be ${functionRule}, got 5.`],
    [{ streamArn: undefined }, `streamArn has to be ${streamRule}, got undefined.`],
    [
      { streamArn: 'arn:aws:dynamodb:eu-central-1:123456789012:table/App' },
      `streamArn has to be ${streamRule}, got "arn:aws:dynamodb:eu-central-1:123456789012:table/App".`,
    ],
    [{ logicalId: 'On-Change' }, 'logicalId has to be letters and digits, got "On-Change".'],
    [
      { logicalID: 'OnChange' },
      'logicalID is not an option. Known options: functionName, streamArn, logicalId.',
    ],
  ])('%o', (options, message) => {
    expect(refused(options)).toMatchObject({
      name: 'ConfigurationError',
      owner: 'toCloudFormation',
      message: `toCloudFormation: ${message}`,
    });
  });

  test.each([
    ['the router', () => {}, 'a function'],
    ['nothing', undefined, 'undefined'],
    ['options', { startingPosition: 'LATEST' }, 'an object'],
  ])('%s in the place of the mapping', (_, first, shown) => {
    expect(() => toCloudFormation(first as never, TARGET)).toThrow(
      `toCloudFormation: the first argument has to be what eventSourceMapping returns, got ${shown}.`,
    );
  });
});

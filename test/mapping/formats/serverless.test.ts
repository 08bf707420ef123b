import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { RouterMappingOptions } from '../../../src/mapping/index.ts';
import { toServerless } from '../../../src/mapping/index.ts';
import {
  BUCKET,
  COMMON,
  EVERY,
  mappingOf,
  mappingOptions,
  QUEUE,
  STREAM,
  said,
  TOPIC,
  without,
} from './mappings.ts';

const OPTIONS = { streamArn: STREAM };

const OPTION_NAMES: Readonly<Record<string, string>> = { batchWindow: 'maximumBatchingWindowInSeconds' };

/** Reads an event back as the framework does: it writes the JSON of patterns itself. */
function read(event: object): Record<string, unknown> {
  const { stream } = JSON.parse(JSON.stringify(event));
  const { type: _type, arn: _arn, functionResponseType, filterPatterns, destinations, ...values } = stream;
  return {
    ...Object.fromEntries(Object.entries(values).map(([name, value]) => [OPTION_NAMES[name] ?? name, value])),
    ...(functionResponseType && { functionResponseTypes: [functionResponseType] }),
    ...(filterPatterns && {
      filterCriteria: {
        filters: filterPatterns.map((pattern: unknown) => ({ pattern: JSON.stringify(pattern) })),
      },
    }),
    ...(destinations && {
      destinationConfig: { onFailure: { destination: destinations.onFailure.arn } },
    }),
  };
}

test('an event has every option of the mapping by its name in the Serverless Framework', () => {
  expect(toServerless(mappingOf(COMMON), OPTIONS)).toEqual({
    stream: {
      type: 'dynamodb',
      arn: STREAM,
      startingPosition: 'TRIM_HORIZON',
      batchSize: 1000,
      batchWindow: 5,
      parallelizationFactor: 2,
      maximumRetryAttempts: 3,
      maximumRecordAgeInSeconds: 3600,
      bisectBatchOnFunctionError: false,
      functionResponseType: 'ReportBatchItemFailures',
      destinations: { onFailure: { arn: QUEUE, type: 'sqs' } },
      filterPatterns: [{ eventName: ['INSERT'] }, { eventName: ['REMOVE'] }],
      enabled: false,
    },
  });
});

test('a tumbling window has its name too', () => {
  const mapping = { properties: { StartingPosition: 'LATEST', TumblingWindowInSeconds: 60 } };

  expect(toServerless(mapping, OPTIONS).stream).toMatchObject({ tumblingWindowInSeconds: 60 });
});

test("the batch size is AWS's default, where the framework has another", () => {
  expect(toServerless(mappingOf({ startingPosition: 'LATEST' }), OPTIONS).stream).toMatchObject({
    batchSize: 100,
  });
});

test.each([
  ['a topic', TOPIC, undefined, { arn: TOPIC, type: 'sns' }],
  ['a topic, whatever the type of references is', TOPIC, 'sqs', { arn: TOPIC, type: 'sns' }],
  ['a reference', { Ref: 'Failures' }, 'sqs', { arn: { Ref: 'Failures' }, type: 'sqs' }],
  ['a variable', '${param:failures}', undefined, '${param:failures}'],
  ['a variable with its type', '${param:failures}', 'sns', { arn: '${param:failures}', type: 'sns' }],
] as const)(
  'the framework lets the function send to the destination: %s',
  (_, destination, destinationType, onFailure) => {
    const mapping = mappingOf({
      startingPosition: 'LATEST',
      destinationConfig: { onFailure: { destination } },
    });

    expect(toServerless(mapping, { ...OPTIONS, destinationType }).stream.destinations).toEqual({ onFailure });
  },
);

/** Mappings that the framework has no words for are refused, and the others are read back. */
test('an event that is read back equals the mapping', () => {
  fc.assert(
    fc.property(mappingOptions, fc.boolean(), (options, partialResponses) => {
      const mapping = mappingOf(without(options, ['kmsKeyArn', 'tags', 'metricsConfig']), partialResponses);
      const isUnsaid =
        mapping.options.destinationConfig?.onFailure?.destination === BUCKET ||
        JSON.stringify(mapping.properties).includes('${');
      if (isUnsaid) {
        expect(() => toServerless(mapping, OPTIONS)).toThrow(/^toServerless: .*[Uu]se toCloudFormation/);
      } else {
        expect(read(toServerless(mapping, OPTIONS))).toEqual({ batchSize: 100, ...said(mapping.options) });
      }
    }),
  );
});

const filter = (pattern: string): RouterMappingOptions => ({
  startingPosition: 'LATEST',
  filterCriteria: { filters: [{ pattern }] },
});

test.each([
  ['kmsKeyArn', { ...COMMON, kmsKeyArn: EVERY.kmsKeyArn as string }, 'the mapping has kmsKeyArn'],
  ['metricsConfig', { ...COMMON, metricsConfig: { metrics: [] } }, 'the mapping has metricsConfig'],
  ['tags', { ...COMMON, tags: {} }, 'the mapping has tags'],
  [
    'a bucket',
    { ...COMMON, destinationConfig: { onFailure: { destination: BUCKET } } },
    'the destination is a bucket',
  ],
  ['a name twice', filter('{"a":{"b":["1"]},"a":{"c":["2"]}}'), 'filters[0] has a name twice'],
  [
    'a long number',
    filter('{"a":[123456789012345678901]}'),
    'filters[0] has a number that JavaScript rounds',
  ],
  ['a variable in a value', filter('{"a":["${self:b}"]}'), 'filters[0] has the text ${'],
  ['a variable in a name', filter('{"${self:b}":["a"]}'), 'filters[0] has the text ${'],
] as const)('it refuses %s, and says what to use', (_, options, message) => {
  expect(() => toServerless(mappingOf(options), OPTIONS)).toThrow(
    expect.objectContaining({
      code: 'INVALID_OPTION',
      message: expect.stringMatching(
        /[Uu]se toCloudFormation, and put the resource into the resources of serverless.yml\.$/,
      ),
      problem: expect.stringContaining(message),
    }),
  );
});

test('it asks for the type of a destination that is an object', () => {
  const destinationConfig = { onFailure: { destination: { Ref: 'Failures' } } };

  expect(() => toServerless(mappingOf({ startingPosition: 'LATEST', destinationConfig }), OPTIONS)).toThrow(
    "toServerless: destinationType is required, 'sqs' or 'sns': the framework needs it beside a reference.",
  );
});

test('it refuses a value that is not a stream', () => {
  expect(() => toServerless(mappingOf(COMMON), { streamArn: 'App' })).toThrow(
    'toServerless: streamArn has to be the ARN of a stream',
  );
});

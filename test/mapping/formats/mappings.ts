import fc from 'fast-check';
import { streamRouter } from '../../../src/index.ts';
import {
  eventSourceMapping,
  type RouterMapping,
  type RouterMappingOptions,
} from '../../../src/mapping/index.ts';
import type { EventSourceMappingOptions } from '../../../src/mapping/options.ts';

export const STREAM = 'arn:aws:dynamodb:eu-central-1:123456789012:table/App/stream/2026-01-01T00:00:00.000';
export const QUEUE = 'arn:aws:sqs:eu-central-1:123456789012:failures';
export const TOPIC = 'arn:aws:sns:eu-central-1:123456789012:failures';
export const BUCKET = 'arn:aws:s3:::failures';

/** Every option of a mapping but the tumbling window, which excludes two of them. */
export const EVERY: RouterMappingOptions = {
  startingPosition: 'TRIM_HORIZON',
  batchSize: 1000,
  maximumBatchingWindowInSeconds: 5,
  parallelizationFactor: 2,
  maximumRetryAttempts: 3,
  maximumRecordAgeInSeconds: 3600,
  bisectBatchOnFunctionError: false,
  destinationConfig: { onFailure: { destination: QUEUE } },
  filterCriteria: {
    filters: [{ pattern: { eventName: ['INSERT'] } }, { pattern: '{"eventName":["REMOVE"]}' }],
  },
  enabled: false,
  kmsKeyArn: 'arn:aws:kms:eu-central-1:123456789012:key/4d6f',
  tags: { team: 'billing', Stage: 'prod' },
  metricsConfig: { metrics: ['EventCount'] },
};

/** {@link EVERY} without what events of the Serverless Framework do not know. */
export const COMMON: RouterMappingOptions = without(EVERY, ['kmsKeyArn', 'tags', 'metricsConfig']);

export function without<T extends object>(options: T, names: readonly string[]): T {
  return Object.fromEntries(Object.entries(options).filter(([name]) => !names.includes(name))) as T;
}

/** The mapping of a router with one route for inserts. */
export function mappingOf(options: RouterMappingOptions, partialResponses = true): RouterMapping {
  return eventSourceMapping(
    streamRouter({ partialResponses }).onInsert(() => {}),
    options,
  );
}

/** Options as a format says them: patterns as JSON, nothing that says no more than its absence. */
export function said({ filterCriteria, destinationConfig, ...options }: EventSourceMappingOptions): object {
  const filters = filterCriteria?.filters ?? [];
  const destination = destinationConfig?.onFailure?.destination;
  return {
    ...options,
    ...(filters.length > 0 && {
      filterCriteria: {
        filters: filters.map(({ pattern }) => ({
          pattern: typeof pattern === 'string' ? pattern : JSON.stringify(pattern),
        })),
      },
    }),
    ...(destination && { destinationConfig: { onFailure: { destination } } }),
  };
}

/** Text with what templates read: `${`, `%{`, `$${`. */
const treacherousText = fc.oneof(
  fc.string({ maxLength: 8 }),
  fc
    .array(fc.constantFrom('$', '{', '}', '%', 'a', '\\', '"', ':'), { maxLength: 8 })
    .map((signs) => signs.join('')),
);

const value = fc.oneof(
  treacherousText,
  treacherousText.filter((text) => text !== '').map((prefix) => ({ prefix })),
  fc.constant({ exists: true }),
);

const pattern = fc
  .dictionary(
    fc.constantFrom('pk', 'status', '${a}', '%{b}', '__proto__x'),
    fc.array(value, { minLength: 1, maxLength: 3 }),
    {
      minKeys: 1,
      maxKeys: 3,
    },
  )
  .map((fields) => ({
    dynamodb: {
      NewImage: Object.fromEntries(Object.entries(fields).map(([name, values]) => [name, { S: values }])),
    },
  }));

/** Options of a mapping, valid together. */
export const mappingOptions: fc.Arbitrary<RouterMappingOptions> = fc.record(
  {
    startingPosition: fc.constantFrom('TRIM_HORIZON' as const, 'LATEST' as const),
    batchSize: fc.integer({ min: 1, max: 10_000 }),
    maximumBatchingWindowInSeconds: fc.integer({ min: 0, max: 300 }),
    parallelizationFactor: fc.integer({ min: 1, max: 10 }),
    maximumRetryAttempts: fc.integer({ min: -1, max: 10_000 }),
    maximumRecordAgeInSeconds: fc.oneof(fc.constant(-1), fc.integer({ min: 60, max: 604_800 })),
    bisectBatchOnFunctionError: fc.boolean(),
    tumblingWindowInSeconds: fc.constant(0),
    enabled: fc.boolean(),
    filters: fc.boolean(),
    destinationConfig: fc.constantFrom(
      {},
      { onFailure: {} },
      ...['', QUEUE, TOPIC, BUCKET].map((destination) => ({ onFailure: { destination } })),
    ),
    filterCriteria: fc
      .array(
        fc.oneof(
          pattern,
          pattern.map((object) => JSON.stringify(object)),
        ),
        { maxLength: 5 },
      )
      .map((patterns) => ({ filters: patterns.map((one) => ({ pattern: one })) })),
    kmsKeyArn: fc.constant('arn:aws:kms:eu-central-1:123456789012:key/4d6f'),
    tags: fc.dictionary(treacherousText, treacherousText, { noNullPrototype: true }),
    metricsConfig: fc.constantFrom({}, { metrics: [] }, { metrics: ['EventCount' as const] }),
  },
  { requiredKeys: ['startingPosition'], noNullPrototype: true },
);

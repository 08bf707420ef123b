import { isMembers } from '../options/check.ts';
import { requireOptions, within } from '../options/check-options.ts';
import { invalidOption } from '../options/invalid-option.ts';

/** Parameters of AWS that a mapping of a DynamoDB stream does not have, each with the source that has it. */
const OF_OTHERS: Readonly<Record<string, string>> = {
  amazonManagedKafkaEventSourceConfig: 'It belongs to Amazon MSK',
  documentDBEventSourceConfig: 'It belongs to Amazon DocumentDB',
  logging: 'It belongs to Kafka event sources',
  loggingConfig: 'It belongs to Kafka event sources',
  provisionedPollerConfig: 'It belongs to Kafka and SQS event sources',
  queues: 'It belongs to Amazon MQ',
  scalingConfig: 'It belongs to SQS event sources',
  selfManagedEventSource: 'It belongs to self-managed Kafka',
  selfManagedKafkaEventSourceConfig: 'It belongs to self-managed Kafka',
  sourceAccessConfigurations: 'It belongs to Kafka, Amazon MQ and Amazon DocumentDB',
  startingPositionTimestamp: 'It belongs to AT_TIMESTAMP, which DynamoDB streams do not have',
  topics: 'It belongs to Kafka event sources',
};

/**
 * Reads the options of a mapping, in camelCase or in AWS's own JSON, whose names begin with a capital.
 *
 * @returns the options in camelCase
 * @throws ConfigurationError `INVALID_OPTION` for an option that is there in both spellings, and for a parameter of
 *   AWS that belongs to other event sources
 */
export function mappingOptions(owner: string, options: unknown): Readonly<Record<string, unknown>> {
  const given = inCamelCase(owner, options);
  for (const name of Object.keys(given)) {
    if (!Object.hasOwn(OF_OTHERS, name)) continue;
    throw invalidOption(
      owner,
      name,
      `is not an option of a DynamoDB stream. ${OF_OTHERS[name]}. Leave it out.`,
    );
  }
  return given;
}

/**
 * Renames the members of AWS's own JSON to those of the options: `BatchSize` to `batchSize`.
 *
 * @param path where the members lie within the options of the owner, as in `filterCriteria`
 * @throws ConfigurationError `INVALID_OPTION` for a value that is not an object, or has a member in both spellings
 */
export function inCamelCase(owner: string, given: unknown, path?: string): Readonly<Record<string, unknown>> {
  requireOptions(owner, given, path);
  const renamed = Object.fromEntries(
    Object.entries(given).map(([name, value]) => {
      const camel = camelCase(name);
      if (camel !== name && Object.hasOwn(given, camel)) {
        throw invalidOption(
          owner,
          within(path, camel),
          `is there twice, also as ${name}. Leave one of them out.`,
        );
      }
      return [camel, value];
    }),
  );
  // The checks that follow refuse options that are inherited.
  return Object.setPrototypeOf(renamed, Object.getPrototypeOf(given));
}

/** `BatchSize` is `batchSize`, and `KMSKeyArn` is `kmsKeyArn`: capitals in a row are one word. */
function camelCase(name: string): string {
  return name.replace(/^[A-Z]+(?![a-z])|^[A-Z]/, (capitals) => capitals.toLowerCase());
}

/**
 * Renames the members of options to those of CloudFormation: `batchSize` to `BatchSize`. Tags, patterns and references keep their
 * names.
 */
export function inPascalCase(options: object): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(options)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => {
        const pascal = pascalCase(name);
        const write = AS_THEY_ARE[pascal] ?? valueInPascalCase;
        return [pascal, write(value as never)];
      }),
  );
}

/** Values with names outside of AWS, and the CloudFormation values that replace them. */
const AS_THEY_ARE: Readonly<Record<string, (value: never) => unknown>> = {
  Destination: (reference: unknown) => reference,
  Pattern: (pattern: unknown) => (typeof pattern === 'string' ? pattern : JSON.stringify(pattern)),
  Tags: tagList,
};

function pascalCase(name: string): string {
  return `${name[0]?.toUpperCase()}${name.slice(1)}`;
}

function valueInPascalCase(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(valueInPascalCase);
  return isMembers(value) ? inPascalCase(value) : value;
}

/** CloudFormation takes tags as a list. */
function tagList(tags: Readonly<Record<string, string>>): readonly object[] {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}

import { parsePattern } from '../../conditions/pattern-json.ts';
import { LongNumber, PatternObject } from '../../conditions/pattern-object.ts';
import { invalidOption } from '../../options/invalid-option.ts';
import type { TemplateReference } from '../router-mapping.ts';
import {
  checkFormat,
  type DestinationType,
  type FormattedMapping,
  hasReference,
  type MappedStream,
  partsOf,
  serviceOf,
} from './template.ts';

/** The options of {@link toServerless}. */
export interface ServerlessOptions extends MappedStream {
  /** The kind of the destination. Needed for a reference that is an object: an ARN says it itself. */
  readonly destinationType?: DestinationType | undefined;
}

/** An entry of `events` of a function. */
export interface ServerlessEvent {
  /** The event's settings. */
  readonly stream: Readonly<Record<string, unknown>>;
}

/** Names of the Serverless Framework, by the properties of CloudFormation. */
const NAMES: Readonly<Record<string, string>> = {
  StartingPosition: 'startingPosition',
  BatchSize: 'batchSize',
  MaximumBatchingWindowInSeconds: 'batchWindow',
  ParallelizationFactor: 'parallelizationFactor',
  MaximumRetryAttempts: 'maximumRetryAttempts',
  MaximumRecordAgeInSeconds: 'maximumRecordAgeInSeconds',
  BisectBatchOnFunctionError: 'bisectBatchOnFunctionError',
  TumblingWindowInSeconds: 'tumblingWindowInSeconds',
  Enabled: 'enabled',
};

/** Options that an event of the Serverless Framework has no name for. */
const UNKNOWN: Readonly<Record<string, string>> = {
  KmsKeyArn: 'kmsKeyArn',
  MetricsConfig: 'metricsConfig',
  Tags: 'tags',
};

/** A template can extend the resources that the framework makes. */
const BY_EXTENSION =
  'Leave it out, and add it to the resource that the framework makes, by resources.extensions of serverless.yml: see ' +
  'docs/deploy.md#serverless-framework. Or use toCloudFormation, and put the resource into the resources of serverless.yml.';

/** AWS's default. That of the Serverless Framework is 10. */
const BATCH_SIZE = 100;

/**
 * Writes a mapping as an event of a function of the Serverless Framework, versions 3 and 4. The framework lets the function read the
 * stream, and send to the destination.
 *
 * Its events know no `tags`, `kmsKeyArn`, `metricsConfig` or buckets as destinations. For the first three, extend the resource that the
 * framework makes, by `resources.extensions`. For all, put what `toCloudFormation` returns into `resources`.
 *
 * @throws ConfigurationError `UNKNOWN_OPTION`; `INVALID_OPTION`, also for a mapping with something that the framework does not know
 * @example
 * ```ts
 * const events = [toServerless(mapping, { streamArn: { 'Fn::GetAtt': ['App', 'StreamArn'] } })];
 * ```
 * @see https://www.serverless.com/framework/docs/providers/aws/events/streams
 */
export function toServerless(mapping: FormattedMapping, options: ServerlessOptions): ServerlessEvent {
  checkFormat('toServerless', options, ['streamArn'], { destinationType: undefined });
  const { values, patterns, destination } = partsOf('toServerless', mapping);
  for (const [property, option] of Object.entries(UNKNOWN)) {
    if (values[property] !== undefined) {
      throw unsaid(
        `the mapping has ${option}, and an event of the Serverless Framework has no such name`,
        BY_EXTENSION,
      );
    }
  }
  const [responseType] = (values.FunctionResponseTypes ?? []) as readonly string[];
  return {
    stream: {
      type: 'dynamodb',
      arn: options.streamArn,
      batchSize: BATCH_SIZE,
      ...Object.fromEntries(
        Object.entries(values).flatMap(([property, value]) => {
          const name = NAMES[property];
          return name === undefined ? [] : [[name, value]];
        }),
      ),
      ...(responseType !== undefined && { functionResponseType: responseType }),
      ...(patterns.length > 0 && { filterPatterns: patterns.map(patternObject) }),
      ...(destination !== undefined && {
        destinations: { onFailure: onFailure(destination, options.destinationType) },
      }),
    },
  };
}

function unsaid(problem: string, remedy = BY_RESOURCE): Error {
  return invalidOption('toServerless', undefined, `${problem}. ${remedy}`);
}

const BY_RESOURCE = 'Use toCloudFormation, and put the resource into the resources of serverless.yml.';

function onFailure(destination: TemplateReference, given: DestinationType | undefined): object | string {
  const type = typeOf(destination) ?? given;
  if (type !== undefined) return { arn: destination, type };
  if (typeof destination === 'string') return destination;
  throw invalidOption(
    'toServerless',
    'destinationType',
    "is required, 'sqs' or 'sns': the framework needs it beside a reference.",
  );
}

function typeOf(destination: TemplateReference): DestinationType | undefined {
  const service = serviceOf(destination);
  if (service === 's3')
    throw unsaid('the destination is a bucket, which the Serverless Framework does not know');
  return service as DestinationType | undefined;
}

/** The framework takes patterns as objects, and writes their JSON itself. */
function patternObject(pattern: string, index: number): unknown {
  return plain(parsePattern(pattern), index);
}

function plain(value: unknown, index: number): unknown {
  if (Array.isArray(value)) return value.map((member) => plain(member, index));
  if (value instanceof LongNumber) throw unsaid(`filters[${index}] has a number that JavaScript rounds`);
  if (typeof value === 'string') return withoutVariable(value, index);
  if (!(value instanceof PatternObject)) return value;
  const { entries } = value;
  if (new Set(entries.map(([name]) => name)).size < entries.length) {
    throw unsaid(`filters[${index}] has a name twice, which an object cannot have`);
  }
  return Object.fromEntries(
    entries.map(([name, member]) => [withoutVariable(name, index), plain(member, index)]),
  );
}

function withoutVariable(text: string, index: number): string {
  if (!hasReference(text)) return text;
  throw unsaid(`filters[${index}] has the text \${, which the Serverless Framework takes for a variable`);
}

import type { Check } from '../../options/check.ts';
import { invalidOption } from '../../options/invalid-option.ts';
import { shown } from '../../options/kind-of.ts';
import type { TemplateReference } from '../router-mapping.ts';
import { checkFormat, type FormattedMapping, type MappedFunction, partsOf } from './template.ts';

/** The options of {@link toTerraform}. References are text: `'${aws_lambda_function.on_change.arn}'`. */
export interface TerraformOptions extends MappedFunction {
  /** The name of the resource. @defaultValue `stream` */
  readonly name?: string | undefined;
}

/** A configuration of Terraform, as a file `*.tf.json` has it. */
export interface TerraformConfiguration {
  /** The resources, by type and name. */
  readonly resource: {
    readonly aws_lambda_event_source_mapping: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  };
}

const NAME: Check = {
  expected: 'letters, digits, _ and -, without a digit or - at the beginning',
  accepts: (value) => typeof value === 'string' && /^[A-Za-z_][\w-]*$/.test(value),
};

/** Arguments of the resource, by the properties of CloudFormation. */
const ARGUMENTS: Readonly<Record<string, string>> = {
  StartingPosition: 'starting_position',
  BatchSize: 'batch_size',
  MaximumBatchingWindowInSeconds: 'maximum_batching_window_in_seconds',
  ParallelizationFactor: 'parallelization_factor',
  MaximumRetryAttempts: 'maximum_retry_attempts',
  MaximumRecordAgeInSeconds: 'maximum_record_age_in_seconds',
  BisectBatchOnFunctionError: 'bisect_batch_on_function_error',
  FunctionResponseTypes: 'function_response_types',
  TumblingWindowInSeconds: 'tumbling_window_in_seconds',
  Enabled: 'enabled',
  KmsKeyArn: 'kms_key_arn',
};

/**
 * Writes a mapping as a resource of Terraform's AWS provider, for a file `*.tf.json`. Old versions of the provider do not know
 * `metrics_config`, `kms_key_arn` and `tags`.
 *
 * @throws ConfigurationError `UNKNOWN_OPTION`; `INVALID_OPTION`, also for a reference that is an object
 * @example
 * ```ts
 * const configuration = toTerraform(mapping, {
 *   name: 'on_change',
 *   functionName: '${aws_lambda_function.on_change.arn}',
 *   streamArn: '${aws_dynamodb_table.app.stream_arn}',
 * });
 * ```
 * @see https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/lambda_event_source_mapping
 */
export function toTerraform(mapping: FormattedMapping, options: TerraformOptions): TerraformConfiguration {
  checkFormat('toTerraform', options, ['functionName', 'streamArn'], { name: NAME });
  const { name = 'stream', functionName, streamArn } = options;
  const { values, patterns, destination } = partsOf('toTerraform', mapping);
  const { Tags, MetricsConfig } = values as {
    readonly Tags?: readonly { readonly Key: string; readonly Value: string }[];
    readonly MetricsConfig?: { readonly Metrics?: readonly string[] };
  };
  const resource = {
    function_name: reference('functionName', functionName),
    event_source_arn: reference('streamArn', streamArn),
    ...Object.fromEntries(
      Object.entries(values).flatMap(([property, value]) => {
        const argument = ARGUMENTS[property];
        return argument === undefined ? [] : [[argument, value]];
      }),
    ),
    ...(patterns.length > 0 && {
      filter_criteria: { filter: patterns.map((pattern) => ({ pattern: literal(pattern) })) },
    }),
    ...(destination !== undefined && {
      destination_config: {
        on_failure: {
          destination_arn: reference('destinationConfig.onFailure.destination', destination),
        },
      },
    }),
    ...(MetricsConfig !== undefined && { metrics_config: { metrics: MetricsConfig.Metrics ?? [] } }),
    ...(Tags !== undefined && {
      tags: Object.fromEntries(Tags.map(({ Key, Value }) => [literal(Key), literal(Value)])),
    }),
  };
  return { resource: { aws_lambda_event_source_mapping: { [name]: resource } } };
}

function reference(option: string, value: TemplateReference): string {
  if (typeof value === 'string') return value;
  throw invalidOption(
    'toTerraform',
    option,
    `has to be text for Terraform, such as '\${aws_dynamodb_table.app.stream_arn}', got ${shown(value)}.`,
  );
}

/** Terraform reads text in JSON as a template. */
function literal(text: string): string {
  return text.replace(/[$%](?=\{)/g, '$&$&');
}

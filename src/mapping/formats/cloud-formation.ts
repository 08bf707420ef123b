import type { Check } from '../../options/check.ts';
import type { TemplateReference } from '../router-mapping.ts';
import {
  checkFormat,
  type FormattedMapping,
  hasReference,
  type MappedFunction,
  type MappingParts,
  partsOf,
} from './template.ts';

/** The options of {@link toCloudFormation}. */
export interface CloudFormationOptions extends MappedFunction {
  /** The name of the resource in the template's `Resources`, of letters and digits. */
  readonly logicalId?: string | undefined;
}

/** A resource of a template. */
export interface MappingResource {
  /** The resource's type. */
  readonly Type: 'AWS::Lambda::EventSourceMapping';
  /** The resource's properties. */
  readonly Properties: Readonly<Record<string, unknown>>;
}

const LOGICAL_ID: Check = {
  expected: 'letters and digits',
  accepts: (value) => typeof value === 'string' && /^[A-Za-z0-9]{1,255}$/.test(value),
};

/**
 * Writes a mapping as a resource of CloudFormation. Text with `${...}` is wrapped in `Fn::Sub`, which reads it.
 *
 * With a `logicalId`, the result is a member of `Resources`:
 *
 * ```text
 * { Type: 'AWS::Lambda::EventSourceMapping', Properties: { FunctionName, EventSourceArn, ... } }
 * { [logicalId]: { Type, Properties } }
 * ```
 *
 * @throws ConfigurationError `UNKNOWN_OPTION` or `INVALID_OPTION`
 * @example
 * ```ts
 * const Resources = toCloudFormation(mapping, {
 *   logicalId: 'OnChangeStream',
 *   functionName: { Ref: 'OnChange' },
 *   streamArn: { 'Fn::GetAtt': ['App', 'StreamArn'] },
 * });
 * ```
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-eventsourcemapping.html
 */
export function toCloudFormation(
  mapping: FormattedMapping,
  options: CloudFormationOptions & { readonly logicalId: string },
): Readonly<Record<string, MappingResource>>;
export function toCloudFormation(
  mapping: FormattedMapping,
  options: CloudFormationOptions & { readonly logicalId?: undefined },
): MappingResource;
export function toCloudFormation(
  mapping: FormattedMapping,
  options: CloudFormationOptions,
): MappingResource | Readonly<Record<string, MappingResource>> {
  checkFormat('toCloudFormation', options, ['functionName', 'streamArn'], { logicalId: LOGICAL_ID });
  const { functionName, streamArn, logicalId } = options;
  const resource: MappingResource = {
    Type: 'AWS::Lambda::EventSourceMapping',
    Properties: {
      FunctionName: substituted(functionName),
      EventSourceArn: substituted(streamArn),
      ...cloudFormationProperties(partsOf('toCloudFormation', mapping)),
    },
  };
  return logicalId === undefined ? resource : { [logicalId]: resource };
}

/** The properties that CloudFormation and SAM have in common. */
export function cloudFormationProperties({
  values,
  patterns,
  destination,
}: MappingParts): Readonly<Record<string, unknown>> {
  return {
    ...values,
    ...(patterns.length > 0 && {
      FilterCriteria: { Filters: patterns.map((Pattern) => ({ Pattern })) },
    }),
    ...(destination !== undefined && {
      DestinationConfig: { OnFailure: { Destination: substituted(destination) } },
    }),
  };
}

/** CloudFormation reads `${...}` in `Fn::Sub` alone. The tokens of the CDK become references before it sees them. */
export function substituted(value: TemplateReference): TemplateReference {
  const isText = typeof value === 'string' && hasReference(value) && !value.includes('${Token[');
  return isText ? { 'Fn::Sub': value } : value;
}

import { type Check, isMembers, oneOf, TEXT } from '../../options/check.ts';
import { rejectUnknownOptions, requireArgument, requireOption } from '../../options/check-options.ts';
import { isFunctionName } from '../function-name.ts';
import type { RouterMapping, TemplateReference } from '../router-mapping.ts';

/** The part of a mapping that a format takes. `eventSourceMapping` returns it. */
export type FormattedMapping = Pick<RouterMapping, 'properties'>;

/** The stream that a mapping reads. */
export interface MappedStream {
  /** ARN of the stream, or a {@link TemplateReference} to it. The ARN of the table is not enough. */
  readonly streamArn: TemplateReference;
}

/** The function and the stream of a mapping. */
export interface MappedFunction extends MappedStream {
  /** Name or ARN of the function, a version or an alias, or a {@link TemplateReference} to it. */
  readonly functionName: TemplateReference;
}

/** The kind of a destination that only the template knows. */
export type DestinationType = 'sns' | 'sqs';

/** The properties of a mapping, taken apart for a format. */
export interface MappingParts {
  /** The properties of CloudFormation, without those below. */
  readonly values: Readonly<Record<string, unknown>>;
  /** Each as JSON. Empty: every record passes. */
  readonly patterns: readonly string[];
  readonly destination: TemplateReference | undefined;
}

/** Checks if text is one that a template completes when it is deployed. */
export function hasReference(text: string): boolean {
  return text.includes('${');
}

/** A value that may be a reference. */
export const REFERENCE: Check = {
  expected: "text, or a reference such as { Ref: 'Name' }",
  accepts: (value) => TEXT.accepts(value) || (isMembers(value) && Object.keys(value).length === 1),
};

/** A function, or a reference to it. */
export const FUNCTION: Check = {
  expected:
    "the name of a function (letters, digits, - and _), its ARN, or a reference such as { Ref: 'Name' }",
  accepts: (value) =>
    REFERENCE.accepts(value) && (typeof value !== 'string' || hasReference(value) || isFunctionName(value)),
};

const STREAM_ARN = /^arn:aws[\w-]*:dynamodb:[\w-]+:\d{12}:table\/[\w.-]+\/stream\/./;

/** The ARN of a stream, or a reference to it. */
export const STREAM: Check = {
  expected:
    'the ARN of a stream (arn:aws:dynamodb:REGION:ACCOUNT:table/NAME/stream/TIME), or a reference to it',
  accepts: (value) =>
    REFERENCE.accepts(value) && (typeof value !== 'string' || hasReference(value) || STREAM_ARN.test(value)),
};

const CHECKS: Readonly<Record<string, Check>> = {
  functionName: FUNCTION,
  streamArn: STREAM,
  destinationType: oneOf(['sns', 'sqs']),
};

/**
 * Checks the options of a format.
 *
 * @param optional the options that may be left out, with their checks
 * @throws ConfigurationError `UNKNOWN_OPTION` or `INVALID_OPTION`
 */
export function checkFormat(
  owner: string,
  options: unknown,
  required: readonly string[],
  optional: Readonly<Record<string, Check | undefined>> = {},
): void {
  rejectUnknownOptions(owner, options, [...required, ...Object.keys(optional)]);
  const given = options as Readonly<Record<string, unknown>>;
  for (const name of required) requireOption(owner, name, given[name], CHECKS[name] as Check);
  for (const [name, check = CHECKS[name] as Check] of Object.entries(optional)) {
    if (given[name] !== undefined) requireOption(owner, name, given[name], check);
  }
}

const MAPPING: Check = {
  expected: 'what eventSourceMapping returns',
  accepts: (value) => isMembers(value) && isMembers((value as { properties?: unknown }).properties),
};

/**
 * Takes the properties of a mapping apart.
 *
 * @throws ConfigurationError `INVALID_OPTION` for a mapping that is none, such as the router
 */
export function partsOf(owner: string, mapping: FormattedMapping): MappingParts {
  requireArgument(owner, 'first argument', mapping, MAPPING);
  const { DestinationConfig, FilterCriteria, ...values } = mapping.properties as {
    readonly DestinationConfig?: { readonly OnFailure?: { readonly Destination?: TemplateReference } };
    readonly FilterCriteria?: { readonly Filters?: readonly { readonly Pattern: string }[] };
  };
  return {
    values,
    patterns: (FilterCriteria?.Filters ?? []).map(({ Pattern }) => Pattern),
    // Empty text is AWS's way to remove a destination.
    destination: DestinationConfig?.OnFailure?.Destination || undefined,
  };
}

/** The service of a destination, read from its ARN. Undefined for a reference. */
export function serviceOf(destination: TemplateReference): string | undefined {
  if (typeof destination !== 'string' || hasReference(destination)) return undefined;
  return destination.split(':')[2];
}

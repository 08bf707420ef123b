import { type Check, oneOf } from '../../options/check.ts';
import { invalidOption } from '../../options/invalid-option.ts';
import type { TemplateReference } from '../router-mapping.ts';
import { cloudFormationProperties, substituted } from './cloud-formation.ts';
import {
  checkFormat,
  type DestinationType,
  type FormattedMapping,
  type MappedStream,
  partsOf,
  serviceOf,
} from './template.ts';

/** The options of {@link toSam}. */
export interface SamOptions extends MappedStream {
  /**
   * The kind of the destination, so that SAM lets the function send to it. Needed for a reference: an ARN says it itself.
   */
  readonly destinationType?: DestinationType | 's3' | undefined;
}

const TYPE: Check = oneOf(['sns', 'sqs', 's3']);

/** An entry of `Events` of an `AWS::Serverless::Function`. */
export interface SamEvent {
  /** The event's type. */
  readonly Type: 'DynamoDB';
  /** The event's properties. */
  readonly Properties: Readonly<Record<string, unknown>>;
}

/**
 * Writes a mapping as an event of an `AWS::Serverless::Function`. The function is the one that has the event.
 *
 * SAM lets the function read the stream, and send to a queue or a topic; for a bucket, add `s3:PutObject` and `s3:ListBucket` to its `Policies`.
 *
 * @throws ConfigurationError `UNKNOWN_OPTION`; `INVALID_OPTION`, also for a mapping with `tags`, which an event cannot have, and for a
 *   destination that is a reference without its type
 * @example
 * ```ts
 * const Events = { Stream: toSam(mapping, { streamArn: { 'Fn::GetAtt': ['App', 'StreamArn'] } }) };
 * ```
 * @see https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-property-function-dynamodb.html
 */
export function toSam(mapping: FormattedMapping, options: SamOptions): SamEvent {
  checkFormat('toSam', options, ['streamArn'], { destinationType: TYPE });
  const parts = partsOf('toSam', mapping);
  if (parts.values.Tags !== undefined) {
    throw invalidOption(
      'toSam',
      undefined,
      "the mapping has tags, and an event of SAM has none. Use toCloudFormation, or the function's Tags with PropagateTags.",
    );
  }
  const { destination } = parts;
  const type = destination && typeOf(destination, options.destinationType);
  return {
    Type: 'DynamoDB',
    Properties: {
      Stream: substituted(options.streamArn),
      ...cloudFormationProperties(parts),
      ...(destination !== undefined && {
        DestinationConfig: {
          OnFailure: { ...(type && { Type: type }), Destination: substituted(destination) },
        },
      }),
    },
  };
}

/** SAM's `Type`: it adds a permission for a topic and a queue, and none for a bucket. */
function typeOf(destination: TemplateReference, given: string | undefined): string | undefined {
  const service = serviceOf(destination) ?? given;
  if (service === undefined) {
    throw invalidOption(
      'toSam',
      'destinationType',
      "is required, 'sqs', 'sns' or 's3': SAM does not know from a reference which permission the function needs.",
    );
  }
  return service === 'sns' || service === 'sqs' ? service.toUpperCase() : undefined;
}

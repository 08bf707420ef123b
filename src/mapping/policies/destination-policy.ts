import { oneOf } from '../../options/check.ts';
import { rejectUnknownOptions, requireArgument, requireOption } from '../../options/check-options.ts';
import { invalidOption } from '../../options/invalid-option.ts';
import { REFERENCE, serviceOf } from '../formats/template.ts';
import type { TemplateReference } from '../router-mapping.ts';
import { allow, type PolicyStatement } from './statement.ts';

/** The options of {@link destinationPolicy}. */
export interface DestinationPolicyOptions {
  /** The kind of the destination. @defaultValue what its ARN says; needed for a reference */
  readonly type?: 's3' | 'sns' | 'sqs' | undefined;
}

const OWNER = 'destinationPolicy';

const TYPE = oneOf(['s3', 'sns', 'sqs']);

/**
 * The statements that the role of a function needs, so that Lambda sends details of discarded records to the destination of its mapping.
 * Keys of KMS are not in it.
 *
 * @param destination ARN of a queue, a topic or a bucket, or a reference to it
 * @throws ConfigurationError `UNKNOWN_OPTION` or `INVALID_OPTION`
 * @example
 * ```ts
 * const [statement] = destinationPolicy({ 'Fn::GetAtt': ['Failures', 'Arn'] }, { type: 'sqs' });
 * ```
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html
 */
export function destinationPolicy(
  destination: TemplateReference,
  options: DestinationPolicyOptions = {},
): readonly PolicyStatement[] {
  requireArgument(OWNER, 'destination', destination, REFERENCE);
  rejectUnknownOptions(OWNER, options, ['type']);
  const type = options.type ?? serviceOf(destination);
  if (type === undefined) {
    throw invalidOption(
      OWNER,
      'type',
      "is required, 'sqs', 'sns' or 's3': a reference does not show its type.",
    );
  }
  requireOption(OWNER, 'type', type, TYPE);
  if (type === 'sqs') return [allow(['sqs:SendMessage'], destination)];
  if (type === 'sns') return [allow(['sns:Publish'], destination)];
  return [allow(['s3:PutObject'], objectsOf(destination)), allow(['s3:ListBucket'], destination)];
}

function objectsOf(bucket: TemplateReference): TemplateReference {
  return typeof bucket === 'string' ? `${bucket}/*` : { 'Fn::Sub': ['${bucket}/*', { bucket }] };
}

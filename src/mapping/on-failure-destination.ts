import { rejectUnknownOptions } from '../options/check-options.ts';
import { invalidOption } from '../options/invalid-option.ts';
import { shown } from '../options/kind-of.ts';
import { inCamelCase } from './aws-names.ts';

/** Where a mapping tells of records that it gives up, read from the ARN. */
export interface OnFailureDestination {
  readonly service: 'sqs' | 'sns' | 's3';
  readonly arn: string;
  /** The region in the ARN; empty for a bucket. */
  readonly region: string;
  /** The account in the ARN; empty for a bucket. */
  readonly accountId: string;
  /** The name of the queue, topic or bucket. */
  readonly name: string;
}

const SERVICES: readonly { readonly service: OnFailureDestination['service']; readonly arn: RegExp }[] = [
  { service: 'sqs', arn: /^arn:aws[\w-]*:sqs:([\w-]+):(\d{12}):([\w-]{1,80}(?:\.fifo)?)$/ },
  { service: 'sns', arn: /^arn:aws[\w-]*:sns:([\w-]+):(\d{12}):([\w-]{1,256}(?:\.fifo)?)$/ },
  { service: 's3', arn: /^arn:aws[\w-]*:s3:():():([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])$/ },
];

const DESTINATION = 'destinationConfig.onFailure.destination';

/**
 * Reads and checks a `destinationConfig`.
 *
 * @returns undefined without a destination. AWS answers `OnFailure: {}` then, and takes `Destination: ''` to remove one
 * @throws ConfigurationError `UNKNOWN_OPTION` or `INVALID_OPTION`
 * @see https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html
 */
export function onFailureDestination(owner: string, config: unknown): OnFailureDestination | undefined {
  if (config === undefined) return undefined;
  const given = inCamelCase(owner, config, 'destinationConfig');
  rejectUnknownOptions(owner, given, ['onFailure', 'onSuccess'], 'destinationConfig');
  const { onFailure, onSuccess } = given;
  if (destinationIn(owner, onSuccess, 'destinationConfig.onSuccess').given) {
    // AWS's own words.
    throw invalidOption(
      owner,
      'destinationConfig.onSuccess',
      'is refused: OnSuccess configuration is not supported for event source mappings.',
    );
  }
  const { given: isGiven, destination } = destinationIn(owner, onFailure, 'destinationConfig.onFailure');
  if (!isGiven) return undefined;
  if (typeof destination === 'string' && destination.startsWith('kafka://')) {
    throw invalidOption(
      owner,
      DESTINATION,
      'cannot be a Kafka topic. Those belong to Kafka event sources. ' +
        'Use an SQS queue, an SNS topic or an S3 bucket.',
    );
  }
  const found = typeof destination === 'string' ? read(destination) : undefined;
  if (found === undefined) {
    throw invalidOption(
      owner,
      DESTINATION,
      `has to be the ARN of an SQS queue, an SNS topic or an S3 bucket, got ${shown(destination)}.`,
    );
  }
  if (found.name.endsWith('.fifo')) {
    throw invalidOption(
      owner,
      DESTINATION,
      `has to be a standard queue or topic, got a FIFO one: ${found.name}.`,
    );
  }
  return found;
}

/** One that is there and undefined counts as given: it is a variable that was not set. */
function destinationIn(
  owner: string,
  config: unknown,
  path: string,
): { readonly given: boolean; readonly destination?: unknown } {
  if (config === undefined) return { given: false };
  const members = inCamelCase(owner, config, path);
  rejectUnknownOptions(owner, members, ['destination'], path);
  const { destination } = members;
  return { given: Object.hasOwn(members, 'destination') && destination !== '', destination };
}

function read(arn: string): OnFailureDestination | undefined {
  for (const { service, arn: pattern } of SERVICES) {
    const match = pattern.exec(arn);
    if (match === null) continue;
    const [, region = '', accountId = '', name = ''] = match;
    return { service, arn, region, accountId, name };
  }
  return undefined;
}

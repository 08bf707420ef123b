import { ConfigurationError } from '../errors.ts';
import { kindOf, rejectUnknownOptions } from '../options/unknown-options.ts';
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

/**
 * Reads and checks a `destinationConfig`.
 *
 * @returns undefined without a destination. AWS answers `OnFailure: {}` then, and takes `Destination: ''` to remove one
 * @throws ConfigurationError `UNKNOWN_OPTION` or `INVALID_OPTION`
 * @see https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html
 */
export function onFailureDestination(owner: string, config: unknown): OnFailureDestination | undefined {
  if (config === undefined) return undefined;
  const given = inCamelCase(`${owner}: destinationConfig`, config);
  rejectUnknownOptions(`${owner}: destinationConfig`, given, ['onFailure', 'onSuccess']);
  const { onFailure, onSuccess } = given;
  if (destinationIn(`${owner}: destinationConfig.onSuccess`, onSuccess).given) {
    // AWS's own words.
    refuse(owner, 'OnSuccess configuration is not supported for event source mappings.');
  }
  const { given: isGiven, destination } = destinationIn(`${owner}: destinationConfig.onFailure`, onFailure);
  if (!isGiven) return undefined;
  if (typeof destination === 'string' && destination.startsWith('kafka://')) {
    refuse(
      owner,
      'destinationConfig.onFailure.destination cannot be a Kafka topic. Those belong to Kafka event sources. ' +
        'Use an SQS queue, an SNS topic or an S3 bucket.',
    );
  }
  const found = typeof destination === 'string' ? read(destination) : undefined;
  if (found === undefined) {
    refuse(
      owner,
      'destinationConfig.onFailure.destination has to be the ARN of an SQS queue, an SNS topic or an S3 bucket, ' +
        `got ${kindOf(destination)}.`,
    );
  }
  if (found.name.endsWith('.fifo')) {
    refuse(
      owner,
      'destinationConfig.onFailure.destination has to be a standard queue or topic, and this is a FIFO one: ' +
        `${found.name}.`,
    );
  }
  return found;
}

/** One that is there and undefined counts as given: it is a variable that was not set. */
function destinationIn(
  owner: string,
  config: unknown,
): { readonly given: boolean; readonly destination?: unknown } {
  if (config === undefined) return { given: false };
  const members = inCamelCase(owner, config);
  rejectUnknownOptions(owner, members, ['destination']);
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

function refuse(owner: string, message: string): never {
  throw new ConfigurationError('INVALID_OPTION', `${owner}: ${message}`);
}

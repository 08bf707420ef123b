import type { CheckMapping } from '../check.ts';
import { updateCommand } from '../check.ts';
import type { DeployedQueue, DeployedTarget } from '../deployed-state.ts';
import { type FindingCode, finding, ifRead, type Result } from '../finding.ts';
import { arnOf } from '../read/arn.ts';

const DAY = 86_400;

/** Services whose resources can be a destination of a DynamoDB stream. */
const KINDS: Readonly<Record<string, readonly FindingCode[]>> = {
  sqs: ['DESTINATION_MISSING', 'QUEUE_RETENTION_SHORT', 'QUEUE_NOT_EMPTY'],
  sns: ['DESTINATION_MISSING', 'DESTINATION_WITHOUT_READER'],
  s3: ['DESTINATION_MISSING'],
};

/**
 * The destination of discarded records.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html
 */
export const destination: CheckMapping = function* ({ mapping, subject }) {
  const { destination: arn } = mapping;
  if (arn === undefined) return;
  const problem = problemOf(arn);
  const remedy = updateCommand(mapping, '--destination-config OnFailure={Destination=QUEUE_ARN}');
  if (problem !== undefined) {
    yield finding('DESTINATION_UNUSABLE', subject, {
      is: `The OnFailure destination ${arn} is ${problem}.`,
      should: 'a standard queue, a standard topic or a bucket',
      why: 'Lambda cannot send the details of discarded records there, so there is no trace of lost records.',
      remedy,
    });
    return;
  }
  yield* ifRead(
    mapping.target,
    KINDS[arnOf(arn).service] as readonly FindingCode[],
    subject,
    function* (target) {
      if (target !== undefined) yield* ofTarget(target, arn, subject);
      else {
        yield finding('DESTINATION_MISSING', subject, {
          is: `The OnFailure destination ${arn} does not exist.`,
          should: 'a standard queue, a standard topic or a bucket that exists',
          why: 'Lambda discards records and cannot send the details, so there is no trace of lost records.',
          remedy,
        });
      }
    },
  );
};

function problemOf(arn: string): string | undefined {
  if (arn.startsWith('kafka://')) return 'a Kafka topic, which belongs to Kafka event sources';
  const { service, resource } = arnOf(arn);
  if (!Object.hasOwn(KINDS, service)) return 'neither a queue nor a topic nor a bucket';
  return resource.endsWith('.fifo') ? 'a FIFO queue or topic' : undefined;
}

function* ofTarget(target: DeployedTarget, arn: string, subject: string): Iterable<Result> {
  if (target.kind === 'sqs') yield* ofQueue(target, arn, subject);
  if (target.kind === 'sns' && target.subscriptions === 0) {
    yield finding('DESTINATION_WITHOUT_READER', subject, {
      is: `The topic ${arn} has no confirmed subscription.`,
      should: 'a subscription that keeps the messages, such as a queue',
      why: 'A topic stores no messages, so the details of discarded records are lost.',
      remedy: `aws sns subscribe --topic-arn ${arn} --protocol sqs --notification-endpoint QUEUE_ARN`,
    });
  }
}

function* ofQueue(
  { retentionSeconds, messages, url }: DeployedQueue,
  arn: string,
  subject: string,
): Iterable<Result> {
  if (retentionSeconds < 4 * DAY) {
    yield finding('QUEUE_RETENTION_SHORT', subject, {
      is: `The queue ${arn} keeps messages for ${spanOf(retentionSeconds)}.`,
      should: 'MessageRetentionPeriod: 1209600, which is 14 days',
      why: 'After that time, there is no trace of the discarded records.',
      remedy: `aws sqs set-queue-attributes --queue-url ${url} --attributes MessageRetentionPeriod=1209600`,
    });
  }
  if (messages > 0) {
    yield finding('QUEUE_NOT_EMPTY', subject, {
      is: `The queue ${arn} has about ${messages} ${messages === 1 ? 'message' : 'messages'}.`,
      should: 'an empty queue',
      why: 'Each message is about discarded records. They stay in the stream for 24 hours after the change.',
      remedy: `npx streamlane replay --queue ${url} --dry-run`,
    });
  }
}

function spanOf(seconds: number): string {
  if (seconds >= DAY) return `${Math.floor((10 * seconds) / DAY) / 10} days`;
  return seconds >= 3600 ? `${Math.floor((10 * seconds) / 3600) / 10} hours` : `${seconds} seconds`;
}

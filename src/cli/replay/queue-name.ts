import type { SQSClient } from '@aws-sdk/client-sqs';
import { importPeer } from '../../aws-clients/import-peer.ts';
import { failure } from '../errors/cli-error.ts';
import type { Connection } from '../servers/connection.ts';

const ARN = /^arn:[\w-]+:sqs:([\w-]+):(\d{12}):([\w-]+(?:\.fifo)?)$/;
const NAME = /^[\w-]{1,80}(?:\.fifo)?$/;

/** Checks if text is the name or the ARN of an SQS queue. */
export function isQueueName(text: string): boolean {
  return ARN.test(text) || NAME.test(text);
}

/**
 * Asks for the URL of a queue.
 *
 * @param queue its name or its ARN
 * @throws CliError when there is no such queue
 */
export async function urlOfQueue(
  queue: string,
  { sqs, kind }: Pick<Connection, 'sqs' | 'kind'>,
): Promise<string> {
  const [, region, QueueOwnerAWSAccountId, QueueName = queue] = ARN.exec(queue) ?? [];
  const { GetQueueUrlCommand, SQSClient } = await importPeer(
    '@aws-sdk/client-sqs',
    'replay from a queue',
    () => import('@aws-sdk/client-sqs'),
  );
  // Local servers are asked in the Region that they are in, whatever the ARN says.
  const client = new SQSClient({ ...sqs, ...(kind === 'aws' && region !== undefined && { region }) });
  try {
    const { QueueUrl } = await client.send(new GetQueueUrlCommand({ QueueName, QueueOwnerAWSAccountId }));
    return `${QueueUrl}`;
  } catch (cause) {
    if (!/QueueDoesNotExist|NonExistentQueue/.test((cause as Error).name)) throw cause;
    throw failure(
      `There is no queue ${queue} here.${await queuesOf(client)} Check --queue, --endpoint and --region.`,
      cause,
    );
  } finally {
    client.destroy();
  }
}

const MAX_NAMES = 10;

/** A sentence with the names of some queues, if there are any and the caller may list them. */
async function queuesOf(client: SQSClient): Promise<string> {
  const { ListQueuesCommand } = await import('@aws-sdk/client-sqs');
  const { QueueUrls = [] } = await client
    .send(new ListQueuesCommand({ MaxResults: MAX_NAMES + 1 }))
    .catch((): { readonly QueueUrls?: string[] } => ({}));
  const names = QueueUrls.map((url) => url.slice(url.lastIndexOf('/') + 1)).sort();
  if (names.length === 0) return '';
  const more = names.length > MAX_NAMES ? ' and others' : '';
  return ` There are ${names.slice(0, MAX_NAMES).join(', ')}${more}.`;
}

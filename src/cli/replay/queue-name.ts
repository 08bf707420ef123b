import type { SQSClient } from '@aws-sdk/client-sqs';
import { importPeer } from '../../aws-clients/import-peer.ts';
import { queueArn } from '../../mapping/policies/queue-arn.ts';
import { type CliError, failure, usageError } from '../errors/cli-error.ts';
import { isOfAws } from '../servers/connect.ts';
import type { Connection } from '../servers/connection.ts';

const ARN = /^arn:[\w-]+:sqs:([\w-]+):(\d{12}):([\w-]+(?:\.fifo)?)$/;
const NAME = /^[\w-]{1,80}(?:\.fifo)?$/;

/** Checks if text is the name or the ARN of an SQS queue. */
export function isQueueName(text: string): boolean {
  return ARN.test(text) || NAME.test(text);
}

/** A connection, as far as a queue needs it. */
type QueueConnection = Pick<Connection, 'sqs' | 'kind'>;

/**
 * Refuses the URL of a queue on AWS where a local server would be asked, because that may have a queue with the same name.
 *
 * @throws CliError
 */
export function requireServerOf(queueUrl: string, connection: QueueConnection): void {
  if (connection.kind === 'aws' || queueArn(queueUrl) === undefined) return;
  if (connection.sqs.endpoint === undefined || isOfAws(connection.sqs.endpoint)) return;
  throw ofAws(queueUrl, connection);
}

/**
 * Asks for the URL of a queue.
 *
 * @param queue its name or its ARN
 * @throws CliError when there is no such queue, or when the server has one with this name in another account
 */
export async function urlOfQueue(queue: string, connection: QueueConnection): Promise<string> {
  const { sqs, kind } = connection;
  const [, region, account, QueueName = queue] = ARN.exec(queue) ?? [];
  const { GetQueueUrlCommand, SQSClient } = await importPeer(
    '@aws-sdk/client-sqs',
    'replay from a queue',
    () => import('@aws-sdk/client-sqs'),
  );
  // Local servers are asked in the Region that they are in, whatever the ARN says.
  const client = new SQSClient({ ...sqs, ...(kind === 'aws' && region !== undefined && { region }) });
  try {
    const { QueueUrl } = await client.send(
      new GetQueueUrlCommand({ QueueName, QueueOwnerAWSAccountId: account }),
    );
    // Local servers return their own queue, whatever account is asked for.
    const [, owner] = /\/(\d{12})\/[^/]+$/.exec(`${QueueUrl}`) ?? [];
    if (account !== undefined && owner !== undefined && owner !== account) throw ofAws(queue, connection);
    return `${QueueUrl}`;
  } catch (cause) {
    if (!/QueueDoesNotExist|NonExistentQueue/.test((cause as Error).name)) throw cause;
    throw failure(
      `There is no queue ${queue} here.${await queuesOf(client)} Check --queue, --endpoint, --region and --profile.`,
      cause,
    );
  } finally {
    client.destroy();
  }
}

function ofAws(queue: string, { sqs }: QueueConnection): CliError {
  return usageError(
    `${queue} is a queue on AWS, and this command would read the queue with its name at ${sqs.endpoint}. ` +
      'For AWS, add --profile <name>, or --aws with the credentials of the environment. For the local queue, pass only its name.',
  );
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

import type { DynamoDBStreamsClient, _Stream as Stream } from '@aws-sdk/client-dynamodb-streams';
import { ConfigurationError } from '../errors.ts';
import { streamsModule } from './streams-module.ts';

/**
 * The ARN of the newest stream of a table, which may have older ones that are disabled.
 *
 * @throws ConfigurationError `STREAM_NOT_FOUND`
 */
export async function newestStreamOf(TableName: string, client: DynamoDBStreamsClient): Promise<string> {
  const { ListStreamsCommand } = await streamsModule();
  const streams: Stream[] = [];
  let start: string | undefined;
  do {
    const page = await client.send(new ListStreamsCommand({ TableName, ExclusiveStartStreamArn: start }));
    streams.push(...(page.Streams as Stream[]));
    start = page.LastEvaluatedStreamArn;
  } while (start !== undefined);
  // A label is the time at which the stream was made, in a form that sorts.
  const newest = streams.toSorted((a, b) => (`${a.StreamLabel}` < `${b.StreamLabel}` ? 1 : -1))[0]?.StreamArn;
  if (newest !== undefined) return newest;
  throw new ConfigurationError(
    'STREAM_NOT_FOUND',
    `the table ${TableName} has no stream, or does not exist at this endpoint. ` +
      'Enable it with StreamSpecification: { StreamEnabled: true, StreamViewType: ... }.',
    { owner: 'startEventSourceMapping' },
  );
}

import type { DynamoDBStreamsClient, _Stream as Stream } from '@aws-sdk/client-dynamodb-streams';
import { ConfigurationError } from '../errors.ts';
import { streamsModule } from './streams-module.ts';
import { unexpectedAnswer } from './unexpected-answer.ts';

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
    streams.push(...(page.Streams ?? []));
    if (start !== undefined && page.LastEvaluatedStreamArn === start)
      throw unexpectedAnswer('has the page before once more', 'ListStreams');
    start = page.LastEvaluatedStreamArn ?? undefined;
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

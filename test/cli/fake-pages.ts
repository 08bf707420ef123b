import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** Answers to ListStreams and DescribeStream, which no emulator splits into pages, by the page's beginning. */
const PAGES: Readonly<Record<string, object>> = {
  'ListStreams from the start': { Streams: [{ TableName: 'T1' }], LastEvaluatedStreamArn: 'next' },
  'ListStreams from next': { Streams: [{ TableName: 'T2' }] },
  'DescribeStream from the start': {
    StreamDescription: {
      StreamStatus: 'ENABLED',
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
      Shards: [
        {
          ShardId: 'shard-1',
          SequenceNumberRange: { StartingSequenceNumber: '100', EndingSequenceNumber: '200' },
        },
      ],
      LastEvaluatedShardId: 'next',
    },
  },
  'DescribeStream from next': {
    StreamDescription: {
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
      Shards: [
        {
          ShardId: 'shard-2',
          ParentShardId: 'shard-1',
          SequenceNumberRange: { StartingSequenceNumber: '201' },
        },
      ],
    },
  },
};

/** A server of DynamoDB Streams that answers in pages, with a shard that has a parent. */
export async function fakeStreams(): Promise<{ readonly url: string } & AsyncDisposable> {
  const server = createServer(async (request, response) => {
    const operation = `${request.headers['x-amz-target']}`.replace(/.*\./, '');
    const { ExclusiveStartStreamArn, ExclusiveStartShardId } = JSON.parse(await text(request));
    const from = ExclusiveStartStreamArn ?? ExclusiveStartShardId ?? 'the start';
    response.setHeader('content-type', 'application/x-amz-json-1.0');
    response.end(JSON.stringify(PAGES[`${operation} from ${from}`]));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

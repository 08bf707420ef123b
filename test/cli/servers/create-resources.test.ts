import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { expect, test } from 'vitest';
import type { Resource } from '../../../src/cli/flags/resource-flags.ts';
import { createResources } from '../../../src/cli/servers/create-resources.ts';
import { embeddedServers } from '../../../src/cli/servers/embedded-servers.ts';

const noWarning = (text: string): never => {
  throw new Error(`unexpected: ${text}`);
};

test('tables, topics, queues and buckets are created, and created again without harm', async () => {
  const resources: readonly Resource[] = [
    { kind: 'topic', name: 'a', variable: 'A' },
    { kind: 'topic', name: 'b.fifo', variable: 'B' },
    { kind: 'queue', name: 'c', variable: 'C' },
    { kind: 'queue', name: 'd.fifo', variable: 'D_QUEUE_URL' },
    { kind: 'bucket', name: 'files', variable: 'E' },
    {
      kind: 'table',
      name: 'AppAudit',
      variable: 'F',
      keys: [
        { name: 'itemKey', type: 'S' },
        { name: 'position', type: 'N' },
      ],
    },
  ];
  await using servers = await embeddedServers({}, {}, 'private', noWarning, resources);
  const created = await createResources(resources, servers);
  expect(created).toEqual({
    A: 'arn:aws:sns:us-east-1:000000000000:a',
    B: 'arn:aws:sns:us-east-1:000000000000:b.fifo',
    C: `${servers.sqs.endpoint}/000000000000/c`,
    C_ARN: 'arn:aws:sqs:us-east-1:000000000000:c',
    D_QUEUE_URL: `${servers.sqs.endpoint}/000000000000/d.fifo`,
    D_QUEUE_ARN: 'arn:aws:sqs:us-east-1:000000000000:d.fifo',
    E: 'files',
    F: 'AppAudit',
  });
  expect(servers.environment).toMatchObject(created);
  const client = new DynamoDBClient(servers.dynamodb);
  const { Table } = await client.send(new DescribeTableCommand({ TableName: 'AppAudit' }));
  expect(Table?.KeySchema).toEqual([
    { AttributeName: 'itemKey', KeyType: 'HASH' },
    { AttributeName: 'position', KeyType: 'RANGE' },
  ]);
  expect(Table?.StreamSpecification).toMatchObject({ StreamEnabled: true });
  client.destroy();
});

test.each([
  [{ kind: 'bucket', name: '', variable: 'E' } as const, /Bucket/],
  [{ kind: 'table', name: 'Audit', variable: 'E', keys: [] } as const, /keySchema/],
])('where $kind cannot be created, the servers are stopped again', async (resource, message) => {
  await expect(embeddedServers({}, {}, 'private', noWarning, [resource])).rejects.toThrow(message);
});

test('a bucket that is there already is used', async () => {
  const server = createServer((_request, response) => {
    response
      .writeHead(409)
      .end('<Error><Code>BucketAlreadyOwnedByYou</Code><Message>yours</Message></Error>');
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const settings = { endpoint, region: 'us-east-1', credentials: { accessKeyId: 'a', secretAccessKey: 'b' } };
  const created = await createResources([{ kind: 'bucket', name: 'files', variable: 'F' }], {
    dynamodb: settings,
    sns: settings,
    sqs: settings,
    s3: settings,
  });
  server.close();
  expect(created).toEqual({ F: 'files' });
});

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import type { Resource } from '../../../src/cli/flags/resource-flags.ts';
import { createResources } from '../../../src/cli/servers/create-resources.ts';
import { embeddedServers } from '../../../src/cli/servers/embedded-servers.ts';

const noWarning = (text: string): never => {
  throw new Error(`unexpected: ${text}`);
};

test('topics, queues and buckets are created, and created again without harm', async () => {
  const resources: readonly Resource[] = [
    { kind: 'topic', name: 'a', variable: 'A' },
    { kind: 'topic', name: 'b.fifo', variable: 'B' },
    { kind: 'queue', name: 'c', variable: 'C' },
    { kind: 'queue', name: 'd.fifo', variable: 'D_QUEUE_URL' },
    { kind: 'bucket', name: 'files', variable: 'E' },
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
  });
  expect(servers.environment).toMatchObject(created);
});

test('where one cannot be created, the servers are stopped again', async () => {
  const resources: readonly Resource[] = [{ kind: 'bucket', name: '', variable: 'E' }];
  await expect(embeddedServers({}, {}, 'private', noWarning, resources)).rejects.toThrow(/Bucket/);
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
    sns: settings,
    sqs: settings,
    s3: settings,
  });
  server.close();
  expect(created).toEqual({ F: 'files' });
});

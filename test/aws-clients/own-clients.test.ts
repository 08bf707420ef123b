import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type LocalMappingOptions, startEventSourceMapping } from '../../src/local/index.ts';
import { eventually } from '../fixtures/eventually.ts';
import { FakeDestinations } from '../fixtures/fake-destinations.ts';
import { FAKE_STREAM, FakeStreams } from '../fixtures/fake-streams.ts';

let fake: FakeStreams | undefined;
afterEach(async () => {
  await fake?.stop();
  fake = undefined;
});

async function fakeServer(): Promise<FakeStreams> {
  fake = await FakeStreams.start();
  return fake;
}

const options = ({ endpoint }: { readonly endpoint: string }) => ({
  endpoint,
  region: 'eu-central-1',
  credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
  streamArn: FAKE_STREAM,
  startingPosition: 'TRIM_HORIZON' as const,
  pollIntervalMs: 5,
  handler: () => {},
  logger: false as const,
});

test('mappings that have stopped leave no socket open', async () => {
  const server = await fakeServer();
  server.addShard('s');
  for (let index = 0; index < 10; index++) {
    const mapping = await startEventSourceMapping(options(server));
    await mapping.caughtUp();
    await mapping.stop();
  }
  await eventually(async () => expect(await server.connections()).toBe(0));
});

test('a mapping that cannot start leaves no socket open', async () => {
  const server = await fakeServer();
  server.deleted = true;
  await expect(startEventSourceMapping(options(server))).rejects.toMatchObject({ code: 'STREAM_NOT_FOUND' });
  await eventually(async () => expect(await server.connections()).toBe(0));
});

test('a client of the caller stays open', async () => {
  const server = await fakeServer();
  server.addShard('s');
  const client = server.client();
  const { endpoint: _, region: _region, credentials: _credentials, ...rest } = options(server);
  const mapping = await startEventSourceMapping({ ...rest, client });
  await mapping.caughtUp();
  await mapping.stop();
  expect(await server.connections()).toBeGreaterThan(0);
  client.destroy();
});

test('300 shards have a request under way at the same time, and nothing reaches stderr', async () => {
  const shards = Array.from({ length: 300 }, (_, index) => ({ ShardId: `${index}` }));
  const held: ServerResponse[] = [];
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      response.setHeader('content-type', 'application/x-amz-json-1.0');
      const operation = `${request.headers['x-amz-target']}`.split('.')[1];
      if (operation === 'GetRecords') held.push(response);
      else if (operation === 'GetShardIterator') response.end('{"ShardIterator":"i"}');
      else response.end(JSON.stringify({ StreamDescription: { StreamStatus: 'ENABLED', Shards: shards } }));
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const stderr = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  const warn = vi.spyOn(console, 'warn').mockReturnValue();
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const mapping = await startEventSourceMapping(options({ endpoint }));
  await eventually(() => expect(held).toHaveLength(300));
  await mapping.stop();
  expect([...stderr.mock.calls, ...warn.mock.calls]).toEqual([]);
  vi.restoreAllMocks();
  server.closeAllConnections();
  server.close();
});

describe('clients of destinations and functions', () => {
  const ARNS = {
    sqs: 'arn:aws:sqs:eu-central-1:123456789012:failed',
    sns: 'arn:aws:sns:eu-central-1:123456789012:failed',
    s3: 'arn:aws:s3:::failed',
  };
  type Service = keyof typeof ARNS | 'lambda';

  const optionsFor = (service: Service): Partial<LocalMappingOptions> =>
    service === 'lambda'
      ? { handler: 'invoices' }
      : {
          handler: () => Promise.reject(new Error('on purpose')),
          maximumRetryAttempts: 0,
          destinationConfig: { onFailure: { destination: ARNS[service] } },
        };

  let destinations: FakeDestinations;

  beforeEach(async () => {
    destinations = await FakeDestinations.start();
  });

  afterEach(async () => {
    vi.unstubAllEnvs();
    await destinations.stop();
  });

  async function streamServer(): Promise<FakeStreams> {
    const server = await fakeServer();
    server.addShard('s');
    server.write('s', 'a');
    return server;
  }

  test.each<Service>(['sqs', 'sns', 's3', 'lambda'])(
    'of 25 mappings that used %s and stopped, no socket is left',
    async (service) => {
      const server = await streamServer();
      const { endpoint, requests } = destinations;
      vi.stubEnv('AWS_ENDPOINT_URL_LAMBDA', endpoint);
      for (let index = 0; index < 25; index++) {
        const mapping = await startEventSourceMapping({
          ...options(server),
          ...optionsFor(service),
          destinationEndpoint: endpoint,
        });
        await mapping.caughtUp();
        expect(await destinations.connections()).toBe(1);
        await mapping.stop();
        await eventually(async () => expect(await destinations.connections()).toBe(0));
      }
      expect(requests[service]).toBeGreaterThanOrEqual(25);
      await eventually(async () => expect(await server.connections()).toBe(0));
    },
    30_000,
  );

  test.each<Service>(['sqs', 'sns', 's3', 'lambda'])(
    'the %s client of the caller stays open',
    async (service) => {
      const server = await streamServer();
      const { endpoint, requests } = destinations;
      const { region, credentials } = options(server);
      const settings = { endpoint, region, credentials };
      const clients = {
        sqs: new SQSClient({ ...settings, useQueueUrlAsEndpoint: false }),
        sns: new SNSClient(settings),
        s3: new S3Client({ ...settings, forcePathStyle: true }),
        lambda: new LambdaClient(settings),
      };
      const { lambda: lambdaClient, ...destinationClients } = clients;
      const destroy = vi.spyOn(clients[service], 'destroy');
      const mapping = await startEventSourceMapping({
        ...options(server),
        ...optionsFor(service),
        destinationClients,
        lambdaClient,
      });
      await mapping.caughtUp();
      await mapping.stop();
      await eventually(async () => expect(await server.connections()).toBe(0)); // that one was the mapping's
      expect(requests[service]).toBeGreaterThan(0);
      expect(await destinations.connections()).toBe(1);
      expect(destroy).not.toHaveBeenCalled();
      clients[service].destroy();
    },
  );
});

import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DynamoDBStreamsClient, GetRecordsCommand } from '@aws-sdk/client-dynamodb-streams';
import { afterEach, expect, test } from 'vitest';
import { wireMember } from '../../../src/stream/records/wire-member.ts';

let close = (): void => {};
afterEach(() => close());

/** A client of a server that always answers the same. */
async function clientOf(body: string, status = 200): Promise<DynamoDBStreamsClient> {
  const server = createServer((_request, response) => {
    response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' }).end(body);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  close = () => server.close().closeAllConnections();
  const { port } = server.address() as AddressInfo;
  const credentials = { accessKeyId: 'a', secretAccessKey: 'b' };
  return new DynamoDBStreamsClient({
    endpoint: `http://127.0.0.1:${port}`,
    region: 'eu-central-1',
    credentials,
    maxAttempts: 1,
  });
}

const command = () => new GetRecordsCommand({ ShardIterator: 'i' });

test('gives the member as JSON, with an attribute named __proto__, and the SDK reads the rest', async () => {
  const records = '[{"dynamodb":{"NewImage":{"__proto__":{"S":"x"},"b":{"B":"AQI="}}}}]';
  const client = await clientOf(`{"Records":${records},"NextShardIterator":"n"}`);
  const sending = command();
  const taken = wireMember(sending, 'Records');
  const answer = await client.send(sending);
  expect(JSON.stringify(taken())).toBe(records);
  expect(answer).toMatchObject({ NextShardIterator: 'n' });
  expect(answer.Records).toBeUndefined();
});

test('leaves errors to the SDK', async () => {
  const client = await clientOf('{"__type":"x#ExpiredIteratorException","message":"old"}', 400);
  const sending = command();
  wireMember(sending, 'Records');
  await expect(client.send(sending)).rejects.toMatchObject({
    name: 'ExpiredIteratorException',
    message: 'old',
  });
});

test.each(['<html>', 'null', '"text"', '[]', ''])('refuses the body %s of a success', async (body) => {
  const client = await clientOf(body);
  const sending = command();
  const taken = wireMember(sending, 'Records');
  await expect(client.send(sending)).rejects.toMatchObject({ code: 'UNEXPECTED_ANSWER' });
  expect(taken()).toBeUndefined();
});

test.each(['<html>', 'null'])('leaves the body %s of a failure to the SDK', async (body) => {
  const client = await clientOf(body, 503);
  const sending = command();
  wireMember(sending, 'Records');
  await expect(client.send(sending)).rejects.toMatchObject({ $metadata: { httpStatusCode: 503 } });
});

test('gives undefined when the connection has read the body already', async () => {
  const response = { statusCode: 200, headers: {}, body: Buffer.from('{"NextShardIterator":"n"}') };
  const client = new DynamoDBStreamsClient({
    endpoint: 'http://127.0.0.1:1',
    region: 'eu-central-1',
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    requestHandler: { handle: async () => ({ response: response as never }) },
  });
  const sending = command();
  const taken = wireMember(sending, 'Records');
  expect(await client.send(sending)).toMatchObject({ NextShardIterator: 'n' });
  expect(taken()).toBeUndefined();
});

import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { DynamoDBStreamEvent } from 'aws-lambda';
import { afterEach, describe, expect, test } from 'vitest';
import { type LocalEventSourceMapping, startEventSourceMapping } from '../../src/local/index.ts';
import { eventually } from '../fixtures/eventually.ts';
import { FAKE_STREAM } from '../fixtures/fake-streams.ts';

type Operation = 'DescribeStream' | 'GetShardIterator' | 'GetRecords' | 'ListStreams';
type Answer = (response: ServerResponse) => void;

const body =
  (text: string, status = 200): Answer =>
  (response) =>
    response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' }).end(text);

const fault = (name: string): Answer => body(JSON.stringify({ __type: name, message: 'x' }), 400);

let close: () => Promise<void>;
afterEach(() => close());

/** A stream of one shard with three records, a page each. Some calls of one operation are answered in another way. */
async function serverThatAnswers(
  operation: Operation,
  answer: Answer,
  calls: readonly number[],
): Promise<string> {
  let count = 0;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      const asked = `${request.headers['x-amz-target']}`.split('.')[1];
      if (asked === operation && calls.includes(++count)) return answer(response);
      const input = JSON.parse(Buffer.concat(chunks).toString());
      return body(JSON.stringify(wellBehaved(`${asked}`, input)))(response);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  close = async () => {
    await mapping?.stop();
    server.closeAllConnections();
    server.close();
  };
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function wellBehaved(operation: string, input: Record<string, string>): object {
  if (operation === 'DescribeStream')
    return { StreamDescription: { StreamStatus: 'ENABLED', Shards: [{ ShardId: 's' }] } };
  if (operation === 'ListStreams') return { Streams: [{ StreamArn: FAKE_STREAM, StreamLabel: 'l' }] };
  if (operation === 'GetShardIterator') return { ShardIterator: `at ${Number(input.SequenceNumber ?? 0)}` };
  const next = Number(input.ShardIterator?.split(' ')[1]) + 1;
  if (next > 3) return { Records: [], NextShardIterator: 'at 3' };
  const Keys = { pk: { S: `${next}` } };
  const record = { eventID: `${next}`, eventName: 'INSERT', dynamodb: { SequenceNumber: `${next}`, Keys } };
  return { Records: [record], NextShardIterator: `at ${next}` };
}

let mapping: LocalEventSourceMapping | undefined;

async function start(endpoint: string, source: object = { streamArn: FAKE_STREAM }): Promise<string[]> {
  const seen: string[] = [];
  mapping = undefined;
  mapping = await startEventSourceMapping({
    endpoint,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    ...source,
    startingPosition: 'TRIM_HORIZON',
    pollIntervalMs: 5,
    logger: false,
    handler: ({ Records }: DynamoDBStreamEvent) => {
      seen.push(...Records.map(({ dynamodb }) => `${dynamodb?.Keys?.pk?.S}`));
    },
  } as Parameters<typeof startEventSourceMapping>[0]);
  return seen;
}

const notAnObject: [string, Answer][] = [
  ['an empty body', body('')],
  ['no content', (response) => response.writeHead(204).end()],
  ['null', body('null')],
  ['a list', body('[]')],
  ['a text', body('"x"')],
  ['a page of HTML', body('<html>Log in</html>')],
];

const cases: [Operation, string, Answer][] = [
  ...notAnObject.map(([name, answer]): [Operation, string, Answer] => ['GetRecords', name, answer]),
  ...notAnObject.map(([name, answer]): [Operation, string, Answer] => ['GetShardIterator', name, answer]),
  ...notAnObject.map(([name, answer]): [Operation, string, Answer] => ['DescribeStream', name, answer]),
  ['GetShardIterator', 'no iterator', body('{}')],
  ['GetShardIterator', 'an empty iterator', body('{"ShardIterator":""}')],
  ['DescribeStream', 'no description', body('{}')],
  ['DescribeStream', 'shards that are not a list', body('{"StreamDescription":{"Shards":{}}}')],
  ['DescribeStream', 'the fault of another operation', fault('ExpiredIteratorException')],
];

test.each(cases)(
  '%s answered with %s ends neither shard nor mapping, and loses nothing',
  async (operation, _name, answer) => {
    const endpoint = await serverThatAnswers(operation, answer, [2]);
    // The first description is asked for at the start, before there is a mapping.
    const seen = await start(endpoint);
    await eventually(() => expect(seen).toEqual(['1', '2', '3']));
    expect(mapping?.state).toBe('Enabled');
    expect(mapping?.position).toMatchObject({ s: { after: expect.stringMatching(/3$/) } });
  },
);

describe('at the start', () => {
  test.each([
    [
      'DescribeStream',
      'no description',
      body('{}'),
      /DescribeStream: the server's answer has no description/,
    ],
    ['DescribeStream', 'an empty body', body(''), /DescribeStream: the server's answer has no description/],
    [
      'DescribeStream',
      'the same page for ever',
      body('{"StreamDescription":{"StreamStatus":"ENABLED","Shards":[],"LastEvaluatedShardId":"s"}}'),
      /the page before once more/,
    ],
  ] as const)('%s answered with %s is an error that says so', async (operation, _name, answer, message) => {
    const endpoint = await serverThatAnswers(operation, answer, [1, 2, 3]);
    const started = start(endpoint);
    await expect(started).rejects.toMatchObject({ code: 'UNEXPECTED_ANSWER' });
    await expect(started).rejects.toThrow(message);
  });

  test('ListStreams answered with the same page for ever is an error that says so', async () => {
    const answer = body('{"Streams":null,"LastEvaluatedStreamArn":"a"}');
    const endpoint = await serverThatAnswers('ListStreams', answer, [1, 2, 3]);
    await expect(start(endpoint, { tableName: 'T' })).rejects.toMatchObject({ code: 'UNEXPECTED_ANSWER' });
  });
});

test('shards without an id are left out', async () => {
  const answer = body('{"StreamDescription":{"StreamStatus":"ENABLED","Shards":[null,{},{"ShardId":"s"}]}}');
  const seen = await start(await serverThatAnswers('DescribeStream', answer, [1, 2]));
  await eventually(() => expect(seen).toEqual(['1', '2', '3']));
});

test('a stream of which the server does not say whether it is enabled is read on', async () => {
  const answer = body('{"StreamDescription":{"Shards":[]}}');
  const endpoint = await serverThatAnswers('DescribeStream', answer, [1, 2, 3]);
  await start(endpoint);
  await mapping?.caughtUp();
  expect(mapping?.state).toBe('Enabled');
});

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { OwnClients } from '../../../src/aws-clients/own-clients.ts';
import { resolveHandler } from '../../../src/local/handler/resolve-handler.ts';

/** The next response of the service. */
let answer: { status: number; headers?: Record<string, string>; body: string };
let asked: { url: string | undefined; body: string };

const server = createServer(async (request, response) => {
  let body = '';
  for await (const chunk of request) body += chunk;
  asked = { url: request.url, body };
  response.writeHead(answer.status, answer.headers).end(answer.body);
});
const identity = {
  functionName: 'local',
  functionArn: 'arn:aws:lambda:eu-central-1:123456789012:function:local',
  timeoutMs: 1,
  memoryLimitInMB: 128,
};

beforeAll(() => new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve)));
afterAll(() => void server.close());

const options = () => ({
  region: 'eu-central-1',
  credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
  endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
  maxAttempts: 1,
});

async function invoke(next: typeof answer) {
  answer = next;
  const { invoke } = await resolveHandler({
    handler: 'invoices',
    identity,
    own: new OwnClients(),
    lambdaClient: undefined,
    clientOptions: options(),
  });
  return invoke('{"Records":[]}', 'ignored');
}

test('its answer is the response', async () => {
  expect(await invoke({ status: 200, body: '{"batchItemFailures":[]}' })).toEqual({
    type: 'returned',
    response: { batchItemFailures: [] },
  });
  expect(asked).toEqual({ url: '/2015-03-31/functions/invoices/invocations', body: '{"Records":[]}' });
});

test('an empty answer is null', async () => {
  expect(await invoke({ status: 200, body: '' })).toEqual({ type: 'returned', response: null });
});

test('an error of the function is a failure', async () => {
  const headers = { 'x-amz-function-error': 'Unhandled' };
  expect(await invoke({ status: 200, headers, body: '{"errorMessage":"no"}' })).toEqual({
    type: 'failed',
    error: { errorMessage: 'no' },
  });
});

test('an error before the invocation is a throttle, which uses up no retry', async () => {
  const headers = { 'x-amzn-errortype': 'TooManyRequestsException' };
  expect(await invoke({ status: 429, headers, body: '{"Reason":"x"}' })).toMatchObject({ type: 'throttled' });
});

test('an answer that is not JSON is a failure, not a throttle', async () => {
  expect(await invoke({ status: 200, body: '<html>' })).toMatchObject({
    type: 'failed',
    error: { name: 'SyntaxError' },
  });
});

test.each(['ResourceNotFoundException', 'AccessDeniedException'])(
  '%s is not a throttle: no attempt would ever succeed',
  async (name) => {
    const headers = { 'x-amzn-errortype': name };
    await expect(invoke({ status: 404, headers, body: '{"message":"Not here."}' })).rejects.toMatchObject({
      code: 'INVALID_HANDLER',
      message:
        'startEventSourceMapping: the function invoices cannot be invoked: Not here. ' +
        'Deploy it, or correct handler, region and credentials.',
      cause: { name },
    });
  },
);

test('a module is imported', async () => {
  const handler = 'test/fixtures/handlers.ts#other';
  const resolved = await resolveHandler({
    handler,
    identity,
    lambdaClient: undefined,
    clientOptions: {},
    own: new OwnClients(),
  });
  expect(resolved.functionArn).toBe(identity.functionArn);
});

test.each([
  ['invoices', 'arn:aws:lambda:eu-central-1:123456789012:function:invoices'],
  ['arn:aws:lambda:us-east-1:123456789012:function:f', 'arn:aws:lambda:us-east-1:123456789012:function:f'],
])('documents name %s by its ARN', async (handler, functionArn) => {
  const lambdaClient = new LambdaClient(options());
  expect(
    await resolveHandler({ handler, identity, lambdaClient, clientOptions: {}, own: new OwnClients() }),
  ).toMatchObject({
    functionArn,
  });
});

import { request as httpRequest, type IncomingMessage } from 'node:http';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { maskOf } from '../../../src/console/protocol/mask.ts';
import { Recorder } from '../../../src/console/recorder.ts';
import type { Action } from '../../../src/console/server/actions.ts';
import { ConsoleServer } from '../../../src/console/server/console-server.ts';
import { RequestRefusedError } from '../../../src/console/server/request-refused-error.ts';
import { enterConsole } from '../enter-console.ts';

const SECRET = 'content of an item';

let actions: Record<string, Action>;
let echo: ReturnType<typeof vi.fn<Action>>;
let server: ConsoleServer;
let origin: string;
let headers: Readonly<Record<string, string>>;

beforeEach(async () => {
  echo = vi.fn<Action>(async (input) => input);
  actions = {
    echo,
    nothing: async () => undefined,
    refuse: async () => {
      throw new RequestRefusedError(409, 'It is too late.');
    },
    break: async () => {
      throw new TypeError(SECRET);
    },
  };
  const recorder = new Recorder({ mask: maskOf(undefined), failuresOf: () => [] });
  server = await ConsoleServer.start({ recorder, port: 0, keyNames: [], actions, requestTimeoutMs: 500 });
  ({ origin, headers } = await enterConsole(server.url));
});

afterEach(() => server.close());

interface Answer {
  readonly status: number | undefined;
  readonly json: unknown;
}

/** Sends what fetch would not: any header, any path, and a body in pieces. */
function send(
  path: string,
  body: string | Iterable<string>,
  sent: Readonly<Record<string, string>> = headers,
  method = 'POST',
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = httpRequest({
      host: '127.0.0.1',
      port: new URL(origin).port,
      path,
      headers: sent,
      method,
    });
    request.on('error', reject).on('response', async (response: IncomingMessage) => {
      let text = '';
      for await (const chunk of response) text += chunk;
      request.destroy();
      resolve({ status: response.statusCode, json: JSON.parse(text) });
    });
    if (typeof body === 'string') {
      request.end(body);
      return;
    }
    for (const piece of body) request.write(piece);
  });
}

const without = (...names: readonly string[]): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !names.includes(name)));

test('an action gets the object that the page sends, and the page gets its result', async () => {
  expect(await send('/actions/echo', '{"a":[1,"ü"]}')).toEqual({ status: 200, json: { a: [1, 'ü'] } });
  expect(await send('/actions/nothing', '{}')).toEqual({ status: 200, json: null });
  const types = { ...headers, 'content-type': 'Application/JSON; charset=utf-8' };
  expect((await send('/actions/echo', '{}', types)).status).toBe(200);
});

test('an action can refuse, with its own message', async () => {
  expect(await send('/actions/refuse', '{}')).toEqual({ status: 409, json: { message: 'It is too late.' } });
});

test('an error that is not a refusal is named, and its message is kept back', async () => {
  expect(await send('/actions/break', '{}')).toEqual({
    status: 500,
    json: { message: 'The action failed with TypeError.' },
  });
});

test('before the mapping has started, an action is refused', async () => {
  for (const name of Object.keys(actions)) delete actions[name];
  expect(await send('/actions/echo', '{}')).toEqual({
    status: 409,
    json: { message: 'The mapping has not started yet.' },
  });
});

test.each([
  ['a foreign host, as after DNS rebinding', 421, () => ({ ...headers, host: 'evil.example' })],
  ['a missing token', 401, () => without('cookie')],
  ['a wrong token', 401, () => ({ ...headers, cookie: 'streamlane=x' })],
  ['the page of another site', 403, () => ({ ...headers, origin: 'http://evil.example' })],
  ['a request without an origin', 403, () => without('origin')],
  ['a request without a content type', 415, () => without('content-type')],
  ['the form of another site', 415, () => ({ ...headers, 'content-type': 'text/plain' })],
  [
    'an upload',
    415,
    () => ({ ...headers, 'content-type': 'multipart/form-data; boundary=application/json' }),
  ],
  ['another kind of JSON', 415, () => ({ ...headers, 'content-type': 'application/jsonp' })],
] as const)('%s is refused', async (_, status, sent) => {
  const answer = await send('/actions/echo', JSON.stringify({ SECRET }), sent());
  expect(answer).toEqual({ status, json: { message: expect.stringMatching(/^The .*\.$|^Open /) } });
  expect(JSON.stringify(answer)).not.toContain(SECRET);
  expect(echo).not.toHaveBeenCalled();
});

test.each([
  ['no body', '', 'The body has to be an object of JSON.'],
  ['broken JSON', `{"a":"${SECRET}`, 'The body has to be an object of JSON.'],
  ['a list', '[]', 'The body has to be an object of JSON.'],
  ['null', 'null', 'The body has to be an object of JSON.'],
  ['a text', `"${SECRET}"`, 'The body has to be an object of JSON.'],
  ['deep JSON', `{"a":${'['.repeat(400_000)}${']'.repeat(400_000)}}`, 'The body has more than 100 levels.'],
])('%s is refused, without a part of it in the message', async (_, body, message) => {
  expect(await send('/actions/echo', body)).toEqual({ status: 400, json: { message } });
  expect(echo).not.toHaveBeenCalled();
});

test('an item as deep as DynamoDB allows is accepted', async () => {
  const body = `{"newImage":{"a":${'{"M":{"a":'.repeat(31)}{"S":""}${'}}'.repeat(31)}}}`;
  expect((await send('/actions/echo', body)).status).toBe(200);
});

test('a body has 1 MiB at most', async () => {
  const ofBytes = (bytes: number): string => `{"a":"${'x'.repeat(bytes - 8)}"}`;
  expect((await send('/actions/echo', ofBytes(2 ** 20))).status).toBe(200);
  expect(await send('/actions/echo', ofBytes(2 ** 20 + 1))).toEqual({
    status: 413,
    json: { message: 'The body has more than 1,048,576 bytes.' },
  });
  expect(echo).toHaveBeenCalledOnce();
});

test('a body that never ends is refused at 1 MiB', async () => {
  const pieces = (function* () {
    for (let index = 0; index < 40; index++) yield 'x'.repeat(50_000);
  })();
  expect((await send('/actions/echo', pieces)).status).toBe(413);
});

test('a body that stops in the middle is refused after a time', async () => {
  const request = httpRequest({
    host: '127.0.0.1',
    port: new URL(origin).port,
    path: '/actions/echo',
    headers: { ...headers, 'content-length': '10' },
    method: 'POST',
  });
  const status = new Promise((resolve, reject) => {
    request.on('response', ({ statusCode }) => resolve(statusCode)).on('error', reject);
  });
  request.write('{');
  expect(await status).toBe(408);
  expect(echo).not.toHaveBeenCalled();
});

test('a page that leaves in the middle of a body does no harm', async () => {
  const request = httpRequest({
    host: '127.0.0.1',
    port: new URL(origin).port,
    path: '/actions/echo',
    headers: { ...headers, 'content-length': '10' },
    method: 'POST',
  });
  const closed = new Promise((resolve) => request.on('error', () => {}).on('close', resolve));
  request.write('{', () => request.destroy());
  await closed;
  expect((await send('/actions/echo', '{}')).status).toBe(200);
});

test('the name __proto__ in a body is a name like any other', async () => {
  await send('/actions/echo', '{"__proto__":{"isAdmin":true},"constructor":{"prototype":{"isAdmin":true}}}');
  const [input] = echo.mock.calls[0] ?? [];
  expect(Object.keys(input ?? {})).toEqual(['__proto__', 'constructor']);
  expect(({} as { isAdmin?: boolean }).isAdmin).toBeUndefined();
});

test.each(['constructor', '__proto__', 'toString', '../x', '..%2fecho', 'echo/', 'echo?x=1', 'Echo', ''])(
  'the name %j is of no action',
  async (name) => {
    expect(await send(`/actions/${name}`, '{}')).toEqual({
      status: 404,
      json: { message: 'There is no such action.' },
    });
  },
);

test.each(['GET', 'PUT', 'DELETE', 'OPTIONS'])('an action does not take the method %s', async (method) => {
  const body = method === 'PUT' ? '{}' : '';
  expect(await send('/actions/echo', body, headers, method)).toEqual({
    status: 405,
    json: { message: 'An action needs the method POST.' },
  });
  expect(echo).not.toHaveBeenCalled();
});

import { request as httpRequest, type IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ConsoleMessage } from '../../../src/console/protocol/events.ts';
import { maskOf } from '../../../src/console/protocol/mask.ts';
import { Recorder } from '../../../src/console/recorder.ts';
import { ConsoleServer } from '../../../src/console/server/console-server.ts';
import { eventually } from '../../fixtures/eventually.ts';
import { enterConsole } from '../enter-console.ts';

let recorder: Recorder;
let server: ConsoleServer;
let origin: string;
let cookie: string;

beforeEach(async () => {
  recorder = new Recorder({ mask: maskOf(undefined), failuresOf: () => [], limits: { maxWeight: 2000 } });
  server = await ConsoleServer.start({ recorder, port: 0, keyNames: ['id'], actions: {} });
  ({ origin, cookie } = await enterConsole(server.url));
});

afterEach(() => server.close());

/** A request with any headers, which fetch does not allow. */
function ask(
  path: string,
  headers: Readonly<Record<string, string>> = {},
  method = 'GET',
): Promise<IncomingMessage & { body: string }> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      { host: '127.0.0.1', port: new URL(origin).port, path, headers, method },
      async (response) => {
        let body = '';
        for await (const chunk of response) body += chunk;
        resolve(Object.assign(response, { body }));
      },
    );
    request.on('error', reject).end();
  });
}

test('the URL sets a cookie that scripts and other sites cannot use, and redirects to a URL without the token', async () => {
  const response = await fetch(server.url, { redirect: 'manual' });
  expect(response.status).toBe(303);
  expect(response.headers.get('location')).toBe('/');
  expect(response.headers.get('set-cookie')).toMatch(
    /^streamlane-\d+=[\w-]{32}; Path=\/; HttpOnly; SameSite=Strict$/,
  );
});

test.each(['/', '/page.js', '/page.css', '/icon.svg', '/events', '/export.json', '/else'])(
  '%s needs the cookie',
  async (path) => {
    expect((await ask(path)).statusCode).toBe(401);
    const wrong = cookie.replace(/=./, '=!');
    expect((await ask(path, { cookie: wrong })).statusCode).toBe(401);
    expect((await ask(path, { cookie: 'token' })).statusCode).toBe(401);
  },
);

test.each([
  ['/', 'text/html'],
  ['/page.js', 'text/javascript'],
  ['/page.css', 'text/css'],
  ['/icon.svg', 'image/svg+xml'],
])('%s is served to who has the cookie, and to no cache', async (path, type) => {
  const { statusCode, headers, body } = await ask(path, { cookie: `other=1; ${cookie}` });
  expect(statusCode).toBe(200);
  expect(headers['content-type']).toContain(type);
  expect(headers).toMatchObject({
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cross-origin-resource-policy': 'same-origin',
  });
  expect(body.length).toBeGreaterThan(50);
});

test('the page can run no inline code, and ask no other server', async () => {
  const { headers, body } = await ask('/', { cookie });
  const policy = `${headers['content-security-policy']}`;
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain("frame-ancestors 'none'");
  expect(policy).not.toMatch(/unsafe|\*|https?:/);
  expect(body).not.toMatch(/<script>|<style>|style=|https?:\/\//);
});

test('what is not there is not found, and the token of another run is refused', async () => {
  expect((await ask('/else', { cookie })).statusCode).toBe(404);
  expect((await ask('http://[', { cookie })).statusCode).toBe(404);
  expect((await ask('/?token=x')).statusCode).toBe(401);
  expect((await ask('/?token=')).statusCode).toBe(401);
});

test.each(['evil.example', 'evil.example:80', '127.0.0.1', '127.0.0.1.evil.example', '[::1]'])(
  'a request to the host %j is refused, as after DNS rebinding',
  async (host) => {
    const { port } = new URL(origin);
    const name = host.includes(':') ? host : `${host}:${port}`;
    const sent = host === '127.0.0.1' ? host : name;
    expect((await ask('/', { cookie, host: sent })).statusCode).toBe(421);
    expect((await ask(`/?${new URL(server.url).search.slice(1)}`, { host: sent })).statusCode).toBe(421);
  },
);

test('localhost is another name of it', async () => {
  expect((await ask('/', { cookie, host: `localhost:${new URL(origin).port}` })).statusCode).toBe(200);
});

test.each(['http://evil.example', 'null', 'http://127.0.0.1:1', 'https://127.0.0.1'])(
  'a request of the origin %s is refused, even with the cookie',
  async (foreign) => {
    for (const method of ['GET', 'POST'])
      expect((await ask('/events', { cookie, origin: foreign }, method)).statusCode).toBe(403);
  },
);

test('a request that changes something needs an origin, and only actions change something', async () => {
  expect((await ask('/', { cookie }, 'POST')).statusCode).toBe(403);
  expect((await ask('/', { cookie, origin }, 'POST')).statusCode).toBe(405);
});

test('only 127.0.0.1 is listened to', () => {
  expect(origin).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
});

test('a port that is in use is an error', async () => {
  const port = Number(new URL(origin).port);
  await expect(ConsoleServer.start({ recorder, port, keyNames: [], actions: {} })).rejects.toThrow(
    /EADDRINUSE/,
  );
});

/** Reads server-sent events, until enough came. */
async function listen(
  lastEventId?: string,
  until: (messages: readonly ConsoleMessage[]) => boolean = () => true,
) {
  const stop = new AbortController();
  const headers = { cookie, ...(lastEventId !== undefined && { 'last-event-id': lastEventId }) };
  const response = await fetch(`${origin}/events`, { headers, signal: stop.signal });
  const ids: string[] = [];
  const messages: ConsoleMessage[] = [];
  let text = '';
  for await (const chunk of (response.body as ReadableStream).pipeThrough(new TextDecoderStream())) {
    text += chunk;
    for (let end = text.indexOf('\n\n'); end !== -1; end = text.indexOf('\n\n')) {
      const [, id = '', data = '{}'] = /^id: ([^\n]*)\ndata: (.*)$/s.exec(text.slice(0, end)) ?? [];
      ids.push(id);
      messages.push(JSON.parse(data));
      text = text.slice(end + 2);
    }
    if (until(messages)) break;
  }
  stop.abort();
  return { ids, events: messages.flatMap(({ events }) => events), messages };
}

const has = (count: number) => (messages: readonly ConsoleMessage[]) =>
  messages.flatMap(({ events }) => events).length >= count;

test('a page gets what has happened, then what happens', async () => {
  recorder.tell({ event: 'waiting' });
  const listening = listen(undefined, has(3));
  await sleep(100);
  recorder.tell({ event: 'reloaded' });
  recorder.tell({ event: 'waiting' });
  const { events, messages } = await listening;
  expect(events.map(({ id, event }) => [id, event])).toEqual([
    [1, 'waiting'],
    [2, 'reloaded'],
    [3, 'waiting'],
  ]);
  expect(messages[0]).toMatchObject({ keyNames: ['id'], dropped: 0 });
});

test('a page resumes after the last message that it got', async () => {
  for (let index = 0; index < 5; index++) recorder.tell({ event: 'waiting' });
  const first = await listen(undefined, has(5));
  recorder.tell({ event: 'reloaded' });
  const second = await listen(first.ids.at(-1), has(1));
  expect(second.events).toMatchObject([{ id: 6, event: 'reloaded' }]);
});

test.each(['other-3', 'x', '-1'])('a page of another run, with the id %s, begins anew', async (id) => {
  for (let index = 0; index < 5; index++) recorder.tell({ event: 'waiting' });
  expect((await listen(id, has(5))).events).toHaveLength(5);
});

test('a page that does not read costs the memory of one message, and is told how much it missed', async () => {
  const written = await new Promise<IncomingMessage>((resolve) => {
    httpRequest(`${origin}/events`, { headers: { cookie } }, resolve).end();
  });
  written.pause();
  await sleep(50);
  const message = 'x'.repeat(10_000);
  for (let round = 0; round < 20; round++) {
    for (let index = 0; index < 500; index++) recorder.tell({ event: 'notLoaded', message });
    await sleep(5);
  }
  // 100 MB were told, and 20 MB are kept.
  expect(recorder.dropped).toBe(8000);
  let text = '';
  written.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  written.resume();
  await eventually(() => expect(text).toMatch(/"id":10000,/));
  expect(text.length).toBeLessThan(60e6);
  expect(text).toContain('"dropped":8000');
  written.destroy();
});

test('an export is a file to save, for those who have the cookie', async () => {
  recorder.tell({ event: 'waiting' });
  const { statusCode, headers, body } = await ask('/export.json', { cookie });
  expect(statusCode).toBe(200);
  expect(headers).toMatchObject({
    'content-type': 'application/json',
    'content-disposition': expect.stringMatching(/^attachment; filename="streamlane-\w+\.json"$/),
    'cache-control': 'no-store',
  });
  expect(JSON.parse(body)).toMatchObject({ format: 'streamlane-console', events: [{ event: 'waiting' }] });
  expect((await ask('/export.json', { cookie, origin: 'http://evil.example' })).statusCode).toBe(403);
});

test('a browser that stops reading an export does no harm', async () => {
  for (let index = 0; index < 1000; index++)
    recorder.tell({ event: 'notLoaded', message: 'x'.repeat(10_000) });
  const response = await new Promise<IncomingMessage>((resolve) => {
    httpRequest(`${origin}/export.json`, { headers: { cookie } }, resolve).end();
  });
  response.destroy();
  expect((await ask('/export.json', { cookie })).body.length).toBeGreaterThan(10e6);
});

test('text of an item cannot end a message', async () => {
  recorder.tell({ event: 'notLoaded', message: 'a\n\ndata: {"run":"evil"}\r\n\u2028id: 1\n\n' });
  const { events } = await listen(undefined, has(1));
  expect(events).toMatchObject([{ message: 'a\n\ndata: {"run":"evil"}\r\n\u2028id: 1\n\n' }]);
});

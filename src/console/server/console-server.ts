import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pipeline } from 'node:stream';
import type { Recorder } from '../recorder.ts';
import { type Actions, isActionPath, performAction } from './actions.ts';
import { sendEvents } from './event-stream.ts';
import { exportDocument } from './export-document.ts';
import { refusalOf } from './guard.ts';
import { HEADERS } from './headers.ts';
import { type PageFile, pageFiles } from './page-files.ts';
import { RequestRefusedError } from './request-refused-error.ts';
import { cookieOf, Token } from './token.ts';

export interface ConsoleServerOptions {
  readonly recorder: Recorder;
  /** 0: a free one. */
  readonly port: number;
  /** Key attributes of the table, partition key first. */
  readonly keyNames: readonly string[];
  /** The actions that the page can ask for. None yet: the mapping has not started, and more may come. */
  readonly actions: Actions;
  /** The time for a whole request, in milliseconds. @defaultValue 10000 */
  readonly requestTimeoutMs?: number;
}

/**
 * Serves the console on 127.0.0.1, to those who have its URL.
 *
 * ```text
 * GET /?token=...   sets the cookie, and redirects to / without the token
 * GET /             the page, and its files
 * GET /events       server-sent events
 * GET /export.json  everything that is kept, as one document
 * POST /actions/x   carries out the action x, and answers with its result, or { "message" }
 * ```
 */
export class ConsoleServer {
  readonly #options: ConsoleServerOptions;
  readonly #files: ReadonlyMap<string, PageFile>;
  readonly #token: Token = new Token();
  /** Tells the events of this run from those of an earlier one. */
  readonly #run: string = Date.now().toString(36);
  readonly #server: Server;

  private constructor(options: ConsoleServerOptions, files: ReadonlyMap<string, PageFile>) {
    this.#options = options;
    this.#files = files;
    const { requestTimeoutMs = 10_000 } = options;
    // Without a limit, a body that never ends would be read for minutes.
    const limits = { requestTimeout: requestTimeoutMs, connectionsCheckingInterval: requestTimeoutMs / 10 };
    this.#server = createServer(limits, (request, response) => this.#answer(request, response));
  }

  /** @throws the error of `listen`, such as EADDRINUSE */
  static async start(options: ConsoleServerOptions): Promise<ConsoleServer> {
    const server = new ConsoleServer(options, await pageFiles());
    server.#server.listen(options.port, '127.0.0.1');
    await once(server.#server, 'listening');
    return server;
  }

  /** With the token: who has it sees the console. */
  get url(): string {
    return `http://127.0.0.1:${this.#port}/?token=${this.#token.text}`;
  }

  /** Closes it and all its connections. */
  async close(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  get #port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Cookies are the same for all ports of a host. */
  get #cookie(): string {
    return `streamlane-${this.#port}`;
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value);
    const isAction = isActionPath(request.url);
    const say = isAction ? sayAsJson : sayAsText;
    const refusal = refusalOf(request, this.#port);
    if (refusal !== undefined) {
      say(response, refusal.status, refusal.message);
      return;
    }
    const url = URL.parse(`http://${request.headers.host}${request.url}`);
    if (url?.pathname === '/' && url.searchParams.has('token')) {
      this.#enter(url.searchParams.get('token'), response);
    } else if (!this.#token.is(cookieOf(request.headers.cookie, this.#cookie))) {
      say(response, 401, 'Open the URL that streamlane has printed: it contains a token.');
    } else if (isAction) {
      void this.#act(request, response);
    } else if (request.method !== 'GET') {
      say(response, 405, 'Only GET is allowed here.');
    } else if (url?.pathname === '/events') {
      this.#sendEvents(request, response);
    } else if (url?.pathname === '/export.json') {
      this.#sendExport(response);
    } else {
      this.#sendFile(url?.pathname, response);
    }
  }

  /** The token leaves the address bar, and so the history of the browser. */
  #enter(token: string | null, response: ServerResponse): void {
    if (this.#token.is(token)) {
      const cookie = `${this.#cookie}=${token}; Path=/; HttpOnly; SameSite=Strict`;
      response.writeHead(303, { location: '/', 'set-cookie': cookie }).end();
    } else {
      sayAsText(response, 401, 'The token is of another run. Open the URL that streamlane has printed last.');
    }
  }

  #sendFile(path: string | undefined, response: ServerResponse): void {
    const file = this.#files.get(path ?? '');
    if (file === undefined) {
      sayAsText(response, 404, 'There is nothing here.');
      return;
    }
    if (file.isCompressed) response.setHeader('content-encoding', 'gzip');
    response.writeHead(200, { 'content-type': file.type }).end(file.content);
  }

  async #act(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const result = await performAction(request, request.url as string, this.#options.actions);
      sendJson(response, 200, result ?? null);
    } catch (error) {
      // The message of another error may contain parts of an item.
      if (error instanceof RequestRefusedError) sayAsJson(response, error.status, error.message);
      else sayAsJson(response, 500, `The action failed with ${(error as Error).name}.`);
    }
  }

  #sendExport(response: ServerResponse): void {
    const { recorder, keyNames } = this.#options;
    const disposition = `attachment; filename="streamlane-${this.#run}.json"`;
    response.writeHead(200, { 'content-type': 'application/json', 'content-disposition': disposition });
    // If the browser stops reading, the response ends early, and the error says nothing new.
    pipeline(exportDocument({ recorder, run: this.#run, keyNames }), response, () => {});
  }

  #sendEvents(request: IncomingMessage, response: ServerResponse): void {
    const { recorder, keyNames } = this.#options;
    const lastEventId = request.headers['last-event-id'] as string | undefined;
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    sendEvents(response, { recorder, run: this.#run, keyNames, lastEventId });
  }
}

function sayAsText(response: ServerResponse, status: number, message: string): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(`${message}\n`);
}

function sayAsJson(response: ServerResponse, status: number, message: string): void {
  sendJson(response, status, { message });
}

function sendJson(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
}

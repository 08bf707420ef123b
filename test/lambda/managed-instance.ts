import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { runtimeClient } from '../../scripts/runtime-client.ts';
import {
  type Answer,
  type End,
  environmentOf,
  FUNCTION_ARN,
  type FunctionSettings,
  failure,
} from './sandbox.ts';

/** A function on Lambda Managed Instances. */
export interface ManagedSettings extends FunctionSettings {
  /** AWS_LAMBDA_MAX_CONCURRENCY. */
  readonly maxConcurrency: number;
  /** AWS_LAMBDA_NODEJS_WORKER_COUNT. */
  readonly workers: number;
}

/**
 * One execution environment of Lambda Managed Instances: the process of AWS's runtime client, with its worker threads, and
 * the Runtime API that they ask.
 *
 * It is never frozen. An invocation past its timeout has failed, and its code runs on.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/lambda-managed-instances-execution-environment.html
 */
export class ManagedInstance {
  /** The output of the function. */
  log = '';
  /** The most invocations at once. */
  mostAtOnce = 0;
  readonly #settings: ManagedSettings;
  readonly #server: Server;
  readonly #process: ChildProcess;
  readonly #exit: Promise<unknown>;
  /** Requests for the next event that wait. */
  readonly #idle: ServerResponse[] = [];
  readonly #queue: ((response: ServerResponse) => void)[] = [];
  readonly #open: Map<string, (end: End) => void> = new Map();

  private constructor(settings: ManagedSettings, server: Server) {
    this.#settings = settings;
    this.#server = server.on('request', (request, response) => void this.#serve(request, response));
    const { port } = this.#server.address() as AddressInfo;
    const child = spawn(process.execPath, [runtimeClient, settings.handler], {
      cwd: settings.folder,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...environmentOf(settings),
        AWS_LAMBDA_RUNTIME_API: `127.0.0.1:${port}`,
        AWS_LAMBDA_INITIALIZATION_TYPE: 'lambda-managed-instances',
        AWS_LAMBDA_LOG_FORMAT: 'JSON',
        AWS_LAMBDA_MAX_CONCURRENCY: `${settings.maxConcurrency}`,
        AWS_LAMBDA_NODEJS_WORKER_COUNT: `${settings.workers}`,
        // Else each thread that waits for an event holds one of libuv's four.
        AWS_LAMBDA_NODEJS_USE_ALTERNATIVE_CLIENT_1: 'true',
      },
    });
    this.#process = child;
    this.#exit = once(child, 'close');
    for (const output of [child.stdout, child.stderr]) {
      output.setEncoding('utf8').on('data', (text: string) => {
        this.log += text;
      });
    }
  }

  static async start(settings: ManagedSettings): Promise<ManagedInstance> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new ManagedInstance(settings, server);
  }

  /** The log entries of the function. It writes JSON only. */
  entries(): readonly Record<string, unknown>[] {
    return this.log
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  }

  async invoke(event: unknown, requestId: string = randomUUID(), traceId?: string): Promise<Answer> {
    const { timeoutMs = 3000, maxConcurrency } = this.#settings;
    if (this.#open.size >= maxConcurrency) throw new Error('Lambda sends no more at once.');
    const { promise, resolve } = Promise.withResolvers<End>();
    this.#open.set(requestId, resolve);
    this.mostAtOnce = Math.max(this.mostAtOnce, this.#open.size);
    // A function that cannot be loaded asks for no event.
    const ended = this.#exit.then(() => Promise.reject(new Error(`It has ended: ${this.log}`)));
    const idle = await Promise.race([this.#next(), ended]);
    const startedAt = performance.now();
    idle
      .writeHead(200, {
        'content-type': 'application/json',
        'lambda-runtime-aws-request-id': requestId,
        'lambda-runtime-deadline-ms': `${Date.now() + timeoutMs}`,
        'lambda-runtime-invoked-function-arn': FUNCTION_ARN,
        ...(traceId !== undefined && { 'lambda-runtime-trace-id': traceId }),
      })
      .end(typeof event === 'string' ? event : JSON.stringify(event));
    const seconds = (timeoutMs / 1000).toFixed(2);
    const errorMessage = `RequestId: ${requestId} Error: Task timed out after ${seconds} seconds`;
    const timer = setTimeout(resolve, timeoutMs, failure('Sandbox.Timedout', errorMessage));
    const { payload, failed } = await promise;
    clearTimeout(timer);
    this.#open.delete(requestId);
    return {
      payload,
      functionError: failed ? 'Unhandled' : undefined,
      pid: this.#process.pid ?? 0,
      durationMs: performance.now() - startedAt,
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#process.kill('SIGKILL');
    await this.#exit;
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  async #next(): Promise<ServerResponse> {
    return this.#idle.shift() ?? (await new Promise((resolve) => this.#queue.push(resolve)));
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { url = '' } = request;
    if (url === '/2018-06-01/runtime/invocation/next') {
      const waiting = this.#queue.shift();
      if (waiting === undefined) this.#idle.push(response);
      else waiting(response);
      return;
    }
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const [, id = '', kind] =
      /^\/2018-06-01\/runtime\/invocation\/([^/]+)\/(response|error)$/.exec(url) ?? [];
    // Unknown: an answer that came after the timeout.
    const end = this.#open.get(decodeURIComponent(id));
    response.writeHead(end === undefined ? 400 : 202).end('{"status":"OK"}');
    end?.({ payload: Buffer.concat(chunks).toString(), failed: kind === 'error' });
  }
}

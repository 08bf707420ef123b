import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { runtimeClient } from '../../scripts/runtime-client.ts';

/** A function as Lambda is configured for it. */
export interface FunctionSettings {
  /** The folder of its code: LAMBDA_TASK_ROOT. */
  readonly folder: string;
  /** As in `index.handler`. */
  readonly handler: string;
  /** @defaultValue 3000, as on Lambda */
  readonly timeoutMs?: number;
  readonly environment?: Readonly<Record<string, string>>;
}

/** One event for a function. */
export interface Invocation {
  readonly requestId: string;
  readonly event: string;
  readonly traceId?: string | undefined;
  readonly tenantId?: string | undefined;
}

/** The answer of the Invoke API. */
export interface Answer {
  readonly payload: string;
  /** Undefined after success. */
  readonly functionError: 'Unhandled' | undefined;
  /** Of the process that answered. */
  readonly pid: number;
  readonly durationMs: number;
}

/** Lambda's limit for a response: 6 MB and 100 bytes, as its error says. */
const MAX_RESPONSE_BYTES = 6_291_556;

export const FUNCTION_ARN = 'arn:aws:lambda:eu-central-1:123456789012:function:invoices';

/** A request of the client for the next event. It is answered by {@link Sandbox.invoke}. */
interface Next {
  readonly response: ServerResponse;
}

/** How an invocation ended. */
export type End = { readonly payload: string; readonly failed: boolean };

/**
 * One sandbox: the process of AWS's runtime client with the function in it, and the Runtime API that the client asks.
 *
 * As on Lambda, the process does not run between two invocations, and it is killed when the function times out.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
 */
export class Sandbox {
  /** The output of the function. */
  log = '';
  readonly #settings: FunctionSettings;
  readonly #server = createServer((request, response) => void this.#serve(request, response));
  #process: ChildProcess | undefined;
  #exited: Promise<string> = new Promise(() => {});
  #next: PromiseWithResolvers<Next> = Promise.withResolvers();
  #end: PromiseWithResolvers<End> = Promise.withResolvers();
  #requestId = '';

  private constructor(settings: FunctionSettings) {
    this.#settings = settings;
  }

  /** Starts a process. Its first event waits until the function is loaded. */
  static async start(settings: FunctionSettings): Promise<Sandbox> {
    const sandbox = new Sandbox(settings);
    sandbox.#server.listen(0, '127.0.0.1');
    await once(sandbox.#server, 'listening');
    sandbox.#spawn();
    return sandbox;
  }

  get isAlive(): boolean {
    return this.#process?.exitCode === null && this.#process.signalCode === null;
  }

  async invoke({ requestId, event, traceId, tenantId }: Invocation): Promise<Answer> {
    const { timeoutMs = 3000 } = this.#settings;
    const pid = this.#process?.pid ?? 0;
    this.#requestId = requestId;
    this.#end = Promise.withResolvers();
    this.#process?.kill('SIGCONT');
    const exit = this.#exited.then((reason): End => {
      const errorMessage = `RequestId: ${requestId} Error: Runtime exited with error: ${reason}`;
      return failure('Runtime.ExitError', errorMessage);
    });
    const ready = await Promise.race([this.#next.promise, this.#end.promise, exit]);
    const startedAt = performance.now();
    const answer = ({ payload, failed }: End): Answer => ({
      payload,
      functionError: failed ? 'Unhandled' : undefined,
      pid,
      durationMs: performance.now() - startedAt,
    });
    if ('payload' in ready) return answer(ready);

    this.#next = Promise.withResolvers();
    ready.response
      .writeHead(200, {
        'content-type': 'application/json',
        'lambda-runtime-aws-request-id': requestId,
        'lambda-runtime-deadline-ms': `${Date.now() + timeoutMs}`,
        'lambda-runtime-invoked-function-arn': FUNCTION_ARN,
        ...(traceId !== undefined && { 'lambda-runtime-trace-id': traceId }),
        ...(tenantId !== undefined && { 'lambda-runtime-aws-tenant-id': tenantId }),
      })
      .end(event);
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<'timeout'>((resolve) => {
      timer = setTimeout(resolve, timeoutMs, 'timeout');
    });
    const end = await Promise.race([this.#end.promise, exit, timeout]);
    clearTimeout(timer);
    if (end === 'timeout') {
      await this.#kill();
      const seconds = (timeoutMs / 1000).toFixed(2);
      const errorMessage = `RequestId: ${requestId} Error: Task timed out after ${seconds} seconds`;
      return answer(failure('Sandbox.Timedout', errorMessage));
    }
    const answered = answer(end);
    await Promise.race([this.#next.promise, this.#exited]);
    this.#process?.kill('SIGSTOP');
    return answered;
  }

  async stop(): Promise<void> {
    await this.#kill();
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #spawn(): void {
    const { folder, handler } = this.#settings;
    const { port } = this.#server.address() as AddressInfo;
    const child = spawn(process.execPath, [runtimeClient, handler], {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...environmentOf(this.#settings), AWS_LAMBDA_RUNTIME_API: `127.0.0.1:${port}` },
    });
    this.#process = child;
    for (const output of [child.stdout, child.stderr]) {
      output.setEncoding('utf8').on('data', (text: string) => {
        this.log += text;
      });
    }
    this.#exited = once(child, 'close').then(([code, signal]) =>
      signal === null ? `exit status ${code}` : `signal: ${signal}`,
    );
  }

  async #kill(): Promise<void> {
    this.#process?.kill('SIGKILL'); // a process that is stopped takes no other signal
    await this.#exited;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { url = '' } = request;
    if (url === '/2018-06-01/runtime/invocation/next') {
      this.#next.resolve({ response });
      return;
    }
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    const invocation = `/2018-06-01/runtime/invocation/${encodeURIComponent(this.#requestId)}`;
    if (url === `${invocation}/response`) {
      if (body.length > MAX_RESPONSE_BYTES) {
        response.writeHead(413).end('{"errorType":"RequestEntityTooLarge"}');
        const limit = `maximum allowed payload size (${MAX_RESPONSE_BYTES} bytes).`;
        this.#end.resolve(
          failure('Function.ResponseSizeTooLarge', `Response payload size exceeded ${limit}`),
        );
        return;
      }
      response.writeHead(202).end('{"status":"OK"}');
      this.#end.resolve({ payload: body.toString(), failed: false });
      return;
    }
    const isError = url === `${invocation}/error` || url === '/2018-06-01/runtime/init/error';
    response.writeHead(isError ? 202 : 400).end('{"status":"OK"}');
    if (isError) this.#end.resolve({ payload: body.toString(), failed: true });
  }
}

/** The variables that Lambda sets, and those of the function. */
export function environmentOf({ folder, handler, environment }: FunctionSettings): NodeJS.ProcessEnv {
  return {
    PATH: process.env.PATH,
    TZ: ':UTC',
    AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
    AWS_LAMBDA_FUNCTION_NAME: 'invoices',
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '128',
    AWS_LAMBDA_LOG_GROUP_NAME: '/aws/lambda/invoices',
    AWS_LAMBDA_LOG_STREAM_NAME: 'local',
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'a',
    AWS_SECRET_ACCESS_KEY: 'b',
    LAMBDA_TASK_ROOT: folder,
    _HANDLER: handler,
    ...environment,
  };
}

export function failure(errorType: string, errorMessage: string): End {
  return { payload: JSON.stringify({ errorType, errorMessage }), failed: true };
}

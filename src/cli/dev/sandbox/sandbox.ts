import { extname } from 'node:path';
import type { Readable } from 'node:stream';
import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads';
import type { Context } from 'aws-lambda';
import type { HandlerRoutes } from '../../../console/protocol/routes.ts';
import type { EntityRecords, RouteRecords } from '../../../console/record-groups.ts';
import type { ModuleCode } from '../../../local/source/module-code.ts';
import { CliError } from '../../errors/cli-error.ts';
import {
  errorOf,
  type InvocationRequest,
  type PublishedFailure,
  type SandboxMessage,
  type WorkerData,
} from './messages.ts';
import type { CollectedSpans } from './plain-span.ts';
import { avoidSharedWrappers } from './shared-wrappers.ts';

export interface SandboxOptions {
  /** `module#export`. */
  readonly handler: string;
  readonly code: ModuleCode;
  readonly env: NodeJS.ProcessEnv;
  /** Gets what the handler writes. */
  readonly onOutput: (output: Readable) => void;
  /** Gets the files that the handler's code is loaded from. */
  readonly onFiles: (files: readonly string[]) => void;
  /** Gets the variables that the loaded code names with `env()`, and that are not set. */
  readonly onUnset: (variables: readonly string[]) => void;
  /** Gets the spans of the handler, and the event of the invocation that has ended. Without it, spans are not collected. */
  readonly onSpans?: ((spans: CollectedSpans, event: unknown) => void) | undefined;
  /** Gets the entities of the records of each invocation. Without it, they are not looked for. */
  readonly onEntities?: ((entities: readonly EntityRecords[]) => void) | undefined;
  /** Gets the routes that take the records of each invocation. Without it, routes are not read. */
  readonly onTaken?: ((taken: readonly RouteRecords[]) => void) | undefined;
}

type Answer = Extract<SandboxMessage, { readonly id: number }>;

/** An invocation that has not been answered. */
interface Pending {
  readonly event: unknown;
  readonly answer: PromiseWithResolvers<SandboxAnswer>;
}

/** The response of a handler, and the records that failed. */
export interface SandboxAnswer {
  readonly response: unknown;
  readonly failures: readonly PublishedFailure[];
}

// Before the command uses WebAssembly, which takes the setting when it is loaded.
avoidSharedWrappers();

// Compiled, the file beside this one ends as this one does.
const WORKER = new URL(`./worker${extname(import.meta.url)}`, import.meta.url);

/**
 * A thread with a handler, its modules loaded anew: what Lambda calls an execution environment. It can be ended in the midst of
 * an invocation. Invocations may overlap in it, as on Managed Instances.
 */
export class Sandbox {
  readonly #worker: Worker;
  readonly #port: MessagePort;
  readonly #options: SandboxOptions;
  /** The invocations that have not been answered, by id. */
  readonly #pending: Map<number, Pending> = new Map();
  #invocations = 0;
  #loading: PromiseWithResolvers<void> = Promise.withResolvers();
  #closed = false;
  #crash: Error | undefined;
  /** The routes of the handler, if they are read. */
  routes: HandlerRoutes | undefined;

  private constructor(options: SandboxOptions) {
    const { handler, code, onSpans, onEntities, onTaken } = options;
    const { port1, port2: port } = new MessageChannel();
    const workerData: WorkerData = {
      port,
      handler,
      code,
      traces: onSpans !== undefined,
      tellsEntities: onEntities !== undefined,
      tellsRoutes: onTaken !== undefined,
    };
    const worker = new Worker(WORKER, {
      workerData,
      transferList: [port],
      env: options.env,
      stdout: true,
      stderr: true,
    });
    this.#options = options;
    this.#worker = worker;
    this.#port = port1;
    options.onOutput(worker.stdout);
    options.onOutput(worker.stderr);
    port1.on('message', (message: SandboxMessage) => this.#hear(message));
    worker.on('error', (error: unknown) => {
      this.#crash = error instanceof Error ? error : new Error(String(error));
    });
    worker.on('exit', (code) => this.#end(code));
  }

  /**
   * Loads a handler.
   *
   * @throws CliError when that cannot be
   */
  static async start(options: SandboxOptions): Promise<Sandbox> {
    const sandbox = new Sandbox(options);
    await sandbox.#loading.promise.catch(async (error: unknown) => {
      await sandbox.close();
      throw error;
    });
    return sandbox;
  }

  /** It has ended, or is about to: it takes no more invocations. */
  get closed(): boolean {
    return this.#closed;
  }

  /** @throws what the handler threw, or why there is no answer */
  invoke(event: unknown, context: Context): Promise<SandboxAnswer> {
    const id = this.#invocations++;
    const answer = Promise.withResolvers<SandboxAnswer>();
    this.#pending.set(id, { event, answer });
    const request: InvocationRequest = {
      id,
      event,
      context: {
        functionName: context.functionName,
        functionArn: context.invokedFunctionArn,
        memoryLimitInMB: Number(context.memoryLimitInMB),
        requestId: context.awsRequestId,
        remainingMs: context.getRemainingTimeInMillis(),
      },
    };
    this.#port.postMessage(request);
    return answer.promise;
  }

  /** Ends it, whatever it does. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#worker.terminate();
  }

  #hear(message: SandboxMessage): void {
    this.#options.onFiles(message.files);
    switch (message.type) {
      case 'loaded':
        this.#options.onUnset(message.unset);
        this.routes = message.routes;
        this.#loading.resolve();
        break;
      case 'notLoaded': {
        const { stack, message: text } = message.error;
        this.#loading.reject(Object.assign(new CliError(message.exitCode, text), { stack }));
        break;
      }
      case 'entities':
        this.#options.onEntities?.(message.entities);
        break;
      case 'taken':
        this.#options.onTaken?.(message.taken);
        break;
      case 'returned':
        this.#answered(message)?.resolve(message);
        break;
      case 'threw':
        this.#answered(message)?.reject(
          Object.assign(errorOf(message.error), { failures: message.failures }),
        );
    }
  }

  #answered({ id, traces }: Answer): PromiseWithResolvers<SandboxAnswer> | undefined {
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    if (traces !== undefined) this.#options.onSpans?.(traces, pending?.event);
    return pending?.answer;
  }

  #end(code: number): void {
    this.#closed = true;
    // Sent before the end, and not read yet.
    for (let sent = receiveMessageOnPort(this.#port); sent; sent = receiveMessageOnPort(this.#port)) {
      /* v8 ignore next -- which of the two is known first depends on the machine */
      this.#hear(sent.message);
    }
    this.#port.close();
    const error = this.#crash ?? new Error(`The handler's process exited with code ${code}.`);
    this.#loading.reject(error);
    for (const { answer } of this.#pending.values()) answer.reject(error);
    this.#pending.clear();
  }
}

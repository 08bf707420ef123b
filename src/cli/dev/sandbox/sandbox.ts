import { extname } from 'node:path';
import type { Readable } from 'node:stream';
import { Worker } from 'node:worker_threads';
import type { Context } from 'aws-lambda';
import type { ModuleCode } from '../../../local/source/module-code.ts';
import { CliError } from '../../errors/cli-error.ts';
import {
  errorOf,
  type InvocationRequest,
  type PublishedFailure,
  type SandboxData,
  type SandboxMessage,
} from './messages.ts';

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
}

/** The response of a handler, and the records that failed. */
export interface SandboxAnswer {
  readonly response: unknown;
  readonly failures: readonly PublishedFailure[];
}

// Compiled, the file beside this one ends as this one does.
const WORKER = new URL(`./worker${extname(import.meta.url)}`, import.meta.url);

/**
 * A thread with a handler, its modules loaded anew: what Lambda calls an execution environment. It does one
 * invocation at a time, and can be ended in the midst of one.
 */
export class Sandbox {
  readonly #worker: Worker;
  readonly #options: SandboxOptions;
  #pending: PromiseWithResolvers<SandboxAnswer> | undefined;
  #loading: PromiseWithResolvers<void> = Promise.withResolvers();
  #closed = false;
  #crash: Error | undefined;

  private constructor(options: SandboxOptions) {
    const workerData: SandboxData = { handler: options.handler, code: options.code };
    const worker = new Worker(WORKER, { workerData, env: options.env, stdout: true, stderr: true });
    this.#options = options;
    this.#worker = worker;
    options.onOutput(worker.stdout);
    options.onOutput(worker.stderr);
    worker.on('message', (message: SandboxMessage) => this.#hear(message));
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
    this.#pending = Promise.withResolvers();
    const request: InvocationRequest = {
      event,
      context: {
        functionName: context.functionName,
        functionArn: context.invokedFunctionArn,
        memoryLimitInMB: Number(context.memoryLimitInMB),
        requestId: context.awsRequestId,
        remainingMs: context.getRemainingTimeInMillis(),
      },
    };
    this.#worker.postMessage(request);
    return this.#pending.promise;
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
        this.#loading.resolve();
        break;
      case 'notLoaded': {
        const { stack, message: text } = message.error;
        this.#loading.reject(Object.assign(new CliError(message.exitCode, text), { stack }));
        break;
      }
      case 'returned':
        this.#pending?.resolve(message);
        break;
      case 'threw':
        this.#pending?.reject(Object.assign(errorOf(message.error), { failures: message.failures }));
    }
  }

  #end(code: number): void {
    this.#closed = true;
    const error = this.#crash ?? new Error(`The handler's process exited with code ${code}.`);
    this.#loading.reject(error);
    this.#pending?.reject(error);
  }
}

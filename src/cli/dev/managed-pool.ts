import type { Context } from 'aws-lambda';
import { NotStartedError } from '../../delivery/invoke.ts';
import type { HandlerPoolOptions, InvokedPool } from './handler-pool.ts';
import type { Sandbox, SandboxAnswer } from './sandbox/sandbox.ts';
import { withFailures } from './with-failures.ts';

export interface ManagedPoolOptions extends HandlerPoolOptions {
  /** Threads, each with the handler's module. */
  readonly workers: number;
  /** Invocations at once, in all threads together. */
  readonly maxConcurrency: number;
  /** The changed code is in use, but not all threads could load it. */
  readonly onFewerThreads: (running: number, workers: number, error: unknown) => void;
}

/** One thread, and the invocations in it. */
interface Thread {
  readonly sandbox: Sandbox;
  readonly generation: number;
  running: number;
}

/**
 * A handler as Lambda Managed Instances run it: invocations overlap in a few threads, and one past its timeout is not stopped.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/lambda-managed-instances-nodejs-runtime.html
 */
export class ManagedPool implements InvokedPool {
  readonly #options: ManagedPoolOptions;
  #threads: Thread[] = [];
  #generation = 0;
  /** Invocations under way, also those whose thread starts. */
  #running = 0;
  #reloading: Promise<void> | undefined;
  #replacing: Promise<Thread> | undefined;
  #hasChanged = false;

  constructor(options: ManagedPoolOptions) {
    this.#options = options;
  }

  async open(): Promise<void> {
    const { errors } = await this.#startThreads(this.#options.workers);
    if (errors.length > 0) throw errors[0];
  }

  readonly invoke: InvokedPool['invoke'] = withFailures(
    (event, context) => this.answer(event, context),
    (failures) => this.#options.onFailures(failures),
  );

  async answer(event: unknown, context: Context): Promise<SandboxAnswer> {
    const { maxConcurrency } = this.#options;
    // Lambda refuses it with a throttle, and the mapping tries again.
    if (this.#running >= maxConcurrency) {
      throw new NotStartedError(
        `${maxConcurrency} invocations run at once, and --max-concurrency allows no more.`,
      );
    }
    this.#running++;
    try {
      const thread = this.#leastBusy() ?? (await this.#replaced());
      return await this.#invokeIn(thread, event, context);
    } finally {
      this.#running--;
    }
  }

  reload(): Promise<void> {
    this.#hasChanged = true;
    this.#reloading ??= this.#reload().finally(() => {
      this.#reloading = undefined;
    });
    return this.#reloading;
  }

  async close(): Promise<void> {
    await Promise.all(this.#threads.map(({ sandbox }) => sandbox.close()));
  }

  async #invokeIn(thread: Thread, event: unknown, context: Context): Promise<SandboxAnswer> {
    thread.running++;
    try {
      return await thread.sandbox.invoke(event, context);
    } finally {
      thread.running--;
      this.#endIfOld(thread);
    }
  }

  async #reload(): Promise<void> {
    while (this.#hasChanged) {
      this.#hasChanged = false;
      let first: Sandbox;
      try {
        first = await this.#options.startChanged();
      } catch (error) {
        this.#options.onNotLoaded(error);
        continue;
      }
      // From here on, the changed code is the present one, whatever becomes of the other threads.
      this.#generation++;
      this.#add(first);
      for (const thread of [...this.#threads]) this.#endIfOld(thread);
      const { workers } = this.#options;
      const { started, errors } = await this.#startThreads(workers - 1);
      this.#options.onReloaded();
      if (errors.length > 0) this.#options.onFewerThreads(1 + started, workers, errors[0]);
    }
  }

  /** Starts threads. Those that load the handler serve, even if others do not. */
  async #startThreads(
    count: number,
  ): Promise<{ readonly started: number; readonly errors: readonly unknown[] }> {
    const generation = this.#generation;
    const errors: unknown[] = [];
    const starting = Array.from({ length: count }, async () => {
      try {
        this.#add(await this.#options.start(), generation);
      } catch (error) {
        errors.push(error);
      }
    });
    await Promise.all(starting);
    return { started: count - errors.length, errors };
  }

  #add(sandbox: Sandbox, generation = this.#generation): Thread {
    const thread = { sandbox, generation, running: 0 };
    this.#threads.push(thread);
    return thread;
  }

  /** The thread of the present code that has the fewest invocations. A thread that has crashed is not among them. */
  #leastBusy(): Thread | undefined {
    return this.#threads
      .filter(({ sandbox, generation }) => !sandbox.closed && generation === this.#generation)
      .toSorted((a, b) => a.running - b.running)[0];
  }

  /** One thread for those that have crashed, however many invocations wait for it. @throws NotStartedError */
  #replaced(): Promise<Thread> {
    this.#replacing ??= this.#replacement().finally(() => {
      this.#replacing = undefined;
    });
    return this.#replacing;
  }

  async #replacement(): Promise<Thread> {
    try {
      return this.#add(await this.#options.start());
    } catch (cause) {
      this.#options.onStuck();
      throw new NotStartedError('The handler cannot be loaded.', { cause });
    }
  }

  /** Old code finishes its invocations, and takes nothing more. */
  #endIfOld(thread: Thread): void {
    if (thread.running > 0 || (!thread.sandbox.closed && thread.generation === this.#generation)) return;
    this.#threads = this.#threads.filter((other) => other !== thread);
    void thread.sandbox.close();
  }
}

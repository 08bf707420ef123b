import { setTimeout as sleep } from 'node:timers/promises';
import type { Context } from 'aws-lambda';
import { NotStartedError } from '../../delivery/invoke.ts';
import type { PublishedFailure } from './sandbox/messages.ts';
import type { Sandbox, SandboxAnswer } from './sandbox/sandbox.ts';
import { withFailures } from './with-failures.ts';

export interface HandlerPoolOptions {
  /** Starts a sandbox with the present code. */
  readonly start: () => Promise<Sandbox>;
  /** Starts a sandbox with the changed code, which is the present code from then on. */
  readonly startChanged: () => Promise<Sandbox>;
  /** Gets the records that a handler says have failed, before its answer counts. */
  readonly onFailures: (failures: readonly PublishedFailure[]) => void;
  /** The changed code is loaded, and gets the next invocation. */
  readonly onReloaded: () => void;
  /** The changed code cannot be loaded: the code before it stays, if there is any. */
  readonly onNotLoaded: (error: unknown) => void;
  /** An invocation needs a sandbox, and none can be started: records have to wait. */
  readonly onStuck: () => void;
}

/** A handler that a mapping invokes, and that is loaded again when its code changes. */
export interface InvokedPool {
  /** Loads the code for the first time. @throws CliError when that cannot be */
  open(): Promise<void>;
  /** The function that a mapping invokes. */
  readonly invoke: (event: unknown, context: Context) => Promise<unknown>;
  /** Invokes the handler beside the mapping: its failures are in the answer, or in the error, and `onFailures` does not get them. */
  answer(event: unknown, context: Context): Promise<SandboxAnswer>;
  /** Loads the code again. A call while that is under way makes it begin anew afterwards. */
  reload(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Sandboxes with a handler, as many as there are invocations at once. When the code has changed, those of the old
 * code finish their invocation, and take nothing more.
 */
export class HandlerPool implements InvokedPool {
  readonly #options: HandlerPoolOptions;
  /** Every sandbox there is, and how often the code had changed before it was made. */
  readonly #generations: Map<Sandbox, number> = new Map();
  readonly #idle: Sandbox[] = [];
  #generation = 0;
  #reloading: Promise<void> | undefined;
  #hasChanged = false;

  constructor(options: HandlerPoolOptions) {
    this.#options = options;
  }

  async open(): Promise<void> {
    this.#idle.push(await this.#start());
  }

  readonly invoke: InvokedPool['invoke'] = withFailures(
    (event, context) => this.answer(event, context),
    (failures) => this.#options.onFailures(failures),
  );

  async answer(event: unknown, context: Context): Promise<SandboxAnswer> {
    const sandbox = await this.#take();
    const done = new AbortController();
    // As Lambda does, and unlike a function in this thread, which would run on.
    const late = sleep(context.getRemainingTimeInMillis(), undefined, { signal: done.signal });
    late.then(
      () => sandbox.close(),
      () => {},
    );
    try {
      return await sandbox.invoke(event, context);
    } finally {
      done.abort();
      this.#giveBack(sandbox);
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
    await Promise.all([...this.#generations.keys()].map((sandbox) => sandbox.close()));
  }

  async #reload(): Promise<void> {
    while (this.#hasChanged) {
      this.#hasChanged = false;
      try {
        const fresh = await this.#options.startChanged();
        this.#generations.set(fresh, ++this.#generation);
        for (const old of this.#idle.splice(0)) this.#giveBack(old);
        this.#idle.push(fresh);
        this.#options.onReloaded();
      } catch (error) {
        this.#options.onNotLoaded(error);
      }
    }
  }

  async #start(): Promise<Sandbox> {
    const sandbox = await this.#options.start();
    this.#generations.set(sandbox, this.#generation);
    return sandbox;
  }

  async #take(): Promise<Sandbox> {
    const sandbox = this.#idle.pop();
    if (sandbox?.closed === false) return sandbox;
    // It has ended, or there is none: then this deletes nothing.
    this.#generations.delete(sandbox as Sandbox);
    const generation = this.#generation;
    try {
      return await this.#start();
    } catch (cause) {
      // Changed code was loaded meanwhile: nothing would end the wait for it.
      if (generation !== this.#generation) return this.#take();
      this.#options.onStuck();
      throw new NotStartedError('The handler cannot be loaded.', { cause });
    }
  }

  #giveBack(sandbox: Sandbox): void {
    if (!sandbox.closed && this.#generations.get(sandbox) === this.#generation) {
      this.#idle.push(sandbox);
      return;
    }
    this.#generations.delete(sandbox);
    void sandbox.close();
  }
}

import type { HandlerRoutes } from '../../console/protocol/routes.ts';
import { isInstance } from '../../failure/content-free-cause.ts';
import { BundleError, type PreparedModule } from '../../local/source/bundle.ts';
import { prepareHandler } from '../load-handler.ts';
import { Sandbox, type SandboxOptions } from './sandbox/sandbox.ts';

export interface HandlerCodeOptions extends Omit<SandboxOptions, 'code'> {
  /** Gets the routes of the code that is the present one from now on, if they are read. */
  readonly onRoutes?: ((routes: HandlerRoutes) => void) | undefined;
}

/** The code of a handler, bundled if that can be. A bundle serves until the one that replaces it is loaded. */
export class HandlerCode {
  readonly #options: HandlerCodeOptions;
  /** Everything that is prepared, the present one last. */
  #prepared: readonly PreparedModule[] = [];

  constructor(options: HandlerCodeOptions) {
    this.#options = options;
  }

  /** Starts a sandbox with the present code. @throws CliError when that cannot be */
  start(): Promise<Sandbox> {
    const present = this.#prepared.at(-1);
    return present === undefined ? this.startChanged() : this.#load(present);
  }

  /** Starts a sandbox with the sources of this moment, which are the present code from then on. @throws CliError */
  async startChanged(): Promise<Sandbox> {
    const fresh = await this.#prepare();
    this.#options.onFiles(fresh.files);
    let sandbox: Sandbox;
    try {
      sandbox = await this.#load(fresh);
    } catch (error) {
      fresh.remove();
      throw error;
    }
    // Another sandbox may be about to load the bundle before this one.
    for (const old of this.#prepared.slice(0, -1)) old.remove();
    this.#prepared = [...this.#prepared.slice(-1), fresh];
    const { onRoutes } = this.#options;
    if (onRoutes !== undefined && sandbox.routes !== undefined) onRoutes(sandbox.routes);
    return sandbox;
  }

  /** Removes the bundles. */
  close(): void {
    for (const prepared of this.#prepared) prepared.remove();
  }

  async #prepare(): Promise<PreparedModule> {
    try {
      return await prepareHandler(this.#options.handler);
    } catch (error) {
      const { cause } = error as Error;
      if (isInstance(cause, BundleError)) this.#options.onFiles(cause.files);
      throw error;
    }
  }

  #load({ code }: PreparedModule): Promise<Sandbox> {
    return Sandbox.start({ ...this.#options, code });
  }
}

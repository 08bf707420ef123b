import type { Context } from 'aws-lambda';
import type { Halting } from './clock.ts';

/** The function that Lambda invokes. */
export type Handler = (event: never, context: Context) => Promise<unknown>;

/** An execution environment of the function. */
export class Sandbox implements Halting {
  readonly id: number;
  readonly handler: Handler;
  dead = false;
  frozen = false;
  readonly timers: Map<unknown, number> = new Map();
  /** Invocations that it serves at the moment. */
  busy = 0;
  /** The sequence number that it reported last. */
  reported: string | undefined;
  /** Resolves when it dies. */
  readonly death: Promise<void>;
  readonly #die: () => void;
  readonly #thawing: (() => void)[] = [];

  constructor(id: number, makeHandler: (sandbox: Sandbox) => Handler) {
    this.id = id;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.death = promise;
    this.#die = resolve;
    this.handler = makeHandler(this);
  }

  whenThawed(run: () => void): void {
    this.#thawing.push(run);
  }

  /** Nothing that it started goes on. */
  kill(): void {
    this.dead = true;
    this.#die();
  }

  /** Lambda freezes a sandbox once it has its answer. */
  freeze(): void {
    this.frozen = true;
  }

  /** Timers that were due meanwhile fire now, in their order. */
  thaw(): void {
    this.frozen = false;
    for (const run of this.#thawing.splice(0)) run();
  }
}

/** The sandboxes of a function. A dead one is replaced. */
export class Sandboxes {
  readonly #makeHandler: (sandbox: Sandbox) => Handler;
  readonly #isManaged: boolean;
  readonly #all: Sandbox[];
  #made = 0;

  constructor(count: number, isManaged: boolean, makeHandler: (sandbox: Sandbox) => Handler) {
    this.#makeHandler = makeHandler;
    this.#isManaged = isManaged;
    this.#all = Array.from({ length: count }, () => this.#make());
  }

  /** The sandbox that a number chooses, or the next one that is free. */
  choose(number: number): Sandbox {
    for (let offset = 0; offset < this.#all.length; offset++) {
      const place = (number + offset) % this.#all.length;
      if ((this.#all[place] as Sandbox).dead) this.#all[place] = this.#make();
      const sandbox = this.#all[place] as Sandbox;
      if (sandbox.busy === 0 || this.#isManaged) return sandbox;
    }
    const another = this.#make();
    this.#all.push(another);
    return another;
  }

  /** Deploys the function again: every sandbox is new. */
  deploy(): void {
    for (const place of this.#all.keys()) this.#all[place] = this.#make();
  }

  /** No timer of any sandbox fires any more. */
  end(): void {
    for (const sandbox of this.#all) sandbox.kill();
  }

  #make(): Sandbox {
    return new Sandbox(this.#made++, this.#makeHandler);
  }
}

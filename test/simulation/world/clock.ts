import { AsyncLocalStorage } from 'node:async_hooks';
import { syncBuiltinESMExports } from 'node:module';
import timers from 'node:timers';
// A binding of its own, which the fake timers leave alone.
import { setImmediate as nextTurn } from 'node:timers/promises';
import { type FakeMethod, install } from '@sinonjs/fake-timers';
import type { Random } from '../model/random.ts';

/** Something whose timers stand still, or never fire again: a sandbox that is frozen, or dead. */
export interface Halting {
  readonly dead: boolean;
  readonly frozen: boolean;
  /** Its timers, and when they are due by the clock that no jump moves. */
  readonly timers: Map<unknown, number>;
  /** Runs a callback once it is thawed. */
  whenThawed(run: () => void): void;
}

/** Which sandbox the code that runs belongs to. Undefined: the world around them. */
const running = new AsyncLocalStorage<Halting | undefined>();

/** Runs code as a sandbox's: the timers that it sets are the sandbox's. */
export function inside<T>(sandbox: Halting | undefined, run: () => T): T {
  return running.run(sandbox, run);
}

/** Runs code as the world's, also where a sandbox called it. */
export function outside<T>(run: () => T): T {
  return running.run(undefined, run);
}

/** More steps than this are a loop. */
const MAX_STEPS = 200_000;

/** More timers than this are a loop that leaves one behind at each turn. */
const MAX_TIMERS = 20_000;

/** Turns of the event loop without any timer, after which nothing will happen any more. */
const MAX_IDLE_TURNS = 10_000;

type InstalledClock = ReturnType<typeof install>;

const FAKED: FakeMethod[] = [
  'setTimeout',
  'clearTimeout',
  'setInterval',
  'clearInterval',
  'Date',
  'performance',
];

/** Callbacks that wait for a turn of the event loop. */
let immediates = 0;

/**
 * Runs something on virtual time. Timers fire as soon as nothing else is left to do. Of those that are due at the same
 * time, the random source decides whether they fire one by one, with what follows from each, or all at once.
 *
 * @throws the reason of its rejection; an error when it waits for something that no timer brings
 */
export async function onVirtualTime(
  now: number,
  random: Random,
  run: (clock: VirtualClock) => Promise<void>,
): Promise<void> {
  const clock = install({ now, toFake: FAKED });
  // For what has imported timers by their names.
  syncBuiltinESMExports();
  const restoreTimers = guardTimers();
  const { random: realRandom } = Math;
  busyMs = 0;
  immediates = 0;
  fakeNow = performance.now.bind(performance);
  performance.now = () => timersNow() + busyMs;
  let draws = 0;
  Math.random = () => random.of('Math.random', draws++);
  try {
    const state = { over: false };
    const ended = outside(() => run(new VirtualClock(clock))).finally(() => {
      state.over = true;
    });
    // Awaited below, once it is over.
    ended.catch(() => {});
    let idleTurns = 0;
    for (let step = 0; ; step++) {
      // Twice: what an immediate callback starts may be awaited by another one.
      await nextTurn();
      await nextTurn();
      // Code may go on for more turns, which take no time.
      for (let turns = 0; immediates > 0 && turns < MAX_IDLE_TURNS; turns++) await nextTurn();
      if (state.over) return await ended;
      if (step === MAX_STEPS || clock.countTimers() > MAX_TIMERS) throw new Error('It goes on for ever.');
      if (clock.countTimers() === 0) {
        // Code may wait for turns of the event loop, or load a module.
        if (++idleTurns > MAX_IDLE_TURNS) throw new Error('Nothing is left that could happen.');
        continue;
      }
      idleTurns = 0;
      clock.next();
      if (random.percent(40, 'at once', step)) clock.tick(0);
    }
  } finally {
    Math.random = realRandom;
    restoreTimers();
    clock.uninstall();
    syncBuiltinESMExports();
  }
}

/** The virtual clock, for the world. */
class VirtualClock {
  readonly #clock: InstalledClock;

  constructor(clock: InstalledClock) {
    this.#clock = clock;
  }

  /** Makes `Date` jump; timers are not moved. */
  jump(ms: number): void {
    this.#clock.setSystemTime(Date.now() + ms);
  }

  get timers(): number {
    return this.#clock.countTimers();
  }
}

/** Milliseconds that code took which never waited: timers know nothing of them. */
let busyMs = 0;

/** The clock of timers, which stands still while code works without waiting. */
let fakeNow: () => number = () => 0;

export function timersNow(): number {
  return fakeNow();
}

/** Lets time pass as code does that never waits. */
export function work(ms: number): void {
  busyMs += ms;
}

/** Milliseconds that no jump of the clock moves. */
export function monotonicNow(): number {
  return performance.now();
}

/** Waits for virtual milliseconds. */
export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Returned to code of a dead sandbox. A promise of its own, as one for all would keep every history in memory. */
export function never(): Promise<never> {
  return new Promise(() => {});
}

/** The sandbox whose code runs. */
export function currentSandbox(): Halting | undefined {
  return running.getStore();
}

/** As in Node.js, a fraction of a millisecond takes one. Otherwise time stands still for a loop of such waits. */
function delayOf(ms: number): number {
  return ms > 0 && ms < 1 ? 1 : ms;
}

/** Makes timers obey the sandbox that set them. */
function guardTimers(): () => void {
  const {
    setTimeout: fakeTimeout,
    clearTimeout: fakeClear,
    setInterval: fakeInterval,
    setImmediate: realImmediate,
  } = globalThis;
  type Callback = (...args: unknown[]) => void;
  const guarded = (callback: Callback): Callback => {
    const sandbox = running.getStore();
    if (sandbox === undefined) return callback;
    const fire: Callback = (...args) => {
      if (sandbox.dead) return;
      if (sandbox.frozen) sandbox.whenThawed(() => fire(...args));
      else running.run(sandbox, () => callback(...args));
    };
    return fire;
  };
  const wrap = (schedule: unknown) =>
    ((callback: Callback, ...rest: unknown[]) =>
      (schedule as (callback: Callback, ...rest: unknown[]) => unknown)(guarded(callback), ...rest)) as never;
  const counted = ((callback: Callback, ...args: unknown[]) => {
    immediates++;
    const run = guarded(callback);
    return realImmediate(() => {
      immediates--;
      run(...args);
    });
  }) as never;
  const owners = new WeakMap<object, Halting>();
  globalThis.setTimeout = ((callback: Callback, ms = 0, ...rest: unknown[]) => {
    const sandbox = running.getStore();
    const run = guarded(callback);
    const delayMs = delayOf(ms);
    const timer = fakeTimeout(() => {
      sandbox?.timers.delete(timer);
      run(...rest);
    }, delayMs);
    sandbox?.timers.set(timer, timersNow() + delayMs);
    if (sandbox !== undefined) owners.set(timer, sandbox);
    return timer;
  }) as never;
  globalThis.clearTimeout = ((timer: NodeJS.Timeout | undefined) => {
    if (timer !== undefined) owners.get(timer)?.timers.delete(timer);
    fakeClear(timer);
  }) as never;
  globalThis.setInterval = wrap(fakeInterval);
  globalThis.setImmediate = counted;
  // Sinks import it.
  timers.setImmediate = counted;
  syncBuiltinESMExports();
  return () => {
    globalThis.setTimeout = fakeTimeout;
    globalThis.clearTimeout = fakeClear;
    globalThis.setInterval = fakeInterval;
    globalThis.setImmediate = realImmediate;
    timers.setImmediate = realImmediate;
    syncBuiltinESMExports();
  };
}

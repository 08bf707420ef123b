// A binding of its own, which the fake timers leave alone.
import { setImmediate as nextTurn } from 'node:timers/promises';
import { install } from '@sinonjs/fake-timers';

/** The beginning of every simulation. */
const BEGINNING = Date.UTC(2026, 0, 1);

/**
 * Runs something on virtual time: the next timer fires as soon as nothing else is left to do.
 *
 * @throws its rejection; an error when it waits for something that no timer brings
 */
export async function onVirtualTime<T>(run: () => Promise<T>): Promise<T> {
  const clock = install({ now: BEGINNING, toFake: ['setTimeout', 'clearTimeout', 'Date', 'performance'] });
  try {
    let over = false;
    const ended = run().finally(() => {
      over = true;
    });
    // Awaited below, once it is over.
    ended.catch(() => {});
    for (;;) {
      await nextTurn();
      if (over) return await ended;
      if (clock.countTimers() === 0) throw new Error('The simulation waits, and no timer is left.');
      clock.next();
      // Timers that are due at the same moment.
      clock.tick(0);
    }
  } finally {
    clock.uninstall();
  }
}

/** Waits for virtual milliseconds. Rejects when the signal aborts. */
export function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', aborted);
      resolve();
    }, ms);
    const aborted = (): void => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    signal?.addEventListener('abort', aborted, { once: true });
  });
}

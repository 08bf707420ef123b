// All mappings of a process share its event loop, and so this.
const waiting: (() => void)[] = [];
let ownMs = 0;

/**
 * Waits for a turn of the event loop, which one caller gets at a time: between two of them, timers fire and sockets are read.
 * Without it, pages that arrive together are worked through in one turn, and functions that are waiting time out.
 */
export function turn(): Promise<void> {
  return new Promise((resolve) => {
    waiting.push(resolve);
    if (waiting.length === 1) setImmediate(giveTurn);
  });
}

function giveTurn(): void {
  waiting.shift()?.();
  if (waiting.length > 0) setImmediate(giveTurn);
}

/** Does work of a mapping that blocks the event loop. Its time is not the function's. */
export function ownWork<Result>(work: () => Result): Result {
  const startedAt = performance.now();
  try {
    return work();
  } finally {
    ownMs += performance.now() - startedAt;
  }
}

/** A clock for functions in this process, in milliseconds: it stands still while a mapping blocks the event loop. */
export function functionClock(): number {
  return performance.now() - ownMs;
}

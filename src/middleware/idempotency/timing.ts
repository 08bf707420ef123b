/** Waits; not at all if `ms` is negative, as the time that is left may be. An abort ends the wait early. */
export function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    const end = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, Math.max(ms, 0));
    signal?.addEventListener('abort', end);
  });
}

/** Rejects with a TimeoutError when the call has not settled by then. */
export async function withTimeout<T>(call: () => Promise<T>, ms: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  // Node warns of negative times on standard error.
  const leftMs = Math.max(Math.round(ms), 0);
  const timeout = new Promise<never>((_resolve, reject) => {
    const error = new DOMException(`The store did not answer within ${leftMs} ms.`, 'TimeoutError');
    timer = setTimeout(reject, leftMs, error);
  });
  try {
    return await Promise.race([call(), timeout]);
  } finally {
    clearTimeout(timer);
  }
}

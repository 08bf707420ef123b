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

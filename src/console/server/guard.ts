import type { IncomingMessage } from 'node:http';

/** Why a request is refused. */
export interface Refusal {
  readonly status: 403 | 421;
  readonly message: string;
}

/**
 * Refuses requests that do not come from the console's own page.
 *
 * - A `Host` that is not this server's: a foreign name was made to point to 127.0.0.1 (DNS rebinding).
 * - An `Origin` that is not this server's: the page of another site sent the request. A request that changes something needs one.
 */
export function refusalOf(
  { method, headers }: Pick<IncomingMessage, 'method' | 'headers'>,
  port: number,
): Refusal | undefined {
  const hosts = [`127.0.0.1:${port}`, `localhost:${port}`];
  const { host = '', origin } = headers;
  if (!hosts.includes(host)) {
    return { status: 421, message: `The Host header has to be ${hosts[0]}. Open the printed URL.` };
  }
  const isRead = method === 'GET' || method === 'HEAD';
  if (origin === undefined ? !isRead : origin !== `http://${host}`) {
    return { status: 403, message: `The Origin header has to be http://${host}. Open the printed URL.` };
  }
  return undefined;
}

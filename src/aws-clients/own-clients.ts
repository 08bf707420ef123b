/** A client of the SDK, as something that holds sockets. */
interface Closable {
  destroy(): void;
}

const discard = (): void => {};

/**
 * A logger for clients of the SDK that keeps it from building log lines. Without one it builds a line for each request and drops it:
 * up to a tenth of a mapping's CPU time (200 idle shards). Where `info` is missing it builds none. The other methods
 * are called without a check, by credential providers for instance.
 */
export const NO_SDK_LOG: { debug(): void; warn(): void; error(): void; trace(): void } = {
  debug: discard,
  warn: discard,
  error: discard,
  trace: discard,
};

/**
 * Settings of the clients that a mapping makes. Each shard has a request under way, and the SDK warns on stderr where
 * those exceed the sockets.
 */
export const OWN_CLIENT_SETTINGS: object = {
  logger: NO_SDK_LOG,
  requestHandler: {
    httpAgent: { keepAlive: true, maxSockets: 2_000 },
    httpsAgent: { keepAlive: true, maxSockets: 2_000 },
  },
};

/** The clients that a mapping has made itself. Those of its caller are left alone. */
export class OwnClients {
  readonly #clients: Closable[] = [];

  /** Takes charge of a client. */
  keep<Client extends Closable>(client: Client): Client {
    this.#clients.push(client);
    return client;
  }

  /** Closes the sockets of all. */
  destroy(): void {
    for (const client of this.#clients) client.destroy();
  }
}

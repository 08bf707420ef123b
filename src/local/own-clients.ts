/** A client of the SDK, as something that holds sockets. */
interface Closable {
  destroy(): void;
}

/**
 * Settings of the clients that a mapping makes. Without a logger the SDK still builds each line of a log and drops it, which is a
 * third of a mapping's CPU time (200 idle shards); an empty one stops that. Each shard has a request under way, and the SDK
 * warns on stderr where those exceed the sockets.
 */
export const OWN_CLIENT_SETTINGS: object = {
  logger: {},
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

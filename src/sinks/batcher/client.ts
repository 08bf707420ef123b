import { type Checks, CLIENT } from '../../options/check.ts';
import { checkSinkOptions, requestSettings, type SinkOptions } from './sink-options.ts';

/** The options of every sink that sends with a client of the AWS SDK. */
export interface AwsSinkOptions<Client> extends SinkOptions {
  /** The client to use. @defaultValue one made at the first message, configured by the SDK's own defaults */
  readonly client?: Client;
}

/** How a client that a sink makes sends requests, beside the SDK's own defaults. */
export interface ClientSettings {
  readonly maxAttempts: number;
  readonly requestHandler: { readonly httpAgent: AgentSettings; readonly httpsAgent: AgentSettings };
}

interface AgentSettings {
  readonly keepAlive: boolean;
  readonly maxSockets: number;
}

/**
 * Gives the client of a sink: the one from its options, or one that is made at the first message, once.
 *
 * - One attempt: the SDK would wait between its own while the request holds one of the sink's places.
 * - A socket for each request: the SDK has 50, and time would run out for a request that waits for one.
 *
 * The agents are options, not objects: so the SDK makes them, and no package of its own is needed here.
 *
 * @see https://docs.aws.amazon.com/sdk-for-javascript/v3/developer-guide/node-configuring-maxsockets.html
 */
export function clientOf<Client>(
  options: AwsSinkOptions<Client>,
  make: (settings: ClientSettings) => Client,
): () => Client {
  let { client } = options;
  return () => {
    if (client === undefined) {
      const agent = { keepAlive: true, maxSockets: requestSettings(options).concurrency };
      client = make({ maxAttempts: 1, requestHandler: { httpAgent: agent, httpsAgent: agent } });
    }
    return client;
  };
}

/** Checks the options of a sink that takes a client. See {@link checkSinkOptions}. */
export function checkAwsSinkOptions(owner: string, options: object, required: Checks, more?: Checks): void {
  checkSinkOptions(owner, options, required, { ...more, client: CLIENT });
}

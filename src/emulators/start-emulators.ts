import { type Check, isMembers } from '../options/check.ts';
import { checkOptions } from '../options/check-options.ts';
import { awsEnvironment } from './aws-environment.ts';
import { startDynoxide } from './dynoxide.ts';
import { type OnAccepted, startFauxqs } from './fauxqs.ts';
import type { LocalServer } from './local-server.ts';
import { namedEndpoints } from './named-endpoints.ts';

/** How {@link startEmulators} finds servers that run already. */
export interface EmulatorOptions {
  /**
   * Where servers that run already are named, by `AWS_ENDPOINT_URL_DYNAMODB`, `AWS_ENDPOINT_URL_DYNAMODB_STREAMS`,
   * `AWS_ENDPOINT_URL_SNS`, `AWS_ENDPOINT_URL_SQS`, `AWS_ENDPOINT_URL_S3` or `AWS_ENDPOINT_URL`. Such a server is
   * used unchanged, and not stopped.
   *
   * @defaultValue `process.env`
   */
  readonly env?: NodeJS.ProcessEnv;
}

/** Settings with which an SDK client reaches a server. */
export interface EmulatorConnection {
  /** The server's URL. */
  readonly endpoint: string;
  /** The AWS region that the server accepts. */
  readonly region: string;
  /** Absent where the user's own are to be used. */
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

/** Servers that stand in for AWS. */
export interface Emulators {
  /** For a DynamoDB client. */
  readonly dynamodb: EmulatorConnection;
  /** For a client of DynamoDB Streams, and for `startEventSourceMapping`. */
  readonly streams: EmulatorConnection;
  /** For an SNS client. */
  readonly sns: EmulatorConnection;
  /** For an SQS client, together with `useQueueUrlAsEndpoint: false`. */
  readonly sqs: EmulatorConnection;
  /** For an S3 client. */
  readonly s3: EmulatorConnection & { readonly forcePathStyle: true };
  /** Environment variables with which the SDK finds all servers, as in a function. */
  readonly environment: Readonly<Record<string, string>>;
  /** One line for people. */
  readonly description: string;
  /**
   * Resolves once a server that was started has ended, by itself or because it was stopped. Other processes can get its
   * port from then on.
   */
  readonly ended: Promise<void>;
  /** Stops the servers that were started. They also stop when the process ends, however that happens. */
  stop(): Promise<void>;
  /** `stop()`, for `await using`. */
  [Symbol.asyncDispose](): Promise<void>;
}

const ENVIRONMENT: Check = {
  expected: 'an object of text by name, such as process.env',
  accepts: (value) =>
    isMembers(value) && Object.values(value).every((text) => text === undefined || typeof text === 'string'),
};

/**
 * Starts DynamoDB with streams (Dynoxide), SNS, SQS and S3 (fauxqs) on free ports of 127.0.0.1, unless the
 * environment names other servers, and waits until they answer.
 *
 * No server outlives the process that started it, not even when that is killed.
 *
 * @throws ConfigurationError `MISSING_PEER` when Dynoxide or fauxqs is not installed: the message says what to do;
 * `UNKNOWN_OPTION` or `INVALID_OPTION`
 * @example
 * ```ts
 * await using emulators = await startEmulators();
 * const dynamodb = new DynamoDBClient(emulators.dynamodb);
 * ```
 */
export async function startEmulators(options: EmulatorOptions = {}): Promise<Emulators> {
  checkOptions('startEmulators', options, { env: ENVIRONMENT });
  return launchEmulators(options.env ?? process.env);
}

/**
 * Does what {@link startEmulators} says.
 *
 * @param onAccepted gets the messages that the topics, queues and buckets of a started server accept
 */
export async function launchEmulators(env: NodeJS.ProcessEnv, onAccepted?: OnAccepted): Promise<Emulators> {
  const named = namedEndpoints(env);
  const started: LocalServer[] = [];
  const start = async (server: Promise<LocalServer>): Promise<string> => {
    const ready = await server;
    started.push(ready);
    return ready.url;
  };
  const stop = async (): Promise<void> => {
    await Promise.all(started.map((server) => server.stop()));
  };

  // Settled, not all: when one fails to start, the other has to be there to be stopped.
  const [tables, messages] = await Promise.allSettled([
    named.tables ?? start(startDynoxide()).then((url) => ({ dynamodb: url, streams: url })),
    named.messages ?? start(startFauxqs(onAccepted)).then((url) => ({ sns: url, sqs: url, s3: url })),
  ]);
  if (tables.status === 'rejected' || messages.status === 'rejected') {
    await stop();
    throw tables.status === 'rejected' ? tables.reason : (messages as PromiseRejectedResult).reason;
  }
  const { dynamodb, streams } = tables.value;
  const { sns, sqs, s3 } = messages.value;
  const region = env.AWS_REGION || 'us-east-1';
  // Local servers accept any key, so a real one is never sent to them; named servers get the user's own, if any.
  const own = started.length < 2 && Boolean(env.AWS_ACCESS_KEY_ID || env.AWS_PROFILE);
  const connection = (endpoint: string): EmulatorConnection => ({
    endpoint,
    region,
    ...(!own && { credentials: { accessKeyId: 'local', secretAccessKey: 'local' } }),
  });
  return {
    dynamodb: connection(dynamodb),
    streams: connection(streams),
    sns: connection(sns),
    sqs: connection(sqs),
    s3: { ...connection(s3), forcePathStyle: true },
    environment: awsEnvironment({
      tables: tables.value,
      messages: messages.value,
      region,
      ownCredentials: own,
    }),
    description: `DynamoDB at ${dynamodb}, SNS and SQS at ${sns}`,
    // Without own servers the race never ends: named servers belong to another process.
    ended: Promise.race(started.map((server) => server.ended)),
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

import { startDynoxide } from './dynoxide.ts';
import { startFauxqs } from './fauxqs.ts';

/** A server that this process started. */
export interface LocalServer {
  readonly url: string;
  stop(): Promise<void>;
}

/** The services of the demo. */
export interface Servers {
  /** What the AWS SDK reads to find them, as a Lambda function finds it in its environment. */
  readonly environment: Readonly<Record<string, string>>;
  /** One line for people. */
  readonly description: string;
  stop(): Promise<void>;
}

/**
 * DynamoDB from Dynoxide, SNS and SQS from fauxqs, unless the environment names other servers.
 *
 * `AWS_ENDPOINT_URL_DYNAMODB`, `AWS_ENDPOINT_URL_DYNAMODB_STREAMS`, `AWS_ENDPOINT_URL_SNS`,
 * `AWS_ENDPOINT_URL_SQS` and `AWS_ENDPOINT_URL` mean what they mean to the SDK. A server that is named this way
 * is used as it is and not stopped.
 */
export async function startServers(env: NodeJS.ProcessEnv = process.env): Promise<Servers> {
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
    named.messages ?? start(startFauxqs()).then((url) => ({ sns: url, sqs: url })),
  ]);
  if (tables.status === 'rejected' || messages.status === 'rejected') {
    await stop();
    throw tables.status === 'rejected' ? tables.reason : (messages as PromiseRejectedResult).reason;
  }
  return {
    environment: {
      AWS_ENDPOINT_URL_DYNAMODB: tables.value.dynamodb,
      AWS_ENDPOINT_URL_DYNAMODB_STREAMS: tables.value.streams,
      AWS_ENDPOINT_URL_SNS: messages.value.sns,
      AWS_ENDPOINT_URL_SQS: messages.value.sqs,
      // A profile may ask the SDK to ignore the four above, and then the demo would call AWS.
      AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'false',
      AWS_REGION: env.AWS_REGION || 'us-east-1',
      ...credentials(env, started.length === 2),
    },
    description: `DynamoDB at ${tables.value.dynamodb}, SNS and SQS at ${messages.value.sns}`,
    stop,
  };
}

/** One server holds a table and its stream, and one holds a topic and its queue: half a pair names the pair. */
function namedEndpoints(env: NodeJS.ProcessEnv): {
  readonly tables: { readonly dynamodb: string; readonly streams: string } | undefined;
  readonly messages: { readonly sns: string; readonly sqs: string } | undefined;
} {
  const dynamodb = env.AWS_ENDPOINT_URL_DYNAMODB || env.AWS_ENDPOINT_URL;
  const streams = env.AWS_ENDPOINT_URL_DYNAMODB_STREAMS || env.AWS_ENDPOINT_URL || dynamodb;
  const sns = env.AWS_ENDPOINT_URL_SNS || env.AWS_ENDPOINT_URL || env.AWS_ENDPOINT_URL_SQS;
  const sqs = env.AWS_ENDPOINT_URL_SQS || env.AWS_ENDPOINT_URL || sns;
  const table = dynamodb ?? streams;
  return {
    tables: table && streams ? { dynamodb: table, streams } : undefined,
    messages: sns && sqs ? { sns, sqs } : undefined,
  };
}

/** Local servers accept any key, so a real one is never sent to them; named servers get the user's own, if any. */
function credentials(env: NodeJS.ProcessEnv, onlyLocal: boolean): Record<string, string> {
  if (!onlyLocal && (env.AWS_ACCESS_KEY_ID || env.AWS_PROFILE)) return {};
  // The SDK prefers a profile to a key, and would send a session token along with the key.
  return {
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_SESSION_TOKEN: '',
    AWS_PROFILE: '',
  };
}

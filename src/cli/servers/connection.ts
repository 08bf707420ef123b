import { awsEnvironment } from '../../emulators/aws-environment.ts';
import type { NamedEndpoints } from '../../emulators/named-endpoints.ts';
import type { ConnectionFlags } from '../flags/connection-options.ts';

/** Settings of an SDK client. The SDK takes missing ones from the environment. */
export interface ClientSettings {
  readonly endpoint?: string;
  readonly region?: string;
  readonly profile?: string;
  readonly credentials?: Credentials;
}

interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** Where a command finds its services. */
export interface Connection extends AsyncDisposable {
  /** `embedded`: servers of this command; `running`: those of another command in this project. */
  readonly kind: 'aws' | 'named' | 'running' | 'embedded';
  /** In words, for people: `DynamoDB at http://...`. */
  readonly description: string;
  readonly dynamodb: ClientSettings;
  readonly streams: ClientSettings;
  readonly sns: ClientSettings;
  /** For an SQS client, together with `useQueueUrlAsEndpoint: false`. */
  readonly sqs: ClientSettings;
  /** For an S3 client, together with `forcePathStyle: true`. */
  readonly s3: ClientSettings;
  /** Variables with which other code, such as a handler, finds the same services. */
  readonly environment: Readonly<Record<string, string>>;
  /** Stops servers that this command started, and no others. */
  [Symbol.asyncDispose](): Promise<void>;
}

// Local servers take any.
const LOCAL: Credentials = { accessKeyId: 'local', secretAccessKey: 'local' };

/**
 * The credentials that the environment holds itself. Undefined where there are none, or a profile, which the SDK
 * prefers: then it is left to the SDK to find them.
 */
export function credentialsIn(env: NodeJS.ProcessEnv): Credentials | undefined {
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN, AWS_PROFILE } = env;
  if (!AWS_ACCESS_KEY_ID || !AWS_SECRET_ACCESS_KEY || AWS_PROFILE) return undefined;
  return {
    accessKeyId: AWS_ACCESS_KEY_ID,
    secretAccessKey: AWS_SECRET_ACCESS_KEY,
    ...(AWS_SESSION_TOKEN && { sessionToken: AWS_SESSION_TOKEN }),
  };
}

/** Servers of which at least the one with the tables is known. */
export type Endpoints = NamedEndpoints & { readonly tables: object };

/** Services on servers that run already. They get the user's own credentials, if there are any. */
export function namedServers(
  { tables, messages }: Endpoints,
  env: NodeJS.ProcessEnv,
  flags: ConnectionFlags,
): Connection {
  const region = flags.region || env.AWS_REGION || 'us-east-1';
  const { profile } = flags;
  const own = Boolean(profile || env.AWS_ACCESS_KEY_ID || env.AWS_PROFILE);
  const credentials = own ? credentialsIn({ ...env, ...(profile && { AWS_PROFILE: profile }) }) : LOCAL;
  const at = (endpoint: string | undefined): ClientSettings => ({
    ...(endpoint !== undefined && { endpoint }),
    region,
    ...(profile !== undefined && { profile }),
    ...(credentials !== undefined && { credentials }),
  });
  return {
    kind: 'named',
    description: `DynamoDB at ${tables.dynamodb}`,
    dynamodb: at(tables.dynamodb),
    streams: at(tables.streams),
    sns: at(messages?.sns),
    sqs: at(messages?.sqs),
    s3: at(messages?.s3),
    environment: awsEnvironment({ tables, messages, region, profile, ownCredentials: own }),
    async [Symbol.asyncDispose]() {},
  };
}

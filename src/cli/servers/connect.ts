import type { OnAccepted } from '../../emulators/fauxqs.ts';
import { namedEndpoints } from '../../emulators/named-endpoints.ts';
import type { CommandContext } from '../command.ts';
import { failure, usageError } from '../errors/cli-error.ts';
import type { ConnectionFlags } from '../flags/connection-options.ts';
import type { Resource } from '../flags/resource-flags.ts';
import { tellWarning } from '../terminal/output.ts';
import { writeLines } from '../terminal/terminal-text.ts';
import { type Connection, credentialsIn, type Endpoints, namedServers } from './connection.ts';
import { clientsOf, createResources } from './create-resources.ts';
import { requirePackages } from './packages.ts';
import { requireProfile } from './profiles.ts';
import { runningServers } from './running-servers.ts';

/** The choice of a command where no server is named and none is running. */
export interface ConnectOptions {
  /**
   * Starts embedded servers. `shared`: the other commands of this project find them while this one runs. Without
   * it the command ends, and says what to do.
   */
  readonly start?: 'private' | 'shared';
  /** Uses servers that were asked for by name or its own, never AWS because the environment has credentials. */
  readonly own?: true;
  /** The command changes data or resources: AWS has to be asked for, by `--profile` or `--aws`. */
  readonly writes?: boolean;
  /** Created where they are not there yet. The environment of the connection has their variables. */
  readonly resources?: readonly Resource[];
  /** Gets the messages that the topics, queues and buckets of embedded servers of its own accept. */
  readonly onAccepted?: OnAccepted;
  /** Packages of clients that the command uses. */
  readonly needs?: readonly string[];
  /** Variables that no flag names: they do not decide for AWS. */
  readonly unnamed?: ReadonlySet<string>;
}

// A user who has one of these has told the SDK to go to AWS.
const OF_AWS = [
  'AWS_PROFILE',
  'AWS_ACCESS_KEY_ID',
  'AWS_WEB_IDENTITY_TOKEN_FILE',
  'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI',
  'AWS_CONTAINER_CREDENTIALS_FULL_URI',
];

/**
 * Finds the services, in this order: `--endpoint`; `--profile` and `--aws`, which are AWS; the `AWS_ENDPOINT_URL`
 * variables; embedded servers that run for this project; AWS, where the environment has credentials or a profile and the
 * command only reads; embedded servers of this command's own. A line on stderr names services that were not asked for.
 *
 * @throws CliError when there is nothing to talk to
 */
export async function connect(
  context: CommandContext,
  flags: ConnectionFlags,
  options: ConnectOptions = {},
): Promise<Connection> {
  const { resources = [], needs = [] } = options;
  const packages = [...needs, ...clientsOf(resources)];
  const connection = await find(context, flags, { ...options, needs: packages });
  if (connection.kind !== 'embedded') requirePackages(packages, false);
  if (connection.kind === 'embedded' || resources.length === 0) return connection; // created before others find them
  const { dynamodb, sns, sqs, s3, environment } = connection;
  const endpoints = {
    table: dynamodb.endpoint,
    topic: sns.endpoint,
    queue: sqs.endpoint,
    bucket: s3.endpoint,
  };
  const lacking = resources.find(({ kind }) => {
    const endpoint = endpoints[kind];
    return endpoint === undefined || isOfAws(endpoint);
  });
  if (lacking !== undefined) {
    throw usageError(
      `--create-${lacking.kind} creates on local servers only, and this command would use ${connection.description}. ` +
        'Leave it out, or name a local server for it with AWS_ENDPOINT_URL.',
    );
  }
  return {
    ...connection,
    environment: { ...environment, ...(await createResources(resources, connection)) },
  };
}

async function find(
  context: CommandContext,
  flags: ConnectionFlags,
  { start, own, writes = false, resources, unnamed, needs = [], onAccepted }: ConnectOptions,
): Promise<Connection> {
  const { io, note } = context;
  const { env } = io;
  const warn = (text: string): void => tellWarning(context, text);
  const say = (text: string): void => void writeLines(io.stderr, note('dim', text));
  const asked = askedFor(flags, env);
  if (asked?.kind === 'named') return asked;
  if (asked === undefined) {
    const { tables, messages } = namedEndpoints(env);
    if (tables !== undefined && !(writes && isOfAws(tables.dynamodb))) {
      return namedServers({ tables, messages }, env, flags);
    }
    const running = own || tables !== undefined ? undefined : await runningServers(env, warn);
    if (running !== undefined) {
      say(`Using the embedded servers of this project, which process ${running.pid} runs.`);
      const { AWS_REGION } = running.environment;
      // Nothing else of the environment: the user's own credentials are not for them.
      const servers = namedServers(namedEndpoints(running.environment) as Endpoints, { AWS_REGION }, flags);
      // With the topics, queues and buckets that were created in them.
      return { ...servers, environment: { ...running.environment, ...servers.environment }, kind: 'running' };
    }
  }
  const mayGuess = !own && !writes && OF_AWS.some((name) => env[name] && !unnamed?.has(name));
  if (asked !== undefined || mayGuess) {
    const connection = asked ?? aws(env, flags);
    say(`Using ${connection.description}.`);
    return connection;
  }
  if (start === undefined) throw failure(writes ? NOTHING_TO_WRITE_TO : NOTHING_TO_TALK_TO);
  requirePackages(needs, true);
  const { embeddedServers } = await import('./embedded-servers.ts');
  const connection = await embeddedServers(env, flags, start, warn, resources, onAccepted);
  say(`Using embedded servers of this command: ${connection.description}.`);
  return connection;
}

const START =
  'Start embedded ones in another terminal with streamlane emulators, or name a server with --endpoint';
const NOTHING_TO_TALK_TO = `There is no server to talk to. ${START}, or AWS with --profile or --aws.`;
const NOTHING_TO_WRITE_TO =
  `There is no local server to write to. This command writes to AWS only with --profile or --aws. ${START}. ` +
  'For AWS, use --profile <name>, or --aws with the credentials of the environment.';

/** Finds what the flags ask for by name. @throws CliError when they contradict each other */
function askedFor(flags: ConnectionFlags, env: NodeJS.ProcessEnv): Connection | undefined {
  const { endpoint, profile } = flags;
  if (endpoint !== undefined) {
    if (flags.aws) throw usageError('--endpoint and --aws exclude each other. Leave one of them out.');
    if (!/^https?:/.test(endpoint) || !URL.canParse(endpoint)) {
      throw usageError(`--endpoint has to be a URL such as http://127.0.0.1:8000, got ${endpoint}.`);
    }
    return namedServers(namedEndpoints({ AWS_ENDPOINT_URL: endpoint }) as Endpoints, env, flags);
  }
  if (profile !== undefined) return aws(env, flags);
  if (!flags.aws) return undefined;
  const { tables } = namedEndpoints(env);
  // The SDK would call that server instead.
  if (tables !== undefined && !isOfAws(tables.dynamodb)) {
    throw usageError(
      `--aws means AWS, but the environment names ${tables.dynamodb} with AWS_ENDPOINT_URL. Unset that, or leave out --aws.`,
    );
  }
  return aws(env, flags);
}

/** Checks if a server is one of AWS, in any partition, and not an emulator. */
export function isOfAws(endpoint: string): boolean {
  return URL.canParse(endpoint) && /(^|\.)(amazonaws\.com(\.cn)?|api\.aws)$/.test(new URL(endpoint).hostname);
}

function aws(env: NodeJS.ProcessEnv, { region, profile }: ConnectionFlags): Connection {
  const credentials = profile === undefined ? credentialsIn(env) : undefined;
  const settings = {
    ...(region !== undefined && { region }),
    ...(profile !== undefined && { profile }),
    ...(credentials !== undefined && { credentials }),
  };
  const named = profile ?? env.AWS_PROFILE;
  requireProfile(named, env);
  const where = region ?? env.AWS_REGION;
  return {
    kind: 'aws',
    description: `AWS${where ? `, region ${where}` : ''}${named ? `, profile ${named}` : ''}`,
    dynamodb: settings,
    streams: settings,
    sns: settings,
    sqs: settings,
    s3: settings,
    environment: {
      ...(region !== undefined && { AWS_REGION: region, AWS_DEFAULT_REGION: region }),
      ...(profile !== undefined && { AWS_PROFILE: profile }),
    },
    async [Symbol.asyncDispose]() {},
  };
}

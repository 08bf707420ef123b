import { startEmulators } from '../../emulators/start-emulators.ts';
import { StreamlaneError } from '../../errors.ts';
import { failure } from '../errors/cli-error.ts';
import type { ConnectionFlags } from '../flags/connection-options.ts';
import type { Resource } from '../flags/resource-flags.ts';
import type { Connection } from './connection.ts';
import { createResources } from './create-resources.ts';
import { announceServers } from './running-servers.ts';

/**
 * Starts DynamoDB with streams, SNS, SQS and S3 for as long as this command runs.
 *
 * @param reach `shared`: the other commands of this project find them
 * @param warn told when they do not, against what was wanted
 * @param resources what is created in them
 * @throws CliError when what they are made of is not installed
 */
export async function embeddedServers(
  env: NodeJS.ProcessEnv,
  { region }: ConnectionFlags,
  reach: 'private' | 'shared',
  warn: (text: string) => void,
  resources: readonly Resource[] = [],
): Promise<Connection & { readonly ended: Promise<void> }> {
  const emulators = await startEmulators({
    // Nothing else of the environment: a command that says it starts servers does not use others.
    env: { AWS_REGION: region ?? env.AWS_REGION },
  }).catch((error: unknown) => {
    if (!(error instanceof StreamlaneError && error.code === 'MISSING_PEER')) throw error;
    throw failure(`The embedded servers are not installed. ${remedyFor()}`, error);
  });
  const created = await createResources(resources, emulators).catch(async (error: unknown) => {
    await emulators.stop();
    throw error;
  });
  const environment = { ...emulators.environment, ...created };
  const withdraw = reach === 'shared' ? await announceServers(environment, env, warn) : undefined;
  // Its port is free from then on, and another server may get it.
  if (withdraw !== undefined) void emulators.ended.then(withdraw);
  return {
    ...emulators,
    environment,
    kind: 'embedded',
    async [Symbol.asyncDispose]() {
      await withdraw?.();
      await emulators.stop();
    },
  };
}

/** Says what to do without embedded servers. Only those for Linux on x64 are tested. */
export function remedyFor(platform: string = `${process.platform}-${process.arch}`): string {
  return platform === 'linux-x64'
    ? 'Install them with: npm install --save-dev @dynoxide/linux-x64 fauxqs, ' +
        'or name a server with --endpoint, or AWS with --profile or --aws.'
    : `On ${platform}, name a server of your own with --endpoint, such as that of moto ` +
        '(pip install "moto[server]"; moto_server -p 5000), or AWS with --profile or --aws. ' +
        'If Dynoxide has a binary for the platform, this installs them: npm install --save-dev dynoxide fauxqs';
}

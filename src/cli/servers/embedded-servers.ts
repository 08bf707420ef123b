import { StreamlaneError } from '../../errors.ts';
import { startEmulators } from '../../local/emulators/start-emulators.ts';
import { failure } from '../cli-error.ts';
import type { Connection } from './connection.ts';
import type { ConnectionFlags } from './connection-options.ts';
import { announceServers } from './running-servers.ts';

/**
 * Starts DynamoDB with streams, SNS, SQS and S3 for as long as this command runs.
 *
 * @param reach `shared`: the other commands of this project find them
 * @throws CliError when what they are made of is not installed
 */
export async function embeddedServers(
  env: NodeJS.ProcessEnv,
  { region }: ConnectionFlags,
  reach: 'private' | 'shared',
): Promise<Connection> {
  const emulators = await startEmulators({
    // Nothing else of the environment: a command that says it starts servers does not use others.
    env: { AWS_REGION: region ?? env.AWS_REGION },
  }).catch((error: unknown) => {
    if (!(error instanceof StreamlaneError && error.code === 'MISSING_PEER')) throw error;
    throw failure(
      `The embedded servers are not installed. Install them with: npm install --save-dev ${dynoxidePackage()} fauxqs, ` +
        'or name a server with --endpoint, or AWS with --profile.',
      error,
    );
  });
  const withdraw = reach === 'shared' ? await announceServers(emulators.environment, env) : undefined;
  return {
    ...emulators,
    kind: 'embedded',
    async [Symbol.asyncDispose]() {
      await withdraw?.();
      await emulators.stop();
    },
  };
}

/** What holds Dynoxide for a machine; the package for all of them is the larger one. */
export function dynoxidePackage(platform: string = `${process.platform}-${process.arch}`): string {
  return platform === 'linux-x64' ? '@dynoxide/linux-x64' : 'dynoxide';
}

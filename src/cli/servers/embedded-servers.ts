import type { OnAccepted } from '../../emulators/fauxqs.ts';
import { launchEmulators } from '../../emulators/start-emulators.ts';
import type { ConnectionFlags } from '../flags/connection-options.ts';
import type { Resource } from '../flags/resource-flags.ts';
import type { Connection } from './connection.ts';
import { clientsOf, createResources } from './create-resources.ts';
import { requirePackages } from './packages.ts';
import { announceServers } from './running-servers.ts';

/**
 * Starts DynamoDB with streams, SNS, SQS and S3 for as long as this command runs.
 *
 * @param reach `shared`: the other commands of this project find them
 * @param warn gets a message when other commands cannot find them, although `reach` is `shared`
 * @param resources are created in them
 * @param onAccepted gets the messages that their topics, queues and buckets accept
 * @throws CliError when a package that they need is not installed
 */
export async function embeddedServers(
  env: NodeJS.ProcessEnv,
  { region }: ConnectionFlags,
  reach: 'private' | 'shared',
  warn: (text: string) => void,
  resources: readonly Resource[] = [],
  onAccepted?: OnAccepted,
): Promise<Connection & { readonly ended: Promise<void> }> {
  requirePackages(clientsOf(resources), true);
  // Nothing else of the environment: a command that says it starts servers does not use others.
  const emulators = await launchEmulators({ AWS_REGION: region ?? env.AWS_REGION }, onAccepted);
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

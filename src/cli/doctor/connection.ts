import type { ClientSettings } from '../../doctor/read/clients.ts';
import { namedEndpoints } from '../../emulators/named-endpoints.ts';
import { usageError } from '../errors/cli-error.ts';
import type { ConnectionFlags } from '../flags/connection-options.ts';
import { credentialsIn, type Endpoints, namedServers } from '../servers/connection.ts';
import { requireProfile } from '../servers/profiles.ts';

/**
 * Settings for the clients of AWS. There is no local server with deployed functions, so that without `--endpoint` it is AWS, or what
 * the variables `AWS_ENDPOINT_URL` of the SDK name.
 *
 * @throws CliError
 */
export function doctorSettings(
  { endpoint, region, profile }: ConnectionFlags,
  env: NodeJS.ProcessEnv,
): ClientSettings {
  if (endpoint !== undefined) {
    if (!/^https?:/.test(endpoint) || !URL.canParse(endpoint)) {
      throw usageError(`--endpoint has to be a URL such as http://127.0.0.1:8000, got ${endpoint}.`);
    }
    const endpoints = namedEndpoints({ AWS_ENDPOINT_URL: endpoint }) as Endpoints;
    return namedServers(endpoints, env, { ...(region && { region }), ...(profile && { profile }) }).dynamodb;
  }
  requireProfile(profile ?? env.AWS_PROFILE, env);
  const credentials = profile === undefined ? credentialsIn(env) : undefined;
  return {
    ...(region !== undefined && { region }),
    ...(profile !== undefined && { profile }),
    ...(credentials !== undefined && { credentials }),
  };
}

import type { FunctionConfiguration } from '@aws-sdk/client-lambda';
import type { DeployedFunction } from '../deployed-state.ts';
import { known, type Part, unread } from '../part.ts';
import { arnOf } from './arn.ts';
import { attempt, attemptMissing, isMissing } from './attempt.ts';
import type { Clients } from './clients.ts';

/** Reads the configuration of the code that a mapping invokes: of an alias, of the version that it names. Undefined if it is not there. */
export function readFunction(
  clients: Clients,
  FunctionName: string,
  Qualifier: string | undefined,
): Promise<Part<DeployedFunction | undefined>> {
  return attemptMissing('lambda:GetFunctionConfiguration', async () => {
    const { client, module } = await clients.lambda();
    const command = new module.GetFunctionConfigurationCommand({ FunctionName, Qualifier });
    return functionOf(await client.send(command));
  });
}

/** A function that is there, as far as AWS says it. */
export interface FoundFunction {
  /** Undefined where AWS refuses to show the function. */
  readonly account: string | undefined;
}

/**
 * Looks for a function in the account of the credentials.
 *
 * @returns undefined if there is no such function
 * @throws whatever keeps every call from being answered: no client, no credentials, no Region, no server
 */
export async function findFunction(
  clients: Clients,
  FunctionName: string,
  Qualifier: string | undefined,
): Promise<FoundFunction | undefined> {
  try {
    const { client, module } = await clients.lambda();
    const command = new module.GetFunctionConfigurationCommand({ FunctionName, Qualifier });
    const { FunctionArn } = await client.send(command);
    return { account: FunctionArn && arnOf(FunctionArn).account };
  } catch (error) {
    if (isMissing(error)) return undefined;
    // It answered. What it refuses is reported with the findings.
    const { name, $metadata } = error as Partial<ServiceError>;
    if ($metadata?.httpStatusCode === undefined || UNKNOWN_CALLER.test(`${name}`)) throw error;
    return { account: undefined };
  }
}

/** The credentials are wrong or old: no call would be answered. */
const UNKNOWN_CALLER = /^(?:UnrecognizedClient|ExpiredToken|InvalidSignature|InvalidClientTokenId)/;

interface ServiceError {
  readonly name: string;
  readonly $metadata: { readonly httpStatusCode?: number };
}

function functionOf(configuration: FunctionConfiguration): DeployedFunction {
  const { Environment } = configuration;
  return {
    runtime: configuration.Runtime,
    timeoutSeconds: configuration.Timeout ?? 3,
    memoryMB: configuration.MemorySize ?? 128,
    role: configuration.Role,
    environment:
      Environment?.Error === undefined
        ? known(Environment?.Variables ?? {})
        : unread(`AWS cannot show the variables: ${Environment.Error.ErrorCode}`),
    state: configuration.State,
    stateReason: configuration.StateReason,
    lastUpdateStatus: configuration.LastUpdateStatus,
    isolatesTenants: configuration.TenancyConfig?.TenantIsolationMode !== undefined,
  };
}

export function readReservedConcurrency(
  clients: Clients,
  FunctionName: string,
): Promise<Part<number | undefined>> {
  return attempt('lambda:GetFunctionConcurrency', async () => {
    const { client, module } = await clients.lambda();
    const answer = await client.send(new module.GetFunctionConcurrencyCommand({ FunctionName }));
    return answer.ReservedConcurrentExecutions;
  });
}

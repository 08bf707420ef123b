import type { InvokeCommandOutput } from '@aws-sdk/client-lambda';
import { importPeer } from '../../aws-clients/import-peer.ts';
import type { OwnClients } from '../../aws-clients/own-clients.ts';
import type { SdkClient } from '../../aws-clients/sdk-client.ts';
import type { InvocationOutcome, Invoke } from '../../delivery/invoke.ts';
import { ConfigurationError } from '../../errors.ts';

// Errors that a retry cannot help.
const FINAL_ERRORS = ['AccessDeniedException', 'ResourceNotFoundException'];

/**
 * Invokes a deployed function. Its own timeout counts. Whatever keeps an invocation from starting, such as a
 * throttle or a network that is down, uses up no retry.
 *
 * @returns what throws ConfigurationError `INVALID_HANDLER` once there is no such function, or no permission
 */
export async function deployedFunction(
  functionName: string,
  client: SdkClient | undefined,
  clientOptions: object,
  own: OwnClients,
): Promise<Invoke> {
  const { InvokeCommand, LambdaClient } = await importPeer(
    '@aws-sdk/client-lambda',
    'startEventSourceMapping with the name of a function',
    () => import('@aws-sdk/client-lambda'),
  );
  const lambda =
    (client as InstanceType<typeof LambdaClient> | undefined) ?? own.keep(new LambdaClient(clientOptions));
  return async (event): Promise<InvocationOutcome> => {
    let answer: InvokeCommandOutput;
    try {
      answer = await lambda.send(
        new InvokeCommand({ FunctionName: functionName, Payload: Buffer.from(event) }),
      );
    } catch (error) {
      if (FINAL_ERRORS.includes((error as Error).name)) throw cannotBeInvoked(functionName, error as Error);
      return { type: 'throttled', error };
    }
    return outcomeOf(answer);
  };
}

function outcomeOf({ FunctionError, Payload }: InvokeCommandOutput): InvocationOutcome {
  const text = Buffer.from(Payload ?? []).toString();
  try {
    const response: unknown = text === '' ? null : JSON.parse(text);
    return FunctionError === undefined ? { type: 'returned', response } : { type: 'failed', error: response };
  } catch (error) {
    return { type: 'failed', error }; // it ran, so it was not throttled
  }
}

// An error of its own: the stream's ResourceNotFoundException has the same name.
function cannotBeInvoked(functionName: string, cause: Error): ConfigurationError {
  return new ConfigurationError(
    'INVALID_HANDLER',
    `the function ${functionName} cannot be invoked: ${cause.message} ` +
      'Deploy it, or correct handler, region and credentials.',
    { owner: 'startEventSourceMapping', cause },
  );
}

import type { LambdaClient } from '@aws-sdk/client-lambda';
import { importPeer } from '../import-peer.ts';
import type { InvocationOutcome, Invoke } from './invoke.ts';

/**
 * Invokes a deployed function. Its own timeout counts. Whatever keeps an invocation from starting, such as a
 * throttle or a network that is down, uses up no retry.
 */
export async function deployedFunction(
  functionName: string,
  client: LambdaClient | undefined,
  clientOptions: object,
): Promise<Invoke> {
  const { InvokeCommand, LambdaClient } = await importPeer(
    '@aws-sdk/client-lambda',
    'startEventSourceMapping with the name of a function',
    () => import('@aws-sdk/client-lambda'),
  );
  const lambda = client ?? new LambdaClient(clientOptions);
  return async (event): Promise<InvocationOutcome> => {
    try {
      const { FunctionError, Payload } = await lambda.send(
        new InvokeCommand({ FunctionName: functionName, Payload: Buffer.from(event) }),
      );
      const text = Buffer.from(Payload ?? []).toString();
      const response: unknown = text === '' ? null : JSON.parse(text);
      return FunctionError === undefined
        ? { type: 'returned', response }
        : { type: 'failed', error: response };
    } catch (error) {
      return { type: 'throttled', error };
    }
  };
}

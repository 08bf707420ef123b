import type { OwnClients } from '../../aws-clients/own-clients.ts';
import type { SdkClient } from '../../aws-clients/sdk-client.ts';
import type { Invoke } from '../../delivery/invoke.ts';
import type { LambdaHandler } from '../../delivery/lambda-handler.ts';
import { isFunctionName } from '../../mapping/function-name.ts';
import type { Check } from '../../options/check.ts';
import { requireOption } from '../../options/check-options.ts';
import { deployedFunction } from './deployed-function.ts';
import { importHandler, isModulePath } from './handler-module.ts';
import type { FunctionIdentity } from './lambda-context.ts';
import { localFunction, requireHandler } from './local-function.ts';

export interface HandlerOptions {
  readonly handler: LambdaHandler | string;
  readonly identity: FunctionIdentity;
  readonly lambdaClient: SdkClient | undefined;
  /** For a client that is made. */
  readonly clientOptions: object;
  readonly own: OwnClients;
}

const HANDLER: Check = {
  expected:
    "a function, a module such as 'src/handler.ts#handler', or the name or ARN of a deployed function",
  accepts: (value) => typeof value === 'string' && (isModulePath(value) || isFunctionName(value)),
};

/**
 * Refuses other values, so that a mistyped path is not taken for a deployed function.
 *
 * @throws ConfigurationError `INVALID_HANDLER`
 */
export function requireHandlerOption(handler: unknown): void {
  if (typeof handler === 'function') requireHandler(handler, { option: 'handler' });
  else requireOption('startEventSourceMapping', 'handler', handler, HANDLER, { code: 'INVALID_HANDLER' });
}

/** A function, a module or a deployed function as something to invoke. */
export async function resolveHandler(
  options: HandlerOptions,
): Promise<{ readonly invoke: Invoke; readonly functionArn: string }> {
  const { handler, identity, lambdaClient, clientOptions, own } = options;
  if (typeof handler !== 'string' || isModulePath(handler)) {
    const code = typeof handler === 'string' ? await importHandler(handler) : handler;
    return { invoke: localFunction(code, identity), functionArn: identity.functionArn };
  }
  const invoke = await deployedFunction(handler, lambdaClient, clientOptions, own);
  const functionArn = handler.startsWith('arn:')
    ? handler
    : identity.functionArn.replace(/[^:]+$/, () => handler);
  return { invoke, functionArn };
}

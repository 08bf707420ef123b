import { pathToFileURL } from 'node:url';
import type { Context } from 'aws-lambda';
import type { InvocationOutcome } from '../../src/delivery/invoke.ts';
import { localFunction } from '../../src/local/handler/local-function.ts';
import type { Answer } from './sandbox.ts';

type Exports = Readonly<Record<string, (event: unknown, context: Context) => unknown>>;

/** Invokes a function of a bundle in this process, as the local mapping does. */
export async function invokeLocally(
  file: string,
  name: string,
  event: string,
  timeoutMs: number,
): Promise<InvocationOutcome> {
  const module = (await import(pathToFileURL(file).href)) as Exports & { readonly default?: Exports };
  const handler = module[name] ?? module.default?.[name];
  if (handler === undefined) throw new Error(`${file} has no export ${name}.`);
  const identity = {
    functionName: 'invoices',
    functionArn: 'arn:aws:lambda:eu-central-1:123456789012:function:invoices',
    timeoutMs,
    memoryLimitInMB: 128,
  };
  return localFunction(handler, identity)(event, 'request-1');
}

/**
 * The bytes of an answer that do not depend on the place of the code: a response as it was sent, an error without its
 * stack trace.
 */
export function bytesOf({ payload, functionError }: Pick<Answer, 'payload' | 'functionError'>): string {
  if (functionError === undefined) return payload;
  const { errorType, errorMessage } = JSON.parse(payload) as { errorType: string; errorMessage: string };
  return JSON.stringify({ errorType, errorMessage });
}

/** The bytes that the runtime client would send for an outcome of the local mapping. */
export function bytesOfOutcome(outcome: InvocationOutcome): string {
  if (outcome.type === 'returned') return JSON.stringify(outcome.response);
  const { name, message } = outcome.error as Error;
  return JSON.stringify({ errorType: name, errorMessage: message });
}

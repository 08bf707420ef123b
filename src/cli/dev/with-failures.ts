import type { Context } from 'aws-lambda';
import type { PublishedFailure } from './sandbox/messages.ts';
import type { SandboxAnswer } from './sandbox/sandbox.ts';

/** Invokes a handler. The error of an invocation has the failures of its records, as the answer has them. */
export type Answer = (event: unknown, context: Context) => Promise<SandboxAnswer>;

/** Makes a function whose records' failures are told before its answer counts. */
export function withFailures(
  answer: Answer,
  onFailures: (failures: readonly PublishedFailure[]) => void,
): (event: unknown, context: Context) => Promise<unknown> {
  return async (event, context) => {
    try {
      const { response, failures } = await answer(event, context);
      onFailures(failures);
      return response;
    } catch (error) {
      onFailures((error as { readonly failures?: readonly PublishedFailure[] }).failures ?? []);
      throw error;
    }
  };
}

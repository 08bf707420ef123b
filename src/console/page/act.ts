import { type Signal, signal } from '@preact/signals';

/** Why the last action was refused. The page shows it until the next action, or until someone closes it. */
export const actionProblem: Signal<string | undefined> = signal(undefined);

/**
 * Asks the command to carry out an action.
 *
 * @returns the result of the action
 * @throws Error with the message of the server
 */
export async function act(name: string, input: object = {}): Promise<unknown> {
  const response = await fetch(`/actions/${name}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(input),
  }).catch(() => {
    throw new Error('streamlane does not answer. It may have ended.');
  });
  const answer: unknown = await response.json().catch(() => ({ message: `Status ${response.status}` }));
  if (!response.ok) throw new Error((answer as { readonly message: string }).message);
  return answer;
}

/** Asks for an action like {@link act}, for a button: shows the error in the page, and returns undefined then. */
export async function actOrShow(name: string, input: object = {}): Promise<unknown> {
  actionProblem.value = undefined;
  try {
    return await act(name, input);
  } catch (error) {
    actionProblem.value = (error as Error).message;
    return undefined;
  }
}

import type { IncomingMessage } from 'node:http';
import { readJson } from './json-body.ts';
import { RequestRefusedError } from './request-refused-error.ts';

/** Carries out a command of the page. The input comes from outside and is not checked yet. The result has to fit into JSON. */
export type Action = (input: Readonly<Record<string, unknown>>) => Promise<unknown>;

/** The actions that a page can ask for, by name. Each can throw {@link RequestRefusedError}. */
export type Actions = Readonly<Record<string, Action>>;

const PREFIX = '/actions/';

/** Checks if a path is that of an action, known or not. */
export function isActionPath(path: string | undefined): boolean {
  return path?.startsWith(PREFIX) === true;
}

/**
 * Carries out the action that a request names: `POST /actions/<name>`, with an object of JSON.
 *
 * @returns the result of the action
 * @throws RequestRefusedError
 */
export async function performAction(
  request: IncomingMessage,
  path: string,
  actions: Actions,
): Promise<unknown> {
  if (request.method !== 'POST') throw new RequestRefusedError(405, 'An action needs the method POST.');
  const input = await readJson(request);
  if (Object.keys(actions).length === 0)
    throw new RequestRefusedError(409, 'The mapping has not started yet.');
  const name = path.slice(PREFIX.length);
  const action = Object.hasOwn(actions, name) ? actions[name] : undefined;
  if (action === undefined) throw new RequestRefusedError(404, 'There is no such action.');
  return action(input);
}

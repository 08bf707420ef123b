import { fork } from 'node:child_process';
import { once } from 'node:events';

type Message = { readonly environment: Readonly<Record<string, string>> } | { readonly error: string };

/**
 * Starts Dynoxide and fauxqs in a process of their own, which ends with this one, and lets the SDK of this
 * process find them.
 *
 * @throws when there is no server for this machine
 */
export async function startEmulators(): Promise<void> {
  const child = fork(new URL('./emulators-main.ts', import.meta.url), { execArgv: [] });
  const [message] = (await once(child, 'message')) as [Message];
  if ('error' in message) throw new Error(message.error);
  Object.assign(process.env, message.environment);
}

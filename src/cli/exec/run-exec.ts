import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import type { RunCommand } from '../command.ts';
import { usageError } from '../errors/cli-error.ts';
import type { ConnectionFlags } from '../flags/connection-options.ts';
import { connect } from '../servers/connect.ts';
import { withSettings } from '../servers/shell-lines.ts';
import type { Interruption } from '../terminal/io.ts';

/** Runs a program with the environment of the servers, until it ends. */
export const runExec: RunCommand<ConnectionFlags> = async (context, [program = '', ...args], flags) => {
  const { env, signal, stdin } = context.io;
  // What the program does is not known: it may write.
  await using connection = await connect(context, flags, { writes: true });
  const child = spawn(program, args, { stdio: 'inherit', env: withSettings(env, connection.environment) });
  /* v8 ignore next -- this process ends, and its coverage with it */
  const kill = (): void => void child.kill('SIGKILL');
  const forward = (): void => {
    const name = (signal.reason as Partial<Interruption>).signal ?? 'SIGTERM';
    // A terminal sends Ctrl-C to the program itself.
    if (name !== 'SIGINT' || (stdin as { readonly isTTY?: boolean }).isTTY !== true) child.kill(name);
  };
  signal.addEventListener('abort', forward);
  // The second Ctrl-C ends this process, and the program must not outlive it.
  process.on('exit', kill);
  try {
    return await new Promise<number>((resolve, reject) => {
      child.on('error', (cause: NodeJS.ErrnoException) => {
        const problem =
          cause.code === 'ENOENT'
            ? `There is no program ${program}. Name one that is installed, such as in: streamlane exec -- node setup.mjs.`
            : `${program} cannot be run: ${cause.message}.`;
        reject(usageError(problem, cause));
      });
      // As a shell says which signal ended a program.
      child.on('exit', (code, name) => resolve(code ?? 128 + constants.signals[name as NodeJS.Signals]));
    });
  } finally {
    signal.removeEventListener('abort', forward);
    process.off('exit', kill);
  }
};

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { commandEnvironment } from './environment.ts';
import { type CommandOptions, type RunningCommand, seen } from './running-command.ts';

/** The built command. */
export const MAIN: string = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

/** A command that runs as a process. */
export interface SpawnedCommand extends RunningCommand {
  readonly pid: number;
  kill(signal: NodeJS.Signals): void;
}

/** Runs the built command as a process, its outputs piped. */
export function spawned(
  argv: readonly string[],
  options: CommandOptions & { readonly nodeArgs?: readonly string[] } = {},
): SpawnedCommand {
  return program(process.execPath, [...(options.nodeArgs ?? []), MAIN, ...argv], options);
}

/** Runs any program in the same way. */
export function program(
  file: string,
  args: readonly string[],
  { env, input = '', cwd }: CommandOptions = {},
): SpawnedCommand {
  const child = spawn(file, args, {
    cwd,
    env: commandEnvironment(env),
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  child.stdin.on('error', () => {}).end(input); // a command that does not read it may be gone already
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      output[name] += text;
      child.emit('output');
    });
  }
  const closed = once(child, 'close');
  return {
    pid: child.pid as number,
    stdout: () => output.stdout,
    stderr: () => output.stderr,
    seen: (pattern) =>
      seen(
        pattern,
        () => output.stdout + output.stderr,
        () => once(child, 'output'),
        closed,
      ),
    interrupt: () => void child.kill('SIGINT'),
    kill: (signal) => void child.kill(signal),
    async ended() {
      await closed;
      return { code: child.exitCode, ...output };
    },
  };
}

/** For `nodeArgs`: the command believes that it runs on a platform that Dynoxide is not made for. */
export const withoutEmulators: readonly string[] = [
  '--import',
  'data:text/javascript,Object.defineProperty(process,"platform",{value:"sunos"})',
];

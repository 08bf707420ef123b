import { EventEmitter, once } from 'node:events';
import { Readable, Writable } from 'node:stream';
import type { CommandDefinition } from '../../src/cli/command.ts';
import { EXIT } from '../../src/cli/errors/exit-codes.ts';
import { runCli } from '../../src/cli/program.ts';
import { commandEnvironment } from './environment.ts';
import { type CommandOptions, type RunningCommand, seen } from './running-command.ts';

/** Runs a command inside the test, so that its lines count as covered. */
export function inProcess(
  argv: readonly string[],
  {
    env,
    input = '',
    terminal = false,
    definitions,
  }: CommandOptions & {
    /** Its outputs say that they are a terminal, of 80 columns. */
    readonly terminal?: boolean;
    readonly definitions?: readonly CommandDefinition[];
  } = {},
): RunningCommand {
  const output = { stdout: '', stderr: '' };
  const emitter = new EventEmitter();
  const writable = (name: 'stdout' | 'stderr'): Writable =>
    Object.assign(
      new Writable({
        write(chunk, _encoding, done) {
          output[name] += chunk;
          emitter.emit('output');
          done();
        },
      }),
      terminal && { isTTY: true, columns: 80 },
    );
  const stopping = new AbortController();
  const io = {
    stdin: Readable.from(input === '' ? [] : [Buffer.from(input)]),
    stdout: writable('stdout'),
    stderr: writable('stderr'),
    env: commandEnvironment(env),
    signal: stopping.signal,
  };
  const running = runCli(argv, io, definitions);
  return {
    stdout: () => output.stdout,
    stderr: () => output.stderr,
    seen: (pattern) =>
      seen(
        pattern,
        () => output.stdout + output.stderr,
        () => once(emitter, 'output'),
        running,
      ),
    interrupt() {
      if (stopping.signal.aborted)
        throw new Error(`A second Ctrl-C ends the process with ${EXIT.interrupted}.`);
      stopping.abort();
    },
    async ended() {
      return { code: await running, ...output };
    },
  };
}

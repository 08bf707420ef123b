import { EventEmitter, once } from 'node:events';
import { type IPty, spawn } from '@lydell/node-pty';
import { commandEnvironment } from './environment.ts';
import { type CommandOptions, seen } from './running-command.ts';
import { MAIN } from './spawned.ts';

/** A command in a pseudo-terminal. */
export interface TerminalCommand {
  /** Everything it wrote, escape sequences and all. */
  readonly output: () => string;
  /** Waits for what it wrote to match, colours taken out. Rejects if it ends first. */
  seen(pattern: RegExp): Promise<RegExpExecArray>;
  /** Types something; `\x03` is Ctrl-C. */
  type(keys: string): void;
  ended(): Promise<{ readonly code: number; readonly output: string }>;
}

/** Runs the built command in a terminal of 100 columns and 30 rows, as a person does. */
export function inTerminal(
  argv: readonly string[],
  {
    env,
    cwd = process.cwd(),
    columns = 100,
    rows = 30,
  }: Omit<CommandOptions, 'input'> & { readonly columns?: number; readonly rows?: number } = {},
): TerminalCommand {
  let output = '';
  const emitter = new EventEmitter();
  const pty: IPty = spawn(process.execPath, [MAIN, ...argv], {
    name: 'xterm-256color',
    cols: columns,
    rows,
    cwd,
    env: { ...commandEnvironment(env), TERM: 'xterm-256color' },
  });
  pty.onData((text) => {
    output += text;
    emitter.emit('output');
  });
  const ended = new Promise<number>((resolve) => pty.onExit(({ exitCode }) => resolve(exitCode)));
  return {
    output: () => output,
    seen: (pattern) =>
      seen(
        pattern,
        () => withoutStyle(output),
        () => once(emitter, 'output'),
        ended,
      ),
    type: (keys) => pty.write(keys),
    async ended() {
      return { code: await ended, output };
    },
  };
}

/** Text without colours, cursor movements and carriage returns. */
export function withoutStyle(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences begin with one
  return text.replaceAll(/\x1b\[[0-9;?]*[A-Za-z]|\r/g, '');
}

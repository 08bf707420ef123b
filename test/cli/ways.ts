import { inProcess } from './in-process.ts';
import type { CommandOptions, RunningCommand } from './running-command.ts';
import { spawned } from './spawned.ts';

/** Runs a command. */
export type Run = (argv: readonly string[], options?: CommandOptions) => RunningCommand;

/** Both ways to run a command, for `describe.each`: as users do, and so that its lines count as covered. */
export const WAYS: readonly (readonly [way: string, run: Run])[] = [
  ['as a process', spawned],
  ['inside the test', inProcess],
];

import type { CliIo } from './terminal/io.ts';
import type { Style } from './terminal/style.ts';
import type { Command as Commander } from './third-party/commander.ts';

/** The surroundings of a command, besides its own arguments and options. */
export interface CommandContext {
  readonly io: CliIo;
  /** For what goes to stdout. */
  readonly style: Style;
  /** For what goes to stderr. */
  readonly note: Style;
  /** `--verbose`. */
  readonly verbose: boolean;
}

/** Runs a command with the arguments and options that commander has parsed. Returns the exit code. */
export type RunCommand<Options> = (
  context: CommandContext,
  args: readonly string[],
  options: Options,
) => Promise<number>;

/**
 * A command of `streamlane`. The file that declares one imports nothing heavy: `load` brings what runs, so that
 * `streamlane --help` starts fast.
 */
// biome-ignore lint/suspicious/noExplicitAny: the options are those that `configure` declares
export interface CommandDefinition<Options = any> {
  /** The name, with its arguments as commander writes them: `invoke <module#export> <payload>`. */
  readonly usage: string;
  /** One line, for the list of commands. */
  readonly summary: string;
  /** Below the summary in the command's own help. */
  readonly details?: string;
  /** Command lines, without `streamlane`, each with what it does. */
  readonly examples: readonly (readonly [line: string, meaning: string])[];
  /** Declares options. */
  readonly configure?: (command: Commander) => Commander;
  /**
   * Heeds `io.signal`, and returns once it has stopped. Without it, Ctrl-C ends the command where it is, with the
   * exit code 130.
   */
  readonly stopsItself?: true;
  /** Imports what runs. A command with subcommands has none. */
  readonly load?: () => Promise<RunCommand<Options>>;
  readonly subcommands?: readonly CommandDefinition[];
}

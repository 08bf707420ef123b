import { styleText } from 'node:util';
import type { CommandContext, CommandDefinition, RunCommand } from './command.ts';
import { commands } from './commands.ts';
import { EXIT, type ExitCode } from './errors/exit-codes.ts';
import { reportError } from './errors/report-error.ts';
import { wrongUsage } from './errors/wrong-usage.ts';
import { type CliIo, interrupted } from './terminal/io.ts';
import { separateOutputs } from './terminal/separate-outputs.ts';
import { hasColors, styleFor } from './terminal/style.ts';
import { Command, CommanderError, Help } from './third-party/commander.ts';
import { version } from './version.ts';

/**
 * Runs one command line. From then on, what other code writes to its outputs goes to stderr: see {@link separateOutputs}.
 *
 * @param argv what stands behind `streamlane`
 * @returns the exit code; whatever goes wrong has been told on stderr by then
 */
export async function runCli(
  argv: readonly string[],
  outputs: CliIo,
  definitions: readonly CommandDefinition[] = commands,
): Promise<number> {
  const io: CliIo = { ...outputs, ...separateOutputs(outputs) };
  let exitCode: number = EXIT.ok;
  const program: Command = new Command('streamlane')
    .description('Read a DynamoDB stream, run your handler on it, replay failed records.')
    .version(version(), '-V, --version', 'Print the version.')
    .helpOption('-h, --help', 'Print help: for one command, with `streamlane <command> --help`.')
    .option('--verbose', 'Print the stack of an error.')
    .configureHelp({
      showGlobalOptions: true,
      // commander leaves the codes out where there are no colours.
      styleTitle: (text) => styleText('bold', text, { validateStream: false }),
      styleOptionText: (text) => styleText('cyan', text, { validateStream: false }),
      styleSubcommandText: (text) => styleText('cyan', text, { validateStream: false }),
      optionDescription: (option) => {
        // commander quotes text, and a number that was typed is text.
        const description = new Help()
          .optionDescription(option)
          .replace(/\(default: "([^"]*)"\)/, '(default: $1)');
        return option.mandatory ? `${description} (required)` : description;
      },
    })
    .showSuggestionAfterError()
    .exitOverride((error) => {
      throw wrongUsage(error, program);
    })
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: () => {}, // shown below, with every other error
      getOutHasColors: () => hasColors(io.stdout, io.env),
      getOutHelpWidth: () => io.stdout.columns ?? 100,
    });
  program.helpCommand('help [command]', 'Print help.');
  for (const definition of definitions) {
    register(program, definition, async ({ run, stopsItself }, args, options) => {
      const running = run(contextOf(program, io), args, options);
      exitCode = await (stopsItself ? running : Promise.race([running, interruption(io.signal)]));
    });
  }
  program.addHelpText('after', examplesOf(definitions.flatMap(({ examples }) => examples.slice(0, 1))));
  try {
    // A command alone has nothing to run. That is not a mistake.
    await program.parseAsync(argv.length === 0 ? ['--help'] : argv, { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return EXIT.ok;
    return reportError(error, argv, io);
  }
}

type Execute = (
  command: { readonly run: RunCommand<object>; readonly stopsItself: boolean },
  args: readonly string[],
  options: object,
) => Promise<void>;

function register(parent: Command, definition: CommandDefinition, execute: Execute): void {
  const {
    usage,
    summary,
    details,
    examples,
    configure,
    load,
    stopsItself = false,
    subcommands = [],
  } = definition;
  const command: Command = parent
    .command(usage)
    .summary(summary)
    .description(details === undefined ? summary : `${summary}\n\n${details}`)
    .exitOverride((error) => {
      throw wrongUsage(error, command);
    });
  configure?.(command);
  command.addHelpText('after', examplesOf(examples));
  for (const subcommand of subcommands) register(command, subcommand, execute);
  if (load === undefined) return;
  command.action(async () => {
    await execute(
      { run: await load(), stopsItself },
      command.processedArgs.flat() as string[],
      command.opts(),
    );
  });
}

async function interruption(signal: AbortSignal): Promise<ExitCode> {
  await interrupted(signal);
  return EXIT.interrupted;
}

function contextOf(program: Command, io: CliIo): CommandContext {
  return {
    io,
    style: styleFor(io.stdout, io.env),
    note: styleFor(io.stderr, io.env),
    verbose: program.opts<{ verbose?: true }>().verbose === true,
  };
}

function examplesOf(examples: CommandDefinition['examples']): string {
  const lines = examples.map(([line, meaning]) => `  $ streamlane ${line}\n      ${meaning}`);
  return `\nExamples:\n${lines.join('\n')}`;
}

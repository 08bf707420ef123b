import { ConfigurationError } from '../../errors.ts';
import { isInstance } from '../../failure/content-free-cause.ts';
import type { RunCommand } from '../command.ts';
import { usageError } from '../errors/cli-error.ts';
import { EXIT } from '../errors/exit-codes.ts';
import { flagOf, flagProblem } from '../flags/flag-of.ts';
import { tellWarning } from '../terminal/output.ts';
import { writeLines } from '../terminal/terminal-text.ts';
import { explained } from './explain-routes.ts';
import { isFormat, type OutputFlags, writtenIn } from './output-format.ts';
import { type MappingSourceFlags, readSource } from './source.ts';

export interface MappingCommandFlags extends OutputFlags, MappingSourceFlags {
  readonly format: string;
  readonly explain?: true;
}

/** Prints the mapping of a router, or those of a file, for a tool. */
export const runMapping: RunCommand<MappingCommandFlags> = async (context, [source = ''], flags) => {
  const { io, note } = context;
  const { format } = flags;
  if (!isFormat(format)) {
    throw usageError(
      `--format has to be cloudformation, sam, terraform, serverless, cdk or json, got ${format}.`,
    );
  }
  const mappings = await inFlags(() => readSource(source, flags, io));
  const several = mappings.length > 1;
  for (const { name, mapping, router } of mappings) {
    for (const { code, message } of mapping.warnings) {
      // Of a mapping that was made elsewhere, no flag changes an option.
      const text =
        router === undefined
          ? message
          : message.replace(DESTINATION, `$&, here ${flagOf('destinationConfig')},`);
      tellWarning(context, `${several ? `${name}: ` : ''}${text} (${code})`);
    }
  }
  if (flags.explain) {
    for (const mapping of mappings) {
      void writeLines(io.stderr, ...explained(mapping).map((line) => note('dim', line)));
    }
  }
  const text = await inFlags(() => writtenIn(format, source, mappings, flags));
  await writeLines(io.stdout, ...text.trimEnd().split('\n'));
  return EXIT.ok;
};

const DESTINATION = 'destinationConfig.onFailure.destination';

/** Names of functions that the command calls. */
const CALLED = ['eventSourceMapping', 'toCloudFormation', 'toSam', 'toServerless', 'toTerraform'];

const FLAGS: Readonly<Record<string, string>> = { functionName: 'function', streamArn: 'stream' };

/** An error about an option names the flag, where it was a flag. */
async function inFlags<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!isInstance(error, ConfigurationError) || !CALLED.includes(`${error.owner}`)) throw error;
    const { option, problem } = error;
    const flag = option === undefined ? undefined : FLAGS[option];
    throw usageError(flag === undefined ? flagProblem(error) : `--${flag} ${problem}`, error);
  }
}

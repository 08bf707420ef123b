import { parseArgs } from 'node:util';
import { MEASURES } from '../measures/index.ts';

/** Options of the command line. */
export interface CliOptions {
  readonly check: boolean;
  readonly quick: boolean;
  readonly help: boolean;
  /** Writes the committed report again, without measuring. */
  readonly redraw: boolean;
  /** Puts the measured groups into the committed report. */
  readonly update: boolean;
  readonly sameProcess: boolean;
  /** A measure's name, or the beginning of group ids. */
  readonly only?: string | undefined;
  readonly out?: string | undefined;
  readonly expectations?: string | undefined;
}

export const HELP = `Compares the speed, memory and size of streamlane with other libraries.

npm run bench [-- flags]

  --only <name>          one measure (${MEASURES.map(({ name }) => name).join(', ')})
                         or the groups whose id begins with it (router/small/both)
  --quick                fewer records and rounds, for CI: within 60 s
  --check                exit code 1 if a must of the expectations is missed
  --expectations <file>  use these expectations, a JSON array of the same form, instead of bench/expectations/table.ts
  --out <directory>      write the report there (default: bench/report, and only after a full run)
  --same-process         run all contenders of a group in one process, where they change each other's speed
  --update               put the groups that --only selects into bench/report, each with its date and machine, and keep the others
  --redraw               write charts, pages and the speed section of the README from bench/report/report.json, without measuring
  --help                 print this text`;

/** @throws TypeError when a flag is unknown, lacks its value, has one that does not exist, or does not go with another */
export function cliOptions(args: readonly string[]): CliOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      check: { type: 'boolean', default: false },
      quick: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
      redraw: { type: 'boolean', default: false },
      update: { type: 'boolean', default: false },
      'same-process': { type: 'boolean', default: false },
      only: { type: 'string' },
      out: { type: 'string' },
      expectations: { type: 'string' },
    },
  });
  const { 'same-process': sameProcess, ...others } = values;
  if (
    others.update &&
    (others.only === undefined || others.quick || sameProcess || others.out !== undefined)
  ) {
    throw new TypeError('--update needs --only, and goes with neither --quick, --same-process nor --out.');
  }
  return { ...others, sameProcess };
}

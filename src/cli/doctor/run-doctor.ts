import { type DeclaredCode, declaredCode } from '../../doctor/declared-code.ts';
import { diagnose } from '../../doctor/diagnose.ts';
import { doctorPolicy } from '../../doctor/doctor-policy.ts';
import { isUnread } from '../../doctor/part.ts';
import { Clients } from '../../doctor/read/clients.ts';
import { requireFunction } from '../../doctor/read/read-function.ts';
import { readState } from '../../doctor/read/read-state.ts';
import { isFunctionName } from '../../mapping/function-name.ts';
import type { RunCommand } from '../command.ts';
import { failure, usageError } from '../errors/cli-error.ts';
import { EXIT } from '../errors/exit-codes.ts';
import type { ConnectionFlags } from '../flags/connection-options.ts';
import { loadExports } from '../load-handler.ts';
import { writeJson } from '../terminal/output.ts';
import { writeLines } from '../terminal/terminal-text.ts';
import { withPages } from '../version.ts';
import { doctorSettings } from './connection.ts';
import { summaryOf, textOf } from './report.ts';

export interface DoctorFlags extends ConnectionFlags {
  readonly function?: string;
  readonly router?: string;
  readonly json?: true;
  readonly policy?: true;
}

/** Compares a deployed function with what it needs, and prints the differences. */
export const runDoctor: RunCommand<DoctorFlags> = async ({ io, style }, _args, flags) => {
  if (flags.policy) {
    await writeLines(io.stdout, ...JSON.stringify(doctorPolicy(), undefined, 2).split('\n'));
    return EXIT.ok;
  }
  const { functionName, qualifier, region } = functionIn(flags.function);
  const settings = { ...(region !== undefined && { region }), ...doctorSettings(flags, io.env) };
  const code = flags.router === undefined ? undefined : await codeOf(flags.router);
  const clients = new Clients(settings);
  try {
    const isThere = await requireFunction(clients, functionName, qualifier);
    if (!isThere) {
      throw failure(`There is no function ${flags.function} here. Check --function, --region and --profile.`);
    }
    const state = await readState(clients, {
      functionName,
      qualifier,
      now: new Date(),
      code,
    });
    const { findings, notChecked } = diagnose(state, code);
    const diagnosis = {
      findings: findings.map((one) => ({
        ...one,
        remedy: withPages(one.remedy),
        page: withPages(one.page),
      })),
      notChecked,
    };
    if (flags.json) writeJson(io.stdout, { ...summaryOf(state, diagnosis), ...diagnosis });
    else await writeLines(io.stdout, ...textOf(state, diagnosis, style));
    const isBlind = isUnread(state.mappings);
    return isBlind || findings.some(({ severity }) => severity === 'error') ? EXIT.failed : EXIT.ok;
  } finally {
    clients.destroy();
  }
};

/** @throws CliError */
async function codeOf(source: string): Promise<DeclaredCode> {
  const { exported, exports } = await loadExports(source);
  const code = declaredCode(source, exported, exports);
  if (code !== undefined) return code;
  throw usageError(`${source} is neither a router nor a mapping. Name the export that is one of them.`);
}

interface NamedFunction {
  readonly functionName: string;
  readonly qualifier: string | undefined;
  /** Of an ARN. */
  readonly region: string | undefined;
}

/** Reads a name, `name:alias`, or an ARN. @throws CliError */
function functionIn(text: string | undefined): NamedFunction {
  if (text === undefined)
    throw usageError('--function is needed: the name or the ARN of the deployed function.');
  if (!isFunctionName(text))
    throw usageError(`--function has to be the name or the ARN of a function, got ${text}.`);
  const [, , , region, , , name, ofArn] = text.startsWith('arn:') ? text.split(':') : [];
  if (name !== undefined) return { functionName: name, qualifier: qualifierOf(ofArn), region };
  const short = text.replace(/^\d{12}:/, '').replace(/^function:/, '');
  const [functionName = '', qualifier] = short.split(':');
  return { functionName, qualifier: qualifierOf(qualifier), region: undefined };
}

/** `$LATEST` is the unpublished code, as without a qualifier. */
function qualifierOf(text: string | undefined): string | undefined {
  return text === '$LATEST' ? undefined : text;
}

import { type DeclaredCode, declaredCode } from '../../doctor/declared-code.ts';
import { diagnose } from '../../doctor/diagnose.ts';
import { doctorPolicy } from '../../doctor/doctor-policy.ts';
import { isUnread } from '../../doctor/part.ts';
import { Clients } from '../../doctor/read/clients.ts';
import { findFunction } from '../../doctor/read/read-function.ts';
import { readState } from '../../doctor/read/read-state.ts';
import { StreamlaneError } from '../../errors.ts';
import { isInstance } from '../../failure/content-free-cause.ts';
import { thrownText } from '../../failure/thrown-text.ts';
import type { RunCommand } from '../command.ts';
import { failure, usageError } from '../errors/cli-error.ts';
import { EXIT } from '../errors/exit-codes.ts';
import type { ConnectionFlags } from '../flags/connection-options.ts';
import { ROUTER_OR_MAPPING } from '../flags/router-export.ts';
import { loadExports } from '../load-handler.ts';
import { writeJson } from '../terminal/output.ts';
import { writeLines } from '../terminal/terminal-text.ts';
import { withPages } from '../version.ts';
import { doctorSettings } from './connection.ts';
import { namedFunction } from './named-function.ts';
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
  const { functionName, qualifier, account, region } = namedFunction(flags.function, flags.region);
  const settings = { ...(region !== undefined && { region }), ...doctorSettings(flags, io.env) };
  const code = flags.router === undefined ? undefined : await codeOf(flags.router);
  const clients = new Clients(settings);
  try {
    const profile = flags.profile ?? io.env.AWS_PROFILE;
    const found = await findFunction(clients, functionName, qualifier).catch((error) =>
      refuseProfile(error, profile),
    );
    if (found === undefined) {
      throw failure(`There is no function ${flags.function} here. Check --function, --region and --profile.`);
    }
    if (account !== undefined) requireAccount(account, found.account);
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
    const isBlind =
      isUnread(state.mappings) || (state.mappings.value.length === 0 && state.unlisted !== undefined);
    return isBlind || findings.some(({ severity }) => severity === 'error') ? EXIT.failed : EXIT.ok;
  } finally {
    clients.destroy();
  }
};

/** @throws CliError */
async function codeOf(source: string): Promise<DeclaredCode> {
  const { exported, exports } = await loadExports(source, undefined, ROUTER_OR_MAPPING);
  const code = codeIn(source, exported, exports);
  if (code !== undefined) return code;
  throw usageError(`${source} is neither a router nor a mapping. Name the export that is one of them.`);
}

/** {@link declaredCode}. An export that throws when it is read is named. */
function codeIn(...[source, exported, exports]: Parameters<typeof declaredCode>): DeclaredCode | undefined {
  try {
    return declaredCode(source, exported, exports);
  } catch (cause) {
    if (isInstance(cause, StreamlaneError)) throw cause;
    throw failure(`${source} cannot be read: ${thrownText(cause)}.`, cause);
  }
}

/** The SDK does not say which profile it has no credentials for. */
function refuseProfile(error: unknown, profile: string | undefined): never {
  if (profile === undefined || (error as { readonly name?: unknown }).name !== 'CredentialsProviderError') {
    throw error;
  }
  throw failure(
    `The profile ${profile} has no credentials that can be used. Name another one with --profile, or sign in: aws sso login --profile ${profile}`,
    error,
  );
}

/** AWS lists mappings of the credentials' account alone. @throws CliError */
function requireAccount(named: string, found: string | undefined): void {
  if (named === found) return;
  const problem =
    found === undefined
      ? 'AWS refuses lambda:GetFunctionConfiguration, so nothing says of which account the credentials are'
      : `the credentials are of the account ${found}`;
  throw failure(`--function names the account ${named}, and ${problem}. Choose a profile of ${named}.`);
}

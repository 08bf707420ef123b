// @types/aws-lambda imports node:stream without saying so; programs that check library types need this.
/// <reference types="node" preserve="true" />

import { type Check, TEXT } from './check.ts';
import { requireArgument } from './check-options.ts';
import { invalidOption } from './invalid-option.ts';

/** An environment variable in place of its value: see {@link env}. */
export interface EnvironmentVariable {
  /** Its name. */
  readonly environmentVariable: string;
}

const named = new Set<string>();

/** The names that {@link env} was called with in this process, in alphabetical order. */
export function environmentNames(): readonly string[] {
  return [...named].sort();
}

/**
 * Names an environment variable, for an ARN, a URL or a name that a sink takes. It is read when a message is sent, so that a
 * module can be imported where the variable is not set: by a test, or when a template is made of it.
 *
 * A variable that is not set, or empty, fails the record with a ConfigurationError that names it. Such a record is never a
 * dead letter.
 *
 * @throws ConfigurationError `INVALID_OPTION` for a name that is none; at a message, `MISSING_ENVIRONMENT_VARIABLE`
 * @example
 * ```ts
 * const payments = snsTopic({ topicArn: env('PAYMENTS_TOPIC_ARN') });
 * ```
 * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
 */
export function env(name: string): EnvironmentVariable {
  requireArgument('env', 'name of an environment variable', name, TEXT);
  named.add(name);
  return { environmentVariable: name };
}

/** Text, or what {@link env} gives. */
export const TEXT_OR_ENV: Check = {
  expected: "text, or env('NAME')",
  accepts: (value) => TEXT.accepts(value) || isVariable(value),
};

/**
 * Reads an option that may be an environment variable.
 *
 * @param owner and `option` name the setting, as in `snsTopic: topicArn`
 * @throws ConfigurationError `MISSING_ENVIRONMENT_VARIABLE`
 */
export function readEnv(owner: string, option: string, value: string | EnvironmentVariable): string {
  if (typeof value === 'string') return value;
  const { environmentVariable: name } = value;
  const text = variable(name);
  if (text) return text;
  throw invalidOption(
    owner,
    option,
    `is env('${name}'), and the environment variable ${name} is not set. Set it in the function's ` +
      "configuration; in a test, by deliver's option environment.",
    { code: 'MISSING_ENVIRONMENT_VARIABLE' },
  );
}

/** The text, or which variable has it while that is not set: for logs and errors. */
export function showEnv(value: string | EnvironmentVariable): string {
  if (typeof value === 'string') return value;
  return variable(value.environmentVariable) || `env('${value.environmentVariable}')`;
}

/** The environment is an object with a prototype: `constructor` is not a variable. */
function variable(name: string): string | undefined {
  return Object.hasOwn(process.env, name) ? process.env[name] : undefined;
}

function isVariable(value: unknown): value is EnvironmentVariable {
  return (
    typeof value === 'object' &&
    value !== null &&
    TEXT.accepts((value as { environmentVariable?: unknown }).environmentVariable)
  );
}

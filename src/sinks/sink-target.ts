import type { Check } from '../options/check.ts';
import { type EnvironmentVariable, TEXT_OR_ENV } from '../options/env.ts';
import { invalidOption } from '../options/invalid-option.ts';

/** The name under which a sink carries its {@link SinkTarget}. */
export const TARGET = '~target';

/** The target of a sink, as declared: the permissions that the sink needs follow from it. */
export interface SinkTarget {
  /** The function that made the sink, and its option that names the target, as in `snsTopic` and `topicArn`. */
  readonly named: readonly [owner: string, option: string];
  readonly value: string | EnvironmentVariable;
  /** The beginning of the keys of all objects. Undefined for other targets than a bucket. */
  readonly prefix: string | EnvironmentVariable | undefined;
  /** The action of IAM that a request needs. Undefined for a target of the user's own. */
  readonly action: string | undefined;
}

/** The target that a sink carries. Undefined for sinks that others have made. */
export function targetOf(sink: unknown): SinkTarget | undefined {
  return (sink as { readonly [TARGET]?: SinkTarget } | null | undefined)?.[TARGET];
}

/** A kind of target of AWS: topics, queues, buses, tables or buckets. */
export interface TargetKind {
  /** Its name, as in `topic`. */
  readonly noun: string;
  /** The resource that the action is allowed on, if it is another one than the target. */
  readonly within?: string;
  /** The action of IAM that a request needs. */
  readonly action: string;
  /** As in "has to be ...". */
  readonly expected: string;
  /** Checks if text can name a target of this kind, on AWS or on an emulator. */
  accepts(text: string): boolean;
}

/** Checks an option that names a target: text of the right form, or an environment variable. */
export function targetCheck({ expected, accepts }: TargetKind): Check {
  return {
    expected: `${expected}, or env('NAME')`,
    accepts: (value) => TEXT_OR_ENV.accepts(value) && (typeof value !== 'string' || accepts(value)),
  };
}

/**
 * Refuses a target that was read from the environment and cannot be one. The error does not show the value: of a wrong variable, it
 * may be a secret.
 *
 * @throws ConfigurationError `INVALID_OPTION`
 */
export function requireTarget(
  [owner, option]: readonly [owner: string, option: string],
  { expected, accepts }: TargetKind,
  named: string | EnvironmentVariable,
  target: string,
): void {
  if (typeof named === 'string' || accepts(target)) return;
  const { environmentVariable: name } = named;
  throw invalidOption(
    owner,
    option,
    `is env('${name}'), and the environment variable ${name} has to be ${expected}. Correct its value.`,
  );
}

import type { EnvironmentVariable } from '../options/env.ts';

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

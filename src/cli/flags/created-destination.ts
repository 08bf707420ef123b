import { arnVariableOf, type Resource } from './resource-flags.ts';

/** An on-failure destination that the command creates itself. */
export interface CreatedDestination {
  /** An ARN to check the options of a mapping with, before there is a server. */
  readonly placeholder: string;
  /** Finds the ARN in the environment, once it was created. */
  arnIn(environment: Readonly<Record<string, string>>): string;
}

const SERVICES = { queue: 'sqs', topic: 'sns', bucket: 's3' } as const;

/**
 * Finds the queue, topic or bucket whose name `--destination-config` gives in place of an ARN, as in
 * `--create-queue failed --destination-config failed`.
 *
 * @returns undefined for an ARN, and for a name that nothing or more than one thing has
 */
export function createdDestination(
  resources: readonly Resource[],
  given: unknown,
): CreatedDestination | undefined {
  const [found, ...others] = resources.filter(({ name, kind }) => name === given && kind !== 'table');
  if (found === undefined || others.length > 0) return undefined;
  const { kind, name, variable } = found as Resource & { readonly kind: keyof typeof SERVICES };
  const bucket = `arn:aws:s3:::${name}`;
  return {
    placeholder: kind === 'bucket' ? bucket : `arn:aws:${SERVICES[kind]}:us-east-1:000000000000:${name}`,
    arnIn: (environment) =>
      kind === 'bucket' ? bucket : `${environment[kind === 'queue' ? arnVariableOf(variable) : variable]}`,
  };
}

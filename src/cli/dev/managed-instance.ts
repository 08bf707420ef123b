import { usageError } from '../errors/cli-error.ts';
import { MAX_CONCURRENCY } from './sandbox/max-concurrency.ts';

/** How many invocations overlap, as on Lambda Managed Instances. */
export interface ManagedInstance {
  readonly maxConcurrency: number;
  readonly workers: number;
  /** The variables that Lambda sets there. */
  readonly environment: Readonly<Record<string, string>>;
}

/** AWS's default for each vCPU, with Node.js. */
const DEFAULT_CONCURRENCY = 64;
const MOST_INVOCATIONS = 1600;
const MOST_WORKERS = 64;

/**
 * Reads `--max-concurrency` and `--workers`.
 *
 * @returns undefined without them: one invocation at a time in each sandbox
 * @throws CliError
 */
export function managedInstanceOf(flags: {
  readonly maxConcurrency?: string;
  readonly workers?: string;
}): ManagedInstance | undefined {
  if (flags.maxConcurrency === undefined && flags.workers === undefined) return undefined;
  const maxConcurrency = countOf(
    '--max-concurrency',
    flags.maxConcurrency,
    DEFAULT_CONCURRENCY,
    MOST_INVOCATIONS,
  );
  const workers = countOf('--workers', flags.workers, 1, MOST_WORKERS);
  return {
    maxConcurrency,
    workers,
    environment: { [MAX_CONCURRENCY]: `${maxConcurrency}`, AWS_LAMBDA_NODEJS_WORKER_COUNT: `${workers}` },
  };
}

function countOf(flag: string, text: string | undefined, byDefault: number, most: number): number {
  const count = text === undefined ? byDefault : Number(text);
  if (Number.isInteger(count) && count >= 1 && count <= most) return count;
  throw usageError(`${flag} has to be a whole number from 1 to ${most}, got ${text}.`);
}

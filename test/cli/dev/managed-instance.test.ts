import { expect, test } from 'vitest';
import { managedInstanceOf } from '../../../src/cli/dev/managed-instance.ts';

test.each([
  [{}, undefined],
  [{ maxConcurrency: '10' }, [10, 1]],
  [{ workers: '2' }, [64, 2]],
  [{ maxConcurrency: '1600', workers: '64' }, [1600, 64]],
] as const)('%j', (flags, counts) => {
  const managed = managedInstanceOf(flags);
  expect(managed && [managed.maxConcurrency, managed.workers]).toEqual(counts);
  expect(managed?.environment).toEqual(
    counts && {
      AWS_LAMBDA_MAX_CONCURRENCY: `${counts[0]}`,
      AWS_LAMBDA_NODEJS_WORKER_COUNT: `${counts[1]}`,
    },
  );
});

import { defineConfig } from 'vitest/config';

/**
 * Functions under AWS's runtime client: `npm run test:lambda`. It has to be installed and compiled first, so `npm test`
 * leaves them out.
 */
export default defineConfig({
  test: {
    include: ['test/lambda/**/*.test.ts'],
    // .ci/run adds the count of these tests to that of the others.
    reporters: process.env.VITEST_REPORT
      ? ['default', ['json', { outputFile: process.env.VITEST_REPORT }]]
      : ['default'],
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});

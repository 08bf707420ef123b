import { defineConfig } from 'vitest/config';

/** Tests that use streamlane as its users do: compiled, from `dist`. The `built` project compiles it first. */
const BUILT: string[] = [
  'test/{bench,docs,examples,package,soak}/**/*.test.ts',
  'test/cdk/{apps,entry-mapping,stream-function}.test.ts',
  'test/cli/{main,start}.test.ts',
  'test/cli/dev/{run-dev,terminal}.test.ts',
  'test/cli/dev/traces/managed-traces.test.ts',
  'test/cli/{demo,invoke,mapping,replay}/run-*.test.ts',
  'test/cli/servers/connect.test.ts',
  'test/console/export-page.test.ts',
];

export default defineConfig({
  test: {
    // CI reads the count of tests from a file of its own.
    reporters: process.env.VITEST_REPORT
      ? ['default', ['json', { outputFile: process.env.VITEST_REPORT }]]
      : ['default'],
    // The default of 5 s fails tests that start processes, and long properties, on a busy machine.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // The default leaves a processor idle: with two of them, tests would run one after the other.
    maxWorkers: '100%',
    coverage: {
      // One failed test must not hide what is not covered.
      reportOnFailure: true,
      include: ['src/**/*.ts'],
      // Runs in a browser only, where test/console/page.test.ts uses it. Its logic is in src/console/state.
      exclude: ['src/console/page/**'],
      // The lines of a file that are not covered, where there are any: CI shows nothing but what is printed.
      reporter: [['text', { skipFull: true }], 'html'],
      thresholds: { lines: 100, branches: 100, functions: 100, statements: 100 },
    },
    // One unit test file starts at once; a build takes ten seconds.
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          // test/projects asks the registry: `npm run matrix`. test/lambda compiles C++: `npm run test:lambda`.
          exclude: [...BUILT, 'test/{lambda,projects}/**'],
          typecheck: {
            // Vitest does not pass the flag on to projects.
            enabled: process.argv.includes('--typecheck'),
            include: ['test/**/*.test-d.ts'],
            tsconfig: './tsconfig.json',
          },
        },
      },
      {
        extends: true,
        test: {
          name: 'built',
          include: BUILT,
          globalSetup: ['test/fixtures/build-once.ts'],
        },
      },
    ],
  },
});

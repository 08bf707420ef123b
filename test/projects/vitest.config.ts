import { defineConfig } from 'vitest/config';

/** The matrix: `npm run matrix`. It asks the registry for packages, so `npm test` leaves it out. */
export default defineConfig({
  test: {
    include: ['test/projects/**/*.test.ts'],
    // An installation waits for the network and the disk, a compiler for the processor.
    maxWorkers: 2,
    maxConcurrency: 3,
    testTimeout: 240_000,
    hookTimeout: 240_000,
  },
});

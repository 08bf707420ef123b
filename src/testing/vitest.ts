/// <reference types="node" preserve="true" />

/**
 * Registers `toReportCheckpoint` and `toSucceed` in Vitest, types included. Import it in a test, or name it in
 * `setupFiles` of the configuration and once in a file that TypeScript reads.
 *
 * @example
 * ```ts
 * import 'streamlane/testing/vitest';
 * ```
 * @module
 */
import { expect } from 'vitest';
import { type StreamAssertions, streamMatchers } from './matchers.ts';
import { rememberFailures } from './recent-failures.ts';

// Every Vitest from 3 on makes its assertions of Chai's. Its own interface for matchers has other type parameters in
// each major, which a declaration that is merged would have to repeat.
declare global {
  namespace Chai {
    interface Assertion extends StreamAssertions {}
  }
}

declare module 'vitest' {
  interface AsymmetricMatchersContaining extends StreamAssertions<unknown> {}
}

expect.extend(streamMatchers);
rememberFailures(() => expect.getState().currentTestName);

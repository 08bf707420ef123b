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

declare module 'vitest' {
  // The type parameters are Vitest's: a declaration that is merged has to repeat them.
  interface Matchers<R extends void | Promise<void> = void | Promise<void>, T = unknown>
    extends StreamAssertions<R> {}
}

expect.extend(streamMatchers);
rememberFailures(() => expect.getState().currentTestName);

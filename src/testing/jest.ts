/**
 * Registers `toReportCheckpoint` and `toSucceed` in Jest, types included. Name it in `setupFilesAfterEnv` of the
 * configuration, and import it once in a file that TypeScript reads.
 *
 * @example
 * ```ts
 * import 'streamlane/testing/jest';
 * ```
 * @module
 */
import { type StreamAssertions, streamMatchers } from './matchers.ts';
import { forgetFailures, rememberFailures } from './recent-failures.ts';

declare global {
  namespace jest {
    // The type parameters are those of @types/jest: a declaration that is merged has to repeat them.
    // biome-ignore lint/complexity/noBannedTypes: see above
    interface Matchers<R, T = {}> extends StreamAssertions<R> {}
  }
}

// biome-ignore lint/suspicious/noTsIgnore: the package is there in projects that use @jest/globals, and only there
/** @ts-ignore `expect` of `@jest/globals` has its matchers from this package. */
declare module 'expect' {
  interface Matchers<R extends void | Promise<void>, T = unknown> extends StreamAssertions<R> {}
}

/** The globals of Jest that are used. */
interface JestGlobals {
  readonly expect?: {
    extend(matchers: typeof streamMatchers): void;
    getState(): { readonly currentTestName?: string | undefined };
  };
  afterAll?(run: () => void): void;
}

const { expect, afterAll } = globalThis as JestGlobals;
if (expect === undefined) {
  throw new TypeError(
    'streamlane/testing/jest: there is no global expect. Name this module in setupFilesAfterEnv, not in setupFiles. With ' +
      'injectGlobals: false, call expect.extend(streamMatchers) with streamMatchers of streamlane/testing.',
  );
}
expect.extend(streamMatchers);
rememberFailures(() => expect.getState().currentTestName);
// The channel belongs to the process: its subscribers would keep the modules of each test file alive.
afterAll?.(forgetFailures);

import type { Entrant } from './plan.ts';

/** Work whose time is taken. */
export interface TimedWork<Input> {
  /** Makes what one turn gets, from nothing that an earlier turn saw. Not timed. */
  prepare(): Input;
  /** The timed part. */
  run(input: Input): unknown;
  /** Looks at what was done. Not timed. @throws when the work was not done */
  verify(): void;
}

/** Times work in milliseconds, on a heap that was just collected. */
export function timed<Input>({ prepare, run, verify }: TimedWork<Input>): Entrant {
  return {
    async sample() {
      const input = prepare();
      globalThis.gc?.();
      const startedAt = performance.now();
      await run(input);
      const value = performance.now() - startedAt;
      verify();
      return { value };
    },
  };
}

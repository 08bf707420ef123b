import type { Entrant, Sample } from './plan.ts';

/** Work whose time is taken. */
export interface TimedWork<Input> {
  /** Makes what one turn gets, from nothing that an earlier turn saw. Not timed. */
  prepare(): Input | Promise<Input>;
  /** The timed part. */
  run(input: Input): unknown;
  /** Looks at what was done. Not timed. @throws when the work was not done */
  verify(result: unknown): void;
  /** What else was counted. */
  facts?(): NonNullable<Sample['facts']>;
}

/**
 * Times work in milliseconds. Nothing is collected by force: a full collection clears V8's stub caches and
 * shrinks its new space, which made every run of ours 2 to 4 times slower, and happens before no invocation.
 * Each process collects what its own turns leave behind.
 */
export function timed<Input>(work: TimedWork<Input>): Entrant {
  return {
    async sample() {
      const input = await work.prepare();
      const startedAt = performance.now();
      const result = await work.run(input);
      const value = performance.now() - startedAt;
      work.verify(result);
      return work.facts === undefined ? { value } : { value, facts: work.facts() };
    },
  };
}

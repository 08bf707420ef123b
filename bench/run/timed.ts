import type { Entrant, Sample } from './plan.ts';
import { settle } from './settle.ts';

/** Work whose time is taken. */
export interface TimedWork<Input> {
  /** Makes what one turn gets, from nothing that an earlier turn saw. Not timed. */
  prepare(): Input | Promise<Input>;
  /** The timed part. */
  run(input: Input): unknown;
  /** Checks the work. Not timed. @throws when the work was not done */
  verify(result: unknown): void;
  /** Returns further counts. */
  facts?(): NonNullable<Sample['facts']>;
}

/** Times work in milliseconds, on input that has settled. */
export function timed<Input>(work: TimedWork<Input>): Entrant {
  return {
    async sample() {
      const input = await work.prepare();
      settle();
      const startedAt = performance.now();
      const result = await work.run(input);
      const value = performance.now() - startedAt;
      work.verify(result);
      return work.facts === undefined ? { value } : { value, facts: work.facts() };
    },
  };
}

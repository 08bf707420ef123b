import fc from 'fast-check';
import { expect, test } from 'vitest';
import { scenarios } from './model/scenario.ts';
import { play } from './play.ts';

test('no history breaks an invariant', async () => {
  await fc.assert(
    fc.asyncProperty(scenarios(), async (scenario) => {
      expect((await play(scenario)).violations).toEqual([]);
    }),
    { numRuns: 200 },
  );
}, 120_000);

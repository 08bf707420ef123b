// CONVERGENCE_HISTORIES=100000 CONVERGENCE_SEED=1 npx vitest run test/property/11-convergence.test.ts
// plays that many histories and prints how often each kind of event occurred.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { histories } from '../fixtures/convergence/history.ts';
import { EXPECTED_KINDS, Kinds } from '../fixtures/convergence/kinds.ts';
import { play } from '../fixtures/convergence/play.ts';
import { PROPERTY_TIMEOUT_MS } from '../fixtures/play.ts';

const { CONVERGENCE_HISTORIES, CONVERGENCE_SEED } = process.env;
const HISTORIES = Number(CONVERGENCE_HISTORIES ?? 400);

/** Generous for one history, on a busy machine. */
const MS_PER_HISTORY = 100;

test(
  'the last completed change of each item is its newest that was not given up',
  async () => {
    const kinds = new Kinds();
    await fc.assert(
      fc.asyncProperty(histories, async (history) => {
        expect(await play(history, kinds)).toEqual([]);
      }),
      {
        numRuns: HISTORIES,
        ...(CONVERGENCE_SEED !== undefined && { seed: Number(CONVERGENCE_SEED) }),
        // As in the other property tests: a busy machine tries less.
        ...(CONVERGENCE_HISTORIES === undefined && { interruptAfterTimeLimit: 8_000 }),
      },
    );
    if (CONVERGENCE_HISTORIES !== undefined) console.table(kinds.table());
    // A kind that never occurs is not tested. In 200 histories each of these occurs for certain.
    if (kinds.of('history') >= 200) expect(EXPECTED_KINDS.filter((kind) => kinds.of(kind) === 0)).toEqual([]);
  },
  Math.max(PROPERTY_TIMEOUT_MS, HISTORIES * MS_PER_HISTORY),
);

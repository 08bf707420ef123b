// IDEMPOTENT_HISTORIES=10000 IDEMPOTENT_SEED=1 npx vitest run test/property/idempotent.test.ts
// plays that many histories and prints how often each kind of event occurred.
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { histories } from '../fixtures/idempotency/history.ts';
import { play } from '../fixtures/idempotency/play.ts';
import { PROPERTY_TIMEOUT_MS } from '../fixtures/play.ts';

const { IDEMPOTENT_HISTORIES, IDEMPOTENT_SEED } = process.env;
const HISTORIES = Number(IDEMPOTENT_HISTORIES ?? 100);

/** Generous for one history, on a busy machine. */
const MS_PER_HISTORY = 1000;

const EXPECTED = [
  'conditions not met: DeleteItem',
  'conditions not met: PutItem',
  'doubled deliveries',
  'faults: PutItem lose',
  'faults: PutItem late',
  'faults: UpdateItem lose',
  'frozen in time',
  'killed in time',
  'retries',
];

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('a history that is played again takes the same course', async () => {
  const again = fc.sample(histories, { numRuns: 10, seed: 1 });
  const courses = async (): Promise<string[]> => {
    const trace: string[] = [];
    for (const history of again) await play(history, new Map(), trace);
    return trace;
  };
  expect(await courses()).toEqual(await courses());
});

test(
  'no handler runs twice at once, none is left out, and no note is lost: whatever the store and the sandboxes do',
  async () => {
    const counts = new Map<string, number>();
    await fc.assert(
      fc.asyncProperty(histories, async (history) => {
        expect(await play(history, counts)).toEqual([]);
      }),
      {
        numRuns: HISTORIES,
        ...(IDEMPOTENT_SEED !== undefined && { seed: Number(IDEMPOTENT_SEED) }),
        // As in the other property tests: a busy machine tries less.
        ...(IDEMPOTENT_HISTORIES === undefined && { interruptAfterTimeLimit: 6000 }),
      },
    );
    if (IDEMPOTENT_HISTORIES !== undefined) console.table(Object.fromEntries([...counts].toSorted()));
    // A kind that never occurs is not tested. In so many histories each of these occurs for certain.
    if ((counts.get('histories') ?? 0) >= 50)
      expect(EXPECTED.filter((kind) => !counts.has(kind))).toEqual([]);
  },
  Math.max(PROPERTY_TIMEOUT_MS, HISTORIES * MS_PER_HISTORY),
);

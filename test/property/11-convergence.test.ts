// npm run simulate -- --convergent --histories 100000 plays more of them, and prints how often each kind of event occurred.
import { expect, test } from 'vitest';
import { campaign } from '../simulation/campaign.ts';
import { Tally } from '../simulation/tally.ts';

const HISTORIES = 400;

/** Generous for one history, on a busy machine. */
const MS_PER_HISTORY = 150;

test(
  'the last completed change of each item is its newest one that was not discarded',
  async () => {
    const tally = new Tally();
    const finding = await campaign({
      // Other histories than those of the simulation's own test.
      seed: 50_000,
      histories: HISTORIES,
      only: ['router', 'router behind Middy', 'processBatch', 'OrderedStreamProcessor'],
      isConvergent: true,
      onHistory: (_seed, history) => tally.add(history),
    });
    expect(finding).toBeUndefined();
    // In few histories a handler that never waits is stopped by the timeout when it has just ended: outside the conditions.
    expect(tally.of('copy compared with its table')).toBeGreaterThan(HISTORIES * 0.98);
    expect(KINDS.filter((kind) => tally.of(kind) === 0)).toEqual([]);
  },
  HISTORIES * MS_PER_HISTORY,
);

/** Kinds of events that lead to an older change after a newer one, where anything does. */
const KINDS: readonly string[] = [
  'answer lost',
  'batch begins with the record that the sandbox reported',
  'batch retried',
  'batch split',
  'change completed again',
  'dead letter',
  'discarded: RetryAttemptsExhausted',
  'handler obeys the signal',
  'handler throws undefined',
  'hard timeout',
  'idempotency store fails',
  'mapping made anew',
  'parallel slots',
  'poller went back',
  'sandbox killed after its answer',
  'sandbox killed with records in flight',
  'sandbox serves several invocations at once',
  'skipped by idempotent',
];

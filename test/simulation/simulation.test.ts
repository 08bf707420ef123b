// npm run simulate plays other and more histories, and again the one of a seed.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Scenario, scenarios } from './model/scenario.ts';
import { play } from './play.ts';
import { Tally } from './tally.ts';
import { playInThreads } from './threads.ts';

const HISTORIES = 2_000;

/** Generous for one history, on a busy machine. */
const MS_PER_HISTORY = 150;

describe('a simulated history', () => {
  test(
    'breaks no invariant, whatever meets in it',
    async () => {
      const tally = new Tally();
      const findings = await playInThreads({
        threads: 2,
        seed: 1,
        histories: HISTORIES,
        signal: new AbortController().signal,
        onViolation: () => {},
        onHistory: (history) => tally.add(history),
      });
      expect(findings).toEqual([]);
      // A kind that never occurs is not tested.
      expect(KINDS.filter((kind) => tally.of(kind) === 0)).toEqual([]);
    },
    HISTORIES * MS_PER_HISTORY,
  );

  test('is the same each time it is played', async () => {
    for (const seed of Array(20).keys()) {
      const [scenario] = fc.sample(scenarios(), { seed, numRuns: 1 });
      const first = await play(scenario as Scenario, true);
      const second = await play(scenario as Scenario, true);
      expect(second.timeline).toEqual(first.timeline);
    }
  });
});

describe('a campaign', () => {
  test('plays the same histories in any number of threads', async () => {
    const [alone, together] = await Promise.all(
      [1, 2].map(async (threads) => {
        const tally = new Tally();
        const findings = await playInThreads({
          threads,
          seed: 300,
          histories: 15,
          signal: new AbortController().signal,
          onViolation: () => {},
          onHistory: (history) => tally.add(history),
        });
        return { findings, histories: tally.histories, kinds: tally.kinds() };
      }),
    );
    expect(together).toEqual(alone);
    expect(alone).toMatchObject({ findings: [], histories: 15 });
  }, 60_000);

  test.each([
    [['--seed', 'one'], '--seed has to be a whole number from 0, got one.'],
    [['--histories', '0'], '--histories has to be a whole number from 1, got 0.'],
    [['--threads', '1.5'], '--threads has to be a whole number from 1, got 1.5.'],
    [['--only', 'lambda'], '--only has to be one of router, router behind Middy,'],
  ])('is refused with %j', (flags, problem) => {
    const main = join(import.meta.dirname, 'main.ts');
    const { status, stderr } = spawnSync(process.execPath, [main, ...flags], { encoding: 'utf8' });
    expect(stderr).toContain(problem);
    expect(status).toBe(2);
  });

  test('ends early when it is stopped', async () => {
    const over = new AbortController();
    let histories = 0;
    await playInThreads({
      threads: 2,
      seed: 400,
      histories: 100_000,
      signal: over.signal,
      onViolation: () => {},
      onHistory: () => {
        if (++histories === 4) over.abort();
      },
    });
    expect(histories).toBeLessThan(1000);
  }, 60_000);
});

/** Kinds of events that have to occur among that many histories. */
const KINDS: readonly string[] = [
  '64 invocations at once in one sandbox',
  'answer lost',
  'batch begins with the record that the sandbox reported',
  'batch delivered twice',
  'batch delivered twice at once',
  'batch retried',
  'batch split',
  'change completed',
  'change completed again',
  'change of the entity',
  'clock jumped',
  'condition: none',
  'condition: changed to PAID',
  'condition: changed amount',
  'condition: changed status or amount',
  'condition: changed from 42',
  'condition: changed to at least 1000',
  'condition: expired',
  'condition: not expired',
  'condition: pattern PAID',
  'condition: matches PAID',
  'condition: matches from OPEN to PAID',
  'condition: matched OPEN',
  'condition: matches a key',
  'condition: matches 42',
  'condition: matches a small amount',
  'condition: matches more than a double',
  'condition: matches without an attribute',
  'condition: matchers for another type',
  'condition: own',
  'condition: own that throws',
  'condition: own and PAID',
  'condition: own or PAID',
  'condition: neither own nor PAID',
  'consumer failed',
  'dead letter',
  'discarded: RecordAgeExceeded',
  'discarded: RetryAttemptsExhausted',
  'duplicate dropped by FIFO',
  'duplicate after five minutes',
  'entry refused',
  'entry refused for good',
  'function ran on past its timeout',
  'handler completed after its invocation',
  'handler fails for good, always',
  'handler is asynchronous',
  'handler is synchronous',
  'handler obeys the signal',
  'handler throws undefined',
  'handler works until the deadline has passed',
  'handler works without waiting',
  'hard timeout',
  'history in which idempotent promises once',
  'idempotency store fails',
  'invocation of OrderedStreamProcessor',
  'invocation of processBatch',
  'invocation of router',
  'invocation of router behind Middy',
  'invocation of window',
  'invocation throttled',
  'layer: audit',
  'layer: deadLetter',
  'layer: idempotent',
  'layer: own',
  'layer: retry',
  'layer: validate',
  'letter about a record of no entity',
  'mapping made anew',
  'message remains',
  'message consumed',
  'message consumed too late',
  'message received again',
  'message remains: blocked',
  'message remains: failed',
  'message remains: mismatch',
  'message remains: notDeleted',
  'message remains: trimmed',
  'message remains: unreadable',
  'message sent without its record',
  'message of a window',
  'message replayed',
  'message sent detached, with the signal',
  'message sent detached, without a signal',
  'middleware fails after its handler',
  'middleware gave up early',
  'middleware swallowed an error',
  'middleware swallowed an error after the deadline',
  'next() called late',
  'parallel slots',
  'poller went back',
  'record of bill',
  'record of no entity',
  'record of no entity failed',
  'record of note',
  'record of thing',
  'record filtered',
  'replay of a FIFO queue',
  'replay of a full queue',
  'replay of a queue',
  'replay of documents',
  'replay of newest images only',
  'replay: ranges that overlap',
  'replay stopped',
  'request: answer lost',
  'request: answer without proof',
  'request: denied',
  'request: error',
  'request: never answers',
  'request: reset',
  'request: rubbish',
  'request: throttled',
  'sandbox killed after its answer',
  'sandbox killed with records in flight',
  'sandbox serves several invocations at once',
  'sandbox thawed',
  'shard was split',
  'skipped by idempotent',
  'window discarded',
  'window failed to close',
  'window succeeded',
];

import type { Context, DynamoDBRecord } from 'aws-lambda';
import type { DeadLetter } from '../../dead-letter/dead-letter.ts';
import { deadLetterOf } from '../../dead-letter/dead-letter-of.ts';
import { requireHandler } from '../../delivery/require-handler.ts';
import { type Check, checkOptions, numberFrom, objectWith } from '../../options/check-options.ts';
import { rejectUnknownOptions } from '../../options/unknown-options.ts';
import { Redelivery } from '../../replay/entries/redelivery.ts';

/** How dead letters are replayed. */
export interface ReplayOptions {
  /**
   * Records in one event at most, 1 to 10,000; 6 MB at most in any case.
   *
   * @defaultValue 100
   */
  readonly batchSize?: number;
  /**
   * Milliseconds that the handler has for each event, 1 to 900,000: then the event has failed.
   *
   * @defaultValue 900000
   */
  readonly timeoutMs?: number;
  /**
   * Whether the handler reports what failed, as a router does unless it was told not to. `false`: any answer is
   * success, as behind a mapping without ReportBatchItemFailures.
   *
   * @defaultValue true
   */
  readonly partialResponses?: boolean;
  /** Ends the replay between two events: what has not been handed over stays. */
  readonly signal?: AbortSignal;
}

/** A letter that the replay has not got rid of. */
export interface StayedLetter<Letter extends DeadLetter = DeadLetter> {
  readonly letter: Letter;
  /**
   * - `'failed'`: the handler reported it, or threw or ran out of time when it was alone
   * - `'behind'`: an earlier letter of its item stayed
   * - `'not-started'`: the replay ended before its turn
   */
  readonly reason: 'failed' | 'behind' | 'not-started';
  /** What the handler threw, where it threw: a router reports, and logs the error instead. */
  readonly error?: unknown;
}

/** What became of the letters. */
export interface Replay<Letter extends DeadLetter = DeadLetter> {
  /**
   * Those that the handler is done with: delete these. Where the handler writes dead letters itself, one of them may
   * have a newer letter of the same `id` by now: delete from a table on condition that `time` is still the one you read.
   */
  readonly succeeded: readonly Letter[];
  /** Those that it is not: keep these. */
  readonly stayed: readonly StayedLetter<Letter>[];
}

/** A Lambda handler; the third parameter only lets in handlers that are typed with `@types/aws-lambda`. */
// biome-ignore lint/suspicious/noExplicitAny: handlers declare events and callbacks of their own making
export type ReplayHandler = (event: any, context: Context, callback: any) => unknown;

const CHECKS: Readonly<Record<string, Check>> = {
  batchSize: {
    expected: 'a whole number from 1 to 10000',
    accepts: (value) => Number.isInteger(value) && (value as number) >= 1 && (value as number) <= 10_000,
  },
  timeoutMs: numberFrom(1, 900_000),
  partialResponses: { expected: 'true or false', accepts: (value) => typeof value === 'boolean' },
  signal: objectWith(['throwIfAborted', 'addEventListener']),
};

/**
 * Hands the records of dead letters to a Lambda handler once more, as events of their streams.
 *
 * - The letters of a stream go in the order of their sequence numbers, so those of one item are in order. A letter
 *   that stays holds back the later letters of its item, and no others.
 * - An event that throws is halved, until the record that makes it throw is alone.
 * - Each record is handled at least once: what an event had succeeded with before it threw is handed over again.
 * - Several letters about one record are one record, and share what becomes of it.
 *
 * **Later changes of the item have been handled meanwhile**, so a replay hands over a change that is older than what
 * the handler has seen. A handler that keeps a copy of the item has to compare versions. This function reads no table:
 * `replay` of `streamlane/replay` has `newestOnly`, which skips letters whose item has a newer image.
 *
 * @param letters read by {@link deadLetterOf}, in any order, of any streams; what else they carry is kept
 * @throws InvalidEventError `NOT_A_DEAD_LETTER` or ConfigurationError before the handler is called; what the handler
 * throws never comes out
 * @example
 * ```ts
 * const { succeeded, stayed } = await replayDeadLetters(messages.map(({ Body }) => deadLetterOf(Body)), handler);
 * ```
 */
export async function replayDeadLetters<Letter extends DeadLetter>(
  letters: readonly Letter[],
  handler: ReplayHandler,
  options: ReplayOptions = {},
): Promise<Replay<Letter>> {
  requireHandler('replayDeadLetters', handler, 'the handler');
  rejectUnknownOptions('replayDeadLetters', options, Object.keys(CHECKS));
  checkOptions('replayDeadLetters', options, CHECKS);
  // Read before anything is handed over. A letter that was only parsed may hold its record as text.
  const records = letters.map((letter) => deadLetterOf(letter).record);
  const redelivery = new Redelivery<Letter>();
  for (const [index, letter] of letters.entries()) redelivery.add(records[index] as DynamoDBRecord, letter);
  const succeeded: Letter[] = [];
  const stayed: StayedLetter<Letter>[] = [];
  const run = redelivery.run({
    handler,
    batchSize: options.batchSize ?? 100,
    partialResponses: options.partialResponses ?? true,
    timeoutMs: options.timeoutMs ?? 900_000,
    functionName: ({ holders }) => (holders[0] as Letter).function.name,
    signal: options.signal,
  });
  for await (const { done, failed, outcome } of run) {
    const thrown = outcome.type === 'returned' ? {} : { error: outcome.error };
    for (const { holders } of done) succeeded.push(...holders);
    for (const { holders } of failed) {
      stayed.push(...holders.map((letter) => ({ letter, reason: 'failed', ...thrown }) as const));
    }
  }
  for (const { entry, behind } of redelivery.left()) {
    const reason = behind ? 'behind' : 'not-started';
    stayed.push(...entry.holders.map((letter) => ({ letter, reason }) as const));
  }
  return { succeeded, stayed };
}

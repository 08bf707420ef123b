import { randomUUID } from 'node:crypto';
import type { Context } from 'aws-lambda';
import { lambdaContext } from '../../local/handler/lambda-context.ts';
import { reportedBy } from '../../mapping/batch-response.ts';
import { requireHandler } from '../../mapping/require-handler.ts';
import { type Check, checkOptions, numberFrom, objectWith } from '../../option-checks.ts';
import { rejectUnknownOptions } from '../../options.ts';
import type { DeadLetter } from './dead-letter.ts';
import { deadLetterOf } from './dead-letter-of.ts';
import { byStream, type Entry, itemOf, sequenceNumberOf } from './replay-order.ts';

/** How dead letters are replayed. */
export interface ReplayOptions {
  /**
   * Records in one event at most, 1 to 10,000.
   *
   * @defaultValue 100
   */
  readonly batchSize?: number;
  /**
   * Milliseconds that the handler's context gives to each event, 1 to 900,000.
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
   * - `'failed'`: the handler reported it, or threw when it was alone
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
 * the handler has seen. A handler that keeps a copy of the item has to compare versions.
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
  for (const letter of letters) deadLetterOf(letter);
  const replay = new ReplayRun<Letter>(handler, options);
  for (const stream of byStream(letters)) await replay.stream(stream);
  return { succeeded: replay.succeeded, stayed: replay.stayed };
}

/** One call of {@link replayDeadLetters}. */
class ReplayRun<Letter extends DeadLetter> {
  readonly succeeded: Letter[] = [];
  readonly stayed: StayedLetter<Letter>[] = [];
  readonly #handler: ReplayHandler;
  readonly #options: ReplayOptions;

  constructor(handler: ReplayHandler, options: ReplayOptions) {
    this.#handler = handler;
    this.#options = options;
  }

  /** Replays the entries of one stream, in order. */
  async stream(entries: readonly Entry<Letter>[]): Promise<void> {
    const { batchSize = 100, signal } = this.#options;
    const held = new Set<string>();
    for (let from = 0; from < entries.length; from += batchSize) {
      await this.#deliver(entries.slice(from, from + batchSize), held, signal);
    }
  }

  async #deliver(
    entries: readonly Entry<Letter>[],
    held: Set<string>,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    let left = entries;
    while (left.length > 0) {
      if (signal?.aborted) return this.#stay(left, 'not-started');
      const free = left.filter((entry) => !held.has(itemOf(entry)));
      this.#stay(
        left.filter((entry) => held.has(itemOf(entry))),
        'behind',
      );
      left = free;
      const [first] = left;
      if (first === undefined) return;
      const result = await this.#invoke(left);
      if (result.checkpoint === undefined && left.length > 1) {
        const half = Math.floor(left.length / 2);
        await this.#deliver(left.slice(0, half), held, signal);
        left = left.slice(half);
        continue;
      }
      const checkpoint = result.checkpoint ?? 0;
      this.succeeded.push(...left.slice(0, checkpoint).flat());
      const failed = left[checkpoint];
      if (failed === undefined) return;
      held.add(itemOf(failed));
      this.#stay([failed], 'failed', result.thrown);
      left = left.slice(checkpoint + 1);
    }
  }

  #stay(
    entries: readonly Entry<Letter>[],
    reason: StayedLetter['reason'],
    thrown: readonly unknown[] = [],
  ): void {
    for (const letter of entries.flat()) {
      this.stayed.push({ letter, reason, ...(thrown.length > 0 && { error: thrown[0] }) });
    }
  }

  /** Invokes the handler, and reads its answer. */
  async #invoke(entries: readonly Entry<Letter>[]): Promise<EventResult> {
    const { timeoutMs = 900_000, partialResponses = true } = this.#options;
    const Records = entries.map(([letter]) => letter.record);
    const [first] = entries[0] as Entry<Letter>;
    const context = lambdaContext(
      { functionName: first.function.name, functionArn: '', timeoutMs, memoryLimitInMB: 128 },
      randomUUID(),
    );
    try {
      // Parsed anew, as Lambda does: what a handler changes in its event must not change a letter that stays.
      const event: unknown = JSON.parse(JSON.stringify({ Records }));
      const handler = this.#handler as (event: unknown, context: Context) => unknown;
      const response = await handler(event, context);
      if (!partialResponses) return { checkpoint: entries.length, thrown: [] };
      return { checkpoint: checkpointOf(response, entries), thrown: [] };
    } catch (error) {
      return { checkpoint: undefined, thrown: [error] };
    }
  }
}

/** What an event came to. */
interface EventResult {
  /** How many records at the front are done with; undefined when the event failed as a whole. */
  readonly checkpoint: number | undefined;
  /** What was thrown; a list of one, so that `throw undefined` is something too. */
  readonly thrown: readonly unknown[];
}

/** As `readBatchResponse` does for a mapping, only that the first record may be named without the event being lost. */
function checkpointOf(response: unknown, entries: readonly Entry<DeadLetter>[]): number | undefined {
  const reported = reportedBy(response);
  if (reported.type === 'succeeded') return entries.length;
  if (reported.type === 'malformed') return undefined;
  const positions = reported.identifiers.map((identifier) =>
    entries.findIndex(([{ record }]) => sequenceNumberOf(record) === identifier),
  );
  return positions.includes(-1) ? undefined : Math.min(...positions);
}

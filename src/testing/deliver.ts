// A binding of its own, which fake timers leave alone.
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { DynamoDBRecord } from 'aws-lambda';
import type { RecordFailedMessage } from '../batch/record-failed.ts';
import type { LambdaHandler } from '../delivery/lambda-handler.ts';
import { type OnFailureDocument, withPayload } from '../delivery/on-failure-document.ts';
import { requireHandler } from '../delivery/require-handler.ts';
import type { WindowDecision } from '../delivery/tumbling-window.ts';
import { ConfigurationError } from '../errors.ts';
import { type DeliverOptions, type DeliverSettings, deliverSettings } from './delivery-options.ts';
import { setEnvironment } from './environment.ts';
import { invokeHandler } from './invoke-handler.ts';
import { lambdaContext, requestIdAt } from './lambda-context.ts';
import { readShard, type Shard, sequenceNumbersOf } from './read-shard.ts';
import { failuresOf } from './record-failures.ts';
import { VirtualSlot } from './virtual-slot.ts';
import { watched } from './watched.ts';

/** AWS's largest maximumRetryAttempts. With its default delays, 24 hours take some 1,450 attempts. */
const MAX_ENDLESS_ATTEMPTS = 10_000;

/** Handlers that never wait would keep the timer of a test's time limit from firing. */
const ATTEMPTS_PER_TURN = 1000;

/** One invocation of the function. */
export interface DeliveryInvocation {
  /** The records in its event; none in the final invocation of a tumbling window. */
  readonly sequenceNumbers: readonly string[];
  /** `context.awsRequestId`: the same for all attempts of a batch. */
  readonly requestId: string;
  /** 1 for the first invocation of these records; partial progress and a split start again at 1. */
  readonly attempt: number;
  /** `partial`: some records at the front were processed. */
  readonly outcome: 'succeeded' | 'partial' | 'failed';
}

/** The failure of one record in one invocation. */
export interface RecordFailure {
  /** The record's key, as plain values. */
  readonly keys: Readonly<Record<string, unknown>>;
  /**
   * The error that was thrown for the record. Undefined where the response names the record and nothing was thrown: the deadline left
   * it unfinished, or a handler of your own reports it.
   */
  readonly error: unknown;
  /** `context.awsRequestId` of the invocation. */
  readonly requestId: string;
  /** The attempt of the invocation, from 1. */
  readonly attempt: number;
  /** The record as it was given to `deliver`. */
  readonly record: DynamoDBRecord;
}

/** The result of a delivery: the mapping's steps with the records. */
export interface Delivery {
  /** In the order of virtual time. */
  readonly invocations: readonly DeliveryInvocation[];
  /** Sequence numbers of what the function has succeeded with, in the order in which it did. */
  readonly succeeded: readonly string[];
  /** Sequence numbers of what no filter matched: passed over without an invocation. */
  readonly filtered: readonly string[];
  /**
   * The documents for an on-failure destination, in order; with an S3 bucket as `destinationConfig`, with the `payload`.
   * They are listed without a destination too.
   */
  readonly onFailure: readonly OnFailureDocument[];
  /** The errors that the function threw, in order, timeouts included. */
  readonly errors: readonly unknown[];
  /**
   * Each failure of a record, in order, with the record and the error thrown for it: the failures that a router,
   * `processBatch`, a window or the `OrderedStreamProcessor` reports, and the records that another response names.
   */
  readonly failures: readonly RecordFailure[];
  /** The records whose dead letter a sink accepted, with the error that is in the letter. They count as succeeded. */
  readonly deadLettered: readonly RecordFailure[];
  /** The sequence number of the last record that is processed; undefined when nothing was read. */
  readonly checkpoint: string | undefined;
  /** Virtual milliseconds from the start until the last record was processed. */
  readonly elapsedMs: number;
}

/**
 * Delivers records to a handler as Lambda's event source mapping does, on virtual time: retries that would take
 * an hour are done within milliseconds.
 *
 * - Batches close at `batchSize`, at 6 MB and, without a batching window, at a page of the stream (1,000 records).
 * - Retries, bisecting, partial responses, record age and filters work as on AWS. **So does their absence**: without
 *   `functionResponseTypes: ['ReportBatchItemFailures']` a reported failure counts as success.
 * - With `maximumRetryAttempts: -1`, AWS's default, a record that always fails ends after 24 hours of virtual
 *   time, when it leaves the stream. AWS does not say whether it sends a document then; here there is one,
 *   `RecordAgeExceeded`. After 10,000 attempts of one batch, which default delays do not reach, it throws instead.
 * - With `tumblingWindowInSeconds`, windows follow the records' creation times; the shard ends behind the last
 *   record, which closes the last window.
 * - With `parallelizationFactor`, slots run side by side in virtual time; handlers are never invoked at once.
 * - Nothing is written to the console: entries of routers without a logger of their own go to `logger`.
 * - Virtual time passes between attempts, not within the handler: its timers are real. A handler that does not
 *   settle within `settleWithinMs` runs into its timeout; each such attempt takes that long.
 *
 * @param records of one stream, in any order; a shard has them in the order of their sequence numbers
 * @throws ConfigurationError `UNKNOWN_OPTION`, `INVALID_OPTION`, `INVALID_PATTERN`, `INVALID_HANDLER` or `ENDLESS_RETRIES`;
 * InvalidEventError `INVALID_SEQUENCE_NUMBER`
 * @example
 * ```ts
 * const { invocations, onFailure } = await deliver(handler, [stream.insert(invoice)], {
 *   startingPosition: 'TRIM_HORIZON',
 *   maximumRetryAttempts: 3,
 * });
 * expect(invocations.map(({ outcome }) => outcome)).toEqual(['failed', 'succeeded']);
 * expect(onFailure).toEqual([]);
 * ```
 * @see https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html
 */
export async function deliver(
  handler: LambdaHandler,
  records: readonly DynamoDBRecord[],
  options: DeliverOptions = {},
): Promise<Delivery> {
  requireHandler('deliver', handler, 'the handler');
  const settings = deliverSettings(options);
  const shard = readShard(records, settings);
  const takeBack = setEnvironment(settings.environment);
  try {
    return await new VirtualMapping(handler, shard, settings).run();
  } finally {
    takeBack();
  }
}

/** One call of {@link deliver}. */
class VirtualMapping {
  readonly #handler: LambdaHandler;
  readonly #shard: Shard;
  readonly #settings: DeliverSettings;
  readonly #slots: readonly VirtualSlot[];
  readonly #invocations: DeliveryInvocation[] = [];
  readonly #succeeded: string[] = [];
  readonly #onFailure: OnFailureDocument[] = [];
  readonly #errors: unknown[] = [];
  readonly #failures: RecordFailure[] = [];
  readonly #deadLettered: RecordFailure[] = [];
  #requests = 0;

  constructor(handler: LambdaHandler, shard: Shard, settings: DeliverSettings) {
    this.#handler = handler;
    this.#shard = shard;
    this.#settings = settings;
    const { mapping, retryDelayMs } = settings;
    const { streamArn, functionArn, startedAt } = shard;
    const requestId = (): string => requestIdAt(this.#requests++);
    this.#slots = shard.slots.map(
      (queue) =>
        new VirtualSlot(queue, startedAt, { mapping, retryDelayMs, streamArn, functionArn, requestId }),
    );
  }

  async run(): Promise<Delivery> {
    const running = new Set(this.#slots);
    while (running.size > 0) {
      // Of those that are furthest behind, the first.
      const slot = [...running].reduce((first, other) => (other.now < first.now ? other : first));
      const decision = slot.decide();
      if (decision === undefined) running.delete(slot);
      else await this.#carryOut(slot, decision);
    }
    return {
      invocations: this.#invocations,
      succeeded: this.#succeeded,
      filtered: this.#shard.filtered,
      onFailure: this.#onFailure,
      errors: this.#errors,
      failures: this.#failures,
      deadLettered: this.#deadLettered,
      checkpoint: this.#shard.checkpoint,
      elapsedMs: Math.max(0, ...this.#slots.map(({ now }) => now - this.#shard.startedAt)),
    };
  }

  async #carryOut(slot: VirtualSlot, decision: WindowDecision): Promise<void> {
    if (decision.type === 'invoke') {
      await this.#invoke(slot, decision);
    } else if (decision.type === 'retry') {
      slot.now += decision.delayMs;
    } else if (decision.type === 'discard') {
      const { document, records } = decision;
      const toBucket = this.#settings.mapping.onFailure?.service === 's3';
      this.#onFailure.push(toBucket ? withPayload(document, records) : document);
    }
  }

  async #invoke(slot: VirtualSlot, { records, requestId, attempt, window }: Invoke): Promise<void> {
    this.#refuseEndlessRetries(attempt);
    if (this.#invocations.length % ATTEMPTS_PER_TURN === ATTEMPTS_PER_TURN - 1) await nextTurn();
    const { functionArn } = this.#shard;
    const { timeoutMs, settleWithinMs, logger } = this.#settings;
    const context = lambdaContext({
      remainingMs: timeoutMs,
      awsRequestId: requestId,
      functionName: functionNameOf(functionArn),
      invokedFunctionArn: functionArn,
    });
    const event = this.#shard.eventOf(records, window);
    const published: RecordFailedMessage[] = [];
    const { result, thrown } = await watched({ logger, failed: (message) => published.push(message) }, () =>
      invokeHandler(this.#handler, event, context, settleWithinMs),
    );
    slot.now += timeoutMs - context.getRemainingTimeInMillis();
    this.#errors.push(...thrown);
    const response = result.type === 'returned' ? result.response : undefined;
    const { failures, deadLettered } = failuresOf({ records, published, response, requestId, attempt });
    this.#failures.push(...failures);
    this.#deadLettered.push(...deadLettered);
    const { outcome, done } = slot.answer(result);
    this.#succeeded.push(...sequenceNumbersOf(records.slice(0, done)));
    this.#invocations.push({ sequenceNumbers: sequenceNumbersOf(records), requestId, attempt, outcome });
  }

  #refuseEndlessRetries(attempt: number): void {
    if (this.#settings.mapping.maximumRetryAttempts >= 0 || attempt <= MAX_ENDLESS_ATTEMPTS) return;
    throw new ConfigurationError(
      'ENDLESS_RETRIES',
      `a batch failed ${MAX_ENDLESS_ATTEMPTS} times in a row, and maximumRetryAttempts is -1: its retries end ` +
        'when the records are 24 hours old. Set maximumRetryAttempts, or let retryDelayMs return longer delays.',
      { owner: 'deliver' },
    );
  }
}

type Invoke = Extract<WindowDecision, { readonly type: 'invoke' }>;

/** `arn:aws:lambda:<region>:<account>:function:<name>[:<qualifier>]` */
function functionNameOf(functionArn: string): string {
  return functionArn.split(':')[6] ?? functionArn;
}

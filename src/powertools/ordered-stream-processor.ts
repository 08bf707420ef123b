import {
  BasePartialBatchProcessor,
  BatchProcessingError,
  EventType,
  FullBatchFailureError,
} from '@aws-lambda-powertools/batch';
import type {
  BaseRecord,
  BatchProcessingOptions,
  EventSourceDataClassTypes,
  FailureResponse,
  PartialItemFailures,
  SuccessResponse,
} from '@aws-lambda-powertools/batch/types';
import { Deadline } from '../batch/deadline.ts';
import { type ReportableRecord, recordsOf } from '../batch/event.ts';
import { logFailure, respond, summarize } from '../batch/report.ts';
import { ReportedCheckpoints } from '../batch/reported-checkpoints.ts';
import { BatchRun } from '../batch/run.ts';
import { ConfigurationError } from '../errors.ts';
import { kindOf } from '../options.ts';
import { isThenable } from '../thenable.ts';
import { isUnfinished, refuseUnfinished } from '../unfinished.ts';
import { type OrderedStreamProcessorOptions, type ProcessorSettings, processorSettings } from './options.ts';
import { ReadingTurns } from './reading-turns.ts';
import { errorOf } from './thrown-error.ts';

const OWNER = 'A record handler';

/** What became of a record that was handled, as Powertools notes it down. */
type Entry = SuccessResponse | FailureResponse;

/** One call of `process()`: what it was given and what it collects. */
interface Call {
  readonly handler: CallableFunction;
  readonly options: BatchProcessingOptions | undefined;
  readonly registered: readonly BaseRecord[];
  readonly entries: Entry[];
  readonly errors: Error[];
  readonly failureMessages: EventSourceDataClassTypes[];
  readonly successMessages: EventSourceDataClassTypes[];
  /** From here on Lambda knows what did not succeed: handlers that are still running change nothing. */
  answered: boolean;
}

/**
 * A batch processor for Powertools: takes the place of `new BatchProcessor(EventType.DynamoDBStreams)`.
 *
 * `processPartialResponse` and the record handler stay as they are: it gets the record as Lambda sent it and
 * the Lambda context. What changes:
 *
 * - Records of one item are handled in order, items side by side, `concurrency` at once.
 * - After a failure no record past it starts, and the response names exactly one record: the lowest that did
 *   not succeed. Lambda retries from there, so to report more would say nothing more.
 * - Given the `context`, it answers before the Lambda deadline, and reports what was not finished.
 * - A record without SequenceNumber could not be reported: the call rejects before any handler has run.
 * - Failures throw out of it only with `throwOnFullBatchFailure: true`, and then only when every record has
 *   failed. The default is `false` here: with `BisectBatchOnFunctionError` a throw makes Lambda split the
 *   batch blindly in half, where the response tells it the right place.
 * - `processInParallel: false` handles one record at a time, as `order: 'shard'` does.
 * - Options hold for the call that they were passed to, not for the next one.
 *
 * `successHandler` and `failureHandler` may be overridden, and are called once per record, in the order in
 * which handlers finish; `failureHandler` always gets an Error. A `successHandler` that throws fails its record;
 * a `failureHandler` that throws is logged. `errors`, `failureMessages` and `successMessages` are filled as
 * ever. Records that were not finished are in none of them, nor in what `process()` resolves to.
 * `process()` does not go through `processRecord`, which handles one record by itself.
 *
 * Several calls at once: each handles its own records with its own handler and options, and
 * `processPartialResponse` gives each its own response. `errors` and the messages are those of the call that
 * finished last or, while calls run, of the one that is at work; for a certain call read what `process()`
 * resolves to.
 *
 * Powertools' parser (`parser`, `schema`, `innerSchema`) is not supported. For images that are unmarshalled,
 * typed and checked use `streamRouter` or `processBatch`.
 *
 * @example
 * ```ts
 * const processor = new OrderedStreamProcessor({ concurrency: 50, logger });
 *
 * const recordHandler = async (record: DynamoDBRecord) => {};
 *
 * export const handler: DynamoDBStreamHandler = (event, context) =>
 *   processPartialResponse(event, recordHandler, processor, { context });
 * ```
 * @see https://docs.aws.amazon.com/powertools/typescript/latest/features/batch/
 */
export class OrderedStreamProcessor extends BasePartialBatchProcessor {
  readonly #settings: ProcessorSettings;
  readonly #reported: ReportedCheckpoints = new ReportedCheckpoints();
  readonly #turns: ReadingTurns = new ReadingTurns();

  /** @throws ConfigurationError `UNKNOWN_OPTION`, `INVALID_OPTION` or `KEYS_REQUIRED` */
  constructor(options: OrderedStreamProcessorOptions = {}) {
    const settings = processorSettings(options);
    super(EventType.DynamoDBStreams, { logger: settings.logger });
    this.#settings = settings;
    // Powertools puts an object here that all processors share.
    this.batchResponse = { batchItemFailures: [] };
  }

  /** Takes records, handler and options of the next call of `process()`. Called by `processPartialResponse`. */
  override register(
    records: BaseRecord[],
    handler: CallableFunction,
    options?: BatchProcessingOptions,
  ): this {
    super.register(records, handler, options);
    // Powertools keeps those of the call before, and with them its Lambda context.
    this.options = options;
    return this;
  }

  /**
   * Processes the registered records. Called by `processPartialResponse`.
   *
   * @returns what became of the records that were finished, in the order in which they were
   * @throws InvalidEventError or ConfigurationError before any handler has run; Powertools'
   * FullBatchFailureError with `throwOnFullBatchFailure: true` when every record has failed
   */
  override async process(): Promise<Entry[]> {
    const call = this.#begin();
    const { options, entries } = call;
    const startedAt = performance.now();
    const settings = this.#settings;
    const { partitionKey, concurrency } = settings;
    const order = options?.processInParallel === false ? 'shard' : settings.order;
    // The handler reads raw records, so any view type will do.
    const keys = partitionKey === undefined ? undefined : [partitionKey];
    const records = recordsOf({ Records: call.registered }, { viewType: 'KEYS_ONLY', keys });
    const deadline = new Deadline(options?.context, settings.reserveMs);
    const firstAlone = this.#reported.startsBatch(records);
    const run = new BatchRun(records, { order, concurrency, partitionKey, firstAlone }, deadline, {
      handle: (record) => this.#handle(call, record),
      failed: (record, thrown) => this.#failed(call, record, errorOf(thrown)),
    });
    const outcome = await run.run();
    call.answered = true;
    this.#reported.settle(records, outcome.checkpoint);
    await summarize(settings, records, outcome, startedAt, deadline);
    await this.#turns.take();
    this.#show(call);
    this.batchResponse = respond(settings, records, outcome);
    this.clean();
    const allFailed = outcome.failed > 0 && outcome.failed === records.length;
    if (allFailed && options?.throwOnFullBatchFailure === true) throw new FullBatchFailureError(call.errors);
    return entries;
  }

  /**
   * Handles one record by itself: no lane, no checkpoint. Use `process()`, which does not come by here.
   *
   * @returns what became of it; never rejects for what the record handler throws
   */
  override async processRecord(record: BaseRecord): Promise<Entry> {
    const raw = record as EventSourceDataClassTypes;
    try {
      const result: unknown = await this.handler(
        this.toBatchType(raw, this.eventType),
        this.options?.context,
      );
      if (isUnfinished(result)) await refuseUnfinished(OWNER, result);
      return this.successHandler(raw, result);
    } catch (thrown) {
      return this.failureHandler(raw, errorOf(thrown));
    }
  }

  /** @throws BatchProcessingError always: handlers may be asynchronous. Use `processPartialResponse`. */
  override processSync(): never {
    throw new BatchProcessingError(
      'OrderedStreamProcessor waits for record handlers. Use processPartialResponse instead of processPartialResponseSync.',
    );
  }

  /** @throws BatchProcessingError always, as `processSync` does */
  override processRecordSync(_record: BaseRecord): never {
    return this.processSync();
  }

  /** Called before the records of a batch are handled. An override has to call this one. */
  override prepare(): void {
    this.successMessages = [];
    this.failureMessages = [];
    this.errors = [];
    // Not the response: that of another call may not have been read yet.
  }

  /** Called when a batch has been processed and `response()` is ready. For subclasses: does nothing here. */
  override clean(): void {}

  /** Whether there is a record to report: one that failed, or was not finished before the deadline. */
  override hasMessagesToReport(): boolean {
    return this.batchResponse.batchItemFailures.length > 0;
  }

  /** The lowest record that did not succeed, or none. */
  override collectDynamoDBFailures(): PartialItemFailures[] {
    return [...this.batchResponse.batchItemFailures];
  }

  /** Takes everything that was registered, before the first await: another call may register in between. */
  #begin(): Call {
    const { handler, options, records: registered } = this;
    if (typeof handler !== 'function') {
      throw new ConfigurationError(
        'INVALID_HANDLER',
        `OrderedStreamProcessor: the record handler has to be a function, got ${kindOf(handler)}.`,
      );
    }
    this.prepare();
    const { errors, failureMessages, successMessages } = this;
    const collected = { entries: [], errors, failureMessages, successMessages };
    return { handler, options, registered, ...collected, answered: false };
  }

  #handle(call: Call, record: ReportableRecord): unknown {
    const result: unknown = call.handler(this.toBatchType(record, this.eventType), call.options?.context);
    if (!isThenable(result)) return this.#succeeded(call, record, result);
    return Promise.resolve(result).then((value) => this.#succeeded(call, record, value));
  }

  #succeeded(call: Call, record: ReportableRecord, result: unknown): unknown {
    if (isUnfinished(result)) return refuseUnfinished(OWNER, result);
    if (call.answered) return;
    this.#show(call);
    const entry = this.successHandler(record, result);
    call.entries.push(entry);
    return entry;
  }

  /** Nothing that logger and `failureHandler` do keeps the record from being reported. */
  #failed(call: Call, record: ReportableRecord, error: Error): void {
    const { logger } = this.#settings;
    logFailure(logger, record, error);
    this.#show(call);
    try {
      call.entries.push(this.failureHandler(record, error));
    } catch (thrown) {
      call.entries.push(['fail', error.message, record]);
      logFailure(logger, record, new Error('failureHandler threw as well.', { cause: thrown }));
    }
  }

  /** Points Powertools' state, which is one for all calls, at what this call collects. */
  #show({ errors, failureMessages, successMessages }: Call): void {
    this.errors = errors;
    this.failureMessages = failureMessages;
    this.successMessages = successMessages;
  }
}

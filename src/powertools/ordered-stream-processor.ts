import {
  BatchProcessingError,
  BatchProcessor,
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
import { ReportedCheckpoints } from '../batch/reported-checkpoints.ts';
import { DeadlineError } from '../errors.ts';
import { isUnfinished, refuseUnfinished } from '../promise/unfinished.ts';
import { answerCall, reportWholeBatch } from './answer.ts';
import { requireSynchronous } from './batch-item-failures.ts';
import { Call, type Entry } from './call.ts';
import { type OrderedStreamProcessorOptions, OWNER, processorSettings } from './options.ts';
import { RECORD_HANDLER } from './record-attempt.ts';
import { parsedRecord, recordHooks } from './record-hooks.ts';
import { ResponseMutex } from './response-mutex.ts';
import { type Running, runCall } from './run-call.ts';
import { errorOf } from './thrown-error.ts';

/**
 * A batch processor for Powertools. It takes the place of `new BatchProcessor(EventType.DynamoDBStreams)`.
 *
 * `processPartialResponse` and the record handler stay the same: the handler gets the record that Lambda sent and
 * the Lambda context. The differences:
 *
 * - Records of one item are handled in order, items side by side, `concurrency` at once.
 * - After a failure no record past it starts. The response names one record: the lowest that did not succeed.
 *   Lambda retries from there, so other identifiers would change nothing.
 * - Given the `context`, it answers before the Lambda deadline, and reports the lowest unfinished record.
 * - If a record has no SequenceNumber, its failure could not be reported. The call rejects before any handler has run.
 * - Failures throw only with `throwOnFullBatchFailure: true`, when records failed and none succeeded. The default is
 *   `false`: with `BisectBatchOnFunctionError`, a throw makes Lambda split the batch in half, and the response makes
 *   it split at the right place.
 * - `processInParallel: false` handles one record at a time, as `order: 'shard'` does.
 * - Options hold for the call that they were passed to, not for the next one.
 *
 * Subclasses override the same methods as of a `BatchProcessor`. Hooks are called in the order in which handlers
 * finish, and `failureHandler` always gets an Error. `successHandler`, `failureHandler`, `processRecord`, `prepare`
 * and `clean` may be asynchronous; where Powertools declares no promise, return it `as never`. The response is not
 * for an override to shorten: if it reports less than what failed, the call rejects with `INVALID_OVERRIDE`. To give
 * a record up, let `failureHandler` return `['success', undefined, record]`.
 *
 * `errors`, `failureMessages` and `successMessages` are filled as Powertools fills them. Records that were not
 * finished are in none of them, nor in what `process()` resolves to.
 *
 * If several calls run at once, each handles its own records with its own handler and options, and
 * `processPartialResponse` gives each its own response. Between calls, `errors` and the messages are those of the
 * call that finished last. While calls run, a hook finds those of its own call before its first `await`.
 *
 * Powertools' parser is supported. For images that are unmarshalled on first read, typed by event name and checked, use
 * `streamRouter` or `processBatch`.
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
export class OrderedStreamProcessor extends BatchProcessor {
  readonly #responseMutex: ResponseMutex = new ResponseMutex();
  readonly #running: Running;

  /** @throws ConfigurationError `UNKNOWN_OPTION`, `INVALID_OPTION` or `KEYS_REQUIRED` */
  constructor(options: OrderedStreamProcessorOptions = {}) {
    const settings = processorSettings(options);
    // With the parser, for subclasses that read Powertools' own property.
    super(EventType.DynamoDBStreams, { ...settings.parsing, logger: settings.logger } as never);
    this.#running = {
      settings,
      hooks: recordHooks(this, BASE, settings),
      reported: new ReportedCheckpoints(),
    };
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
   * @returns what became of the records that were finished, in the order in which they were registered
   * @throws InvalidEventError or ConfigurationError before any handler has run; Powertools' FullBatchFailureError
   * with `throwOnFullBatchFailure: true` when records failed and none succeeded; ConfigurationError
   * `INVALID_OVERRIDE` if a subclass reports less than what failed
   */
  override async process(): Promise<Entry[]> {
    const { handler, options, records } = this;
    const call = new Call(this, { handler, options, records });
    return call.run(async () => {
      try {
        const { itemFailures, deadline } = await runCall(this, call, this.#running);
        return await this.#responseMutex.runExclusive(() => answerCall(this, call, itemFailures, deadline));
      } catch (error) {
        if (call.itemFailures === undefined)
          await this.#responseMutex.runExclusive(() => reportWholeBatch(this));
        throw error;
      } finally {
        call.closed = true;
      }
    });
  }

  /**
   * Handles one record by itself: record handler, then `successHandler` or `failureHandler`. In `process()` an
   * override takes its place, and has to return what one of the two returned.
   *
   * @returns what became of it; does not reject for what the record handler throws
   * @throws DeadlineError if a subclass calls it for a batch that has been answered
   */
  override async processRecord(record: BaseRecord): Promise<Entry> {
    const raw = record as EventSourceDataClassTypes;
    const call = Call.of(this);
    const { settings } = this.#running;
    if (call?.itemFailures !== undefined) throw new DeadlineError(settings.reserveMs);
    const { handler, options } = call?.input ?? this;
    try {
      const { parsing } = settings;
      const data =
        parsing === undefined
          ? this.toBatchType(raw, this.eventType)
          : await parsedRecord(this, raw, settings, parsing);
      if (call?.itemFailures !== undefined) throw new DeadlineError(settings.reserveMs);
      const result: unknown = await handler(data, options?.context);
      if (isUnfinished(result)) await refuseUnfinished(result, RECORD_HANDLER, { owner: OWNER });
      return call?.itemFailures === undefined
        ? await this.successHandler(raw, result)
        : ['success', result, raw];
    } catch (thrown) {
      const error = errorOf(thrown);
      return call?.itemFailures === undefined
        ? await this.failureHandler(raw, error)
        : ['fail', error.message, raw];
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

  /** Called before the records of a batch are handled. An override may be asynchronous. */
  override prepare(): void {
    this.successMessages = [];
    this.failureMessages = [];
    this.errors = [];
    // Not the response: that of another call may not have been read yet.
  }

  /**
   * Called for a record whose handler succeeded. An override may be asynchronous; if it throws, the record fails.
   *
   * @returns `['success', result, record]`
   */
  override successHandler(record: EventSourceDataClassTypes, result: unknown): SuccessResponse {
    const call = Call.of(this);
    if (call === undefined) return super.successHandler(record, result);
    if (call.itemFailures === undefined) call.messages.successMessages.push(record);
    return ['success', result, record];
  }

  /**
   * Called for a record that failed. An override may be asynchronous. If it returns
   * `['success', undefined, record]` without calling this one, the record counts as a success.
   *
   * @returns `['fail', message, record]`
   */
  override failureHandler(record: EventSourceDataClassTypes, error: Error): FailureResponse {
    const call = Call.of(this);
    if (call === undefined) return super.failureHandler(record, error);
    if (!call.closed) {
      call.messages.errors.push(error);
      call.messages.failureMessages.push(record);
      call.failed.add(record);
      call.causes.set(record, error);
    }
    return ['fail', error.message, record];
  }

  /**
   * Makes the response, once no handler may change it any more. An override may be asynchronous. An override that
   * does not call this one gets the response that is right without it.
   *
   * @throws FullBatchFailureError with `throwOnFullBatchFailure: true` when records failed and none succeeded
   */
  override clean(): void {
    const call = Call.of(this);
    // An asynchronous override may come here too late: the response is another call's by then.
    if (call?.closed) return;
    const reports = requireSynchronous('hasMessagesToReport', this.hasMessagesToReport());
    const batchItemFailures = reports
      ? requireSynchronous('getMessagesToReport', this.getMessagesToReport())
      : [];
    // Before the throw: code that catches it may return the response.
    this.batchResponse = { batchItemFailures };
    const { options } = call?.input ?? this;
    if (options?.throwOnFullBatchFailure !== true) return;
    if (requireSynchronous('entireBatchFailed', this.entireBatchFailed())) {
      throw new FullBatchFailureError((call?.messages ?? this).errors);
    }
  }

  /** Says whether records failed and none succeeded. After a failure no record past it starts, so not all may fail. */
  override entireBatchFailed(): boolean {
    const call = Call.of(this);
    const { errors, successMessages } = call?.messages ?? this;
    const succeeded = call?.succeeded ?? successMessages.length;
    return errors.length > 0 && (succeeded === 0 || errors.length === (call?.input ?? this).records.length);
  }

  /** Says whether there is a record to report: one that failed, or was not finished before the deadline. */
  override hasMessagesToReport(): boolean {
    const failures: unknown = requireSynchronous('collectDynamoDBFailures', this.collectDynamoDBFailures());
    // A value other than an array is refused where it is reported.
    return !Array.isArray(failures) || failures.length > 0;
  }

  /** Gives the lowest record that did not succeed, or none. */
  override collectDynamoDBFailures(): PartialItemFailures[] {
    const call = Call.of(this);
    return (
      call?.itemFailures?.failures(call.messages.failureMessages) ?? [...this.batchResponse.batchItemFailures]
    );
  }
}

/** The methods as they are without a subclass. */
const BASE: OrderedStreamProcessor = OrderedStreamProcessor.prototype;

import { randomUUID } from 'node:crypto';
import type { DynamoDBRecord } from 'aws-lambda';
import { eventJson } from '../../delivery/event-json.ts';
import type { InvocationOutcome } from '../../delivery/invoke.ts';
import type { LambdaHandler } from '../../delivery/lambda-handler.ts';
import { localFunction } from '../../local/handler/local-function.ts';
import { readResponse } from './read-response.ts';
import type { ReplayRecord } from './replay-record.ts';
import { StreamRecords } from './stream-records.ts';

/** How records are handed to the handler. */
export interface RecordReplayOptions<Message> {
  readonly handler: LambdaHandler;
  /** Records in one event at most; 6 MB in any case. */
  readonly batchSize: number;
  readonly partialResponses: boolean;
  /** Until an invocation has failed. */
  readonly timeoutMs: number;
  /** `context.functionName`, by the first record of the event. */
  readonly functionName: (first: ReplayRecord<Message>) => string;
  /** Ends the replay between two events. */
  readonly signal: AbortSignal;
}

/** The result of one invocation. */
export interface ReplayedBatch<Message> {
  readonly succeeded: readonly ReplayRecord<Message>[];
  /** One at most. None, when the event failed and halves have to find the record. */
  readonly failed: readonly ReplayRecord<Message>[];
}

/**
 * Hands records of any streams to a handler, as events of their streams.
 *
 * - Those of a stream go in the order of their sequence numbers, whatever they came in: an item's are in order.
 * - One that fails ends its item: later records of the item are not handled, all others are.
 * - An event that throws is halved, until the record that makes it throw is alone.
 *
 * ```text
 *   replay(B)  invoke -- success -------------- B succeeded
 *                     -- B[k] reported -------- B[0..k) succeeded, B[k] failed, replay(rest of B without its item)
 *                     -- throws, |B| > 1 ------ replay(left half), replay(right half without items that failed)
 *                     -- throws --------------- B failed
 * ```
 *
 * @typeParam Message what a record comes in: several may hold the same one
 */
export class RecordReplay<Message> {
  readonly #streams: Map<string, StreamRecords<Message>> = new Map();

  /** How many records were added, each counted once. */
  get size(): number {
    let size = 0;
    for (const stream of this.#streams.values()) size += stream.size;
    return size;
  }

  /**
   * Adds a record with Keys and SequenceNumber. It is read here: later changes of the object have no effect.
   *
   * @param held the record is not handled, nor are later records of its item, unless another message adds it as
   * not held
   */
  add(record: DynamoDBRecord, message: Message, held: boolean): ReplayRecord<Message> {
    const { eventSourceARN = '' } = record;
    const stream = this.#streams.get(eventSourceARN) ?? new StreamRecords();
    this.#streams.set(eventSourceARN, stream);
    return stream.add(record, message, held);
  }

  /** Hands over what waits. The next invocation starts when the caller asks for the next result. */
  async *run(options: RecordReplayOptions<Message>): AsyncGenerator<ReplayedBatch<Message>, void, undefined> {
    const { batchSize, signal } = options;
    for (const stream of this.#streams.values()) {
      stream.sort();
      let batch = stream.next(batchSize);
      while (batch.length > 0 && !signal.aborted) {
        yield* replayBatch(batch, stream, options);
        batch = stream.next(batchSize);
      }
    }
  }

  /** The records that come after one of their item that failed or is held. */
  blocked(): ReadonlySet<ReplayRecord<Message>> {
    const blocked = new Set<ReplayRecord<Message>>();
    for (const stream of this.#streams.values()) {
      for (const record of stream.blocked()) blocked.add(record);
    }
    return blocked;
  }
}

/** Takes records to success or failure, all but those that come after one of their item that failed. */
async function* replayBatch<Message>(
  records: readonly ReplayRecord<Message>[],
  stream: StreamRecords<Message>,
  options: RecordReplayOptions<Message>,
): AsyncGenerator<ReplayedBatch<Message>, void, undefined> {
  let batch = stream.ready(records);
  while (batch.length > 0 && !options.signal.aborted) {
    const outcome = await invoke(batch, options);
    const result = readResponse(outcome, batch, options.partialResponses);
    const succeeded = batch.slice(0, result.succeeded);
    for (const record of succeeded) record.succeeded = true;
    const failed = result.failed === 'record' ? batch.slice(succeeded.length, succeeded.length + 1) : [];
    for (const record of failed) stream.fail(record, outcome);
    yield { succeeded, failed };
    // The whole left half comes first, or a record of the right one could overtake one of its item.
    if (result.failed === 'batch')
      yield* replayBatch(batch.slice(0, Math.floor(batch.length / 2)), stream, options);
    batch = stream.ready(batch);
  }
}

function invoke<Message>(
  batch: readonly ReplayRecord<Message>[],
  { handler, timeoutMs, functionName: nameOf }: RecordReplayOptions<Message>,
): Promise<InvocationOutcome> {
  const functionName = nameOf(batch[0] as ReplayRecord<Message>);
  const functionArn = `arn:aws:lambda:us-east-1:000000000000:function:${functionName}`;
  const run = localFunction(handler, { functionName, functionArn, timeoutMs, memoryLimitInMB: 128 });
  return run(eventJson(batch.map(({ queued }) => queued.json)), randomUUID());
}

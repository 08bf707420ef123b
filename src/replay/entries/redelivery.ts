import { randomUUID } from 'node:crypto';
import type { DynamoDBRecord } from 'aws-lambda';
import { eventJson } from '../../delivery/event-json.ts';
import type { InvocationOutcome } from '../../delivery/invoke.ts';
import { type LambdaHandler, localFunction } from '../../local/handler/local-function.ts';
import type { Entry } from './entry.ts';
import { readVerdict } from './read-verdict.ts';
import { StreamQueue } from './stream-queue.ts';

/** How records are handed over. */
export interface RedeliveryOptions<Holder> {
  readonly handler: LambdaHandler;
  /** Records in one event at most; 6 MB in any case. */
  readonly batchSize: number;
  readonly partialResponses: boolean;
  /** Until an invocation has failed. */
  readonly timeoutMs: number;
  /** What the context says, by the first record of the event. */
  readonly functionName: (first: Entry<Holder>) => string;
  /** Ends it between two events. */
  readonly signal: AbortSignal | undefined;
}

/** What one invocation came to. */
export interface Redelivered<Holder> {
  readonly done: readonly Entry<Holder>[];
  /** One at most. None, when the event failed and halves have to find the record. */
  readonly failed: readonly Entry<Holder>[];
  readonly outcome: InvocationOutcome;
}

/**
 * Delivers records of any streams again, as events of their streams: what every replay is made of.
 *
 * - Those of a stream go in the order of their sequence numbers, whatever they came in: an item's are in order.
 * - One that fails ends its item: later records of the item are not delivered, all others are.
 * - An event that throws is halved, until the record that makes it throw is alone.
 *
 * ```text
 *   deliver(B)  invoke -- success -------------- B is done
 *                      -- B[k] reported -------- B[0..k) is done, B[k] failed, deliver(rest of B without its item)
 *                      -- throws, |B| > 1 ------ deliver(left half), deliver(right half without items that failed)
 *                      -- throws --------------- B failed
 * ```
 *
 * @typeParam Holder what a record came in: several may hold the same one
 */
export class Redelivery<Holder> {
  readonly #queues: Map<string, StreamQueue<Holder>> = new Map();

  /** How many records were added, each counted once. */
  get size(): number {
    let size = 0;
    for (const queue of this.#queues.values()) size += queue.size;
    return size;
  }

  /**
   * Adds a record with Keys and SequenceNumber. It is read here: what becomes of the object later is of no effect.
   *
   * @param held it is not to be delivered, nor what comes after it in its item, unless another holder says otherwise
   */
  add(record: DynamoDBRecord, holder: Holder, held = false): Entry<Holder> {
    const { eventSourceARN = '' } = record;
    const queue = this.#queues.get(eventSourceARN) ?? new StreamQueue();
    this.#queues.set(eventSourceARN, queue);
    return queue.add(record, holder, held);
  }

  /** Delivers what waits. The next invocation waits for whoever iterates. */
  async *run(options: RedeliveryOptions<Holder>): AsyncGenerator<Redelivered<Holder>, void, undefined> {
    const { batchSize, signal } = options;
    for (const queue of this.#queues.values()) {
      queue.sort();
      let batch = queue.next(batchSize);
      while (batch.length > 0 && !signal?.aborted) {
        yield* deliver(batch, queue, options);
        batch = queue.next(batchSize);
      }
    }
  }

  /** The records that come after one of their item that failed or is held. */
  blocked(): ReadonlySet<Entry<Holder>> {
    const blocked = new Set<Entry<Holder>>();
    for (const queue of this.#queues.values()) {
      for (const entry of queue.blocked()) blocked.add(entry);
    }
    return blocked;
  }
}

/** Takes records to success or failure, all but those behind one that failed. */
async function* deliver<Holder>(
  entries: readonly Entry<Holder>[],
  queue: StreamQueue<Holder>,
  options: RedeliveryOptions<Holder>,
): AsyncGenerator<Redelivered<Holder>, void, undefined> {
  let batch = queue.ready(entries);
  while (batch.length > 0 && !options.signal?.aborted) {
    const outcome = await invoke(batch, options);
    const verdict = readVerdict(outcome, batch, options.partialResponses);
    const done = batch.slice(0, verdict.succeeded);
    for (const entry of done) entry.done = true;
    const failed = verdict.failed === 'record' ? batch.slice(done.length, done.length + 1) : [];
    for (const entry of failed) queue.fail(entry, outcome);
    yield { done, failed, outcome };
    // The whole left half comes first, or a record of the right one could overtake one of its item.
    if (verdict.failed === 'batch')
      yield* deliver(batch.slice(0, Math.floor(batch.length / 2)), queue, options);
    batch = queue.ready(batch);
  }
}

function invoke<Holder>(
  batch: readonly Entry<Holder>[],
  { handler, timeoutMs, functionName: nameOf }: RedeliveryOptions<Holder>,
): Promise<InvocationOutcome> {
  const functionName = nameOf(batch[0] as Entry<Holder>);
  const functionArn = `arn:aws:lambda:us-east-1:000000000000:function:${functionName}`;
  const run = localFunction(handler, { functionName, functionArn, timeoutMs, memoryLimitInMB: 128 });
  return run(eventJson(batch.map(({ queued }) => queued.json)), randomUUID());
}

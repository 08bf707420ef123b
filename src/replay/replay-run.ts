import { randomUUID } from 'node:crypto';
import type { DynamoDBRecord } from 'aws-lambda';
import type { Invoke } from '../local/handler/invoke.ts';
import { type LambdaHandler, localFunction } from '../local/handler/local-function.ts';
import type { Entry } from './entry.ts';
import { readVerdict } from './read-verdict.ts';
import type { ReplaySettings } from './replay-options.ts';
import { readReplayable, type StreamRange } from './replayable.ts';
import type { ReplayProgress, ReplaySummary } from './report.ts';
import { reportOf } from './report-of.ts';
import type { ReplaySource, SourceMessage } from './sources/source.ts';
import { StreamQueue } from './stream-queue.ts';
import type { StreamReader } from './stream-reader.ts';
import type { TakenMessage } from './taken-message.ts';

/** One replay: takes messages, reads their records, handles them in order, and lets go of what is done. */
export class ReplayRun {
  readonly #source: ReplaySource;
  readonly #reader: StreamReader;
  readonly #settings: ReplaySettings;
  readonly #messages: TakenMessage[] = [];
  readonly #queues: Map<string, StreamQueue> = new Map();
  readonly #startedAt: number = performance.now();
  #invocations = 0;
  #succeeded = 0;
  #failed = 0;

  constructor(source: ReplaySource, reader: StreamReader, settings: ReplaySettings) {
    this.#source = source;
    this.#reader = reader;
    this.#settings = settings;
  }

  async run(): Promise<ReplaySummary> {
    const { handler, signal } = this.#settings;
    for (let more = true; more && !signal.aborted; ) {
      const taken = (await this.#source.take(signal)).map(takenMessage);
      this.#messages.push(...taken);
      for (const message of taken) await this.#read(message);
      this.#tell();
      if (handler === undefined) break;
      const before = this.#doneCount();
      await this.#letGo(taken);
      await this.#handle(handler);
      more = this.#source.inRounds && this.#doneCount() > before;
    }
    const messages = this.#messages.map((message) => reportOf(message, this.#settings));
    return {
      ...this.#progress(),
      invocations: this.#invocations,
      durationMs: performance.now() - this.#startedAt,
      messages,
      stayed: messages.filter(({ status }) => status === 'stayed').length,
    };
  }

  async #read(message: TakenMessage): Promise<void> {
    const { content } = message;
    if (content.kind === 'unknown') {
      message.problem = { reason: 'not-understood', detail: content.problem };
      return;
    }
    const records =
      content.kind === 'range' ? await this.#readRange(message, content.range) : content.records;
    message.entries = records.map((record) => this.#queueOf(record).add(record, message));
  }

  async #readRange(message: TakenMessage, range: StreamRange): Promise<readonly DynamoDBRecord[]> {
    const { signal, filter, asFound } = this.#settings;
    const content = await this.#reader.read(range, signal);
    if ('reason' in content) {
      message.problem = signal.aborted ? undefined : content;
      return [];
    }
    const records = content.records.filter((record) => filter?.passes(record) ?? true);
    message.problem = countProblem(records.length, content.records.length, range, asFound);
    return records;
  }

  /** Hands all records whose turn it is to the handler. */
  async #handle(handler: LambdaHandler): Promise<void> {
    const { batchSize, signal } = this.#settings;
    const invoke = this.#invokeOf(handler);
    for (const queue of this.#queues.values()) {
      queue.sort();
      for (let batch = queue.next(batchSize); batch.length > 0; batch = queue.next(batchSize)) {
        await this.#deliver(batch, queue, invoke);
        if (signal.aborted) return;
      }
    }
  }

  /** Takes records to success or failure, as far as one batch can: the rest comes with the next one. */
  async #deliver(entries: readonly Entry[], queue: StreamQueue, invoke: Invoke): Promise<void> {
    const batch = queue.ready(entries);
    if (batch.length === 0 || this.#settings.signal.aborted) return;
    const event = `{"Records":[${batch.map(({ queued }) => queued.json).join(',')}]}`;
    const outcome = await invoke(event, randomUUID());
    this.#invocations++;
    const { succeeded, failed } = readVerdict(outcome, batch, this.#settings.partialResponses);
    const done = batch.slice(0, succeeded);
    for (const entry of done) entry.state = 'done';
    this.#succeeded += succeeded;
    const single = failed === 'record' || batch.length === 1;
    const culprit = batch[succeeded];
    if (failed !== undefined && single && culprit !== undefined) {
      this.#failed++;
      queue.fail(culprit, outcome.type === 'returned' ? 'the handler reported it' : wordsOf(outcome.error));
    }
    await this.#letGo(new Set(done.flatMap(({ messages }) => [...messages])));
    this.#tell();
    if (failed !== 'batch' || single) return;
    // The handler does not say which one it was, so halves find it, and lose nothing else.
    const middle = Math.floor(batch.length / 2);
    await this.#deliver(batch.slice(0, middle), queue, invoke);
    await this.#deliver(batch.slice(middle), queue, invoke);
  }

  /** Lets the source delete those of the messages whose records have all succeeded. */
  async #letGo(messages: Iterable<TakenMessage>): Promise<void> {
    const done = [...messages].filter(
      ({ released, problem, entries }) => !released && problem === undefined && isDone(entries),
    );
    if (done.length === 0) return;
    const failures = await this.#source.done(done.map(({ source }) => source));
    for (const message of done) {
      const failure = failures.get(message.source);
      if (failure === undefined) message.released = true;
      else message.problem = { reason: 'not-deleted', detail: `all succeeded, but: ${failure}` };
    }
  }

  #invokeOf(handler: LambdaHandler): Invoke {
    const { functionName, timeoutMs } = this.#settings;
    const functionArn = `arn:aws:lambda:us-east-1:000000000000:function:${functionName}`;
    return localFunction(handler, { functionName, functionArn, timeoutMs, memoryLimitInMB: 128 });
  }

  #queueOf({ eventSourceARN = '' }: DynamoDBRecord): StreamQueue {
    const queue = this.#queues.get(eventSourceARN) ?? new StreamQueue();
    this.#queues.set(eventSourceARN, queue);
    return queue;
  }

  #doneCount(): number {
    return this.#messages.filter(({ released }) => released).length;
  }

  #tell(): void {
    this.#settings.onProgress(this.#progress());
  }

  #progress(): ReplayProgress {
    let records = 0;
    for (const { size } of this.#queues.values()) records += size;
    return { records, succeeded: this.#succeeded, failed: this.#failed };
  }
}

function takenMessage(source: SourceMessage): TakenMessage {
  return { source, content: readReplayable(source.body), entries: [], problem: undefined, released: false };
}

// A message without records has none that succeeded: its range was not read.
function isDone(entries: readonly Entry[]): boolean {
  return entries.length > 0 && entries.every(({ state }) => state === 'done');
}

function countProblem(
  count: number,
  unfiltered: number,
  { batchSize }: StreamRange,
  asFound: boolean,
): TakenMessage['problem'] {
  if (count === 0) {
    return unfiltered === 0
      ? { reason: 'trimmed', detail: `none of its ${batchSize} records is in the stream any more` }
      : { reason: 'mismatch', detail: 'filterCriteria leave out every record of the range' };
  }
  if (asFound || count === batchSize) return undefined;
  return count < batchSize
    ? {
        reason: 'trimmed',
        detail: `${count} of its ${batchSize} records are in the stream; asFound takes them`,
      }
    : {
        reason: 'mismatch',
        detail:
          `the range holds ${count} records, and ${batchSize} were given up: give the mapping's filterCriteria; ` +
          'with parallel lanes, asFound takes them all',
      };
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}

import type { DynamoDBRecord } from 'aws-lambda';
import type { LambdaHandler } from '../delivery/lambda-handler.ts';
import { thrownText } from '../failure/thrown-text.ts';
import { compareSequenceNumbers } from '../record/sequence-number.ts';
import { type DeadLetters, deadLetters } from './dead-letters.ts';
import type { ReceivedMessage } from './received-message.ts';
import { RecordReplay } from './records/record-replay.ts';
import { identityOf, itemOf, type ReplayRecord } from './records/replay-record.ts';
import { parseReplayMessage, type StreamRange } from './replay-message.ts';
import type { ReplaySettings } from './replay-options.ts';
import type { ReplayProgress, ReplaySummary } from './report.ts';
import { reportOf } from './report-of.ts';
import type { ReplaySource, SourceMessage } from './sources/source.ts';
import type { StreamReader } from './stream-reader.ts';
import type { TableReader } from './table-reader.ts';
import { UnreadRanges } from './unread-ranges.ts';

const READS_AT_ONCE = 10;

/** One replay: takes messages, reads their records, handles them in order, and releases the finished messages. */
export class ReplayRun {
  readonly #source: ReplaySource;
  readonly #reader: StreamReader;
  readonly #tables: TableReader | undefined;
  readonly #settings: ReplaySettings;
  readonly #messages: ReceivedMessage[] = [];
  readonly #records: RecordReplay<ReceivedMessage> = new RecordReplay();
  /** The records that were skipped, each once. */
  readonly #skipped: Set<string> = new Set();
  readonly #unreadRanges: UnreadRanges = new UnreadRanges();
  readonly #startedAt: number = performance.now();
  #invocations = 0;
  #succeeded = 0;
  #failed = 0;

  /** @param tables knows which records have newer images; undefined: all are handed over */
  constructor(
    source: ReplaySource,
    reader: StreamReader,
    tables: TableReader | undefined,
    settings: ReplaySettings,
  ) {
    this.#source = source;
    this.#reader = reader;
    this.#tables = tables;
    this.#settings = settings;
  }

  async run(): Promise<ReplaySummary> {
    const letters = deadLetters();
    try {
      return await this.#run(letters);
    } finally {
      letters.stop();
    }
  }

  async #run(letters: DeadLetters): Promise<ReplaySummary> {
    const { handler, signal } = this.#settings;
    // Taken even after the signal: the report has every document, so that no reader takes a missing one for replayed.
    for (let more = true; more; ) {
      const taken = (await this.#source.take(signal)).map(receivedMessage);
      await this.#read(taken);
      this.#tell();
      if (handler === undefined) break;
      const before = this.#doneCount();
      await this.#letGo(taken);
      await this.#handle(handler);
      more = this.#source.inRounds && this.#doneCount() > before && !signal.aborted;
    }
    const blocked = this.#records.blocked();
    const messages = this.#messages.map((message) => reportOf(message, blocked, this.#settings));
    return {
      ...this.#progress(),
      invocations: this.#invocations,
      durationMs: performance.now() - this.#startedAt,
      skipped: this.#skipped.size,
      deadLettered: this.#deadLettered(letters),
      messages,
      remaining: messages.filter(({ status }) => status === 'remaining').length,
    };
  }

  /** Reads the records of messages: of all, before the first is queued, as one may have to wait for another. */
  async #read(messages: readonly ReceivedMessage[]): Promise<void> {
    const read: (readonly [ReceivedMessage, readonly DynamoDBRecord[]])[] = [];
    for (const message of messages) {
      this.#messages.push(message);
      read.push([message, await this.#recordsOf(message)]);
    }
    const older = await this.#olderRecords(read);
    for (const [message, records] of read) {
      const newest = records.filter((record) => !older.has(record));
      message.skipped = records.length - newest.length;
      message.records = newest.map((record) => this.#queue(record, message));
    }
  }

  /** Finds the records of which the table has a newer image. A message whose items cannot be read remains. */
  async #olderRecords(
    read: readonly (readonly [ReceivedMessage, readonly DynamoDBRecord[]])[],
  ): Promise<ReadonlySet<DynamoDBRecord>> {
    const tables = this.#tables;
    const older = new Set<DynamoDBRecord>();
    if (tables === undefined) return older;
    const pairs = read
      .filter(([{ problem }]) => problem === undefined)
      .flatMap(([message, records]) => records.map((record) => [message, record] as const))
      .values();
    const worker = async (): Promise<void> => {
      for (const [message, record] of pairs) {
        if (this.#settings.signal.aborted) return;
        try {
          if (!(await tables.hasNewer(record, itemOf(record)))) continue;
          older.add(record);
          this.#skipped.add(`${record.eventSourceARN} ${identityOf(record)}`);
        } catch (error) {
          const detail = `an item cannot be read from its table: ${thrownText(error)}`;
          message.problem = { reason: 'unreadable', detail };
        }
      }
    };
    await Promise.all(Array.from({ length: READS_AT_ONCE }, worker));
    return older;
  }

  #queue(record: DynamoDBRecord, message: ReceivedMessage): ReplayRecord<ReceivedMessage> {
    const { content, problem } = message;
    const shardId = content.kind === 'range' ? content.range.shardId : undefined;
    const { eventSourceARN = '', dynamodb } = record;
    const unread = this.#unreadRanges.before(eventSourceARN, shardId, dynamodb?.SequenceNumber as string);
    if (unread !== undefined) {
      message.waitsFor = `it may come after a record of ${unread.id}, which cannot be read now`;
    }
    return this.#records.add(record, message, problem !== undefined || unread !== undefined);
  }

  async #recordsOf(message: ReceivedMessage): Promise<readonly DynamoDBRecord[]> {
    const { content, source } = message;
    if (source.problem !== undefined) {
      message.problem = { reason: 'unreadable', detail: source.problem };
      return [];
    }
    if (content.kind === 'unknown') {
      message.problem = { reason: 'unrecognized', detail: content.problem };
      return [];
    }
    return content.kind === 'range' ? this.#readRange(message, content.range) : content.records;
  }

  async #readRange(message: ReceivedMessage, range: StreamRange): Promise<readonly DynamoDBRecord[]> {
    const { signal, filter, allowCountMismatch } = this.#settings;
    const content = await this.#reader.read(range, signal);
    if ('reason' in content) {
      if (signal.aborted) return [];
      const { reason, detail } = content;
      message.problem = { reason, detail };
      if (reason === 'unreadable' && content.forNow) {
        this.#unreadRanges.add({ id: message.source.id, range, unrelated: content.unrelated });
      }
      return [];
    }
    const records = content.records.filter((record) => filter?.passes(record) ?? true);
    message.problem = countProblem(records, content.records, range, allowCountMismatch);
    return records;
  }

  /** Hands all records whose turn it is to the handler. */
  async #handle(handler: LambdaHandler): Promise<void> {
    const run = this.#records.run({
      ...this.#settings,
      handler,
      functionName: (first) => this.#settings.functionName ?? functionOf(first) ?? 'replay',
    });
    for await (const { succeeded, failed } of run) {
      this.#invocations++;
      this.#succeeded += succeeded.length;
      this.#failed += failed.length;
      await this.#letGo(new Set(succeeded.flatMap(({ messages }) => messages)));
      this.#tell();
    }
  }

  /** Lets the source delete those of the messages whose records have all succeeded. */
  async #letGo(messages: Iterable<ReceivedMessage>): Promise<void> {
    const done = [...messages].filter(
      (message) => !message.released && message.problem === undefined && isDone(message),
    );
    if (done.length === 0) return;
    const failures = await this.#source.done(done.map(({ source }) => source));
    for (const message of done) {
      const failure = failures.get(message.source);
      if (failure === undefined) message.released = true;
      else message.problem = { reason: 'notDeleted', detail: `all succeeded, but: ${failure}` };
    }
  }

  #deadLettered(letters: DeadLetters): number {
    // Several messages may hold the same record.
    const records = new Set(this.#messages.flatMap((message) => message.records));
    return [...records].filter((record) => record.succeeded && letters.has(record)).length;
  }

  #doneCount(): number {
    return this.#messages.filter(({ released }) => released).length;
  }

  #tell(): void {
    this.#settings.onProgress(this.#progress());
  }

  #progress(): ReplayProgress {
    return { records: this.#records.size, succeeded: this.#succeeded, failed: this.#failed };
  }
}

function receivedMessage(source: SourceMessage): ReceivedMessage {
  return {
    source,
    content: parseReplayMessage(source.body),
    records: [],
    skipped: 0,
    problem: undefined,
    waitsFor: undefined,
    released: false,
  };
}

/** The name of the function that put the record away: only dead letters say it. */
function functionOf({ messages }: ReplayRecord<ReceivedMessage>): string | undefined {
  for (const { content } of messages) {
    if (content.kind === 'deadLetter' && content.functionName !== '') return content.functionName;
  }
  return undefined;
}

// A message without records has none that succeeded: its range was not read.
function isDone({ records, skipped }: ReceivedMessage): boolean {
  return records.length + skipped > 0 && records.every(({ succeeded }) => succeeded);
}

function countProblem(
  { length: count }: readonly DynamoDBRecord[],
  unfiltered: readonly DynamoDBRecord[],
  range: StreamRange,
  allowCountMismatch: boolean,
): ReceivedMessage['problem'] {
  const { batchSize } = range;
  if (count === 0) {
    return unfiltered.length === 0
      ? { reason: 'trimmed', detail: `none of its ${batchSize} records is in the stream any more` }
      : { reason: 'mismatch', detail: 'filterCriteria exclude every record of the range' };
  }
  if (allowCountMismatch) return undefined;
  if (count < batchSize) {
    return {
      reason: 'trimmed',
      detail: `${count} of its ${batchSize} records are in the stream; to replay them, use allowCountMismatch`,
    };
  }
  // With a parallelizationFactor, other records in the range may make up for those that are gone.
  if (!hasFirst(unfiltered, range)) {
    return {
      reason: 'trimmed',
      detail: `its first record is not in the stream any more; allowCountMismatch takes the ${count} records that are`,
    };
  }
  if (count === batchSize) return undefined;
  return {
    reason: 'mismatch',
    detail:
      `the range holds ${count} records, and ${batchSize} were discarded: give the mapping's filterCriteria; ` +
      'with a parallelizationFactor, allowCountMismatch takes them all',
  };
}

/** The first record of a range was discarded. Its last number may be one that no record has. */
function hasFirst([first]: readonly DynamoDBRecord[], { startSequenceNumber }: StreamRange): boolean {
  return compareSequenceNumbers(first?.dynamodb?.SequenceNumber as string, startSequenceNumber) === 0;
}

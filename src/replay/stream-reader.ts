import type { DynamoDBStreamsClient, Shard } from '@aws-sdk/client-dynamodb-streams';
import type { DynamoDBRecord } from 'aws-lambda';
import { thrownText } from '../failure/thrown-text.ts';
import { tableNameOf } from '../record/stream-arn.ts';
import { unrelatedShards } from '../stream/lineage.ts';
import { adapterFor, type StreamAdapter } from '../stream/records/emulator-quirks.ts';
import { lambdaRecord } from '../stream/records/lambda-record.ts';
import { type OnProblem, StreamSource } from '../stream/stream-source.ts';
import { streamsModule } from '../stream/streams-module.ts';
import { readRange } from './read-range.ts';
import type { StreamRange } from './replay-message.ts';

export interface StreamReaderOptions {
  /** One is made for each region when undefined. */
  readonly client: DynamoDBStreamsClient | undefined;
  readonly clientOptions: { readonly region?: string };
  /** Gets each failure that is tried again. */
  readonly onProblem: (operation: string, error: unknown) => void;
}

/** The records of a range, or the reason why they cannot be read. */
export type RangeContent =
  | { readonly records: readonly DynamoDBRecord[] }
  | { readonly reason: 'trimmed'; readonly detail: string }
  | {
      readonly reason: 'unreadable';
      readonly detail: string;
      /** The range may be read later, so later records of its shard have to wait for it. */
      readonly forNow: boolean;
      /** Shards without later changes of its items. */
      readonly unrelated: ReadonlySet<string>;
    };

interface OpenStream {
  /** As the server names it: what a document says is what Lambda would name it. */
  readonly streamArn: string;
  readonly client: DynamoDBStreamsClient;
  readonly adapter: StreamAdapter;
  readonly shards: readonly Shard[];
}

// Beside the SDK's own three attempts for each.
const MAX_PROBLEMS = 3;
// Other readers of a shard may use up its five reads a second for a while: with the growing delays about 16 s.
const MAX_THROTTLES = 9;

// What the server says of a range, or of the caller, does not change while the replay runs.
const THROTTLES = /Throttling|LimitExceeded|ThroughputExceeded|SlowDown/;
const NEVER_READABLE = 'ValidationException';

/** Reads ranges of any number of streams. What cannot be read is an answer, never an error. */
export class StreamReader {
  readonly #options: StreamReaderOptions;
  readonly #streams: Map<string, Promise<OpenStream>> = new Map();
  readonly #clients: Map<string, DynamoDBStreamsClient> = new Map();

  constructor(options: StreamReaderOptions) {
    this.#options = options;
  }

  async read(range: StreamRange, signal: AbortSignal): Promise<RangeContent> {
    let stream: OpenStream | undefined;
    try {
      stream = await this.#open(range.streamArn, signal);
      const { adapter } = stream;
      const patience = this.#patience(signal);
      const source = new StreamSource(stream.client, stream.streamArn, patience.onProblem);
      const records = await readRange(source, range, patience.signal);
      return {
        records: adapter.normalize(records).map((record) => lambdaRecord(record, adapter.eventSourceArn)),
      };
    } catch (error) {
      return problemOf(error as Error, range, stream?.shards);
    }
  }

  close(): void {
    for (const client of this.#clients.values()) client.destroy();
  }

  /** A signal that aborts with the error once something has failed too often. */
  #patience(signal: AbortSignal): { readonly signal: AbortSignal; readonly onProblem: OnProblem } {
    const gaveUp = new AbortController();
    let problems = 0;
    let throttles = 0;
    return {
      signal: AbortSignal.any([signal, gaveUp.signal]),
      onProblem: (operation, error) => {
        this.#options.onProblem(operation, error);
        const { name } = error as Error;
        if (THROTTLES.test(name)) throttles++;
        else problems++;
        const isOver = problems >= MAX_PROBLEMS || throttles >= MAX_THROTTLES;
        if (isOver || name === NEVER_READABLE) gaveUp.abort(error);
      },
    };
  }

  #open(streamArn: string, signal: AbortSignal): Promise<OpenStream> {
    let stream = this.#streams.get(streamArn);
    if (stream === undefined) {
      stream = this.#describe(streamArn, signal);
      this.#streams.set(streamArn, stream);
    }
    return stream;
  }

  async #describe(eventSourceArn: string, signal: AbortSignal): Promise<OpenStream> {
    const ofArn = eventSourceArn.split(':')[3] as string;
    const client =
      this.#options.client ?? (await this.#clientFor(this.#options.clientOptions.region ?? ofArn));
    const streamArn = await nameAtServer(eventSourceArn, client);
    const patience = this.#patience(signal);
    const source = new StreamSource(client, streamArn, patience.onProblem);
    const { createdAt, shards } = await source.describeAgain(patience.signal);
    const adapter = adapterFor({ streamArn, region: ofArn, createdAt });
    return { streamArn, client, adapter, shards };
  }

  async #clientFor(region: string): Promise<DynamoDBStreamsClient> {
    const { DynamoDBStreamsClient } = await streamsModule();
    const client =
      this.#clients.get(region) ?? new DynamoDBStreamsClient({ ...this.#options.clientOptions, region });
    this.#clients.set(region, client);
    return client;
  }
}

/**
 * Emulators have regions and stream labels of their own form, which records and documents do not have. With the
 * server's name for the stream, records get the same event ids as at their first delivery.
 */
async function nameAtServer(eventSourceArn: string, client: DynamoDBStreamsClient): Promise<string> {
  const [, , , region = ''] = eventSourceArn.split(':');
  const { ListStreamsCommand } = await streamsModule();
  const list = new ListStreamsCommand({ TableName: tableNameOf(eventSourceArn) });
  const { Streams = [] } = await client.send(list).catch((error: Error) => {
    // A permission to read a stream on AWS does not include that to list streams, and names are the same there.
    if (error.name !== 'AccessDeniedException') throw error;
    return { Streams: [] };
  });
  const names = Streams.map(({ StreamArn }) => StreamArn as string);
  const isIt = (streamArn: string): boolean =>
    adapterFor({ streamArn, region, createdAt: undefined }).eventSourceArn === eventSourceArn;
  return names.find(isIt) ?? eventSourceArn;
}

function problemOf(
  error: Error,
  { shardId, streamArn }: StreamRange,
  shards: readonly Shard[] | undefined,
): RangeContent {
  if (error.name === 'TrimmedDataAccessException') {
    return { reason: 'trimmed', detail: 'the records have left the stream, which keeps them for 24 hours' };
  }
  if (error.name === 'ResourceNotFoundException') {
    return {
      reason: 'trimmed',
      detail: `there is no shard ${shardId} in ${streamArn}: it has left the stream, or the stream was deleted`,
    };
  }
  return {
    reason: 'unreadable',
    detail: `the stream cannot be read: ${thrownText(error)}`,
    forNow: error.name !== NEVER_READABLE,
    unrelated: unrelatedShards(shards ?? [], shardId),
  };
}

import type { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import type { DynamoDBRecord } from 'aws-lambda';
import { adapterFor, type StreamAdapter } from '../local/records/emulator-quirks.ts';
import { lambdaRecord } from '../local/records/lambda-record.ts';
import { StreamSource } from '../local/shards/stream-source.ts';
import { streamsModule } from '../local/shards/streams-module.ts';
import { tableNameOf } from '../record/stream-arn.ts';
import { readRange } from './read-range.ts';
import type { StreamRange } from './replayable.ts';
import type { StayReason } from './report.ts';

export interface StreamReaderOptions {
  /** One is made for each region when undefined. */
  readonly client: DynamoDBStreamsClient | undefined;
  readonly clientOptions: { readonly region?: string };
  /** Told of what is tried again. */
  readonly onProblem: (operation: string, error: unknown) => void;
}

/** What a range holds, or why that is not known. */
export type RangeContent =
  | { readonly records: readonly DynamoDBRecord[] }
  | { readonly reason: Extract<StayReason, 'trimmed' | 'unreadable'>; readonly detail: string };

interface OpenStream {
  /** As the server names it: what a document says is what Lambda would name it. */
  readonly streamArn: string;
  readonly client: DynamoDBStreamsClient;
  readonly adapter: StreamAdapter;
}

// Beside the SDK's own three attempts for each.
const MOST_PROBLEMS = 3;

/** Reads ranges of any number of streams. What cannot be read is an answer, never an error. */
export class StreamReader {
  readonly #options: StreamReaderOptions;
  readonly #streams: Map<string, Promise<OpenStream>> = new Map();
  readonly #clients: Map<string, DynamoDBStreamsClient> = new Map();

  constructor(options: StreamReaderOptions) {
    this.#options = options;
  }

  async read(range: StreamRange, signal: AbortSignal): Promise<RangeContent> {
    const gaveUp = new AbortController();
    let problems = 0;
    try {
      const stream = await this.#open(range.streamArn);
      const source = new StreamSource(stream.client, stream.streamArn, (operation, error) => {
        this.#options.onProblem(operation, error);
        if (++problems === MOST_PROBLEMS) gaveUp.abort(error);
      });
      const records = await readRange(source, range, AbortSignal.any([signal, gaveUp.signal]));
      const { adapter } = stream;
      return { records: adapter.mend(records).map((record) => lambdaRecord(record, adapter.eventSourceArn)) };
    } catch (error) {
      return problemOf(error as Error, range);
    }
  }

  close(): void {
    for (const client of this.#clients.values()) client.destroy();
  }

  #open(streamArn: string): Promise<OpenStream> {
    let stream = this.#streams.get(streamArn);
    if (stream === undefined) {
      stream = this.#describe(streamArn);
      this.#streams.set(streamArn, stream);
    }
    return stream;
  }

  async #describe(eventSourceArn: string): Promise<OpenStream> {
    const region = this.#options.clientOptions.region ?? (eventSourceArn.split(':')[3] as string);
    const client = this.#options.client ?? (await this.#clientFor(region));
    const streamArn = await nameAtServer(eventSourceArn, client);
    const source = new StreamSource(client, streamArn, this.#options.onProblem);
    const { createdAt } = await source.describe(new AbortController().signal);
    const adapter = adapterFor({ streamArn, region: eventSourceArn.split(':')[3] as string, createdAt });
    return { streamArn, client, adapter };
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
 * Emulators call their region by a name of their own, which records and documents do not have. With the
 * server's name for the stream, records get the same event ids as at their first delivery.
 */
async function nameAtServer(eventSourceArn: string, client: DynamoDBStreamsClient): Promise<string> {
  const [, , , region = '', account] = eventSourceArn.split(':');
  if (account !== '000000000000') return eventSourceArn;
  const { ListStreamsCommand } = await streamsModule();
  const list = new ListStreamsCommand({ TableName: tableNameOf(eventSourceArn) });
  const { Streams = [] } = await client.send(list);
  const names = Streams.map(({ StreamArn }) => StreamArn as string);
  const isIt = (streamArn: string): boolean =>
    adapterFor({ streamArn, region, createdAt: undefined }).eventSourceArn === eventSourceArn;
  return names.find(isIt) ?? eventSourceArn;
}

function problemOf(error: Error, { shardId, streamArn }: StreamRange): RangeContent {
  if (error.name === 'TrimmedDataAccessException') {
    return { reason: 'trimmed', detail: 'the records have left the stream, which keeps them for 24 hours' };
  }
  if (error.name === 'ResourceNotFoundException') {
    return {
      reason: 'trimmed',
      detail: `there is no shard ${shardId} in ${streamArn}: it has left the stream, or the stream was deleted`,
    };
  }
  return { reason: 'unreadable', detail: `the stream cannot be read: ${error.name}: ${error.message}` };
}

import type {
  DynamoDBStreamsClient,
  DynamoDBStreamsServiceException,
  GetShardIteratorCommandInput,
  Shard,
  ShardFilter,
  StreamDescription as StreamPage,
} from '@aws-sdk/client-dynamodb-streams';
import { turn } from './event-loop.ts';
import { asSent } from './records/server-record.ts';
import { wireMember } from './records/wire-member.ts';
import { retryUntilAborted } from './retry-until-aborted.ts';
import { streamsModule } from './streams-module.ts';
import { unexpectedAnswer } from './unexpected-answer.ts';

/** The description of a stream. */
export interface StreamDescription {
  readonly enabled: boolean;
  readonly createdAt: Date | undefined;
  readonly shards: readonly Shard[];
  /** Requests that the description took. */
  readonly pages: number;
}

/** One answer of GetRecords. */
export interface Page {
  /** In the form in which they were sent. They may be anything: see `isServerRecord`. */
  readonly records: readonly unknown[];
  /** Undefined: the shard is closed and read. */
  readonly next: string | undefined;
}

/** Gets each failure that is tried again. */
export type OnProblem = (operation: string, error: unknown, delayMs: number) => void;

/** Errors that the reader handles itself. All others are retried until they pass. */
const FINAL_ERRORS = ['ExpiredIteratorException', 'ResourceNotFoundException', 'TrimmedDataAccessException'];

/** Answers of servers that do not know a parameter. */
const REJECTIONS = ['ValidationException', 'SerializationException'];

const THROTTLE = /Throttl|LimitExceeded|ThroughputExceeded|TooManyRequests/;

/** Checks if the stream, or a shard of it, is gone. */
export function isNotFound(error: unknown): boolean {
  return (error as Error).name === 'ResourceNotFoundException';
}

/** Checks if the server limits the rate of requests. */
export function isThrottle(error: unknown): boolean {
  return THROTTLE.test(`${(error as Error).name}`);
}

function isForReader(error: unknown): boolean {
  return FINAL_ERRORS.includes((error as Error).name);
}

/**
 * Returns true if a server refused an iterator without saying that it has expired. A restarted server does not know the
 * iterators that it gave out before. DynamoDB answers those with ValidationException.
 */
export function isRefusedIterator(error: unknown): boolean {
  const { $metadata } = error as Partial<DynamoDBStreamsServiceException>;
  const status = $metadata?.httpStatusCode ?? 0;
  return status >= 400 && status < 500 && !isThrottle(error);
}

/** The calls that read one stream. What fails is tried again, with growing delays, unless the reader decides. */
export class StreamSource {
  readonly #client: DynamoDBStreamsClient;
  readonly #streamArn: string;
  readonly #onProblem: OnProblem;
  /** True while the server may support ShardFilter: it has neither refused nor ignored it. */
  #mayFilter = true;

  constructor(client: DynamoDBStreamsClient, streamArn: string, onProblem: OnProblem) {
    this.#client = client;
    this.#streamArn = streamArn;
    this.#onProblem = onProblem;
  }

  /** Reads all pages of DescribeStream, which has at most 100 shards in each, without trying again. */
  async describe(signal: AbortSignal, filter?: ShardFilter): Promise<StreamDescription> {
    const { DescribeStreamCommand } = await streamsModule();
    const shards: Shard[] = [];
    let start: string | undefined;
    for (let pages = 1; ; pages++) {
      const input = { StreamArn: this.#streamArn, ExclusiveStartShardId: start, ShardFilter: filter };
      const command = new DescribeStreamCommand(input);
      const answer = await this.#client.send(command, { abortSignal: signal });
      const page = pageOf(answer.StreamDescription, start);
      // A shard without an id cannot be read.
      shards.push(...(page.Shards ?? []).filter((shard) => shard?.ShardId));
      start = page.LastEvaluatedShardId ?? undefined;
      if (start === undefined) {
        const { StreamStatus, CreationRequestDateTime: createdAt } = page;
        return { enabled: !/^DISABL/.test(`${StreamStatus}`), createdAt, shards, pages };
      }
    }
  }

  /**
   * Asks for the children of a shard. AWS has known the filter for it since 2025. Some servers refuse it, and others (Dynoxide 1.2,
   * moto 5.2, LocalStack) ignore it and return all shards: those are not asked again.
   *
   * @returns undefined if the answer is of no use, so that the full description is needed
   * @throws when the signal aborts
   * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_ShardFilter.html
   */
  async childrenOf(shardId: string, signal: AbortSignal): Promise<readonly Shard[] | undefined> {
    if (!this.#mayFilter) return undefined;
    try {
      const { shards } = await this.describe(signal, { Type: 'CHILD_SHARDS', ShardId: shardId });
      if (shards.some(({ ParentShardId }) => ParentShardId !== shardId)) this.#mayFilter = false;
      // A closed shard has children, which may not be visible yet.
      return this.#mayFilter && shards.length > 0 ? shards : undefined;
    } catch (error) {
      signal.throwIfAborted();
      if (REJECTIONS.includes((error as Error).name)) this.#mayFilter = false;
      // The parent may have left the stream. The full description finds out, and waits out what passes with time.
      else if (!isNotFound(error)) this.#onProblem('DescribeStream', error, 0);
      return undefined;
    }
  }

  /** {@link describe}, tried again. @throws ResourceNotFoundException, or when the signal aborts */
  describeAgain(signal: AbortSignal): Promise<StreamDescription> {
    return this.#retry('DescribeStream', signal, () => this.describe(signal), isNotFound);
  }

  /** @throws ResourceNotFoundException, TrimmedDataAccessException, or when the signal aborts */
  async iterator(
    shardId: string,
    position: Pick<GetShardIteratorCommandInput, 'ShardIteratorType' | 'SequenceNumber'>,
    signal: AbortSignal,
  ): Promise<string> {
    const { GetShardIteratorCommand } = await streamsModule();
    const input = { StreamArn: this.#streamArn, ShardId: shardId, ...position };
    const call = async (): Promise<string> => {
      const command = new GetShardIteratorCommand(input);
      const { ShardIterator } = await this.#client.send(command, { abortSignal: signal });
      if (!ShardIterator) throw unexpectedAnswer('has no ShardIterator', 'GetShardIterator');
      return ShardIterator;
    };
    return this.#retry('GetShardIterator', signal, call, isForReader);
  }

  /**
   * @param most the most records that it may have; 1,000 is the API's own limit
   * @param isFinal further errors that are for the caller
   * @throws ExpiredIterator-, ResourceNotFound- or TrimmedDataAccessException, what else is final, or when the signal aborts
   */
  async page(
    iterator: string,
    signal: AbortSignal,
    most = 1_000,
    isFinal: (error: unknown) => boolean = () => false,
  ): Promise<Page> {
    const { GetRecordsCommand } = await streamsModule();
    const call = async (): Promise<Page> => {
      const command = new GetRecordsCommand({ ShardIterator: iterator, Limit: most });
      const wire = wireMember(command, 'Records');
      const { Records = [], NextShardIterator } = await this.#client.send(command, { abortSignal: signal });
      const sent = wire();
      return {
        records: Array.isArray(sent) ? sent : Records.map(asSent),
        next: NextShardIterator ?? undefined,
      };
    };
    return this.#retry('GetRecords', signal, call, (error) => isForReader(error) || isFinal(error));
  }

  /** Reports a failure that its caller tries again. */
  tell(operation: string, error: unknown, delayMs: number): void {
    this.#onProblem(operation, error, delayMs);
  }

  async #retry<Answer>(
    operation: string,
    signal: AbortSignal,
    call: () => Promise<Answer>,
    isFinal: (error: unknown) => boolean,
  ): Promise<Answer> {
    // Hundreds of shards begin together, and the SDK takes a millisecond or two to sign a request.
    await turn();
    return retryUntilAborted(call, {
      signal,
      onProblem: (error, delayMs) => this.#onProblem(operation, error, delayMs),
      isFinal,
    });
  }
}

function pageOf(description: StreamPage | undefined, start: string | undefined): StreamPage {
  if (!description || !Array.isArray(description.Shards ?? []))
    throw unexpectedAnswer('has no description of a stream', 'DescribeStream');
  // It would be asked for the same shards for ever.
  if (start !== undefined && description.LastEvaluatedShardId === start)
    throw unexpectedAnswer('has the page before once more', 'DescribeStream');
  return description;
}

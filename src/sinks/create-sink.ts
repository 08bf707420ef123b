// @types/aws-lambda imports node:stream without saying so; programs that check library types need this.
/// <reference types="node" preserve="true" />

import { ConfigurationError } from '../errors.ts';
import { partOf } from '../failure/content-free-cause.ts';
import { type Check, FUNCTION, wholeNumberFrom } from '../options/check.ts';
import { requireOption } from '../options/check-options.ts';
import { type EnvironmentVariable, TEXT_OR_ENV } from '../options/env.ts';
import { kindOf } from '../options/kind-of.ts';
import { isThenable } from '../promise/thenable.ts';
import { isUnfinished, refuseUnfinished } from '../promise/unfinished.ts';
import { UNMENTIONED } from './batcher/batch-results.ts';
import { batchedSink } from './batcher/batched-sink.ts';
import type { Payload, Refusal } from './batcher/entry.ts';
import { checkSinkOptions, type SinkOptions } from './batcher/sink-options.ts';
import { thrownRefusal } from './batcher/thrown-refusal.ts';
import { itemKeyOf } from './message/item-identity.ts';
import { jsonText } from './message/message-text.ts';
import type { RequestContext, SendOptions, Sink } from './sink.ts';

/**
 * The options of {@link createSink}. An entry is the message as JSON text: sets as lists, binary as base64, bigints as text
 * of their digits.
 */
export interface CreateSinkOptions<Message, Options extends SendOptions = SendOptions, Entry = string>
  extends SinkOptions {
  /**
   * The URL, ARN or name of the target. Errors and dead letters name it, and `request` gets it, so it must not contain a
   * secret.
   */
  readonly target: string | EnvironmentVariable;
  /** Entries in one request, at most: 1 to 10,000. */
  readonly maxEntries: number;
  /** Bytes in one request, at most, as `bytesOf` counts: 1 to 1,073,741,824. */
  readonly maxBytes: number;
  /** Bytes in one entry, at most. @defaultValue `maxBytes` */
  readonly maxEntryBytes?: number;
  /**
   * Counts the bytes of an entry, including what the request adds around it, such as a comma.
   *
   * @defaultValue the length of text in UTF-8, the length of a Uint8Array, else the length of the entry's JSON in UTF-8
   */
  bytesOf?(entry: Entry): number;
  /**
   * Gives the key whose messages stay in order. Of one key, one message travels at a time. Undefined: no order.
   *
   * @defaultValue table and item key of `record`; no order for a `detached` message
   */
  orderBy?(message: Message, options: Options): string | undefined;
  /**
   * Makes one request with up to `maxEntries` entries, and says what became of each. It must not change the entries, as
   * they may be sent again.
   *
   * @returns `'accepted'` for all entries; or a list with one outcome for each entry, in the order of the entries
   * @throws anything, if the request failed as a whole. No entry counts as accepted then. See docs/sinks.md for the entries that
   * are tried again.
   */
  request(entries: readonly Entry[], context: RequestContext): Promise<RequestOutcome>;
}

/** The options of {@link createSink} with entries of another kind than JSON text. */
export interface CreateSinkEntryOptions<Message, Options extends SendOptions, Entry>
  extends CreateSinkOptions<Message, Options, Entry> {
  /** Makes the entry that travels, when the message is sent. What it throws rejects the call. */
  entryOf(message: Message, options: Options): Entry;
}

/** The result of a request: `'accepted'` for all of its entries, or one outcome for each, in their order. */
export type RequestOutcome = 'accepted' | readonly EntryOutcome[];

/** The outcome of one entry. Undefined: the answer does not mention it, so it is sent again. */
export type EntryOutcome = 'accepted' | EntryRefusal | undefined;

/** The target did not accept an entry. */
export interface EntryRefusal {
  /** The target's code, such as `mapper_parsing_exception`. It stands in error messages, so it must not quote the item. */
  readonly code: string;
  /**
   * - `true`: the same entry may be accepted later. It is sent again, up to `attempts` times.
   * - `false`: the entry's own content makes the target refuse it, always. Its call fails at once, and `deadLetter` takes
   *   its record. If the target refuses all entries alike, as without a permission, throw instead.
   */
  readonly retryable: boolean;
  /** The target's error. Its name, code and stack become the `cause`; its text does not, as it may quote the item. */
  readonly cause?: unknown;
}

/** An entry with its size and its place in the order. */
interface SizedEntry<Entry> extends Payload {
  readonly entry: Entry;
}

const BYTES: Check = wholeNumberFrom(1, 1024 ** 3);

const REQUIRED = {
  target: TEXT_OR_ENV,
  maxEntries: wholeNumberFrom(1, 10_000),
  maxBytes: BYTES,
  request: FUNCTION,
} as const;
const OPTIONAL = { maxEntryBytes: BYTES, entryOf: FUNCTION, bytesOf: FUNCTION, orderBy: FUNCTION } as const;

/**
 * Makes a sink for a target of your own: an HTTP endpoint, OpenSearch, Kinesis, Firehose. It works as the other sinks do:
 *
 * - Messages that are sent at the same time travel in one request.
 * - Messages about one item arrive in order, even if one is sent again.
 * - A refused entry fails its own record only. An entry that may be accepted later is sent again, with back-off, until its
 *   record's deadline.
 * - No message counts as accepted unless `request` says so. A request that throws, that takes longer than
 *   `requestTimeoutMs`, or whose result has another number of outcomes than entries, has accepted nothing.
 * - A throw that says nothing about its reason fails the record, and Lambda delivers it again. It is never permanent, so
 *   the record is never a dead letter because of it.
 *
 * @throws ConfigurationError `UNKNOWN_OPTION` or `INVALID_OPTION`; for a message, which fails its record,
 * `INVALID_RESULT` if `entryOf`, `bytesOf` or `orderBy` returns something else than they have to, and `INVALID_MESSAGE` for
 * a message that cannot be written as JSON
 * @example
 * ```ts
 * const search = createSink<Invoice>({
 *   target: env('INVOICES_URL'),
 *   maxEntries: 100,
 *   maxBytes: 1_000_000,
 *   async request(entries, { target, signal }) {
 *     const body = `[${entries.join()}]`;
 *     const { ok, status } = await fetch(target, { method: 'POST', body, signal });
 *     if (!ok) throw Object.assign(new Error('The endpoint refused the request.'), { status });
 *     return 'accepted';
 *   },
 * });
 * ```
 */
export function createSink<Message, Options extends SendOptions, Entry>(
  options: CreateSinkEntryOptions<Message, Options, Entry>,
): Sink<Options, Message>;
export function createSink<Message = unknown, Options extends SendOptions = SendOptions>(
  options: CreateSinkOptions<Message, Options>,
): Sink<Options, Message>;
export function createSink<Message, Options extends SendOptions>(
  options: CreateSinkOptions<Message, Options, unknown> &
    Partial<CreateSinkEntryOptions<Message, Options, unknown>>,
): Sink<Options, Message> {
  checkSinkOptions('createSink', options, REQUIRED, OPTIONAL);
  const { target, maxEntries, maxBytes, maxEntryBytes = maxBytes, request } = options;
  const { entryOf, bytesOf, orderBy = itemOrder } = options;
  requireOption('createSink', 'maxEntryBytes', maxEntryBytes, {
    expected: `at most maxBytes, which is ${maxBytes}`,
    accepts: () => maxEntryBytes <= maxBytes,
  });
  return batchedSink<SizedEntry<unknown>, Options, Message>(options, {
    named: ['createSink', 'target'],
    target,
    maxEntries,
    maxBytes,
    maxEntryBytes,
    payloadOf(_target, message, sendOptions) {
      const entry = entryOf === undefined ? jsonText(message) : entryOf(message, sendOptions);
      if (isThenable(entry) || isUnfinished(entry)) throw wrongResult('entryOf', 'the entry itself', entry);
      const bytes = bytesOf === undefined ? entryBytes(entry) : bytesOf(entry);
      if (!(Number.isFinite(bytes) && bytes >= 0))
        throw wrongResult('bytesOf', 'a number of bytes from 0', bytes);
      const orderKey = orderBy(message, sendOptions);
      if (orderKey !== undefined && typeof orderKey !== 'string') {
        throw wrongResult('orderBy', 'text or undefined', orderKey);
      }
      return { entry, bytes, orderKey };
    },
    async request(payloads, context) {
      const result: unknown = await request(
        payloads.map(({ entry }) => entry),
        context,
      );
      if (result === 'accepted') return [];
      // Outcomes that are promises run on, and one that rejects would end the process.
      if (isUnfinished(result))
        await refuseUnfinished(result, 'request', { owner: 'createSink', option: 'request' });
      const outcomes = Array.isArray(result) ? result : undefined;
      if (outcomes?.length === payloads.length) return Array.from(outcomes, refusalOf);
      // Which outcome is about which entry is not known.
      const came = outcomes === undefined ? kindOf(result) : `${outcomes.length} outcomes`;
      const refusal = faultyRequest(`request has to return one outcome for each entry, got ${came}`);
      return payloads.map(() => refusal);
    },
    refusalOf: thrownRefusal,
  });
}

function refusalOf(outcome: unknown): Refusal | undefined {
  if (outcome === 'accepted') return undefined;
  if (outcome === undefined) return UNMENTIONED;
  const [code, retryable, cause] = ['code', 'retryable', 'cause'].map((name) => partOf(outcome, name));
  if (typeof code === 'string' && code !== '' && typeof retryable === 'boolean') {
    return { code, cause, fault: retryable ? 'passing' : 'message' };
  }
  return faultyRequest("an outcome has to be 'accepted', { code, retryable } or undefined");
}

function faultyRequest(code: string): Refusal {
  return { code, fault: 'target', remedy: 'Correct the request function of the sink.' };
}

function itemOrder(_message: unknown, { record }: SendOptions): string | undefined {
  return record === undefined ? undefined : `${record.tableName} ${itemKeyOf(record)}`;
}

function entryBytes(entry: unknown): number {
  if (entry instanceof Uint8Array) return entry.byteLength;
  return Buffer.byteLength(typeof entry === 'string' ? entry : jsonText(entry));
}

/** Names the kind of the result only, as its value is made of the item. */
function wrongResult(option: string, expected: string, came: unknown): ConfigurationError {
  const kind = isThenable(came)
    ? 'a promise'
    : isUnfinished(came)
      ? 'promises or an iterator'
      : typeof came === 'number' && option === 'bytesOf'
        ? `${came}`
        : kindOf(came);
  // A promise that nothing waits for must not end the process when it rejects.
  refuseUnfinished([came], option).catch(() => {});
  return new ConfigurationError('INVALID_RESULT', `has to return ${expected}, got ${kind}.`, {
    owner: 'createSink',
    option,
  });
}

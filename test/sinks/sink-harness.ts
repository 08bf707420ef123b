import type { SinkOptions } from '../../src/sinks/batcher/sink-options.ts';
import type { Sink, SinkRecord } from '../../src/sinks/sink.ts';
import type { FakeRefusal } from '../fixtures/fake-aws/service.ts';

/** The properties that differ between sinks. */
export interface SinkTraits {
  /** Messages in one request, at most. */
  readonly perRequest: number;
  /** Bytes of the largest message, as the service counts; undefined where that is more than a test can hold. */
  readonly maxBytes?: number;
  /** True if the service answers for each message separately. @defaultValue true */
  readonly single?: boolean;
  /** How its server refuses a request for the content of one message. */
  readonly refusedRequest?: FakeRefusal;
  /** True if a later message about an item replaces an earlier one. @defaultValue false */
  readonly replaces?: boolean;
  /** True if messages about one item arrive in the order that they were sent in, even when sent at once. */
  readonly ordered: boolean;
}

/** A sink and the server behind it, as the contract uses them. */
export interface SinkHarness {
  /** The service's name, as in `sns`. */
  readonly service: string;
  sink(options?: SinkOptions): Sink;
  /** Creates a message with a number about an item. */
  message(number: number, item: string): unknown;
  /** A message of exactly so many bytes, as the service counts; there where there is a largest one. */
  sized(bytes: number): unknown;
  /** Options for a message about an item, beyond the record. */
  options?(item: string): object;
  /** The numbers that arrived, in their order as far as the server knows one. */
  arrived(): Promise<readonly number[]>;
}

let records = 0;

/** A record of an item, with an event id of its own. */
export function recordOf(item: string, more: Partial<SinkRecord> = {}): SinkRecord {
  const number = ++records;
  return {
    eventName: 'INSERT',
    eventID: number.toString(16).padStart(32, '0'),
    sequenceNumber: `${400000000000000000000n + BigInt(number)}`,
    tableName: 'Invoices',
    keys: { pk: item },
    ...more,
  };
}

/** Sends a number about an item. */
export function sendNumber(
  harness: SinkHarness,
  sink: Sink,
  number: number,
  options: { readonly item?: string; readonly record?: SinkRecord; readonly signal?: AbortSignal } = {},
): Promise<void> {
  const { item = `item-${number}`, record = recordOf(item), signal } = options;
  return sink.send(harness.message(number, item), { record, signal, ...harness.options?.(item) });
}

/** The number in a message, whether it came as JSON or as JSON of AttributeValues. */
export function numberIn(text: string): number {
  return Number(/"n":(?:\{"N":")?(\d+)/.exec(text)?.[1]);
}

/** Returns the numbers of the calls that failed, with their errors. */
export async function failuresOf(calls: readonly Promise<void>[]): Promise<Map<number, unknown>> {
  const settled = await Promise.allSettled(calls);
  return new Map(
    settled.flatMap((result, index) => (result.status === 'rejected' ? [[index, result.reason]] : [])),
  );
}

/** Numbers from 0. */
export function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}

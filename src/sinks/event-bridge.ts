// @types/aws-lambda imports node:stream without saying so; programs that check library types need this.
/// <reference types="node" preserve="true" />

import { EventBridgeClient, PutEventsCommand, type PutEventsRequestEntry } from '@aws-sdk/client-eventbridge';
import { TEXT } from '../options/check-options.ts';
import { type EnvironmentVariable, readEnv, showEnv, TEXT_OR_ENV } from '../options/env.ts';
import { isProof, UNMENTIONED } from './batcher/batch-results.ts';
import { checkSend, recordRequired } from './batcher/check-send.ts';
import type { Payload, Refusal } from './batcher/entry.ts';
import { faultOf } from './batcher/fault.ts';
import { MicroBatcher } from './batcher/micro-batcher.ts';
import { invalid } from './batcher/sink-errors.ts';
import { jsonText } from './message/message-text.ts';
import type { SendOptions, Sink } from './sink.ts';
import {
  checkSinkOptions,
  clientSettings,
  once,
  perTarget,
  requestSettings,
  type SinkOptions,
} from './sink-options.ts';

/** What {@link eventBus} can be told. */
export interface EventBusOptions extends SinkOptions {
  /** Which application the events come from, as in `com.example.invoices`. `aws.` is AWS's own. */
  readonly source: string | EnvironmentVariable;
  /** Name or ARN of the bus. @defaultValue `default` */
  readonly eventBusName?: string | EnvironmentVariable;
  /** What an event is called that is not called otherwise. @defaultValue the event name of `record` */
  readonly detailType?: string;
  /** The client to use. @defaultValue one that is made at the first event, configured as the SDK does by itself */
  readonly client?: EventBridgeClient;
}

/** What an event can be sent with. */
export type EventOptions = SendOptions & BusEventOptions;

/** What an event can be sent with, besides its record. */
export interface BusEventOptions {
  /** What it is called, as in `InvoicePaid`: rules match it. @defaultValue the bus's `detailType` */
  readonly detailType?: string;
  /** ARNs of what it is about. */
  readonly resources?: readonly string[];
  /** When it happened. @defaultValue when EventBridge gets it */
  readonly time?: Date;
}

/** An event bus as a sink. */
export type EventBus = Sink<EventOptions>;

interface BusEvent extends Payload {
  readonly entry: PutEventsRequestEntry;
}

/**
 * A request has to be smaller than 1 MB.
 *
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevents.html#eb-putevent-size
 */
const MOST_BYTES = 1_048_576 - 1;

/**
 * An EventBridge event bus. Events that are sent at the same time travel in one request: 10 of them, and less than
 * 1,048,576 bytes in total. A message is the `detail`: an object, or JSON text of one.
 *
 * EventBridge keeps no order and drops no duplicates: rules may match an event again after a redelivery.
 *
 * @throws ConfigurationError `UNKNOWN_OPTION` or `INVALID_OPTION`
 * @example
 * ```ts
 * const bus = eventBus({ source: 'com.example.invoices' });
 *
 * export const handler = streamRouter<Invoice>()
 *   .onInsert(async (record) => { await bus.send(record.newImage, { record, detailType: 'InvoiceCreated' }); });
 * ```
 * @see https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html
 */
export function eventBus(options: EventBusOptions): EventBus {
  checkSinkOptions(
    'eventBus',
    options,
    { source: TEXT_OR_ENV },
    { eventBusName: TEXT_OR_ENV, detailType: TEXT },
  );
  const { source, eventBusName = 'default' } = options;
  const client = once(() => options.client ?? new EventBridgeClient(clientSettings(options)));
  const batcherOf = perTarget(
    (target) =>
      new MicroBatcher<BusEvent>({
        ...requestSettings(options),
        target,
        maxEntries: 10,
        maxBytes: MOST_BYTES,
        async request(events, abortSignal) {
          const command = new PutEventsCommand({ Entries: events.map(({ entry }) => entry) });
          const { Entries } = await client().send(command, { abortSignal });
          return events.map((_, index) => refusalOf(Entries?.[index]));
        },
      }),
  );
  return {
    get target() {
      return showEnv(eventBusName);
    },
    // async: what is wrong with a message rejects, as everything else that is.
    async send(message, sendOptions) {
      const target = readEnv('eventBus', 'eventBusName', eventBusName);
      const bus = { source: readEnv('eventBus', 'source', source), detailType: options.detailType };
      checkSend(target, sendOptions);
      return batcherOf(target).add(busEventOf(target, bus, message, sendOptions), sendOptions);
    },
  };
}

/** What the events of a bus have in common. */
interface BusDefaults {
  readonly source: string;
  readonly detailType: string | undefined;
}

function busEventOf(target: string, bus: BusDefaults, message: unknown, options: EventOptions): BusEvent {
  const { record, detailType = bus.detailType ?? record?.eventName, resources = [], time } = options;
  if (detailType === undefined) throw recordRequired(target, 'that is detached needs a detailType');
  const Detail = detailOf(target, message);
  return {
    bytes: [bus.source, detailType, Detail, ...resources].reduce(
      (bytes, text) => bytes + Buffer.byteLength(text),
      time === undefined ? 0 : 14,
    ),
    entry: {
      EventBusName: target,
      Source: bus.source,
      DetailType: detailType,
      Detail,
      ...(resources.length > 0 && { Resources: [...resources] }),
      ...(time !== undefined && { Time: time }),
    },
  };
}

function detailOf(target: string, message: unknown): string {
  const text = typeof message === 'string' ? message : jsonText(target, message);
  // Rules match the fields of the detail: EventBridge refuses what has none.
  const isObject = typeof message === 'string' ? isJsonObject(text) : text.startsWith('{');
  if (!isObject) throw invalid(target, 'the detail of an event has to be an object, or JSON text of one');
  return text;
}

function isJsonObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}

/** What EventBridge says of one entry. */
interface EntryResult {
  readonly EventId?: string | undefined;
  readonly ErrorCode?: string | undefined;
  readonly ErrorMessage?: string | undefined;
}

/** @see https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEventsResultEntry.html */
function refusalOf(result: EntryResult | undefined): Refusal | undefined {
  const { EventId, ErrorCode, ErrorMessage } = result ?? {};
  if (!ErrorCode) return isProof(EventId) ? undefined : UNMENTIONED;
  return { code: ErrorCode, cause: ErrorMessage, fault: faultOf(ErrorCode) };
}

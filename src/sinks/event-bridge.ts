// @types/aws-lambda imports node:stream without saying so; programs that check library types need this.
/// <reference types="node" preserve="true" />

import { EventBridgeClient, PutEventsCommand, type PutEventsRequestEntry } from '@aws-sdk/client-eventbridge';
import { TEXT } from '../options/check.ts';
import { type EnvironmentVariable, readEnv, TEXT_OR_ENV } from '../options/env.ts';
import { isProof, UNMENTIONED } from './batcher/batch-results.ts';
import { batchedSink } from './batcher/batched-sink.ts';
import { recordRequired } from './batcher/check-send.ts';
import { type AwsSinkOptions, checkAwsSinkOptions, clientOf } from './batcher/client.ts';
import type { Payload, Refusal } from './batcher/entry.ts';
import { faultOf } from './batcher/fault.ts';
import { invalid } from './batcher/sink-errors.ts';
import { jsonText } from './message/message-text.ts';
import { traceHeaderOf } from './message/message-trace.ts';
import { checkTexts, WrongMessage, wrongSetting } from './message/wrong-message.ts';
import type { SendOptions, Sink } from './sink.ts';
import { type TargetKind, targetCheck } from './sink-target.ts';

/** Options of {@link eventBus}. */
export interface EventBusOptions extends AwsSinkOptions<EventBridgeClient> {
  /** Which application the events come from, as in `com.example.invoices`. `aws.` is AWS's own. */
  readonly source: string | EnvironmentVariable;
  /** Name or ARN of the bus. @defaultValue `default` */
  readonly eventBusName?: string | EnvironmentVariable;
  /** The detail type of events that name no other. @defaultValue the event name of `record` */
  readonly detailType?: string;
}

/** Options of one event. */
export type EventOptions = SendOptions & BusEventOptions;

/** Options of one event, besides its record. */
export interface BusEventOptions {
  /** The detail type, such as `InvoicePaid`: rules match it. @defaultValue the bus's `detailType` */
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

const BUS: TargetKind = {
  noun: 'event bus',
  action: 'events:PutEvents',
  expected: 'the name of an event bus, or its ARN',
  accepts: (text) => /^(arn:aws[\w-]*:events:[\w-]+:\d{12}:event-bus\/)?[\w/.-]{1,256}$/.test(text),
};

/**
 * A request has to be smaller than 1 MB.
 *
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevents.html#eb-putevent-size
 */
const MAX_BYTES = 1_048_576 - 1;

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
  checkAwsSinkOptions(
    'eventBus',
    options,
    { source: TEXT_OR_ENV },
    { eventBusName: targetCheck(BUS), detailType: TEXT },
  );
  const { source, eventBusName = 'default', detailType } = options;
  const client = clientOf(options, (settings) => new EventBridgeClient(settings));
  return batchedSink<BusEvent, EventOptions>(options, {
    named: ['eventBus', 'eventBusName'],
    target: eventBusName,
    kind: BUS,
    maxEntries: 10,
    maxBytes: MAX_BYTES,
    payloadOf(target, message, eventOptions) {
      const bus = { source: readEnv('eventBus', 'source', source), detailType };
      return busEventOf(target, bus, message, eventOptions);
    },
    async request(events, { signal }) {
      const command = new PutEventsCommand({ Entries: events.map(({ entry }) => entry) });
      const { Entries } = await client().send(command, { abortSignal: signal });
      return events.map((_, index) => refusalOf(Entries?.[index]));
    },
  });
}

/** The members that all events of a bus share. */
interface BusDefaults {
  readonly source: string;
  readonly detailType: string | undefined;
}

function busEventOf(target: string, bus: BusDefaults, message: unknown, options: EventOptions): BusEvent {
  checkTexts(options, ['detailType']);
  const { record, detailType = bus.detailType ?? record?.eventName, resources = [], time } = options;
  if (detailType === undefined)
    throw recordRequired('eventBus', target, 'is detached, so it needs a detailType');
  if (!(Array.isArray(resources) && resources.every((resource) => typeof resource === 'string'))) {
    throw wrongSetting('resources', 'a list of texts', resources);
  }
  if (time !== undefined && !(time instanceof Date && !Number.isNaN(time.getTime()))) {
    throw wrongSetting('time', 'a valid Date', time);
  }
  const Detail = detailOf(target, message);
  const TraceHeader = traceHeaderOf(record);
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
      ...(TraceHeader !== undefined && { TraceHeader }),
    },
  };
}

function detailOf(target: string, message: unknown): string {
  const text = typeof message === 'string' ? message : jsonText(message);
  // Rules match the fields of the detail: EventBridge refuses a detail that is not an object.
  const isObject = typeof message === 'string' ? isJsonObject(text) : text.startsWith('{');
  if (isObject) return text;
  // JSON text that an item holds may be broken. Text of anything else is not meant as JSON of an object.
  if (BEGINS_AS_OBJECT.test(text)) throw invalid(target, 'the detail of an event is not JSON');
  throw new WrongMessage(
    'INVALID_MESSAGE',
    'has to be an object, or JSON text of one: it is the detail of an event.',
  );
}

const BEGINS_AS_OBJECT = /^\s*\{/;

function isJsonObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}

/** EventBridge's answer about one entry. */
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

import type { DynamoDBRecord } from 'aws-lambda';
import { eventJson } from '../delivery/event-json.ts';
import { type QueuedRecord, queued } from '../delivery/queued-record.ts';
import { slotOf } from '../delivery/slot-of.ts';
import { InvalidEventError } from '../errors.ts';
import { invalidOption } from '../options/invalid-option.ts';
import { shown } from '../options/kind-of.ts';
import { creationSecondsOf } from '../record/creation-time.ts';
import { compareSequenceNumbers, isSequenceNumber } from '../record/sequence-number.ts';
import type { WindowFields } from '../window/window-event.ts';
import type { DeliverSettings } from './delivery-options.ts';

/** The records of one shard, read and laid out in slots. */
export interface Shard {
  readonly streamArn: string;
  readonly functionArn: string;
  /** Virtual epoch milliseconds. */
  readonly startedAt: number;
  readonly slots: readonly (readonly QueuedRecord[])[];
  /** Sequence numbers of what no filter matched. */
  readonly filtered: readonly string[];
  /** Of the last record; undefined when nothing was read. */
  readonly checkpoint: string | undefined;
  /** The event of some of these records, as JSON; with what a tumbling window adds. */
  eventOf(records: readonly DynamoDBRecord[], window: WindowFields | undefined): string;
}

/** The most that GetRecords returns: 1,000 records or 1 MB. */
const MAX_PAGE_RECORDS = 1000;
const MAX_PAGE_BYTES = 1024 * 1024;

/**
 * Reads records as the mapping would: in order, page by page, filtered, in as many slots as it runs side by side.
 *
 * @throws ConfigurationError `INVALID_OPTION`; InvalidEventError `INVALID_SEQUENCE_NUMBER`
 */
export function readShard(records: readonly DynamoDBRecord[], settings: DeliverSettings): Shard {
  const { mapping } = settings;
  const read = mapping.enabled ? inOrder(records) : [];
  const pages = paged(read);
  const passing = pages.filter(({ record }) => mapping.filter?.passes(record) ?? true);
  const jsonOf = new Map(pages.map(({ record, json }) => [record, json]));
  const streamArn = read[0]?.eventSourceARN ?? '';
  return {
    streamArn,
    functionArn: settings.functionArn ?? functionArnOf(streamArn),
    startedAt: settings.startedAt?.getTime() ?? newestOf(read),
    slots: inSlots(passing, mapping.parallelizationFactor),
    filtered: sequenceNumbersOf(notIn(read, passing)),
    checkpoint: read.at(-1)?.dynamodb?.SequenceNumber,
    eventOf: (some, window) =>
      eventJson(
        some.map((record) => jsonOf.get(record) as string),
        window,
      ),
  };
}

/** The sequence numbers of records of a shard, which all have one. */
export function sequenceNumbersOf(records: readonly DynamoDBRecord[]): string[] {
  return records.map(({ dynamodb }) => dynamodb?.SequenceNumber as string);
}

function inOrder(records: readonly DynamoDBRecord[]): readonly DynamoDBRecord[] {
  if (!Array.isArray(records)) {
    throw invalidOption(
      'deliver',
      undefined,
      `the records have to be an array, got ${shown(records)}. For an event, pass event.Records.`,
    );
  }
  const bad = records.findIndex((record) => !isSequenceNumber(record?.dynamodb?.SequenceNumber));
  if (bad !== -1) refuse(`Records[${bad}] has no SequenceNumber of 1 to 40 digits`);
  requireOneStream(records);
  const numbers = new Set(sequenceNumbersOf(records));
  if (numbers.size < records.length) refuse('Two records have the same SequenceNumber');
  return records.toSorted((a, b) =>
    compareSequenceNumbers(a.dynamodb?.SequenceNumber as string, b.dynamodb?.SequenceNumber as string),
  );
}

/** Sequence numbers of two streams have no order, and an on-failure document names one. */
function requireOneStream(records: readonly DynamoDBRecord[]): void {
  const streams = new Set(records.map(({ eventSourceARN }) => eventSourceARN));
  if (streams.size <= 1) return;
  const [one, other] = streams;
  throw invalidOption(
    'deliver',
    undefined,
    `the records have to be of one stream, got ${one} and ${other} as eventSourceARN. ` +
      'Nothing was delivered. A mapping reads one stream: deliver the records of each on their own.',
  );
}

function refuse(problem: string): never {
  throw new InvalidEventError(
    'INVALID_SEQUENCE_NUMBER',
    `deliver: ${problem}. Nothing was delivered. Take all records from one testStream, or from one shard.`,
  );
}

/** Numbers the pages that GetRecords would return. */
function paged(records: readonly DynamoDBRecord[]): QueuedRecord[] {
  let page = 1;
  let size = 0;
  let bytes = 0;
  return records.map((record) => {
    const recordBytes = record.dynamodb?.SizeBytes ?? 0;
    if (size > 0 && (size === MAX_PAGE_RECORDS || bytes + recordBytes > MAX_PAGE_BYTES)) {
      page++;
      size = 0;
      bytes = 0;
    }
    size++;
    bytes += recordBytes;
    return queued(record, page);
  });
}

/** Groups records by item, as many groups as there are slots at most. */
function inSlots(records: readonly QueuedRecord[], factor: number): readonly (readonly QueuedRecord[])[] {
  if (factor === 1) return [records];
  return [...Map.groupBy(records, ({ record }) => slotOf(record, factor)).values()];
}

function notIn(records: readonly DynamoDBRecord[], passing: readonly QueuedRecord[]): DynamoDBRecord[] {
  const passed = new Set(passing.map(({ record }) => record));
  return records.filter((record) => !passed.has(record));
}

/** When the newest record was created; the present for records that do not say. */
function newestOf(records: readonly DynamoDBRecord[]): number {
  const seconds = records.reduce(
    (newest, { dynamodb }) => Math.max(newest, creationSecondsOf(dynamodb) ?? 0),
    0,
  );
  return seconds === 0 ? Date.now() : seconds * 1000;
}

/** A function in the stream's region and account. */
function functionArnOf(streamArn: string): string {
  const [, , , region, account] = streamArn.split(':');
  return `arn:aws:lambda:${region || 'us-east-1'}:${account || '123456789012'}:function:test-function`;
}

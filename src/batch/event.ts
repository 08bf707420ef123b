import type { DynamoDBRecord } from 'aws-lambda';
import { ConfigurationError, InvalidEventError } from '../errors.ts';
import { kindOf } from '../options/kind-of.ts';
import { compareSequenceNumbers, isSequenceNumber } from '../record/sequence-number.ts';
import { carries, type StreamViewType, VIEW_TYPES } from '../record/view-type.ts';
import { CHECK_EVENT, isMap } from '../unmarshall/malformed.ts';

const NOTHING_HANDLED = 'Nothing was handled. ';

/** What a router expects of a stream. */
export interface Expectation {
  /** The function whose event it is, for errors about the stream. */
  readonly owner?: string;
  readonly viewType: StreamViewType;
  /** The key attributes the table was declared with, if it was. */
  readonly keys: readonly string[] | undefined;
}

/** A record of which is known that its failure can be reported. */
export interface ReportableRecord extends DynamoDBRecord {
  readonly dynamodb: DynamoDBRecord['dynamodb'] & { readonly SequenceNumber: string };
}

/**
 * The records of one invocation and their names, taken before any handler runs: nothing that a handler does to the
 * event changes what the response reports.
 */
export interface Batch {
  /** In SequenceNumber order. */
  readonly records: readonly ReportableRecord[];
  readonly sequenceNumbers: readonly string[];
  /** What the response names each record by: its SequenceNumber; from EventBridge Pipes its eventID. */
  readonly identifiers: readonly string[];
  readonly fromPipe: boolean;
}

/**
 * Checks what must hold before any handler runs: whatever would make a failure unreportable, or every record fail,
 * throws here.
 *
 * ```
 * { Records: [...] }   from an event source mapping: named by SequenceNumber
 * [...]                from EventBridge Pipes: named by eventID
 * ```
 *
 * The event is not mutated: Lambda sends records in order, and a copy is sorted when something else did not.
 *
 * @throws InvalidEventError or ConfigurationError
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-pipes-dynamodb.html
 */
export function validateEvent(event: unknown, expectation: Expectation): Batch {
  const fromPipe = Array.isArray(event);
  const came = fromPipe ? event : (event as { readonly Records?: unknown } | null | undefined)?.Records;
  if (!Array.isArray(came)) {
    throw new InvalidEventError(
      'NOT_A_STREAM_EVENT',
      `Expected a DynamoDB stream event, { Records: [...] }, got ${shapeOf(event)}. ` +
        'Check what invokes the function.',
    );
  }
  const records: ReportableRecord[] = came.slice();
  // Of its size from the start: to let it grow took a tenth of a batch whose handlers read nothing.
  const sequenceNumbers: string[] = new Array(records.length);
  let ascending = true;
  let before = '';
  let seenViewType: unknown;
  for (let index = 0; index < records.length; index++) {
    const record: DynamoDBRecord | null | undefined = records[index];
    const change = record?.dynamodb;
    const sequenceNumber = change?.SequenceNumber;
    if (!isSequenceNumber(sequenceNumber)) refuse(record, index);
    if (record?.eventSource !== 'aws:dynamodb' && record?.eventSource !== undefined) refuseSource(index);
    if (fromPipe && !isEventId(record?.eventID)) refuseEventId(index);
    // A batch comes from one stream, so this nearly always compares with the one before and goes on.
    if (change?.StreamViewType !== seenViewType) {
      seenViewType = change?.StreamViewType;
      checkViewType(seenViewType, expectation);
    }
    if (expectation.keys !== undefined) checkKeys(change?.Keys, expectation.keys, expectation.owner);
    if (before.length === sequenceNumber.length ? before > sequenceNumber : isAfter(before, sequenceNumber)) {
      ascending = false;
    }
    before = sequenceNumber;
    sequenceNumbers[index] = sequenceNumber;
  }
  if (!ascending) {
    records.sort((a, b) => compareSequenceNumbers(a.dynamodb.SequenceNumber, b.dynamodb.SequenceNumber));
    sequenceNumbers.sort(compareSequenceNumbers);
  }
  const identifiers = fromPipe ? records.map(({ eventID }) => eventID as string) : sequenceNumbers;
  return { records, sequenceNumbers, identifiers, fromPipe };
}

function isAfter(before: string, sequenceNumber: string): boolean {
  return before !== '' && compareSequenceNumbers(before, sequenceNumber) > 0;
}

function isEventId(eventID: unknown): boolean {
  return typeof eventID === 'string' && eventID !== '';
}

function refuseEventId(index: number): never {
  throw new InvalidEventError(
    'MISSING_EVENT_ID',
    `Record ${index} of an EventBridge pipe has no eventID: its failure could not be reported. ` +
      NOTHING_HANDLED +
      'Remove the input transformer from the target of the pipe.',
  );
}

function refuse(record: DynamoDBRecord | null | undefined, index: number): never {
  if (record?.eventSource !== 'aws:dynamodb' && typeof record?.dynamodb !== 'object') refuseSource(index);
  throw new InvalidEventError(
    'INVALID_SEQUENCE_NUMBER',
    `Records[${index}] has no SequenceNumber of 1 to 40 digits: its failure could not be reported. ` +
      NOTHING_HANDLED +
      CHECK_EVENT,
  );
}

function refuseSource(index: number): never {
  throw new InvalidEventError(
    'WRONG_EVENT_SOURCE',
    `Records[${index}] is not a DynamoDB stream record: expected the eventSource aws:dynamodb. ` +
      NOTHING_HANDLED +
      'Give other sources a handler of their own.',
  );
}

function checkViewType(actual: unknown, { viewType: declared, owner }: Expectation): void {
  // Without a view type, what a record lacks shows when it is read.
  if (actual === undefined || actual === null) return;
  const isViewType = VIEW_TYPES.includes(actual as StreamViewType);
  if (isViewType && carries(actual as StreamViewType, declared)) return;
  const came = isViewType ? actual : 'an unknown view type';
  throw new ConfigurationError(
    'VIEW_TYPE_MISMATCH',
    `Declared is the view type ${declared}, the stream carries ${came}. ${NOTHING_HANDLED}` +
      "Declare the stream's view type, or give the table a stream of the declared one.",
    { owner },
  );
}

function checkKeys(actual: unknown, declared: readonly string[], owner: string | undefined): void {
  // A record without Keys fails by itself, later; this is about a stream of another table.
  if (!isMap(actual) || Object.keys(actual).length === 0) return;
  if (declared.every((name) => Object.hasOwn(actual, name))) return;
  throw new ConfigurationError(
    'KEYS_MISMATCH',
    `Declared are the keys ${declared.join(', ')}, the stream's records have ${Object.keys(actual).join(', ')}. ` +
      NOTHING_HANDLED +
      "Correct the keys in defineTable, or map that table's stream.",
    { owner },
  );
}

function shapeOf(event: unknown): string {
  if (!isMap(event)) return kindOf(event);
  return 'Records' in event ? 'Records that are no array' : 'an object without Records';
}

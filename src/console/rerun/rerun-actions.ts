import type { DynamoDBRecord } from 'aws-lambda';
import { ConfigurationError } from '../../errors.ts';
import { compareSequenceNumbers } from '../../record/sequence-number.ts';
import type { StreamViewType } from '../../record/view-type.ts';
import type { Image } from '../../testing/test-stream.ts';
import type { Attributes } from '../protocol/events.ts';
import type { Mask } from '../protocol/mask.ts';
import type { Recorder } from '../recorder.ts';
import type { Actions } from '../server/actions.ts';
import { RequestRefusedError } from '../server/request-refused-error.ts';
import type { ItemFormat } from '../state/item-text.ts';
import { readImage } from './read-image.ts';
import { type InvokeBeside, Rerunner, type RerunRequest } from './rerunner.ts';
import { type WrittenChange, writtenRecord } from './written-record.ts';

export interface RerunOptions {
  readonly recorder: Pick<Recorder, 'record' | 'rerun'>;
  readonly invoke: InvokeBeside;
  readonly keyNames: readonly string[];
  readonly mask: Mask;
  readonly streamArn: string;
  /** The mapping has tumbling windows: their state is not known to a rerun. */
  readonly hasWindows: boolean;
}

type Input = Readonly<Record<string, unknown>>;

const MAX_RECORDS = 10_000;
// Lambda refuses a larger event.
const MAX_BYTES = 6 * 1024 * 1024;
// As those of testStream.
const FIRST_SEQUENCE_NUMBER = 400_000_000_000_000_000_000n;

/**
 * The actions that invoke the function beside the mapping.
 *
 * ```text
 * rerun   { numbers }                                              records of the feed, as they are
 * invoke  { kind: "edited", of, format, newImage?, oldImage? }     a record of the feed with other images
 * invoke  { kind: "written", of?, eventName, format, ... }         a new record; `of` has the values that are hidden
 * ```
 *
 * Both answer with the number of the first record of the rerun: `{ first }`.
 */
export function rerunActions(options: RerunOptions): Actions {
  const rerunner = new Rerunner(options.recorder, options.invoke);
  let written = FIRST_SEQUENCE_NUMBER;
  const carryOut = async (request: () => RerunRequest): Promise<{ readonly first: number }> => {
    if (options.hasWindows) {
      throw new RequestRefusedError(
        409,
        'The mapping has tumbling windows, and a rerun has no state of a window. Save the records as a test instead.',
      );
    }
    return { first: await rerunner.start(checked(request)) };
  };
  return {
    rerun: ({ numbers }) =>
      carryOut(() => {
        const of = numbersOf(numbers);
        return { kind: 'again', of, records: inOrder(of.map((number) => keptRecord(number, options))) };
      }),
    invoke: (input) =>
      carryOut(() => {
        const kind = input.kind === 'edited' ? 'edited' : 'written';
        const of = input.of === undefined && kind === 'written' ? [] : numbersOf([input.of]);
        const [original] = of.map((number) => keptRecord(number, options));
        const record = recordOf(input, kind, original, options, `${++written}`);
        return { kind, of, records: [record] };
      }),
  };
}

/** The page shows why an item is refused. */
function checked(request: () => RerunRequest): RerunRequest {
  try {
    return request();
  } catch (error) {
    throw error instanceof ConfigurationError ? new RequestRefusedError(400, error.message) : error;
  }
}

function numbersOf(numbers: unknown): readonly number[] {
  if (!Array.isArray(numbers) || numbers.length === 0 || !numbers.every(Number.isSafeInteger)) {
    throw new RequestRefusedError(400, 'The numbers of the records are missing.');
  }
  if (numbers.length > MAX_RECORDS) {
    throw new RequestRefusedError(
      400,
      `${numbers.length.toLocaleString('en')} records are selected, and an invocation has at most 10,000.`,
    );
  }
  return numbers;
}

function keptRecord(number: number, { recorder }: RerunOptions): DynamoDBRecord {
  const record = recorder.record(number);
  if (record !== undefined) return record;
  throw new RequestRefusedError(
    409,
    'The record is not kept any more: dev drops the oldest ones. Write the item again, or invoke the handler with a new record.',
  );
}

/** As an event of Lambda has them. */
function inOrder(records: readonly DynamoDBRecord[]): readonly DynamoDBRecord[] {
  const numbers = records.map(({ dynamodb }) => `${dynamodb?.SequenceNumber}`);
  if (new Set(numbers).size < numbers.length) {
    throw new RequestRefusedError(
      400,
      'Two of the selected records have the same sequence number: one is the rerun of the other. Select one of them.',
    );
  }
  if (Buffer.byteLength(JSON.stringify(records)) > MAX_BYTES) {
    throw new RequestRefusedError(
      400,
      'The event of the selected records is over 6 MB. Select fewer of them.',
    );
  }
  return records.toSorted((one, other) =>
    compareSequenceNumbers(`${one.dynamodb?.SequenceNumber}`, `${other.dynamodb?.SequenceNumber}`),
  );
}

function recordOf(
  input: Input,
  kind: 'edited' | 'written',
  original: DynamoDBRecord | undefined,
  { keyNames, mask, streamArn }: RerunOptions,
  sequenceNumber: string,
): DynamoDBRecord {
  const { OldImage, NewImage, Keys, StreamViewType } = original?.dynamodb ?? {};
  const eventName = kind === 'edited' ? original?.eventName : input.eventName;
  if (eventName !== 'INSERT' && eventName !== 'MODIFY' && eventName !== 'REMOVE') {
    throw new RequestRefusedError(400, 'The event has to be INSERT, MODIFY or REMOVE.');
  }
  const format: ItemFormat = input.format === 'dynamodb' ? 'dynamodb' : 'plain';
  const image = (name: string, text: unknown, shown: object | undefined): Image | undefined =>
    typeof text === 'string'
      ? readImage(text, { name, format, keyNames, mask, original: shown as Attributes | undefined })
      : undefined;
  const change: WrittenChange = {
    eventName,
    newImage:
      eventName === 'REMOVE'
        ? undefined
        : image('The new image', input.newImage, NewImage ?? OldImage ?? Keys),
    oldImage:
      eventName === 'INSERT'
        ? undefined
        : image('The old image', input.oldImage, OldImage ?? NewImage ?? Keys),
  };
  if (change.newImage === undefined && change.oldImage === undefined) {
    throw new RequestRefusedError(400, `${eventName} needs an image of the item.`);
  }
  const viewType = (StreamViewType ?? 'NEW_AND_OLD_IMAGES') as StreamViewType;
  return writtenRecord(
    change,
    { streamArn, keyNames, viewType, sequenceNumber },
    kind === 'edited' ? original : undefined,
  );
}

import type { DynamoDBRecord } from 'aws-lambda';
import { type Image, imageOf, keysOf, type Profile } from './items.ts';
import { type Random, seededRandom, wholeNumber } from './random.ts';

/** Which batch to generate. */
export interface BatchSketch {
  readonly profile: Profile;
  readonly records: number;
  /** Items that the records are about. */
  readonly items: number;
  readonly seed: number;
}

/** A full batch: the most records that Lambda delivers at once. */
export const FULL_BATCH: Omit<BatchSketch, 'profile'> = { records: 10_000, items: 2_000, seed: 20_260_101 };

/** The same; fewer of the large records where it has to be quick, since those take most of the time. */
export function batchFor(profile: Profile, quick: boolean): BatchSketch {
  return { profile, ...FULL_BATCH, ...(quick && profile === 'large' && { records: 3_000 }) };
}

const STREAM_ARN = 'arn:aws:dynamodb:eu-central-1:123456789012:table/Invoices/stream/2026-01-01T00:00:00.000';

// One in four changes of an existing item deletes it; a deleted item is inserted again later.
const REMOVE_SHARE = 0.25;

/**
 * Generates a batch as the JSON text that Lambda's runtime parses. The same sketch gives the same text.
 *
 * Items live: the first change of an item is an INSERT, then come MODIFYs, a REMOVE ends it.
 */
export function batchText(sketch: BatchSketch): string {
  const { profile, records, items, seed } = sketch;
  const random = seededRandom(seed);
  const states = new Map<number, Image>();
  const versions = new Map<number, number>();
  let sequenceNumber = 700_000_000_000_888_747_038n;
  const batch: DynamoDBRecord[] = [];
  for (let index = 0; index < records; index++) {
    const item = wholeNumber(random, 0, items - 1);
    const oldImage = states.get(item);
    const removed = oldImage !== undefined && random() < REMOVE_SHARE;
    const version = (versions.get(item) ?? 0) + 1;
    const newImage = removed ? undefined : imageOf(profile, random, item, version);
    if (newImage === undefined) states.delete(item);
    else states.set(item, newImage);
    versions.set(item, version);
    sequenceNumber += BigInt(wholeNumber(random, 1, 9_999));
    batch.push(recordOf(random, item, oldImage, newImage, String(sequenceNumber)));
  }
  return JSON.stringify({ Records: batch });
}

function recordOf(
  random: Random,
  item: number,
  oldImage: Image | undefined,
  newImage: Image | undefined,
  sequenceNumber: string,
): DynamoDBRecord {
  return {
    eventID: hexDigits(random, 32),
    eventName: oldImage === undefined ? 'INSERT' : newImage === undefined ? 'REMOVE' : 'MODIFY',
    eventVersion: '1.1',
    eventSource: 'aws:dynamodb',
    awsRegion: 'eu-central-1',
    dynamodb: {
      ApproximateCreationDateTime: 1_767_225_600,
      Keys: keysOf(item),
      ...(newImage && { NewImage: newImage }),
      ...(oldImage && { OldImage: oldImage }),
      SequenceNumber: sequenceNumber,
      SizeBytes: sizeOf(newImage) + sizeOf(oldImage),
      StreamViewType: 'NEW_AND_OLD_IMAGES',
    },
    eventSourceARN: STREAM_ARN,
  };
}

function sizeOf(image: Image | undefined): number {
  return image === undefined ? 0 : Math.round(JSON.stringify(image).length / 2);
}

function hexDigits(random: Random, length: number): string {
  let digits = '';
  while (digits.length < length) digits += wholeNumber(random, 0, 15).toString(16);
  return digits;
}

import { randomUUID } from 'node:crypto';
import type { DynamoDBRecord } from 'aws-lambda';
import { ConfigurationError } from '../../errors.ts';
import { itemSize } from '../../item/item-size.ts';
import type { EventName } from '../../record/stream-record.ts';
import { hasImage, type StreamViewType } from '../../record/view-type.ts';
import type { Image } from '../../testing/test-stream.ts';

/** A change that a person has written. */
export interface WrittenChange {
  readonly eventName: EventName;
  /** The item before the change: of a MODIFY or a REMOVE. */
  readonly oldImage: Image | undefined;
  /** The item after it: of an INSERT or a MODIFY. */
  readonly newImage: Image | undefined;
}

/** The stream that the record seems to come from. */
export interface WrittenStream {
  readonly streamArn: string;
  readonly keyNames: readonly string[];
  readonly viewType: StreamViewType;
  /** A new record gets it; an edited one keeps its own. */
  readonly sequenceNumber: string;
}

/**
 * Makes the record of a written change. Its keys are those of the images, and its size is computed. It has an event id of its own: a handler that
 * keeps the ids of processed records must not take it for the original.
 *
 * @param original the record that was edited
 * @throws ConfigurationError `INVALID_ITEM`
 */
export function writtenRecord(
  change: WrittenChange,
  stream: WrittenStream,
  original: DynamoDBRecord | undefined,
): DynamoDBRecord {
  const { eventName, oldImage, newImage } = change;
  const { streamArn, viewType, sequenceNumber } = stream;
  const Keys = keysOf(change, stream.keyNames);
  const images = {
    ...(newImage !== undefined && hasImage('newImage', viewType, eventName) && { NewImage: newImage }),
    ...(oldImage !== undefined && hasImage('oldImage', viewType, eventName) && { OldImage: oldImage }),
  };
  return {
    eventVersion: '1.1',
    eventSource: 'aws:dynamodb',
    awsRegion: streamArn.split(':')[3] ?? '',
    eventSourceARN: streamArn,
    ...original,
    eventID: randomUUID().replaceAll('-', ''),
    eventName,
    dynamodb: {
      ApproximateCreationDateTime:
        original?.dynamodb?.ApproximateCreationDateTime ?? Math.floor(Date.now() / 1000),
      Keys,
      ...images,
      SequenceNumber: original?.dynamodb?.SequenceNumber ?? sequenceNumber,
      SizeBytes: [Keys, ...Object.values(images)].reduce((total, part) => total + itemSize(part), 0),
      StreamViewType: viewType,
    },
  };
}

function keysOf({ oldImage, newImage }: WrittenChange, keyNames: readonly string[]): Image {
  const [before, after] = [oldImage, newImage].map((image) => image && pick(image, keyNames));
  if (before !== undefined && after !== undefined && JSON.stringify(before) !== JSON.stringify(after)) {
    throw new ConfigurationError(
      'INVALID_ITEM',
      `both images have to have the same key (${keyNames.join(', ')}). A key cannot be changed: DynamoDB emits a REMOVE and an INSERT instead.`,
    );
  }
  return (after ?? before) as Image;
}

function pick(image: Image, names: readonly string[]): Image {
  return Object.fromEntries(names.map((name) => [name, image[name] as Image[string]]));
}

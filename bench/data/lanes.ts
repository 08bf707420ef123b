import type { DynamoDBRecord } from 'aws-lambda';

/** Which records of a batch are about one item. */
export interface BatchLanes {
  /** SequenceNumber -> place in the batch. */
  readonly places: ReadonlyMap<string, number>;
  /** Place -> that of the record before it on the same item, or -1. */
  readonly previous: Int32Array;
  /** Records on the item that has most of them. */
  readonly longest: number;
}

export function lanesOf(records: readonly DynamoDBRecord[]): BatchLanes {
  const places = new Map<string, number>();
  const previous = new Int32Array(records.length).fill(-1);
  const last = new Map<string, number>();
  const lengths = new Map<string, number>();
  let longest = 0;
  for (const [place, { dynamodb }] of records.entries()) {
    const item = JSON.stringify(dynamodb?.Keys);
    places.set(dynamodb?.SequenceNumber ?? '', place);
    previous[place] = last.get(item) ?? -1;
    last.set(item, place);
    const length = (lengths.get(item) ?? 0) + 1;
    lengths.set(item, length);
    longest = Math.max(longest, length);
  }
  return { places, previous, longest };
}

import type { DynamoDBRecord } from 'aws-lambda';

/** Which records of a batch are about one item. */
export interface BatchLanes {
  /** SequenceNumber -> that of the record before it on the same item. */
  readonly previous: ReadonlyMap<string, string>;
  /** Records on the item that has most of them. */
  readonly longest: number;
}

export function lanesOf(records: readonly DynamoDBRecord[]): BatchLanes {
  const previous = new Map<string, string>();
  const last = new Map<string, string>();
  const lengths = new Map<string, number>();
  let longest = 0;
  for (const { dynamodb } of records) {
    const item = JSON.stringify(dynamodb?.Keys);
    const sequenceNumber = dynamodb?.SequenceNumber ?? '';
    const before = last.get(item);
    if (before !== undefined) previous.set(sequenceNumber, before);
    last.set(item, sequenceNumber);
    const length = (lengths.get(item) ?? 0) + 1;
    lengths.set(item, length);
    longest = Math.max(longest, length);
  }
  return { previous, longest };
}

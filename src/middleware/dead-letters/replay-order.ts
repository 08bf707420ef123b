import { compareSequenceNumbers } from '../../record/sequence-number.ts';
import type { DeadLetter } from './dead-letter.ts';

/** A record, and the letters about it: more than one when a letter was written again. */
export type Entry<Letter> = readonly [Letter, ...Letter[]];

/** The entries of each stream, in the order of their sequence numbers. */
export function byStream<Letter extends DeadLetter>(
  letters: readonly Letter[],
): (readonly Entry<Letter>[])[] {
  const streams = Map.groupBy(letters, ({ record }) => record.eventSourceARN ?? '');
  return [...streams.values()].map((stream) => {
    const records = Map.groupBy(stream, ({ record }) => sequenceNumberOf(record));
    return ([...records.values()] as unknown as Entry<Letter>[]).sort(([a], [b]) =>
      compareSequenceNumbers(sequenceNumberOf(a.record), sequenceNumberOf(b.record)),
    );
  });
}

/** Of a letter's record, which has one. */
export function sequenceNumberOf(record: DeadLetter['record']): string {
  return record.dynamodb?.SequenceNumber as string;
}

/** Names the item: its Keys, whatever order their attributes come in. */
export function itemOf([{ record }]: Entry<DeadLetter>): string {
  const keys = Object.entries(record.dynamodb?.Keys as object);
  return JSON.stringify(keys.sort(([a], [b]) => (a < b ? -1 : 1)));
}

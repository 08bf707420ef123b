import type { AttributeValue, DynamoDBRecord } from 'aws-lambda';
import type { BenchItem } from './data/items.ts';

/** The parts of each record that a handler reads. `one`: the new image, or the old one of a REMOVE. */
export type Reads = 'both' | 'one' | 'keys' | 'nothing';

/** Proof of work: a contender that skips a record or an image ends with another tally. */
export class Tally {
  handled = 0;
  checksum = 0;

  /** A handler that reads images touches one attribute of each. */
  images(newImage: BenchItem | undefined, oldImage: BenchItem | undefined): void {
    this.handled++;
    if (newImage !== undefined) this.checksum += newImage.version;
    if (oldImage !== undefined) this.checksum += 3 * oldImage.version;
  }

  keys(keys: { readonly invoiceId?: string }): void {
    this.handled++;
    this.checksum += keys.invoiceId?.length ?? Number.NaN;
  }

  nothing(): void {
    this.handled++;
  }

  reset(): void {
    this.handled = 0;
    this.checksum = 0;
  }

  /** @throws when this tally is not the expected one */
  verify(contender: string, expected: Tally): void {
    if (this.handled === expected.handled && this.checksum === expected.checksum) return;
    throw new Error(
      `${contender} did not do its work: handled ${this.handled} of ${expected.handled} records, ` +
        `checksum ${this.checksum} instead of ${expected.checksum}`,
    );
  }
}

/** The tally that an honest contender ends with, worked out from the raw records without unmarshalling. */
export function expectedTally(records: readonly DynamoDBRecord[], reads: Reads): Tally {
  const tally = new Tally();
  for (const record of records) {
    const { Keys, NewImage, OldImage } = record.dynamodb ?? {};
    if (reads === 'nothing') tally.nothing();
    else if (reads === 'keys') tally.keys({ invoiceId: Keys?.invoiceId?.S ?? '' });
    else if (reads === 'one' && NewImage !== undefined) tally.images(rawItem(NewImage), undefined);
    else tally.images(rawItem(NewImage), rawItem(OldImage));
  }
  return tally;
}

function rawItem(image: { readonly [name: string]: AttributeValue } | undefined): BenchItem | undefined {
  return image && ({ version: Number(image.version?.N) } as BenchItem);
}

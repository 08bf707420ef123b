import type { BenchItem } from '../data/items.ts';
import type { Work } from './contender.ts';

/** A record with unmarshalled images. */
export interface Unmarshalled {
  readonly keys: { readonly invoiceId?: string };
  readonly newImage: BenchItem | undefined;
  readonly oldImage: BenchItem | undefined;
}

/** Reads of an unmarshalled record what the work asks for. */
export function itemReader({ reads, tally }: Work): (record: Unmarshalled) => void {
  switch (reads) {
    case 'both':
      return ({ newImage, oldImage }) => tally.images(newImage, oldImage);
    case 'one':
      return ({ newImage, oldImage }) =>
        tally.images(newImage, newImage === undefined ? oldImage : undefined);
    case 'keys':
      return ({ keys }) => tally.keys(keys);
    case 'nothing':
      return () => tally.nothing();
  }
}

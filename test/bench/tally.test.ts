import { expect, test } from 'vitest';
import { Tally } from '../../bench/tally.ts';

test('a contender that skips a record or an image is detected', () => {
  const expected = new Tally();
  expected.images({ version: 2 } as never, { version: 1 } as never);
  const lazy = new Tally();
  lazy.images({ version: 2 } as never, undefined);
  expect(() => lazy.verify('lazy', expected)).toThrow(/lazy did not do its work.*checksum 2 instead of 5/);
  expect(() => new Tally().verify('idle', expected)).toThrow(/handled 0 of 1 records/);
  expect(() => expected.verify('honest', expected)).not.toThrow();
});

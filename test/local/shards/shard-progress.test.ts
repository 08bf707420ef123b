import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ShardProgress } from '../../../src/local/shards/shard-progress.ts';

test('a record that is never processed costs nothing for the records that are read after it', () => {
  const progress = new ShardProgress('0');
  progress.add(['1']);
  for (let number = 2; number < 1000; number++) {
    progress.add([`${number}`]);
    progress.finish([`${number}`]);
  }
  expect(progress.size).toBe(1);
  expect(progress.position).toBe('0');
  expect(progress.finish(['1'])).toBe(true);
  expect(progress.position).toBe('999');
});

test('a record that is read twice is not taken for done', () => {
  const progress = new ShardProgress('0');
  progress.add(['1', '1']);
  expect(progress.position).toBe('0');
  progress.add(['2', '1']);
  progress.finish(['2']);
  expect(progress.position).toBe('0');
  progress.finish(['1']);
  expect(progress.size).toBe(0);
});

test('the position is the record before the first one that is not processed', () => {
  fc.assert(
    fc.property(fc.shuffledSubarray([1, 2, 3, 4, 5, 6, 7, 8]), (order) => {
      const progress = new ShardProgress(undefined);
      const read = ['1', '2', '3', '4', '5', '6', '7', '8'];
      progress.add(read.slice(0, 4));
      progress.add(read.slice(4));
      const done = new Set<string>();
      for (const number of order.map(String)) {
        const before = progress.position;
        const moved = progress.finish([number]);
        done.add(number);
        const first = read.findIndex((name) => !done.has(name));
        expect(progress.position).toBe(first === -1 ? '8' : read[first - 1]);
        expect(moved).toBe(progress.position !== before);
      }
    }),
  );
});

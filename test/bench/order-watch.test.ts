import { expect, test } from 'vitest';
import { lanesOf } from '../../bench/data/lanes.ts';
import { OrderWatch } from '../../bench/order-watch.ts';
import { recordOf } from '../fixtures/events.ts';

// Two records of item a (the first and the third), one of item b.
const records = ['a', 'b', 'a'].map((id, index) => recordOf({ id }, index));
const lanes = lanesOf(records);

function violationsOf(...steps: readonly string[]): number {
  const watch = new OrderWatch(lanes);
  for (const step of steps) {
    const [what, number] = step.split(' ');
    const place = Number(number) - 1;
    if (what === 'start') expect(watch.start(records[place]?.dynamodb?.SequenceNumber ?? '')).toBe(place);
    else watch.finish(place);
  }
  return watch.violations;
}

test('the longest lane is that of the item with most records', () => {
  expect(lanes.longest).toBe(2);
});

test('an item whose changes follow each other is in order, whatever others do meanwhile', () => {
  expect(violationsOf('start 1', 'start 2', 'finish 1', 'start 3', 'finish 3', 'finish 2')).toBe(0);
});

test.each([
  ['in flight together', ['start 1', 'start 3', 'finish 1', 'finish 3']],
  ['the later one first', ['start 3', 'finish 3', 'start 1', 'finish 1']],
])('changes of one item %s are a violation', (_, steps) => {
  expect(violationsOf(...steps)).toBe(1);
});

test('a new turn starts at nought', () => {
  const watch = new OrderWatch(lanes);
  watch.finish(watch.start(records[2]?.dynamodb?.SequenceNumber ?? ''));
  expect([watch.violations, watch.started, watch.finished]).toEqual([1, 1, 1]);
  watch.reset();
  expect([watch.violations, watch.started, watch.finished]).toEqual([0, 0, 0]);
});

test('an unknown record is refused', () => {
  expect(() => new OrderWatch(lanes).start('5')).toThrow(RangeError);
});

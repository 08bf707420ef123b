import { expect, test } from 'vitest';
import { OrderWatch } from '../../bench/order-watch.ts';

// Two records of item a (1, 3), one of item b (2).
const lanes = { previous: new Map([['3', '1']]), longest: 2 };

function violationsOf(...steps: readonly string[]): number {
  const watch = new OrderWatch(lanes);
  for (const step of steps) {
    const [what, sequenceNumber = ''] = step.split(' ');
    if (what === 'start') watch.start(sequenceNumber);
    else watch.finish(sequenceNumber);
  }
  return watch.violations;
}

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
  watch.start('3');
  watch.finish('3');
  watch.reset();
  expect([watch.violations, watch.started, watch.finished]).toEqual([0, 0, 0]);
});

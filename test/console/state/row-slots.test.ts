import { expect, test } from 'vitest';
import { RowSlots } from '../../../src/console/state/row-slots.ts';

test('a row keeps its slot while it is drawn, and a new row takes over the slot of one that is gone', () => {
  const slots = new RowSlots();
  expect(slots.of([1, 2, 3])).toEqual([0, 1, 2]);
  expect(slots.of([2, 3, 4])).toEqual([1, 2, 0]);
  expect(slots.of([1, 2, 3])).toEqual([0, 1, 2]);
});

test('when all rows are new, the slots keep their order, so no element moves', () => {
  const slots = new RowSlots();
  slots.of([1, 2, 3]);
  expect(slots.of([11, 12, 13])).toEqual([0, 1, 2]);
});

test('no two rows share a slot when more or fewer rows are drawn', () => {
  const slots = new RowSlots();
  expect(slots.of([1, 2])).toEqual([0, 1]);
  expect(slots.of([2, 3, 4, 5])).toEqual([1, 0, 2, 3]);
  expect(slots.of([4])).toEqual([2]);
  expect(slots.of([])).toEqual([]);
  expect(new Set(slots.of([6, 7, 8])).size).toBe(3);
});

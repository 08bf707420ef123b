import { expect, test } from 'vitest';
import type { ReportableRecord } from '../../src/batch/event.ts';
import { LaneIndex } from '../../src/batch/lane-index.ts';
import { Lanes } from '../../src/batch/lanes.ts';
import { recordOf } from '../fixtures/events.ts';

function lanesOf(...ids: string[]): Lanes {
  const records = ids.map((id, index) => recordOf({ id }, index) as ReportableRecord);
  return new Lanes(records, new LaneIndex('item', records.length));
}

test('a record that enters an empty lane is linked to its last one; further records are linked behind it, in order', () => {
  const lanes = lanesOf('a', 'a', 'b', 'a');
  expect([0, 1, 2, 3].map((index) => lanes.enter(index))).toEqual([true, false, true, false]);
  expect(lanes.after(0)).toBe(1);
  expect(lanes.after(1)).toBe(3);
  expect(lanes.after(2)).toBe(-1);
  expect(lanes.after(3)).toBe(-1);
});

test('a lane that was followed to its end can be followed again', () => {
  const lanes = lanesOf('a', 'b', 'a', 'a');
  lanes.enter(0);
  expect(lanes.after(0)).toBe(-1);
  expect(lanes.enter(2)).toBe(true);
  expect(lanes.enter(3)).toBe(false);
  expect(lanes.after(2)).toBe(3);
});

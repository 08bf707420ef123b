import { expect, test } from 'vitest';
import { History } from '../../src/console/history.ts';

const filled = (count: number, limits: { maxWeight?: number; maxBytes?: number }, bytes = 1) => {
  const dropped: number[] = [];
  const history = new History<number>(limits, (event) => dropped.push(event));
  for (let event = 1; event <= count; event++) history.append(event, 1, bytes);
  return { history, dropped };
};

const eventsOf = (history: History<number>, after: number, maxWeight = 10_000) =>
  history.after(after, maxWeight).map(({ event }) => event);

test('the oldest events are dropped when there are too many, and their number is known', () => {
  const { history, dropped } = filled(10, { maxWeight: 4 });
  expect(eventsOf(history, 0)).toEqual([7, 8, 9, 10]);
  expect(history.dropped).toBe(6);
  expect(dropped).toEqual([1, 2, 3, 4, 5, 6]);
});

test('the oldest events are dropped when their items are too large, but never the newest one', () => {
  const { history } = filled(10, { maxBytes: 35 }, 10);
  expect(eventsOf(history, 0)).toEqual([8, 9, 10]);
  history.append(11, 1, 1000);
  expect(eventsOf(history, 0)).toEqual([11]);
});

test('reading goes on after an id, also after one that is dropped', () => {
  const { history } = filled(10, { maxWeight: 4 });
  expect(eventsOf(history, 8)).toEqual([9, 10]);
  expect(eventsOf(history, 10)).toEqual([]);
  expect(eventsOf(history, 2)).toEqual([7, 8, 9, 10]);
});

test('one reading has a limited weight, and at least one event', () => {
  const { history } = filled(10, {});
  expect(eventsOf(history, 0, 3)).toEqual([1, 2, 3]);
  history.append(11, 500, 1);
  expect(eventsOf(history, 10, 3)).toEqual([11]);
});

test('50,000 events are kept, and many more do not slow it down', () => {
  const { history } = filled(300_000, {});
  expect(eventsOf(history, 0, 100_000)).toHaveLength(50_000);
  expect(eventsOf(history, 299_999)).toEqual([300_000]);
});

test('a listener hears of each event until it ends this', () => {
  const { history } = filled(0, {});
  let heard = 0;
  const end = history.onAppend(() => heard++);
  history.append(1, 1, 1);
  end();
  history.append(2, 1, 1);
  expect(heard).toBe(1);
});

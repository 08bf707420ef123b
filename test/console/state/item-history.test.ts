import { expect, test } from 'vitest';
import type { ShownRecord } from '../../../src/console/protocol/events.ts';
import { MASKED } from '../../../src/console/protocol/mask.ts';
import { ChangeList } from '../../../src/console/state/change-list.ts';
import { changesOf, itemOf, stepIn } from '../../../src/console/state/item-history.ts';
import { type Change, Store } from '../../../src/console/state/store.ts';
import { messageOf, readEvent, shown } from './events.ts';

const [c1, c2] = [
  { id: { S: 'c' }, line: { N: '1' } },
  { id: { S: 'c' }, line: { N: '2' } },
];

function storeOf(...keys: readonly ShownRecord['keys'][]): Store {
  const store = new Store();
  store.add(messageOf([readEvent(...keys.map((key, index) => shown(index + 1, { keys: key })))]));
  return store;
}

function historyOf(store: Store, number: number): readonly Change[] {
  const item = itemOf(store.change(number) as Change) as string;
  return new ChangeList(changesOf(item)).in(store);
}

const numbers = (history: readonly Change[]) => history.map(({ record }) => record.number);

test('the history of an item has its changes in order, and those of no other item', () => {
  const store = storeOf(c1, c2, c1, { id: { S: 'c' } }, { id: { S: 'c' }, line: { S: '1' } }, c1);
  expect(numbers(historyOf(store, 3))).toEqual([1, 3, 6]);
  expect(numbers(historyOf(store, 2))).toEqual([2]);
});

test('the order of the attributes in a key does not matter, and an attribute may have any name', () => {
  const odd = Object.fromEntries([
    ['__proto__', { S: 'x' }],
    ['a', { N: '1' }],
  ]);
  const turned = Object.fromEntries(Object.entries(odd).reverse());
  expect(numbers(historyOf(storeOf(odd, turned, { a: { N: '1' } }), 1))).toEqual([1, 2]);
});

test('an item whose key is hidden or missing has no history', () => {
  const store = storeOf({ id: { S: MASKED }, line: { N: '1' } }, {}, undefined);
  expect([1, 2, 3].map((number) => itemOf(store.change(number) as Change))).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
  expect(numbers(new ChangeList(changesOf('[]')).in(store))).toEqual([2, 3]);
});

test('steps go to the neighbours, and stay at the ends', () => {
  const store = storeOf(c1, c2, c1, c1);
  const history = historyOf(store, 1);
  const step = (from: number, by: 1 | -1) => stepIn(history, store.change(from) as Change, by)?.record.number;
  expect([step(1, 1), step(3, 1), step(4, 1), step(4, -1), step(1, -1)]).toEqual([3, 4, 4, 3, 1]);
  expect(stepIn([], store.change(1) as Change, 1)).toBeUndefined();
});

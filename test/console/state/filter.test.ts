import { expect, test } from 'vitest';
import { ChangeList } from '../../../src/console/state/change-list.ts';
import { type ChangeFilter, readFilter } from '../../../src/console/state/filter.ts';
import { lambdaShape } from '../../../src/console/state/lambda-shape.ts';
import { type ChangeStatus, Store } from '../../../src/console/state/store.ts';
import { messageOf, readEvent, shown } from './events.ts';

const store = new Store();
store.add(
  messageOf([
    { event: 'routes', routesId: 'one', kind: 'router', exported: [], entities: [], routes: [] },
    readEvent(
      shown(1, { keys: { id: { S: 'Ann' } }, newImage: { id: { S: 'Ann' }, city: { S: 'Bern' } } }),
      shown(2, { eventName: 'MODIFY', oldImage: { city: { S: 'Basel' } } }),
      shown(3, {
        eventName: 'REMOVE',
        newImage: undefined,
        oldImage: { city: { S: 'Bern' } },
        isExpired: true,
      }),
      shown(4, { keys: undefined, newImage: undefined }),
    ),
    { event: 'filtered', records: [[2, 2]] },
    {
      event: 'invocation',
      records: [[1, 3]],
      outcome: 'succeeded',
      entities: [
        {
          name: 'Order',
          records: [
            [1, 1],
            [3, 3],
          ],
        },
        { name: 'customer', records: [[4, 4]] },
      ],
      routes: [
        { routesId: 'one', taken: [0], undecided: [1], records: [[1, 1]] },
        { routesId: 'one', taken: [1], undecided: [], records: [[2, 2]] },
        { routesId: 'one', taken: [], undecided: [], records: [[3, 3]] },
      ],
    },
    { event: 'filtered', records: [[2, 2]] },
  ]),
);

const filter = (text: string) => readFilter(text, ['id']) as ChangeFilter;
const matching = (text: string) =>
  store.changes.filter(filter(text).matches).map(({ record }) => record.number);

test.each([
  ['bern', [1, 3]],
  ['BERN ann', [1]],
  ['key:ann', [1]],
  ['key:bern', []],
  ['event:remove', [3]],
  ['event:modify,remove', [2, 3]],
  ['status:filtered', [2]],
  ['status:waiting,filtered event:modify', [2]],
  ['status:filt', []],
  ['entity:order', [1, 3]],
  ['entity:Order,customer', [1, 3, 4]],
  ['entity:ord', []],
  ['entity:order key:ann', [1]],
  ['shard:s', [1, 2, 3, 4]],
  ['shard:t', []],
  ['route:1', [1]],
  ['route:2', [1, 2]],
  ['route:1,none', [1, 3]],
  ['route:x', []],
  ['else:x', []],
  ['{"eventName":["REMOVE"]}', [3]],
  ['{"dynamodb":{"NewImage":{"city":{"S":[{"prefix":"Be"}]}}}}', [1]],
  ['{"userIdentity":{"type":["Service"]}}', [3]],
])('%s finds the changes %j', (text, numbers) => {
  expect(matching(text)).toEqual(numbers);
  expect(matching(` ${text} `)).toEqual(numbers);
});

test('without text there is no filter, and a wrong pattern says why', () => {
  expect(readFilter('  ', [])).toBeUndefined();
  expect(filter('{')).toMatchObject({ problem: expect.stringMatching(/not JSON/) });
  expect(matching('{')).toEqual([]);
  expect(filter('{"eventName":"x"}').problem).toBeDefined();
});

test('a change has no route of code that is no longer used', () => {
  const reloaded = new Store();
  const router = { event: 'routes', kind: 'router', exported: [], entities: [], routes: [] } as const;
  const taken = [{ routesId: 'one', taken: [0], undecided: [], records: [[1, 1]] }];
  reloaded.add(
    messageOf([
      { ...router, routesId: 'one' },
      readEvent(shown(1)),
      { event: 'invocation', records: [[1, 1]], outcome: 'failed', routes: taken },
    ]),
  );
  expect(reloaded.changes.filter(filter('route:1').matches)).toHaveLength(1);
  reloaded.add(messageOf([{ ...router, routesId: 'two' }]));
  expect(reloaded.changes.filter(filter('route:1').matches)).toHaveLength(0);
});

test('a record in the shape of Lambda has only the images that there are', () => {
  expect(lambdaShape(shown(3, { newImage: undefined }))).not.toHaveProperty('dynamodb.NewImage');
  expect(lambdaShape(shown(3))).not.toHaveProperty('userIdentity');
});

const numbersOf = (changes: readonly { readonly record: { readonly number: number } }[]) =>
  changes.map(({ record }) => record.number);

test('the list grows with the store, looks at each change once, and ends where the feed is paused', () => {
  const growing = new Store(4);
  let looks = 0;
  const list = new ChangeList({
    dependsOnStatus: false,
    matches: ({ record }) => ++looks > 0 && record.number % 2 === 1,
  });
  growing.add(messageOf([readEvent(shown(1), shown(2), shown(3))]));
  expect(numbersOf(list.in(growing))).toEqual([1, 3]);
  growing.add(messageOf([readEvent(shown(4), shown(5), shown(6))]));
  expect(numbersOf(list.in(growing))).toEqual([3, 5]);
  expect(numbersOf(list.in(growing, 4))).toEqual([3]);
  expect(looks).toBe(6);
  growing.add(messageOf([readEvent(shown(1))], 'next'));
  expect(numbersOf(list.in(growing))).toEqual([1]);
  growing.add(messageOf([], 'third'));
  expect(list.in(growing)).toEqual([]);
});

test('without a filter it has all changes, and statuses are looked at each time', () => {
  const changing = new Store();
  changing.add(messageOf([readEvent(shown(1), shown(2))]));
  const has = (status: ChangeStatus) => new ChangeList(readFilter(`status:${status}`, []));
  expect(new ChangeList(undefined).in(changing)).toHaveLength(2);
  const waiting = has('waiting');
  expect(numbersOf(waiting.in(changing))).toEqual([1, 2]);
  changing.add(messageOf([{ event: 'filtered', records: [[1, 1]] }]));
  expect(numbersOf(waiting.in(changing))).toEqual([2]);
});

import { expect, test } from 'vitest';
import { metadataOf } from '../../../../src/batch/handler-metadata.ts';
import { routeFinder } from '../../../../src/cli/dev/sandbox/taking-routes.ts';
import { all, changed, defineTable, itemOf, matches, prefix, streamRouter } from '../../../../src/index.ts';
import { eventOf, sequenceNumberAt } from '../../../fixtures/events.ts';

const pass = () => {};
const ofUser = () => {
  throw new Error('code of the user ran');
};

function findIn(router: unknown) {
  const metadata = metadataOf(router);
  if (metadata === undefined) throw new Error('not a router');
  return routeFinder('id', metadata);
}

const group = (taken: readonly number[], undecided: readonly number[], ...indexes: readonly number[]) => ({
  routes: { routesId: 'id', taken, undecided },
  sequenceNumbers: indexes.map(sequenceNumberAt),
});

test('records with the same routes are one group, and code of the user is not asked', () => {
  const find = findIn(
    streamRouter<{ id: string; status: string }>({ numbers: ofUser })
      .onInsert(pass)
      .onModify(changed('status', { to: 'PAID' }), pass)
      .onModify(all(changed('status'), ofUser), pass)
      .onInsert(ofUser, pass),
  );
  const paid = { eventName: 'MODIFY', newImage: { status: { S: 'PAID' } } } as const;
  expect(find(eventOf({}, paid, {}, { eventName: 'MODIFY' }, { eventName: 'REMOVE' }))).toEqual([
    group([0], [3], 0, 2),
    group([1], [2], 1),
    group([], [], 3, 4),
  ]);
});

test('a record of an entity has the routes of this entity and those of all, and one of no entity has none', () => {
  const table = defineTable({
    name: 'App',
    keys: ['id'],
    entities: {
      order: { item: itemOf<{ id: string }>(), match: { id: prefix('ORDER#') } },
      customer: { item: itemOf<{ id: string }>(), match: { id: prefix('CUSTOMER#') } },
    },
  });
  const find = findIn(
    streamRouter(table)
      .onInsert(pass)
      .entity('order', (orders) => orders.onInsert(pass)),
  );
  expect(find(eventOf({ id: 'ORDER#1' }, { id: 'CUSTOMER#1' }, { id: 'ELSE' }))).toEqual([
    group([0, 1], [], 0),
    group([0], [], 1),
    group([], [], 2),
  ]);
});

test('where a condition fails, its route is undecided', () => {
  const find = findIn(streamRouter().onInsert(matches({ oldImage: { id: 'a' } } as never), pass));
  expect(find(eventOf({}))).toEqual([group([], [0], 0)]);
});

test('records that cannot be read, or cannot be named, are left out', () => {
  const find = findIn(streamRouter().onInsert(pass));
  const unnamed = { eventName: 'INSERT', dynamodb: { Keys: { id: { S: 'a' } } } } as const;
  expect(find({ Records: [{}, unnamed] })).toEqual([]);
  expect(find({ Records: [] })).toEqual([]);
});

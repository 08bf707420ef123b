import { expect, test } from 'vitest';
import { entityFinder } from '../../../../src/cli/dev/sandbox/record-entities.ts';
import { defineTable, itemOf, prefix, streamRouter } from '../../../../src/index.ts';
import { eventOf, sequenceNumberAt } from '../../../fixtures/events.ts';

const router = streamRouter(
  defineTable({
    name: 'App',
    keys: ['id'],
    entities: {
      order: { item: itemOf<{ id: string }>(), match: { id: prefix('ORDER#') } },
      customer: { item: itemOf<{ id: string }>(), match: { id: prefix('CUSTOMER#') } },
    },
  }),
);
const plain = streamRouter();
const wrapped = async () => {};

test.each([
  ['the handler', [router]],
  ['another export of its module, as with Middy', [wrapped, plain, 'text', router]],
])('records have the entities of the table of %s', (_, exports) => {
  const event = eventOf({ id: 'ORDER#1' }, { id: 'CUSTOMER#1' }, { id: 'ELSE' }, { id: 'ORDER#2' });
  expect(entityFinder(exports)?.(event)).toEqual([
    { entity: 'order', sequenceNumbers: [sequenceNumberAt(0), sequenceNumberAt(3)] },
    { entity: 'customer', sequenceNumbers: [sequenceNumberAt(1)] },
  ]);
});

test('records that cannot be read, or cannot be named, have none', () => {
  const find = entityFinder([router]);
  expect(find?.({ Records: [{}, { dynamodb: { Keys: { id: { S: 'ORDER#1' } } } }] })).toEqual([]);
  expect(find?.({ Records: [] })).toEqual([]);
});

test.each([[[]], [[wrapped]], [[plain]], [[null, undefined, 1]]])(
  'nothing is looked for without a table with entities',
  (exports) => {
    expect(entityFinder(exports)).toBeUndefined();
  },
);

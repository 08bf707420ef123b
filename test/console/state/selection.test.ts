import { expect, test } from 'vitest';
import { changesBetween } from '../../../src/console/state/selection.ts';
import { Store } from '../../../src/console/state/store.ts';
import { messageOf, readEvent, shown } from './events.ts';

const store = new Store();
store.add(messageOf([readEvent(shown(1), shown(2), shown(3), shown(4))]));

test.each([
  ['downwards', 2, 3, [2, 3]],
  ['upwards', 4, 2, [2, 3, 4]],
  ['of one', 3, 3, [3]],
  ['from none', undefined, 2, [2]],
  ['from one that a filter hides', 9, 2, [2]],
  ['to one that a filter hides', 2, 9, []],
  ['to none', 2, undefined, []],
])('a selection %s', (_name, from, to, expected) => {
  expect(changesBetween(store.changes, from, to).map(({ record }) => record.number)).toEqual(expected);
});

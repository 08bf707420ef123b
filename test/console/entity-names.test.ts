import { expect, test } from 'vitest';
import { EntityNames } from '../../src/console/entity-names.ts';
import { recordOf, sequenceNumberAt } from '../fixtures/events.ts';

const records = [0, 1, 2, 3].map((index) => recordOf({}, index));
const numbers = (...indexes: readonly number[]): string[] => indexes.map(sequenceNumberAt);

test('the records of an invocation are grouped by their entity, once', () => {
  const names = new EntityNames();
  names.add([
    { entity: 'order', sequenceNumbers: numbers(0, 3) },
    { entity: '__proto__', sequenceNumbers: numbers(1) },
  ]);
  expect([...names.take(records)]).toEqual([
    ['order', [records[0], records[3]]],
    ['__proto__', [records[1]]],
  ]);
  expect(names.take(records).size).toBe(0);
});

test('names that no invocation asks for do not pile up', () => {
  const names = new EntityNames();
  names.add([{ entity: 'order', sequenceNumbers: numbers(0) }]);
  const many = Array.from({ length: 100_000 }, (_, index) => `other-${index}`);
  names.add([{ entity: 'order', sequenceNumbers: many }]);
  expect(names.take(records).size).toBe(0);
});

import { expect, test } from 'vitest';
import { RecordGroups } from '../../src/console/record-groups.ts';
import { recordOf, sequenceNumberAt } from '../fixtures/events.ts';

const records = [0, 1, 2, 3].map((index) => recordOf({}, index));
const numbers = (...indexes: readonly number[]): string[] => indexes.map(sequenceNumberAt);

test('the records of an invocation are grouped, once', () => {
  const groups = new RecordGroups<string>();
  groups.add('order', numbers(0, 3));
  groups.add('__proto__', numbers(1));
  expect([...groups.take(records)]).toEqual([
    ['order', [records[0], records[3]]],
    ['__proto__', [records[1]]],
  ]);
  expect(groups.take(records).size).toBe(0);
});

test('records that no invocation asks for do not pile up', () => {
  const groups = new RecordGroups<string>();
  groups.add('order', numbers(0));
  const many = Array.from({ length: 100_000 }, (_, index) => `other-${index}`);
  groups.add('order', many);
  expect(groups.take(records).size).toBe(0);
});

import { expect, test } from 'vitest';
import { knownEntityOf } from '../../src/record/known-entity.ts';

test.each([['order'], [undefined]])('gives the entity: %s', (entity) => {
  expect(knownEntityOf({ entity })).toBe(entity);
});

test('gives undefined where the record cannot tell its entity', () => {
  const record = {
    get entity(): string {
      throw new Error('The record carries no newImage.');
    },
  };
  expect(knownEntityOf(record)).toBeUndefined();
});

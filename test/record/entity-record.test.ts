import { expect, test, vi } from 'vitest';
import { EntityRecord } from '../../src/record/entity-record.ts';
import { recordOf } from '../fixtures/events.ts';

const reading = { toNumber: Number, viewType: 'NEW_AND_OLD_IMAGES' } as const;
const order = { name: 'order', checks: undefined, isUnknown: false };
const line = { ...order, name: 'line' };

test('the entity is found once, and the old image may have another', () => {
  const of = vi.fn(() => order);
  const record = new EntityRecord(recordOf(), reading, { hasSchema: false, of, ofImage: () => line });

  expect(record.validate()).toBeUndefined();
  expect([record.entity, record.oldEntity, record.foundEntity]).toEqual(['order', 'line', order]);
  expect(of).toHaveBeenCalledOnce();
});

test('a record that does not tell its entity fails its check', () => {
  const of = (): never => {
    throw new Error('The record carries no newImage.');
  };
  const record = new EntityRecord(recordOf(), reading, { hasSchema: false, of, ofImage: of });

  expect(() => record.validate()).toThrow('no newImage');
});

test('a record of a table without entities has none', () => {
  const record = new EntityRecord(recordOf(), reading, undefined);

  expect([record.entity, record.oldEntity]).toEqual([undefined, undefined]);
});
